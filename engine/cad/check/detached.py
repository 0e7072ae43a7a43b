"""Parts that nothing holds: neither metal that touches them, nor a link, nor the ground."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.cad.check.bonds import TOUCH, Bonds
from engine.cad.check.links import SPACING, loose_ends, pitch, unlinked
from engine.cad.check.report import Finding, place
from engine.cad.check.surface import LongArray
from engine.cad.check.survey import gap

#: What comes this near to the lowest point of the piece rests on the ground, mm.
GROUND = 0.05
#: Less metal than this is a crumb that a boolean left, mm3.
CRUMB = 0.01
#: Names listed in a sentence.
_LISTED = 3


def detached(bonds: Bonds) -> Iterator[Finding]:
    """Chains in pieces, then groups of bodies that hang in the air."""
    if not bonds.bodies:
        return
    group = bonds.group.copy()
    yield from _in_two(bonds, group)
    low = min(float(body.bounds[0, 2]) for body in bonds.bodies)
    volume = np.array([abs(body.shell.volume) for body in bonds.bodies])
    weight = np.bincount(group, volume, minlength=len(group))
    for number in np.unique(group):
        members = np.flatnonzero(group == number)
        lowest = min(float(bonds.bodies[i].bounds[0, 2]) for i in members)
        if number != weight.argmax() and lowest > low + GROUND:
            yield _finding(bonds, members, group, float(weight[number]))


def _in_two(bonds: Bonds, group: LongArray) -> Iterator[Finding]:
    """Neighbours that are not linked; their groups become one in `group`."""
    ends = loose_ends(bonds)
    if ends is not None:
        yield unlinked(bonds.bodies[ends[0]], bonds.bodies[ends[1]])
    links = np.array([i for i in sorted(bonds.chain) if bonds.held(i) <= 1], dtype=np.int64)
    middles = np.array([bonds.bodies[i].middle for i in links]).reshape(-1, 3)
    reach = SPACING * pitch(bonds)
    while len(np.unique(group[links])) > 1:
        away = np.linalg.norm(middles[:, None] - middles[None], axis=2)
        away[group[links][:, None] == group[links][None]] = np.inf
        i, j = np.unravel_index(int(away.argmin()), away.shape)
        if away[i, j] > reach:
            return
        first, second = sorted((int(links[i]), int(links[j])))
        yield unlinked(bonds.bodies[first], bonds.bodies[second])
        group[group == group[second]] = group[first]


def _finding(bonds: Bonds, members: LongArray, group: LongArray, volume: float) -> Finding:
    bodies = [bonds.bodies[i] for i in members]
    bodies.sort(key=lambda body: -abs(body.shell.volume))
    rest = [body for i, body in enumerate(bonds.bodies) if group[i] != group[members[0]]]
    away = gap(np.concatenate([body.triangles for body in bodies]), rest)
    names = tuple(dict.fromkeys(body.part.name for body in bodies))
    titles = [body.title for body in bodies[:_LISTED]]
    more = f" and {len(bodies) - _LISTED} more" if len(bodies) > _LISTED else ""
    title = ", ".join(titles) + more
    if volume < CRUMB:
        text = (
            f"A crumb of {volume:.2g} mm³, {title}, floats {away:.2f} mm from all else; delete it."
        )
    else:
        text = f"Nothing holds {title}: {away:.2f} mm from all else; let metal join it, or link it."
    return Finding(
        "detached-part",
        "warning" if volume < CRUMB else "error",
        names,
        text[0].upper() + text[1:],
        place(bodies[0].middle),
        value=round(away, 3),
        limit=TOUCH,
    )

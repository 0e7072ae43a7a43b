"""Links of a chain that are open, or not linked with their neighbour."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.cad.check.bonds import Bonds
from engine.cad.check.report import Finding, place
from engine.cad.check.survey import Body

#: A link whose ends are farther apart is open, mm: less closes when it is soldered (estimated).
CLOSED = 0.03
#: Ends of a chain that lie nearer than this, as part of the links' spacing, were meant to be
#: joined: a link that is missing leaves them twice as far apart.
SPACING = 2.2


def open_links(bonds: Bonds) -> Iterator[Finding]:
    """Links that are bent together but have a gap."""
    for i in sorted(bonds.chain):
        body = bonds.bodies[i]
        gap = body.shell.loops.opening
        if gap is not None and gap > CLOSED:
            yield Finding(
                "open-link",
                "error",
                (body.part.name,),
                f"Link {body.title} is open by {gap:.2f} mm, its neighbour can slip out; close and "
                "solder it.",
                place(body.middle),
                value=round(gap, 3),
                limit=CLOSED,
            )


def loose_ends(bonds: Bonds) -> tuple[int, int] | None:
    """Two links side by side in one group, each held by one other link only."""
    spacing = pitch(bonds)
    ends = [i for i in sorted(bonds.chain) if bonds.held(i) <= 1]
    for k, i in enumerate(ends):
        for j in ends[k + 1 :]:
            away = float(np.linalg.norm(bonds.bodies[i].middle - bonds.bodies[j].middle))
            apart = (min(i, j), max(i, j)) not in bonds.pairs
            if apart and bonds.group[i] == bonds.group[j] and away < SPACING * spacing:
                return i, j
    return None


def pitch(bonds: Bonds) -> float:
    """Usual distance between linked links, mm."""
    away = [
        float(np.linalg.norm(bonds.bodies[i].middle - bonds.bodies[j].middle))
        for i, j in bonds.pairs
        if {i, j} <= bonds.chain
    ]
    return float(np.median(away)) if away else 0.0


def unlinked(a: Body, b: Body) -> Finding:
    """The finding that two neighbours do not pass through each other."""
    return Finding(
        "unlinked-links",
        "error",
        (a.part.name, b.part.name),
        f"Links {a.title} and {b.title} are not joined, so the chain is in two; let them "
        "pass through each other, or add the link between them.",
        place(0.5 * (a.middle + b.middle)),
    )

"""A chain that lies on the ground as a closed loop."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.errors import GeometryError
from engine.types import FloatArray
from scenes.pieces.clasp import barrel
from scenes.pieces.course import Sway, loop, stood
from scenes.pieces.links import Link, apart, gap
from scenes.pieces.weave import LEAST, Weave

# Of the eyes of a clasp, in the wires of its links; estimated.
_EYE_WIRE, _EYE_HOLE = 0.6, 1.5

# Sine of the slope at which a chain comes down from what lifts it; estimated.
_STEEP = 0.2

#: More links than any chain is asked for; a bound on memory.
MOST_LINKS = 800


@dataclass(frozen=True, eq=False)
class Strung:
    """One of the things in a row: a link, its turn about the row, and [4, 4] to its place."""

    link: Link
    roll: float
    transform: FloatArray


def count_links(pitch: float, length: float, every: int) -> int:
    """How many links make a chain nearest to `length` mm: one more than a multiple of `every`.

    Raises GeometryError for a number that makes no chain.
    """
    count = every * round((length / pitch - 1.0) / every) + 1
    if not 5 <= count <= MOST_LINKS:
        raise GeometryError(
            f"a chain of {length:g} mm would have {count} links {pitch:.2f} mm apart; choose a "
            f"length and a width that give 5 to {MOST_LINKS}"
        )
    return count


def lay(weave: Weave, length: float, sway: Sway, lift: float = 0.0) -> list[Strung]:
    """Links and, last, the clasp, each as low as the ground and its neighbours let it.

    length : mm, once around. sway : followed as far as the links bend. lift : mm that the foremost
    link is raised; to both sides the chain comes down to the ground. Raises GeometryError where
    links would have to bend too far in any case.
    """
    room, link, clasp = weave.room, weave.link, clasp_for(weave)
    pitch, rise = weave.pitch(room), clasp.depth(0.0) - weave.height(0)
    ways = (
        apart(link, clasp, -weave.start, room, rise),
        apart(clasp, link, weave.start, room, -rise),
    )
    count = count_links(pitch, length - sum(ways) + pitch, 1 if weave.step == 0.0 else 2)
    links, rolls = [link] * count + [clasp], [weave.roll(i) for i in range(count)] + [0.0]
    heights = np.array([weave.height(i) for i in range(count)] + [clasp.depth(0.0)])
    pivots = np.array([thing.pivot for thing in links])
    steps = np.array([pitch] * (count - 1) + list(ways))
    chords = np.column_stack([2.0 * pivots, steps - pivots - np.roll(pivots, -1)]).reshape(-1)
    rises = lift * _ramp(chords, count, pitch * max(1.0, np.ceil(lift / (_STEEP * pitch))))
    climbs, flat = np.arcsin(np.diff(rises) / chords), np.sqrt(chords**2 - np.diff(rises) ** 2)
    heights += (rises[:-1:2] + rises[1::2]) / 2.0
    bend = weave.bend(room)
    for part in (1.0, 0.75, 0.5, 0.25, 0.0):
        joints, heading = loop(flat, sway.scaled(part), flat[: 2 * count - 1].sum() / 2.0)
        places = zip(links, rolls, heights, joints[::2], heading[::2], climbs[::2], strict=True)
        row = [set_down(*thing) for thing in places]
        if np.abs(np.diff(heading[:-2:2])).max() <= bend and _closes(row):
            return row
    raise GeometryError(
        f"a chain of {length:g} mm of links {link.half * 2.0 + link.wire:.1f} mm long would have "
        "to bend more than its links can; choose a longer chain or smaller links"
    )


def _ramp(chords: FloatArray, count: int, run: float) -> FloatArray:
    """[len(chords) + 1] at the joints: 1 at the middle one of `count` links, 0 from `run` mm on."""
    at = np.concatenate([[0.0], np.cumsum(chords)])
    away = np.abs(at - at[2 * count - 1] / 2.0) - chords[0] / 2.0
    return np.asarray(np.clip(1.0 - away / run, 0.0, 1.0))


def _closes(row: list[Strung]) -> bool:
    """Whether the clasp, last, stays clear of the links in its eyes."""
    before, clasp, after = (row[i].link.solid.moved(row[i].transform) for i in (-2, -1, 0))
    return min(gap(before, clasp, 0.1), gap(clasp, after, 0.1)) >= LEAST


def clasp_for(weave: Weave) -> Link:
    """The clasp into whose eyes the ends of a chain fit, as thick as the chain lies high."""
    link = weave.link
    first, last = weave.start - link.twist, weave.start + link.twist
    wire, hole = _EYE_WIRE * link.wire, _EYE_HOLE * (link.thick or link.wire)
    quarter = np.pi / 2.0
    return barrel(link.depth(weave.start), wire, hole, last + quarter, first + quarter)


def set_down(
    link: Link, roll: float, height: float, joint: FloatArray, heading: float, climb: float
) -> Strung:
    """A link whose first joint [2] and height of its middle over the ground are given."""
    place = np.eye(4)
    place[:3, :3] = stood(heading, climb, roll)
    place[:2, 3] = joint + link.pivot * place[:2, 0]
    place[2, 3] = height
    return Strung(link, roll, place)

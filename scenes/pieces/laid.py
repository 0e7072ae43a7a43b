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


def lay(weave: Weave, length: float, sway: Sway) -> list[Strung]:
    """Links and, last, the clasp, each as low as the ground and its neighbours let it.

    length : mm, once around. sway : followed as far as the links bend. Raises GeometryError where
    they would have to bend too far in any case.
    """
    room, link, clasp = weave.room, weave.link, clasp_for(weave)
    pitch, rise = weave.pitch(room), clasp.depth(0.0) - weave.height(0)
    ways = (
        apart(link, clasp, -weave.start, room, rise),
        apart(clasp, link, weave.start, room, -rise),
    )
    count = count_links(pitch, length - sum(ways) + pitch, 1 if weave.step == 0.0 else 2)
    links, rolls = [link] * count + [clasp], [weave.roll(i) for i in range(count)] + [0.0]
    heights = [weave.height(i) for i in range(count)] + [clasp.depth(0.0)]
    pivots = np.array([thing.pivot for thing in links])
    steps = np.array([pitch] * (count - 1) + list(ways))
    chords = np.column_stack([2.0 * pivots, steps - pivots - np.roll(pivots, -1)]).reshape(-1)
    bend = weave.bend(room)
    for part in (1.0, 0.75, 0.5, 0.25, 0.0):
        joints, heading = loop(chords, sway.scaled(part), chords[: 2 * count - 1].sum() / 2.0)
        row = [
            _set_down(*thing)
            for thing in zip(links, rolls, heights, joints[::2], heading[::2], strict=True)
        ]
        if np.abs(np.diff(heading[:-2:2])).max() <= bend and _closes(row):
            return row
    raise GeometryError(
        f"a chain of {length:g} mm of links {link.half * 2.0 + link.wire:.1f} mm long would have "
        "to bend more than its links can; choose a longer chain or smaller links"
    )


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


def _set_down(link: Link, roll: float, height: float, joint: FloatArray, heading: float) -> Strung:
    """A link whose first joint [2] and height of its middle over the ground are given."""
    place = np.eye(4)
    place[:3, :3] = stood(heading, 0.0, roll)
    place[:2, 3] = joint + link.pivot * place[:2, 0]
    place[2, 3] = height
    return Strung(link, roll, place)

"""The rope: an endless spiral of rings, each through the three before it and the three after it.

Ring k lies like ring 0 after k screw motions about the rope. Turn and advance of the screw and how
far a ring stands off the rope's axis were found by a search over all screws for the one that leaves
the thickest wire room where every ring goes through three others: 0.33 of a ring's radius.
"""

from __future__ import annotations

import numpy as np

from engine.errors import GeometryError
from engine.types import FloatArray
from scenes.pieces.course import Sway, loop
from scenes.pieces.laid import Strung, set_down
from scenes.pieces.links import Link, gap
from scenes.pieces.solids import tube
from scenes.pieces.weave import LEAST

#: How many of the next rings a ring goes through, and how many more may come near it.
THROUGH, _NEAR = 3, 8

# Turn of the screw, rad; in radii of a ring: its advance, how far a ring's middle is off the axis
# along the ring's own axis, and the wire.
_TURN, _ADVANCE, _OFF, _WIRE = 0.6841, 0.352, 0.3134, 0.28

# Points along and around a ring: few, as there are many rings, and yet a smooth wire.
_ALONG, _AROUND = 24, 10

#: More rings than any rope is asked for; a bound on memory.
MOST_RINGS = 2000


def ring(width: float) -> Link:
    """A ring of a rope of this width, mm: it lies beside the axis, x."""
    radius = width / 2.0 / (np.hypot(1.0, _OFF) + _WIRE / 2.0)
    turn = np.linspace(0.0, 2.0 * np.pi, _ALONG, endpoint=False)
    path = radius * np.column_stack([np.cos(turn), np.sin(turn), np.full(_ALONG, _OFF)])
    up = np.broadcast_to([0.0, 0.0, 1.0], path.shape)
    wire = _WIRE * radius
    solid = tube(path, np.full(_ALONG, wire / 2.0), up, closed=True, points=_AROUND)
    return Link(solid, (path,), wire, _ADVANCE * radius / 2.0)


def lay_rope(width: float, length: float, sway: Sway) -> list[Strung]:
    """The rings of an endless rope on the ground; it rests on the lowest of every turn.

    width, length : mm, the latter once around. sway : followed as far as the rings bend. Raises
    GeometryError where they would have to bend too far in any case, or are too many.
    """
    link = ring(width)
    count, turns = _rings(length / (2.0 * link.pivot))
    rolls = 2.0 * np.pi * turns / count * np.arange(count)
    height = max(link.depth(roll) for roll in rolls)
    chords = np.full(count, 2.0 * link.pivot)
    for part in (1.0, 0.75, 0.5, 0.25, 0.0):
        joints, heading = loop(chords, sway.scaled(part), length / 2.0)
        row = [
            set_down(link, roll, height, joint, towards, 0.0)
            for roll, joint, towards in zip(rolls, joints, heading, strict=True)
        ]
        if _clear(row, heading):
            return row
    raise GeometryError(
        f"a rope {width:g} mm wide does not bend into a loop of {length:g} mm; choose a longer or "
        "a thinner one"
    )


def _rings(wanted: float) -> tuple[int, int]:
    """Number of rings near a wanted one, and of the turns in which they close nearly unforced."""
    if wanted > MOST_RINGS:
        raise GeometryError(
            f"a rope of {wanted:.0f} rings is more than {MOST_RINGS}; choose a shorter or wider one"
        )
    near = np.arange(-5, 6) + round(wanted)
    turns = np.round(near * _TURN / (2.0 * np.pi))
    best = int(np.argmin(np.abs(2.0 * np.pi * turns / near - _TURN)))
    return int(near[best]), int(turns[best])


def _clear(row: list[Strung], heading: FloatArray) -> bool:
    """Whether rings keep clear where the rope bends most, over more than a turn of the screw."""
    sharpest = int(np.argmax(np.abs(np.diff(heading, append=heading[0] + 2.0 * np.pi))))
    window = [row[(sharpest + i) % len(row)] for i in range(-10, 11)]
    solids = [thing.link.solid.moved(thing.transform) for thing in window]
    return all(
        gap(a, b, 2.0 * LEAST) >= LEAST
        for i, a in enumerate(solids)
        for b in solids[i + 1 : i + 1 + _NEAR]
    )

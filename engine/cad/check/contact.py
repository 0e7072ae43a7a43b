"""Where metal comes near a stone: over its girdle, under it, and into it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.cad.check.surface import BoolArray, fine
from engine.cad.check.survey import Body, Stone, inverse, moved
from engine.types import FloatArray

#: Metal farther from a stone than this is not looked at, mm.
REACH = 0.10
#: Sides of the triangles into which metal beside a stone is divided: part of its width, mm.
STEP, STEP_MM = 1.0 / 20.0, (0.06, 0.12)
#: Metal that is interrupted for this long, rad, holds in two places.
APART = np.radians(10.0)
#: Metal this near holds, mm: seats leave 0.01 to 0.03, beads are often drawn a little apart
#: (estimated).
HOLDS = 0.10
#: ... when it lies over or under the stone by this much, mm, against a facet that leans.
OVERLAP, LEAN = 0.02, 0.05


@dataclass(frozen=True, eq=False)
class Contact:
    """Metal near a stone.

    stone  : the stone. points : [N, 3] on metal, in the stone's mesh frame. away : [N] mm from the
    stone, negative inside. over, under : [N] whether the metal there keeps the stone from leaving
    towards its table or its culet; a bead or a drop has neither. buried : whether its very
    middle lies in metal.
    """

    stone: Stone
    points: FloatArray
    away: FloatArray
    over: BoolArray
    under: BoolArray
    buried: bool

    @property
    def touches(self) -> bool:
        """Whether metal is near enough to hold."""
        return bool(self.buried or (self.away < HOLDS).any())

    def arcs(self, held: BoolArray) -> FloatArray:
        """[K, 2] rad: where around the stone's axis the points that a mask chooses begin and end,
        counter-clockwise, in order. An end beyond 2 pi has gone past the start."""
        angle = np.sort(self.stone.gem.azimuth(self.points[held]) % (2.0 * np.pi))
        if not len(angle):
            return np.zeros((0, 2))
        gap = np.diff(angle, append=angle[0] + 2.0 * np.pi)
        last = np.flatnonzero(gap > APART)
        if not len(last):
            return np.array([[0.0, 2.0 * np.pi]])
        first = (np.roll(last, 1) + 1) % len(angle)
        ends = angle[last] + np.where(first > last, 2.0 * np.pi, 0.0)
        return np.stack([angle[first], ends], axis=1)

    def place(self, index: int) -> FloatArray:
        """[3] a point of metal in the piece's frame."""
        return moved(self.points[index], self.stone.part.transform)


def contact(stone: Stone, metal: Sequence[Body]) -> Contact:
    """Look around one stone."""
    gem = stone.gem
    triangles = np.concatenate([body.near(stone.bounds, REACH) for body in metal])
    buried = any(body.holds(stone.middle[None])[0] for body in metal)
    local = moved(triangles, inverse(stone.part.transform))
    step = float(np.clip(STEP * gem.width, *STEP_MM))

    normals, offsets = gem.coarse

    def near(middle: FloatArray, radius: FloatArray) -> BoolArray:
        kept = np.ones(len(middle), dtype=bool)
        for away in normals @ middle.T - offsets[:, None]:
            kept &= away <= REACH + radius
        return kept

    points = fine(local, step, near).points
    away, facing = gem.outside(points)
    none = np.zeros(len(points), dtype=bool)
    if gem.axis is None:
        return Contact(stone, points, away, none, none, buried)
    lean = facing @ gem.axis
    holds = (away < HOLDS) & (np.abs(lean) > LEAN)
    holds[holds] = gem.beside(points[holds]) < -OVERLAP
    height = gem.height(points)
    over = holds & (height > 0.0) & (lean > LEAN)
    under = holds & (height < 0.0) & (lean < -LEAN)
    return Contact(stone, points, away, over, under, buried)

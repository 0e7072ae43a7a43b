"""The collet: a closed collar with a back, as of a bezel-set earring or link.

Frame: that of the stone, its girdle at z = 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.cad.cuts import Shape
from engine.types import FloatArray
from scenes.pieces.outline import contour
from scenes.pieces.solids import Solid, drill, sweep

#: The hole where the stone rests, as part of the girdle: the rest is the bearing.
_HOLE = 0.86

# Exponent of the bend over the girdle: 1 is a round, 2 a straight bevel.
_BEVEL = 1.35


@dataclass(frozen=True)
class Collet:
    """A collar around one stone.

    wall : mm, around the girdle. lip : mm, how far the burnished edge lies over the crown.
    rise : mm, from the back plate to the culet. back : mm, thickness of that plate.
    taper : outline at the back as part of that at the girdle.
    """

    wall: float = 0.8
    lip: float = 0.25
    rise: float = 0.2
    back: float = 0.8
    taper: float = 0.6

    def foot(self, cut: Shape) -> float:
        """z of the back, mm."""
        return float(cut.mesh().vertices[:, 2].min()) - self.rise - self.back

    def solid(self, cut: Shape) -> Solid:
        """The collar, hollowed under the stone; the seat is still to be cut."""
        girdle = cut.girdle()
        points, normals = contour(girdle)
        inside = 1.0 - self.lip / min(girdle.half)
        crown = max(cut.crown(*(inside * point)) for point in points)
        foot = self.foot(cut)
        outer = [_level(points, normals, *level)
                 for level in self._profile(inside, girdle.top, crown, foot)]  # fmt: skip
        # Down to the plate the hollow follows the pavilion.
        hollow = [_level(points, normals, s, 0.0, z)
                  for s, z in ((0.35, foot + self.back), (_HOLE, -0.08))]  # fmt: skip
        return drill([sweep(np.stack(outer), closed=False)],
                     [sweep(np.stack(hollow), closed=False)])  # fmt: skip

    def _profile(self, inside: float, top: float, crown: float, foot: float) -> FloatArray:
        """The outside from below: [N, 3] part of the outline, mm outward, z mm."""
        wall = self.wall
        arc = np.linspace(0.0, np.pi / 2.0, 7)
        edge = min(0.3, self.back / 2.0)
        back = np.column_stack([np.full(7, self.taper), wall - edge * (1.0 - np.sin(arc)),
                                foot + edge * (1.0 - np.cos(arc))])  # fmt: skip
        t = np.linspace(0.0, 1.0, 14)[1:]
        side = np.column_stack([self.taper + (1.0 - self.taper) * np.sin(t * np.pi / 2.0) ** 1.2,
                                np.full(13, wall),
                                foot + edge + (top - 0.2 - foot - edge) * t])  # fmt: skip
        over = crown + 0.16 * wall  # leaves the edge of the lip this thick
        turn = np.linspace(0.0, np.pi / 2.0, 15)[1:]
        bend = np.column_stack([
            np.ones(14), wall * np.cos(turn) ** _BEVEL, top + (over - top) * np.sin(turn) ** _BEVEL
        ])  # fmt: skip
        curl = np.linspace(0.0, np.pi / 2.0, 7)[1:]
        nose = np.column_stack([1.0 + (inside - 1.0) * np.sin(curl), np.zeros(6),
                                over - (over - top) * (1.0 - np.cos(curl))])  # fmt: skip
        return np.concatenate([back, side, bend, nose])


def _level(points: FloatArray, normals: FloatArray, s: float, d: float, z: float) -> FloatArray:
    """[M, 3]: the outline `s` times as large, `d` mm outward, at height `z`."""
    return np.column_stack([s * points + d * normals, np.full(len(points), z)])

"""The frame of a halo: melee in a plate that follows the outline of a stone, shared beads."""

from __future__ import annotations

from dataclasses import dataclass

import manifold3d
import numpy as np

from engine.cad.cuts import Shape
from engine.types import FloatArray
from scenes.pieces.pave import SINK, bead
from scenes.pieces.solids import Solid, drill, sweep

#: Room between the outline of the centre stone and the girdles of the melee, seen from above, mm.
ROOM = 0.28

#: Between the girdles of the melee, mm.
GAP_MM = 0.10

# Metal outside of the melee, and how far the plate goes under the centre stone, mm.
_EDGE, _UNDER = 0.26, 0.25

# Room between a bead's axis and the girdles of its stones, mm.
_BEAD = 0.17

# A stone at a bend of more than so many degrees has a smaller bead of its own, so near, mm.
_BEND_DEG, _CORNER_BEAD = 25.0, 0.09

# Points around the plate.
_POINTS = 288


@dataclass(frozen=True, eq=False)
class Frame:
    """Melee around a stone whose girdle is at z = 0, in the frame of that stone.

    outline : [N, 2] mm of the centre stone. melee : diameter of the stones, mm. drop : of their
    girdles, mm. places : [M, 2] mm, their middles in order.
    """

    outline: FloatArray
    melee: float
    drop: float
    places: FloatArray

    @classmethod
    def around(cls, cut: Shape, melee: float, drop: float) -> Frame:
        """The frame with stones of about `melee` mm around a stone whose outline is convex."""
        outline = cut.girdle().outline
        first = _offset(outline, ROOM + melee / 2.0)
        count = round(_length(first) / (melee + GAP_MM))
        size = melee
        for _ in range(5):  # size and path of the stones settle together
            path = _offset(outline, ROOM + size / 2.0)
            places, step = _even(path, count)
            size = step - GAP_MM
        return cls(outline, size, drop, places)

    def stones(self) -> list[FloatArray]:
        """[4, 4] of every stone, facing away from the centre."""
        return [_upright(x, y, -self.drop) for x, y in self.places]

    def beads(self) -> list[Solid]:
        """Two between each two stones, one on either side of the row, and those at the bends."""
        dot = bead(_BEAD, self.melee)
        ahead = np.roll(self.places, -1, axis=0) - self.places
        made = []
        for a, step in zip(self.places, ahead, strict=True):
            half = np.linalg.norm(step) / 2.0
            out = np.array([step[1], -step[0]]) / (2.0 * half)
            reach = np.sqrt((self.melee / 2.0 + _BEAD) ** 2 - half**2)
            for side in (-1.0, 1.0):
                x, y = a + step / 2.0 + side * reach * out
                made.append(dot.moved(_upright(x, y, -self.drop)))
        return made + self._corner_beads(ahead)

    def _corner_beads(self, ahead: FloatArray) -> list[Solid]:
        """One more bead outside of each stone at a bend, where the shared ones leave it open.

        ahead : [M, 2] mm from each place to the next.
        """
        dot = bead(_CORNER_BEAD, self.melee)
        heading = np.arctan2(ahead[:, 1], ahead[:, 0])
        before = np.roll(heading, 1)
        turning = (heading - before + np.pi) % (2.0 * np.pi) - np.pi
        made = []
        for place, start, turn in zip(self.places, before, turning, strict=True):
            if np.degrees(turn) > _BEND_DEG:
                out = start + turn / 2.0 - np.pi / 2.0
                towards = np.array([np.cos(out), np.sin(out)])
                x, y = place + (self.melee / 2.0 + _CORNER_BEAD) * towards
                made.append(dot.moved(_upright(x, y, -self.drop)))
        return made

    def plate(self) -> Solid:
        """The metal that carries the stones; it lies around the pavilion of the centre stone."""
        top = SINK * self.melee - self.drop
        low, width = top - 0.95 * self.melee, ROOM + self.melee + _EDGE
        side = top - 0.45 * self.melee
        arc = np.linspace(0.0, np.pi / 2.0, 7)
        part = np.linspace(0.0, 1.0, 9)[1:]
        levels = [(width - 0.45 * width * t**2, side + (low - side) * np.sin(t * np.pi / 2.0))
                  for t in part[::-1]]  # fmt: skip
        levels += [(width, side)]
        levels += [(width - 0.14 * (1.0 - np.cos(t)), top - 0.14 * (1.0 - np.sin(t))) for t in arc]
        wall = sweep(np.stack([self._level(out, z) for out, z in levels]), closed=False)
        hole = sweep(
            np.stack([self._level(-_UNDER, z) for z in (low - 1.0, top + 1.0)]), closed=False
        )
        return drill([wall], [hole])

    def _level(self, out: float, z: float) -> FloatArray:
        """[_POINTS, 3] mm: the outline, moved `out` mm outward, at height z."""
        ring = _offset(self.outline, out)
        a, b = np.abs(self.outline).max(axis=0)
        turn = np.linspace(0.0, 2.0 * np.pi, _POINTS, endpoint=False) + 0.0071
        azimuth = np.arctan2(b * np.sin(turn), a * np.cos(turn)) % (2.0 * np.pi)
        at = np.arctan2(ring[:, 1], ring[:, 0]) % (2.0 * np.pi)
        order = np.argsort(at)
        at, points = at[order], ring[order]
        at = np.concatenate([[at[-1] - 2.0 * np.pi], at, [at[0] + 2.0 * np.pi]])
        points = np.concatenate([points[-1:], points, points[:1]])
        x, y = (np.interp(azimuth, at, points[:, k]) for k in range(2))
        return np.column_stack([x, y, np.full(_POINTS, z)])


def _offset(outline: FloatArray, out: float) -> FloatArray:
    """[N, 2] mm, close together: the outline moved outward by `out` mm, corners rounded."""
    shape = manifold3d.CrossSection([outline])
    moved = shape.offset(out, manifold3d.JoinType.Round, 2.0, 160).to_polygons()
    ring = np.asarray(max(moved, key=len), np.float64)
    closed = np.concatenate([ring, ring[:1]])
    at = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1))])
    even = np.linspace(0.0, at[-1], 1200, endpoint=False)
    return np.column_stack([np.interp(even, at, closed[:, k]) for k in range(2)])


def _length(ring: FloatArray) -> float:
    return float(np.linalg.norm(np.roll(ring, -1, axis=0) - ring, axis=1).sum())


def _even(ring: FloatArray, count: int) -> tuple[FloatArray, float]:
    """`count` places on a closed path, each as far from the next as from the last, and how far.

    The first lies where the path is farthest along y, so that a pear has a stone at its tip.
    """
    ring = np.roll(ring, -int(np.argmax(ring[:, 1])), axis=0)
    low, high = 0.5 * _length(ring) / count, 1.1 * _length(ring) / count
    for _ in range(24):
        step = (low + high) / 2.0
        places, rest = _walk(ring, step, count)
        low, high = (step, high) if rest > 0.0 else (low, step)
    return places, step


def _walk(ring: FloatArray, step: float, count: int) -> tuple[FloatArray, float]:
    """Places `step` mm apart along a path, and what is left of it beyond `count` steps, mm."""
    closed = np.concatenate([ring, ring[:1]])
    here, at, places = 0, closed[0], [closed[0]]
    for _ in range(count):
        away = np.linalg.norm(closed[here:] - at, axis=1)
        beyond = np.flatnonzero(away >= step)
        if len(beyond) == 0:
            return np.array(places[:count]), -1.0
        k = here + int(beyond[0])
        before, after = (float(np.linalg.norm(closed[j] - at)) for j in (k - 1, k))
        part = (step - before) / max(after - before, 1e-12)
        at, here = closed[k - 1] + part * (closed[k] - closed[k - 1]), k
        places.append(at)
    return np.array(places[:count]), float(np.linalg.norm(closed[here:] - at, axis=1).max())


def _upright(x: float, y: float, z: float) -> FloatArray:
    """[4, 4] to a place around the stone, its x axis away from the middle."""
    azimuth = np.arctan2(y, x)
    c, s = np.cos(azimuth), np.sin(azimuth)
    move = np.eye(4)
    move[:2, :2] = [[c, -s], [s, c]]
    move[:3, 3] = [x, y, z]
    return move

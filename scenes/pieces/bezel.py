"""The bezel ring: one stone in a closed collar, open to the finger, on a plain shank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from engine.cad.cuts import Shape
from engine.types import FloatArray, Piece
from scenes.pieces.assembly import Body, Placed, assemble, rooms
from scenes.pieces.chance import between, pick
from scenes.pieces.design import choice, ranged
from scenes.pieces.outline import contour
from scenes.pieces.ring import Ring, drawn_shank, standing
from scenes.pieces.solids import Solid, drill, join, revolve, sweep
from scenes.pieces.stones import CUTS, drawn_ratio, stone

#: The collar's outline at the finger, as part of that at the girdle, and the hole's in it.
_FOOT, _HOLE_FOOT = 0.72, 0.62

#: The hole where the stone rests, as part of the girdle: the rest is the bearing.
_HOLE = 0.85

# Length over width of an oval in a collar, a little rounder than in prongs; estimated.
_OVAL = 4.0 / 3.0

# Exponent of the bend over the girdle: 1 is a round, 2 a straight bevel.
_BEVEL = 1.35


@dataclass(frozen=True, kw_only=True)
class Bezel(Ring):
    """A ring with one stone in a collar; see `Ring` and `Finger` for the other fields.

    cut      : "round", "oval", "emerald", "princess" or any `Shape`.
    stone_mm : width of the stone, its short way. ratio : length over width; None is the usual.
    wall_mm  : thickness of the collar around the girdle.
    lip_mm   : how far the burnished edge lies over the crown.
    rise_mm  : from the finger to the culet.

    Raises SceneError naming a field that is out of range.

    >>> Bezel(cut="round", stone_mm=5.0).build().name
    'bezel'
    """

    cut: str | Shape = choice("oval", CUTS, "cut of the stone")
    stone_mm: float = ranged(6.0, 2.5, 14.0, "width of the stone, its short way")
    ratio: float | None = ranged(None, 0.8, 3.0, "length of the stone over its width", "")
    wall_mm: float = ranged(0.85, 0.6, 2.0, "thickness of the collar around the girdle")
    lip_mm: float = ranged(0.30, 0.1, 0.6, "how far the burnished edge lies over the crown")
    rise_mm: float = ranged(0.7, 0.2, 3.0, "from the finger to the culet")
    width_mm: float = ranged(2.6, 1.2, 8.0, "width of the shank at its foot")
    taper: float = ranged(1.0, 0.5, 1.5, "width at the head as part of that at the foot", "")

    def build(self) -> Piece:
        """The ring: one metal part and the centre stone."""
        shank = self.shank()
        usual = _OVAL if self.cut == "oval" else None
        cut = stone(self.cut, self.stone_mm, usual if self.ratio is None else self.ratio)
        culet = float(cut.mesh().vertices[:, 2].min())
        up = shank.inside / 2.0 + self.rise_mm - culet  # of the girdle over the finger's axis
        collar, hole = self._collar(cut, shank.inside / 2.0 - up - self._drop(cut))
        lift = standing(up)
        # A hair more than the finger: the shank's inner surface and the collar's must not coincide.
        collar = drill([collar.moved(lift)], [_finger(shank.inside / 2.0 + 0.04)])
        metal = drill([shank.solid(), collar], [hole.moved(lift)])
        stand = standing(shank.outside)
        placed = Placed("centre stone", cut, stand @ lift)
        body = join([metal.moved(stand)], rooms([placed]))
        return assemble("bezel", "ring", [Body("metal", body)], [placed], shank.inside)

    @classmethod
    def draw(cls, rng: np.random.Generator, cuts: Sequence[str]) -> Self:
        """A ring with a stone in a thin collar."""
        cut = pick(rng, [c for c in cuts if c in CUTS])
        return cls(
            cut=cut,
            stone_mm=between(rng, 3.5, 7.5),
            ratio=drawn_ratio(rng, cut),
            wall_mm=between(rng, 0.8, 1.0),
            lip_mm=between(rng, 0.2, 0.35),
            rise_mm=between(rng, 0.3, 0.8),
            **drawn_shank(rng),
        )

    def _drop(self, cut: Shape) -> float:
        """How far below the top of the finger the collar ends to meet the shank all around, mm."""
        finger = self.inside / 2.0
        aside = min(_FOOT * cut.girdle().half[0] + self.wall_mm, 0.9 * finger)
        return max(1.0, finger - float(np.sqrt(finger**2 - aside**2)) + 0.3)

    def _collar(self, cut: Shape, foot: float) -> tuple[Solid, Solid]:
        """The collar, still solid, and the hole in it; the girdle is at z = 0, `foot` in mm."""
        girdle = cut.girdle()
        points, normals = contour(girdle)
        inside = 1.0 - self.lip_mm / min(girdle.half)
        crown = max(cut.crown(*(inside * point)) for point in points)
        levels = _profile(self.wall_mm, inside, girdle.top, crown, foot)
        wall = [np.column_stack([s * points + d * normals, np.full(len(points), z)])
                for s, d, z in levels]  # fmt: skip
        hole = [np.column_stack([s * points, np.full(len(points), z)])
                for s, z in ((_HOLE_FOOT, foot - 1.0), (_HOLE, -0.08))]  # fmt: skip
        return sweep(np.stack(wall), closed=False), sweep(np.stack(hole), closed=False)


def _profile(wall: float, inside: float, top: float, crown: float, foot: float) -> FloatArray:
    """The collar's outside from below: [N, 3] part of the outline, mm outward, z mm.

    Above the girdle the wall bends in and ends in a round nose on the crown.
    """
    t = np.linspace(0.0, 1.0, 14)
    cup = np.column_stack([_FOOT + (1.0 - _FOOT) * np.sin(t * np.pi / 2.0) ** 1.2,
                           np.full(14, wall), foot + (top - 0.25 - foot) * t])  # fmt: skip
    over = crown + 0.16 * wall  # leaves the edge of the lip this thick
    turn = np.linspace(0.0, np.pi / 2.0, 15)[1:]
    bend = np.column_stack([
        np.ones(14), wall * np.cos(turn) ** _BEVEL, top + (over - top) * np.sin(turn) ** _BEVEL
    ])  # fmt: skip
    curl = np.linspace(0.0, np.pi / 2.0, 7)[1:]
    edge = np.column_stack([1.0 + (inside - 1.0) * np.sin(curl), np.zeros(6),
                            over - (over - top) * (1.0 - np.cos(curl))])  # fmt: skip
    return np.concatenate([cup, bend, edge])


def _finger(radius: float) -> Solid:
    """The finger as a bar along y."""
    bar = revolve(np.array([[radius, -20.0], [radius, 20.0]]), 480)
    lie = np.eye(4)
    lie[:3, :3] = [[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]]
    return bar.moved(lie)

"""The three-stone ring: a centre stone between two smaller ones that follow the shank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from engine.cad.cuts import Shape
from engine.errors import GeometryError, SceneError
from engine.types import FloatArray, Piece
from scenes.pieces.chance import between, pick
from scenes.pieces.design import choice, ranged
from scenes.pieces.ring import Setting, StoneRing, drawn_shank, mount
from scenes.pieces.stones import CUTS, drawn_ratio, stone


@dataclass(frozen=True, kw_only=True)
class ThreeStone(StoneRing):
    """A ring with three stones; see `StoneRing` and `Ring` for the other fields.

    side_cut : cut of the side stones; None is that of the centre stone.
    side     : their width as part of the centre stone's.
    gap_mm   : between the stones, or a stone and its neighbour's gallery, at the closest.

    Raises SceneError naming a field that is out of range.
    """

    stone_mm: float = ranged(5.5, 2.5, 14.0, "width of the centre stone, its short way")
    side_cut: str | Shape | None = choice(None, CUTS, "cut of the side stones")
    side: float = ranged(0.70, 0.45, 1.0, "width of the side stones as part of the centre's", "")
    gap_mm: float = ranged(0.15, 0.05, 2.0, "between the stones at the closest")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.prongs != 4:
            raise SceneError(
                f"ThreeStone: prongs is {self.prongs}; give 4, more stand in the side stones' way"
            )

    def build(self) -> Piece:
        """The ring: one metal part, the centre stone and two side stones.

        Raises GeometryError when the side stones would slide down to the sides of the ring.
        """
        shank = self.shank()
        cut, wide = self.gem()
        kind = self.cut if self.side_cut is None else self.side_cut
        width = self.side * wide
        small = stone(kind, width, self.ratio if self.side_cut is None else None)
        centre = Setting("centre stone", cut, self.head(cut, wide, shank.outside))
        right = Setting("side stone 1", small, self.head(small, width, shank.outside))
        right = replace(right, angle=_angle(centre, right, self.gap_mm))
        left = replace(right, name="side stone 2", angle=-right.angle)
        return mount("three-stone", shank, [centre, right, left])

    @classmethod
    def draw(cls, rng: np.random.Generator, cuts: Sequence[str]) -> Self:
        """A ring with a centre stone of a third of a carat to one."""
        cut = pick(rng, [c for c in cuts if c in CUTS])
        return cls(
            cut=cut,
            stone_mm=between(rng, 3.0, 6.0),
            ratio=drawn_ratio(rng, cut),
            side=between(rng, 0.6, 0.85),
            rails=pick(rng, (0, 1, 2)),
            rise_mm=between(rng, 0.3, 0.8),
            **drawn_shank(rng),
        )


def _angle(centre: Setting, side: Setting, gap: float) -> float:
    """Angle around the finger, rad, at which neither stone is nearer than `gap` mm to the other.

    The same room is left between a stone and the gallery of its neighbour.
    """
    stone_c, rails_c = (_placed(v, centre) for v in _outlines(centre))
    stone_s, rails_s = _outlines(side)

    def distance(angle: float) -> float:
        turned = replace(side, angle=angle)
        stone, rails = _placed(stone_s, turned), _placed(rails_s, turned)
        pairs = ((stone_c, stone), (rails_c, stone), (stone_c, rails))
        return min(_apart(first, second) for first, second in pairs)

    low, high = 0.0, np.pi / 4.0
    if distance(high) < gap:
        raise GeometryError("the stones are too large for this ring size; choose smaller ones")
    for _ in range(40):
        middle = (low + high) / 2.0
        low, high = (middle, high) if distance(middle) < gap else (low, middle)
    return high


def _outlines(setting: Setting) -> tuple[FloatArray, FloatArray]:
    """Vertices of a stone and of its rails, [V, 3] mm in the cut's frame."""
    rails = setting.head.rail_solids(setting.cut.girdle())
    return setting.cut.mesh().vertices, np.concatenate([rail.vertices for rail in rails])


def _placed(vertices: FloatArray, setting: Setting) -> FloatArray:
    move = setting.transform()
    return np.asarray(vertices @ move[:3, :3].T + move[:3, 3])


def _apart(first: FloatArray, second: FloatArray) -> float:
    """Distance of two convex bodies beside each other, both symmetric in y, mm.

    Their closest points then lie in the plane y = 0, and the widest slab between them has its
    normal in it; negative when they overlap.
    """
    turn = np.linspace(-np.pi / 2.0, np.pi / 2.0, 721)
    across = np.stack([np.cos(turn), np.sin(turn)])
    gaps = (second[:, [0, 2]] @ across).min(axis=0) - (first[:, [0, 2]] @ across).max(axis=0)
    return float(gaps.max())

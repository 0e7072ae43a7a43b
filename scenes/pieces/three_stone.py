"""The three-stone ring: a centre stone between two smaller ones that follow the shank."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.cad.cuts import Cut, to_mesh
from engine.errors import GeometryError
from engine.types import FloatArray, Piece
from scenes.pieces.ring import Setting, StoneRing, mount
from scenes.pieces.stones import stone


@dataclass(frozen=True, kw_only=True)
class ThreeStone(StoneRing):
    """A ring with three stones; see `StoneRing` and `Ring` for the other fields.

    side_cut : cut of the side stones; None is that of the centre stone.
    side     : their width as part of the centre stone's.
    gap_mm   : between the stones where they come closest.

    Raises SceneError naming a field that is out of range.
    """

    stone_mm: float = 5.5
    side_cut: str | Cut | None = None
    side: float = 0.70
    gap_mm: float = 0.15

    def _ranges(self) -> dict[str, tuple[float, float, float]]:
        return super()._ranges() | {
            "side": (self.side, 0.45, 1.0),
            "gap_mm": (self.gap_mm, 0.05, 2.0),
        }

    def build(self) -> Piece:
        """The ring: one metal part, the centre stone and two side stones.

        Raises GeometryError when the side stones would slide down to the sides of the ring.
        """
        shank = self.shank()
        cut = stone(self.cut, self.stone_mm, self.ratio)
        kind = self.cut if self.side_cut is None else self.side_cut
        width = self.side * self.stone_mm
        small = stone(kind, width, self.ratio if self.side_cut is None else None)
        centre = Setting("centre stone", cut, self.head(cut, self.stone_mm, shank.outside))
        head = replace(self.head(small, width, shank.outside), prongs=4)
        right = Setting("side stone 1", small, head, _angle(centre, small, head.foot, self.gap_mm))
        left = replace(right, name="side stone 2", angle=-right.angle)
        return mount("three-stone", shank, [centre, right, left])


def _angle(centre: Setting, small: Cut, foot: float, gap: float) -> float:
    """Angle around the finger at which a side stone is `gap` mm from the centre stone, rad."""
    head = replace(centre.head, foot=foot)
    mesh = to_mesh(small).vertices
    fixed = _placed(to_mesh(centre.cut).vertices, centre)

    def distance(angle: float) -> float:
        return _apart(fixed, _placed(mesh, Setting("", small, head, angle)))

    low, high = 0.0, 1.3
    if distance(high) < gap:
        raise GeometryError("the stones are too large for this ring size; choose smaller ones")
    for _ in range(40):
        middle = (low + high) / 2.0
        low, high = (middle, high) if distance(middle) < gap else (low, middle)
    return high


def _placed(vertices: FloatArray, setting: Setting) -> FloatArray:
    move = setting.transform()
    return np.asarray(vertices @ move[:3, :3].T + move[:3, 3])


def _apart(first: FloatArray, second: FloatArray) -> float:
    """Distance of two convex stones beside each other, both symmetric in y, mm.

    Their closest points then lie in the plane y = 0, and the widest slab between them has its
    normal in it; negative when they overlap.
    """
    turn = np.linspace(-np.pi / 2.0, np.pi / 2.0, 721)
    across = np.stack([np.cos(turn), np.sin(turn)])
    gaps = (second[:, [0, 2]] @ across).min(axis=0) - (first[:, [0, 2]] @ across).max(axis=0)
    return float(gaps.max())

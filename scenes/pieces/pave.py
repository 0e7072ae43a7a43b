"""Pave: small round stones close together, each in a drilled seat and held by shared beads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.cad.cuts import Shape
from engine.types import FloatArray
from scenes.pieces.assembly import GAP
from scenes.pieces.ring import around
from scenes.pieces.solids import Solid, revolve

#: How deep the girdle lies below the metal's surface, as part of the stone.
SINK = 0.045

#: How far a bead reaches over the girdle, as part of the stone.
GRIP = 0.065

_DRILL_POINTS = 40
_BEAD_POINTS = 20


@dataclass(frozen=True)
class Lattice:
    """Equal round stones in rows around the finger, each row half a step beside the last.

    radius : mm from the finger's axis to the girdles. stone, gap : mm. rows : number of rows.
    step : rad between stones of a row; None leaves just the gap.
    """

    radius: float
    stone: float
    gap: float
    rows: int
    step: float | None = None

    @property
    def turn(self) -> float:
        """Angle between the stones of a row, rad: their girdles are `gap` apart at the closest."""
        return tilt(self.radius, self.stone, self.gap) if self.step is None else self.step

    @property
    def across(self) -> float:
        """Distance of the rows, mm."""
        chord = 2.0 * self.radius * np.sin(self.turn / 2.0)
        return float(np.sqrt((self.stone + self.gap) ** 2 - chord**2 / 4.0))

    @property
    def width(self) -> float:
        """From the outermost girdle to the other, mm."""
        return self.stone + (self.rows - 1) * self.across

    def row(self, number: int) -> tuple[float, float]:
        """Angle of a row's first stone over that of row 0, rad, and y of the row, mm."""
        return self.turn * (number % 2) / 2.0, (number - (self.rows - 1) / 2.0) * self.across

    def stones(self, start: float, counts: list[int]) -> list[FloatArray]:
        """[4, 4] from the cut's frame of every stone; `counts` of the rows, `start` in rad."""
        return [
            around(self.radius, start + first + k * self.turn, y)
            for number, count in enumerate(counts)
            for first, y in [self.row(number)]
            for k in range(count)
        ]

    def beads(self, start: float, counts: list[int], closed: bool = False) -> list[FloatArray]:
        """[4, 4] of every bead: between two stones of a row and the next row, on both sides.

        closed : whether the last stone of a row is followed by its first.
        """
        places = []
        for number, count in enumerate(counts):
            first, y = self.row(number)
            for k in range(count) if closed else range(-1, count):
                angle = start + first + (k + 0.5) * self.turn
                places += [
                    around(self.radius, angle, y + side * self.across / 3.0) for side in (-1, 1)
                ]
        return places

    def bead(self) -> Solid:
        """One bead, in the frame of its place."""
        return bead(self.across * 2.0 / 3.0 - self.stone / 2.0, self.stone)


def tilt(radius: float, stone: float, gap: float) -> float:
    """Angle, rad, between neighbours on a cylinder whose girdles are `gap` mm apart."""
    half = stone / 2.0
    return float(2.0 * (np.arctan(half / radius) + np.arcsin(gap / 2.0 / np.hypot(radius, half))))


def bead(room: float, stone: float) -> Solid:
    """A bead that stands `room` mm from the girdles of its stones; the girdles are at z = 0."""
    radius, top = room + GRIP * stone, 0.165 * stone
    turn = np.linspace(0.0, np.pi / 2.0, 7)[:-1]
    dome = np.column_stack([radius * np.cos(turn), top * np.sin(turn)])
    flat = np.array([[0.12 * radius, 0.995 * top]])
    return revolve(np.concatenate([[[0.9 * radius, -0.14 * stone]], dome, flat]), _BEAD_POINTS)


def seat(cut: Shape, depth: float) -> Solid:
    """What a setter drills for a round stone: a cylinder, the cone of its pavilion, a pilot hole.

    depth : mm from the girdle down to where the hole ends, beyond the metal.
    """
    vertices = cut.grown(2.0 * GAP).mesh().vertices
    reach = np.hypot(vertices[:, 0], vertices[:, 1])
    half = float(reach.max()) / np.cos(np.pi / _DRILL_POINTS)
    pilot = 0.42 * half
    out = np.linspace(pilot, half, 5)
    cone = np.column_stack([out, [_pavilion(cut, r) - 2.0 * GAP for r in out]])
    top = half * 0.7
    return revolve(np.concatenate([[[pilot, -depth]], cone, [[half, top]]]), _DRILL_POINTS)


def _pavilion(cut: Shape, radius: float) -> float:
    """The lowest z of a round stone's pavilion `radius` mm from the axis."""
    turn = np.linspace(0.0, 2.0 * np.pi, 128, endpoint=False)
    points = radius * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    return min(cut.pavilion(x, y) for x, y in points)

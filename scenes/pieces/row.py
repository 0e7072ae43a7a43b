"""One row of equal stones around the finger, all of the way or half."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.cad.cuts import Shape
from engine.types import FloatArray
from scenes.pieces.pave import tilt
from scenes.pieces.ring import around
from scenes.pieces.solids import Solid, revolve, sweep

_STATIONS = 360


@dataclass(frozen=True, eq=False)
class Row:
    """Stones side by side, their length along the finger.

    cut : of all. radius : mm from the finger's axis to the girdles. step : rad between stones.
    count : of stones. closed : whether the last has the first for its neighbour.
    """

    cut: Shape
    radius: float
    step: float
    count: int
    closed: bool

    @classmethod
    def of(cls, cut: Shape, radius: float, gap: float, closed: bool) -> Row:
        """As many stones as find room: `gap` mm between girdles, or a little more when closed."""
        girdle = cut.girdle()
        # The lower edges of two girdles are nearest to each other.
        step = tilt(radius + girdle.low, 2.0 * girdle.half[0], gap)
        count = int((2.0 if closed else 1.0) * np.pi / step)
        return cls(cut, radius, 2.0 * np.pi / count if closed else step, count, closed)

    @property
    def angles(self) -> FloatArray:
        """[count] rad around the finger; on top is the row's middle, or the first all around."""
        first = 0.0 if self.closed else (1 - self.count) / 2.0
        return np.asarray(self.step * (np.arange(self.count) + first))

    @property
    def between(self) -> FloatArray:
        """Angles, rad, half way between the stones and, of a row with ends, beyond them."""
        last = [] if self.closed else [self.angles[-1] + self.step / 2.0]
        return np.append(self.angles - self.step / 2.0, last)

    def places(self) -> list[FloatArray]:
        """[4, 4] from the cut's frame of every stone."""
        return [around(self.radius, angle) for angle in self.angles]

    def pilots(self) -> list[Solid]:
        """Holes that let light in from the finger, one under each stone."""
        culet = float(self.cut.mesh().vertices[:, 2].min())
        radius = 0.36 * self.cut.girdle().half[0]
        hole = revolve(np.array([[radius, culet - 2.0], [radius, 0.5 * culet]]), 32)
        return [hole.moved(place) for place in self.places()]

    def groove(self, half: float, depth: float) -> Solid:
        """What is taken out between two walls 2 * `half` mm apart, down to `depth` under the
        girdles, mm: all around, or a little beyond the last stones."""
        section = np.array([[-half, -depth], [half, -depth], [half, 3.0], [-half, 3.0]])
        if self.closed:
            turn = np.linspace(0.0, 2.0 * np.pi, _STATIONS, endpoint=False)
        else:
            last = float(self.between[-1])
            turn = np.linspace(-last, last, _STATIONS // 2)
        out = self.radius + section[None, :, 1]
        x, z = out * np.sin(turn)[:, None], out * np.cos(turn)[:, None]
        y = np.broadcast_to(section[None, :, 0], x.shape)
        return sweep(np.stack([x, y, z], axis=-1), closed=self.closed)

    def windows(self, radius: float) -> list[Solid]:
        """Round openings along the finger, one through the seat of each stone; `radius` in mm."""
        bar = revolve(np.array([[radius, -9.0], [radius, 9.0]]), 48)
        lie = np.eye(4)
        lie[:3, :3] = [[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]]
        return [bar.moved(place @ lie) for place in self.places()]

    def aside(self, apart: float) -> float:
        """How far from the row's middle, mm, a place half way between two stones is `apart` mm
        from either, and all places farther out are no nearer."""
        outline = self.cut.girdle().outline
        following = np.roll(outline, -1, axis=0)
        part = np.linspace(0.0, 1.0, 12, endpoint=False)[:, None, None]
        points = (outline + part * (following - outline)).reshape(-1, 2)
        middle = self.radius * np.tan(self.step / 2.0)
        y = np.linspace(0.0, self.cut.girdle().half[1] + 1.0, 600)
        places = np.column_stack([np.full_like(y, middle), y])
        near = np.linalg.norm(places[:, None] - points[None], axis=2).min(axis=1) < apart
        return float(y[np.flatnonzero(near)[-1]]) if near.any() else 0.0

    def prongs(self, wire: float, aside: float, foot: float, tip: float) -> list[Solid]:
        """Upright wires with round tips, two between each two stones.

        wire : their radius. aside : of the row's middle. foot, tip : z under and over the girdles.
        All in mm.
        """
        rise = self.radius / np.cos(self.step / 2.0) - self.radius
        turn = np.linspace(0.0, np.pi / 2.0, 9)[:-1]
        dome = np.column_stack([
            wire * np.cos(turn), rise + tip - 0.8 * wire * (1.0 - np.sin(turn))
        ])  # fmt: skip
        end = np.array([[0.12 * wire, rise + tip - 0.002]])
        prong = revolve(np.concatenate([[[wire, foot]], dome, end]), 28)
        return [
            prong.moved(around(self.radius, angle, side * aside))
            for angle in self.between
            for side in (-1.0, 1.0)
        ]

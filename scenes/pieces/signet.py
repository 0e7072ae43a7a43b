"""The signet ring: a table to be engraved, which runs through its shoulders into the shank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from engine.errors import GeometryError
from engine.types import FloatArray, Piece
from scenes.pieces.assembly import Body, assemble
from scenes.pieces.chance import between, maybe, pick, ring_size
from scenes.pieces.design import choice, ranged
from scenes.pieces.ring import Finger, standing
from scenes.pieces.solids import Solid, drill, join, revolve, sweep

#: Exponents of the outlines, superellipses: 2 is an ellipse, larger ones come closer to a box.
#: Estimated by eye, as the trade draws its tables.
TABLES = {"oval": 2.0, "round": 2.0, "cushion": 3.4, "square": 7.0}

# Exponent of the shank's section: nearly a D.
_SHANK = 5.0

# The shank at the sides of the finger over that at the foot: its width and its thickness.
_WIDE, _THICK = 1.25, 1.15

# Radius of the table's edge, mm, and rise of a domed table as part of its short way; estimated.
_EDGE, _DOME = 0.16, 0.09

# How far the finger's hole opens towards its rims, mm per mm^2 from its middle.
_COMFORT = 0.006

# The angle, rad, along the shank over which a shoulder bends away from it.
_SOFT = 0.5

_POINTS, _LEVELS, _STATIONS = 176, 56, 121


@dataclass(frozen=True, kw_only=True)
class Signet(Finger):
    """A signet ring, cast in one; see `Finger` for its size.

    table     : outline of its top, "oval", "round", "cushion" or "square".
    top       : "flat" or "domed".
    length_mm : of the table along the finger. ratio : length over width of an oval or cushion
                (a round and a square are as wide as they are long).
    rise_mm   : from the finger to the table's edge.
    width_mm, thickness_mm : of the shank at the foot.

    Raises SceneError naming a field that is out of range; `build` raises GeometryError for a table
    too wide for the finger.

    >>> Signet(table="cushion", ratio=1.0).build().name
    'signet'
    """

    table: str = choice("oval", tuple(TABLES), "outline of the table")
    top: str = choice("flat", ("flat", "domed"), "the table itself")
    length_mm: float = ranged(13.0, 7.0, 18.0, "length of the table along the finger")
    ratio: float = ranged(1.2, 1.0, 1.5, "length over width of an oval or cushion", "")
    rise_mm: float = ranged(2.6, 1.8, 4.5, "from the finger to the table's edge")
    width_mm: float = ranged(3.2, 2.0, 6.0, "width of the shank at its foot")
    thickness_mm: float = ranged(1.6, 1.2, 2.5, "thickness of the shank at its foot")

    def build(self) -> Piece:
        """The ring: one metal part."""
        stand = standing(self.inside / 2.0 + self.thickness_mm)
        whole = drill([self._head(), self._shank()], [self._hole()])
        metal = join([whole.moved(stand)], [])
        return assemble("signet", "ring", [Body("metal", metal)], [], self.inside)

    @property
    def _half(self) -> tuple[float, float]:
        """Half of the table's width (around the finger) and length (along it), mm."""
        even = self.table in ("round", "square")
        return self.length_mm / 2.0 / (1.0 if even else self.ratio), self.length_mm / 2.0

    @property
    def _side(self) -> tuple[float, float]:
        """The shank at the sides of the finger: outer radius and half of its width, mm."""
        return (
            self.inside / 2.0 + _THICK * self.thickness_mm,
            min(_WIDE * self.width_mm / 2.0, self._half[1]),
        )

    def _head(self) -> Solid:
        """From the middle of the finger up, not yet pierced: level outlines from shank to table."""
        aside, along = self._half
        out, half = self._side
        high = self.inside / 2.0 + self.rise_mm
        z = high * np.linspace(0.0, 1.0, _LEVELS) ** 0.9
        part = z / high
        x = _flank(out, aside, high, z)
        x[0] = out  # to the last bit, as in `_shank`: there the halves are joined
        y = half + (along - half) * np.sin(np.pi / 2.0 * part) ** 2
        power = 1.0 / (
            1.0 / _SHANK + (1.0 / TABLES[self.table] - 1.0 / _SHANK) * part**2 * (3.0 - 2.0 * part)
        )
        levels = np.column_stack([x, y, z, power])
        levels = np.concatenate([levels[z < high - 1.2 * _EDGE], self._top(high)])
        return sweep(np.stack([_outline(*level) for level in levels]), closed=False)

    def _top(self, high: float) -> FloatArray:
        """The table's edge and the table: [N, 4] half axes and height in mm, exponent."""
        aside, along = self._half
        turn = np.linspace(0.0, np.pi / 2.0, 7)
        inset, level = _EDGE * (1.0 - np.cos(turn)), high - _EDGE * (1.0 - np.sin(turn))
        if self.top == "domed":
            part = np.linspace(0.0, 0.97, 22)[1:]
            inner = aside - _EDGE
            inset = np.concatenate([inset, _EDGE + inner * part])
            level = np.concatenate([level, high + 2.0 * _DOME * aside * (1.0 - (1.0 - part) ** 2)])
        scale = 1.0 - inset / aside
        power = np.full(len(scale), TABLES[self.table])
        return np.column_stack([aside * scale, along * scale, level, power])

    def _shank(self) -> Solid:
        """The lower half, from one side of the finger to the other."""
        out, half = self._side
        turn = np.linspace(np.pi / 2.0, 1.5 * np.pi, _STATIONS)
        low = np.sin(turn - np.pi / 2.0) ** 2
        radius = out + (self.inside / 2.0 + self.thickness_mm - out) * low
        wide = half + (self.width_mm / 2.0 - half) * low
        across, up = np.sin(turn), np.cos(turn)
        across[[0, -1]], up[[0, -1]] = (1.0, -1.0), 0.0
        rings = []
        for s, c, r, w in zip(across, up, radius, wide, strict=True):
            section = _outline(r, w, 0.0, _SHANK)[:, :2]
            # From one flat side round to the other; the middle of the finger stays free.
            section = np.roll(section, _POINTS // 4, axis=0)[3 : _POINTS // 2 - 2]
            rings.append(np.column_stack([section[:, 0] * s, section[:, 1], section[:, 0] * c]))
        return sweep(np.stack(rings), closed=False)

    def _hole(self) -> Solid:
        """The finger, a little wider towards the rims of the ring."""
        y = np.linspace(-1.6, 1.6, 65) * self._half[1]
        bar = revolve(np.column_stack([self.inside / 2.0 + _COMFORT * y**2, y]), 480)
        lie = np.eye(4)
        lie[:3, :3] = [[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]]
        return bar.moved(lie)

    @classmethod
    def draw(cls, rng: np.random.Generator, cuts: Sequence[str]) -> Self:
        """A ring for the little or the ring finger, with a table of 9 to 14 mm."""
        width = between(rng, 2.6, 4.0)
        return cls(
            size=ring_size(rng),
            table=pick(rng, tuple(TABLES)),
            top="domed" if maybe(rng, 0.3) else "flat",
            length_mm=between(rng, 9.0, 14.0, 0.5),
            ratio=between(rng, 1.1, 1.35),
            rise_mm=between(rng, 2.2, 3.2, 0.1),
            width_mm=width,
            thickness_mm=between(rng, 1.4, 1.9),
        )


def _flank(out: float, aside: float, high: float, z: FloatArray) -> FloatArray:
    """Half of the ring's extent across the finger at each height, [N] mm.

    The shank's circle, then its tangent to the table's edge, joined by a parabola.
    """
    reach = np.hypot(aside, high)
    if reach <= out or aside >= 0.95 * out:
        raise GeometryError(
            f"a table {2.0 * aside:.1f} mm wide is too wide for this ring size; choose a smaller "
            "one, or a larger ratio"
        )
    # Angles from the upright: of the table's edge, and of the point where its tangent touches.
    touch = np.arctan2(aside, high) + np.arccos(out / reach)
    start, end = touch + _SOFT, np.array([aside, high])
    on_circle = out * np.array([np.sin(start), np.cos(start)])
    touching = out * np.array([np.sin(touch), np.cos(touch)])
    # The tangents of both pieces meet in the corner of a parabola that joins them.
    corner = (
        out
        / np.cos(_SOFT / 2.0)
        * np.array([np.sin(touch + _SOFT / 2.0), np.cos(touch + _SOFT / 2.0)])
    )
    on_line = touching + 0.5 * (end - touching)
    t = np.linspace(0.0, 1.0, 65)[:, None]
    bend = (1.0 - t) ** 2 * on_circle + 2.0 * t * (1.0 - t) * corner + t**2 * on_line
    straight = np.interp(z, [on_line[1], high], [on_line[0], aside])
    joined = np.where(z < on_line[1], np.interp(z, bend[:, 1], bend[:, 0]), straight)
    return np.where(z < on_circle[1], np.sqrt(np.maximum(out**2 - z**2, 0.0)), joined)


def _outline(x: float, y: float, z: float, power: float) -> FloatArray:
    """A level superellipse, [_POINTS, 3] mm: the same part of its length and turning each point."""
    t = np.linspace(0.0, np.pi / 2.0, 1201)
    quarter = np.column_stack([x * np.cos(t) ** (2.0 / power), y * np.sin(t) ** (2.0 / power)])
    step = np.diff(quarter, axis=0)
    length = np.linalg.norm(step, axis=1)
    heading = np.unwrap(np.arctan2(step[:, 1], step[:, 0]))
    turning = np.abs(np.diff(heading, prepend=np.pi / 2.0))
    measure = np.concatenate([[0.0], np.cumsum(length / length.sum() + turning / turning.sum())])
    at = np.linspace(0.0, measure[-1], _POINTS // 4 + 1)
    q = np.column_stack([np.interp(at, measure, quarter[:, k]) for k in range(2)])
    half = np.concatenate([q, q[-2:0:-1] * [-1.0, 1.0]])
    whole = np.concatenate([half, [[-x, 0.0]], half[:0:-1] * [1.0, -1.0]])
    return np.column_stack([whole, np.full(len(whole), z)])

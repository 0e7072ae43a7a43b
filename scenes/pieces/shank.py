"""The shank: a profile swept around the finger."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.types import FloatArray
from scenes.pieces.solids import Solid, sweep

#: Exponents of the outer and inner half of a profile, a superellipse: 2 is an ellipse, larger ones
#: come closer to a box. Estimated by eye from the profiles that the trade sells by these names.
PROFILES = {"court": (2.3, 3.2), "d": (2.2, 9.0), "flat": (7.0, 7.0)}

_STATIONS = 240
_POINTS = 56


@dataclass(frozen=True)
class Shank:
    """A ring without its head; the finger axis is y, the centre of the finger the origin.

    inside    : mm, inside diameter.
    profile   : "court" (rounded inside and out), "d" (flat inside), "flat".
    width     : mm, at the foot; thickness : mm, all around.
    taper     : width at the head as part of the width at the foot.
    """

    inside: float
    profile: str
    width: float
    thickness: float
    taper: float

    @property
    def outside(self) -> float:
        """Radius of the outer surface at its highest, mm."""
        return self.inside / 2.0 + self.thickness

    def solid(self) -> Solid:
        """The swept shank: the head end is at +z."""
        turn = np.linspace(0.0, 2.0 * np.pi, _STATIONS, endpoint=False)
        top = (1.0 + np.cos(turn)) / 2.0
        part = 1.0 + (self.taper - 1.0) * top**2
        across, out = _profile(*PROFILES[self.profile]).T
        radius = self.inside / 2.0 + self.thickness * (1.0 + out[None]) / 2.0
        y = self.width / 2.0 * part[:, None] * across[None]
        x, z = radius * np.sin(turn)[:, None], radius * np.cos(turn)[:, None]
        return sweep(np.stack([x, y, z], axis=-1), closed=True)


@dataclass(frozen=True)
class Band:
    """A band of nearly rectangular section; the finger axis is y, the centre the origin.

    inside, thickness : mm, inside diameter and height of the section.
    width : mm, on top and down to the sides. foot : width at the foot as part of that.
    edge  : mm, radius of the outer edges; the inner ones are three times as round.
    """

    inside: float
    thickness: float
    width: float
    foot: float = 1.0
    edge: float = 0.18

    @property
    def outside(self) -> float:
        """Radius of the outer surface, mm."""
        return self.inside / 2.0 + self.thickness

    def solid(self) -> Solid:
        """The swept band: the head end is at +z."""
        turn = np.linspace(0.0, 2.0 * np.pi, _STATIONS, endpoint=False)
        low = np.clip(-np.cos(turn), 0.0, 1.0)
        half = self.width / 2.0 * (1.0 + (self.foot - 1.0) * low**2 * (3.0 - 2.0 * low))
        y, out = self._section(half)
        radius = self.inside / 2.0 + out
        x, z = radius * np.sin(turn)[:, None], radius * np.cos(turn)[:, None]
        return sweep(np.stack([x, y, z], axis=-1), closed=True)

    def _section(self, half: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Across and outward, [N, M] and [M] mm, of sections that are 2 * `half` ([N] mm) wide."""
        arc = np.linspace(0.0, np.pi / 2.0, 9)
        inner = min(3.0 * self.edge, 0.45 * self.thickness)
        corners = [(1, 1, self.edge), (-1, 1, self.edge), (-1, -1, inner), (1, -1, inner)]
        side, inset, out = [], [], []
        for k, (right, up, radius) in enumerate(corners):
            angle = arc + k * np.pi / 2.0
            side.append(np.full(9, right))
            inset.append(right * radius * (np.abs(np.cos(angle)) - 1.0))
            out.append(radius * (np.sin(angle) - up) + (self.thickness if up > 0 else 0.0))
        across = half[:, None] * np.concatenate(side) + np.concatenate(inset)
        return across, np.concatenate(out)


def _profile(outer: float, inner: float) -> FloatArray:
    """[M, 2] points of a profile in a square of half width 1: across the ring, and outward.

    Spaced by length and by turning in equal parts, so that tight corners get points enough.
    """
    t = np.linspace(0.0, 2.0 * np.pi, 20001)
    power = np.where(np.sin(t) >= 0.0, 2.0 / outer, 2.0 / inner)
    p = np.stack([np.sign(np.cos(t)) * np.abs(np.cos(t)) ** power,
                  np.sign(np.sin(t)) * np.abs(np.sin(t)) ** power], axis=1)  # fmt: skip
    step = np.diff(p, axis=0)
    length = np.linalg.norm(step, axis=1)
    heading = np.unwrap(np.arctan2(step[:, 1], step[:, 0]))
    turning = np.abs(np.diff(heading, prepend=heading[:1]))
    measure = np.cumsum(length / length.sum() + turning / turning.sum())
    measure = np.concatenate([[0.0], measure / measure[-1]])
    # The highest and the lowest point must be among them: they carry the ring's size.
    even = np.concatenate([
        np.linspace(0.0, measure[5000], _POINTS // 4, endpoint=False),
        np.linspace(measure[5000], measure[15000], _POINTS // 2, endpoint=False),
        np.linspace(measure[15000], 1.0, _POINTS // 4, endpoint=False),
    ])  # fmt: skip
    return np.stack([np.interp(even, measure, p[:, k]) for k in range(2)], axis=1)

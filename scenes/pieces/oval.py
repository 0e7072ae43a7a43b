"""Bands around an oval: bangles and hoops, and the rows of stones in them.

An angle runs from the top, 0, towards +x, as around a finger; the oval lies in the xz plane.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.types import FloatArray
from scenes.pieces.motion import frame
from scenes.pieces.pave import bead, tilt
from scenes.pieces.shank import PROFILES
from scenes.pieces.solids import Solid, sweep

#: Sections of a band: those of a shank, and round wire.
SECTIONS = {**PROFILES, "round": (2.0, 2.0)}

#: Points of a section, a multiple of four, so that the highest and the lowest are among them.
_POINTS = 56

#: Stations of a whole turn.
STATIONS = 288


@dataclass(frozen=True)
class Oval:
    """An ellipse: half of its width (x) and height (z), mm."""

    a: float
    b: float

    def normals(self, angles: FloatArray) -> FloatArray:
        """[N, 2] (x, z) outward unit vectors."""
        n = np.stack([np.sin(angles) / self.a, np.cos(angles) / self.b], axis=-1)
        return np.asarray(n / np.linalg.norm(n, axis=-1, keepdims=True))

    def points(self, angles: FloatArray, out: float = 0.0) -> FloatArray:
        """[N, 2] (x, z), `out` mm outside of the oval."""
        on = np.stack([self.a * np.sin(angles), self.b * np.cos(angles)], axis=-1)
        return np.asarray(on + out * self.normals(angles))

    def radius(self, angles: FloatArray) -> FloatArray:
        """Radius of curvature, [N] mm."""
        s, c = np.sin(angles), np.cos(angles)
        return np.asarray(((self.a * c) ** 2 + (self.b * s) ** 2) ** 1.5 / (self.a * self.b))

    def lengths(self, angles: FloatArray, out: float = 0.0) -> FloatArray:
        """Length from the first of many angles, [N] mm."""
        step = np.linalg.norm(np.diff(self.points(angles, out), axis=0), axis=1)
        return np.concatenate([[0.0], np.cumsum(step)])

    def place(self, angle: float, out: float, y: float = 0.0, inward: bool = False) -> FloatArray:
        """[4, 4] to a point `out` mm outside of the oval, its z outward or inward."""
        (x, z), (nx, nz) = self.points(np.array(angle), out), self.normals(np.array(angle))
        side = -1.0 if inward else 1.0
        return frame(
            [side * nz, 0.0, -side * nx], [0.0, 1.0, 0.0], [side * nx, 0.0, side * nz], [x, y, z]
        )

    def band(self, section: FloatArray) -> Solid:
        """A closed band with this section; see `section`."""
        return self._swept(np.linspace(0.0, 2.0 * np.pi, STATIONS, endpoint=False), section, True)

    def open_band(
        self, section: FloatArray, start: float, end: float, rounded: bool = False
    ) -> Solid:
        """A band from one angle up to another, its ends flat or rounded like a finger nail."""
        angles = np.linspace(start, end, 2 + int((end - start) / (2.0 * np.pi) * STATIONS))
        if not rounded:
            return self._swept(angles, section, False)
        wide, thick = np.ptp(section, axis=0)
        fine = np.linspace(start, end, 4000)
        length = self.lengths(fine, thick / 2.0)
        # Close together where the end curves, first for its edge, then for its plan.
        ends = np.unique(np.concatenate([
            reach * (1.0 - np.cos(np.linspace(0.04, np.pi / 2.0, 14)))
            for reach in (0.5 * thick, 0.5 * wide)
        ]))  # fmt: skip
        inner = np.interp(angles, fine, length)
        inner = inner[(inner > ends[-1]) & (inner < length[-1] - ends[-1])]
        at = np.concatenate([ends, inner, length[-1] - ends[::-1]])
        close = np.minimum(at, length[-1] - at)[:, None]
        inset = 1.0 - np.minimum(close / [0.5 * wide, 0.5 * thick], 1.0)
        middle = section.mean(axis=0)
        shapes = middle + np.sqrt(1.0 - inset**2)[:, None] * (section - middle)
        return self._swept(np.interp(at, length, fine), shapes, False)

    def _swept(self, angles: FloatArray, section: FloatArray, closed: bool) -> Solid:
        """The skin over a section [M, 2] or one for every angle, [N, M, 2]."""
        each = np.broadcast_to(section, (len(angles), *section.shape[-2:]))
        on, n = self.points(angles), self.normals(angles)
        xz = on[:, None] + each[..., 1:] * n[:, None]
        return sweep(np.stack([xz[..., 0], each[..., 0], xz[..., 1]], axis=-1), closed)


def section(profile: str, width: float, thickness: float) -> FloatArray:
    """A section of a band: [M, 2] across the band and outward from its inside, mm.

    profile : one of SECTIONS; "round" is as thick as it is wide if both are the same.
    """
    outer, inner = SECTIONS[profile]
    t = np.linspace(0.0, 2.0 * np.pi, _POINTS, endpoint=False)
    power = np.where(np.sin(t) >= 0.0, 2.0 / outer, 2.0 / inner)
    across = np.sign(np.cos(t)) * np.abs(np.cos(t)) ** power
    out = np.sign(np.sin(t)) * np.abs(np.sin(t)) ** power
    return np.column_stack([width / 2.0 * across, thickness * (1.0 + out) / 2.0])


@dataclass(frozen=True)
class Row:
    """A row of equal round stones along an oval, each held by four beads that it shares.

    out : mm from the oval to the girdles. stone, gap : mm. inward : tables face the middle.
    """

    oval: Oval
    out: float
    stone: float
    gap: float
    inward: bool = False

    def angles(self, start: float, end: float) -> tuple[FloatArray, FloatArray]:
        """Where the stones are between two angles, and where their beads are, rad."""
        fine = np.linspace(start, end, 4000)
        around = self.oval.radius(fine) + self.out
        # Tables that face the middle lean towards each other: upper edges of girdles come closer.
        gap = self.gap + (0.04 * self.stone if self.inward else 0.0)
        pitch = np.array([r * tilt(float(r), self.stone, gap) for r in around[::40]])
        pitch = np.interp(fine, fine[::40], pitch)
        length = self.oval.lengths(fine, self.out)
        number = np.concatenate([[0.0], np.cumsum(np.diff(length) / pitch[1:])])
        count = int(number[-1])
        first = (number[-1] - count) / 2.0
        return (np.interp(first + 0.5 + np.arange(count), number, fine),
                np.interp(first + np.arange(count + 1), number, fine))  # fmt: skip

    def stones(self, angles: FloatArray) -> list[FloatArray]:
        """[4, 4] from the cut's frame of every stone."""
        return [self.oval.place(float(t), self.out, inward=self.inward) for t in angles]

    def beads(self, angles: FloatArray) -> list[Solid]:
        """Both beads at each of these angles."""
        pitch = self.stone + self.gap
        across = pitch * np.sqrt(0.75)
        one = bead(across * 2.0 / 3.0 - self.stone / 2.0, self.stone)
        return [
            one.moved(self.oval.place(float(t), self.out, side * across / 3.0, self.inward))
            for t in angles
            for side in (-1, 1)
        ]

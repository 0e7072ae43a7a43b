"""What a finish does to the normals of metal: the polisher's waves, lines, grain and scratches.

All of it is a pattern in the piece's own space, cut by the surface: every view shows the same, and
so do parts that share a mesh. A seed moves the part through the pattern.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.trace.backend import dr, mi, table
from engine.trace.brush import Brush
from engine.trace.marks import MARKS, Marks
from engine.trace.noise import grain, hashed, lines, share
from materials import Finish

#: Waves of a hand-polished surface: shortest and longest, mm, and how many.
SHORTEST, LONGEST, WAVES = 0.8, 3.2, 7
#: Brushed lines: width and length, mm, and share of the slope.
LINES = ((0.035, 2.5, 0.6), (0.11, 4.0, 0.5), (0.4, 7.0, 0.35))
#: Grain of a blasted surface, mm.
GRAIN = 0.09
#: Scratches: the cells, mm, that hold one each at most, the narrowest and widest groove, mm, and
#: the slope of its walls.
CELLS = (0.7, 1.0, 1.4, 2.0, 2.9, 4.2)
NARROWEST, WIDEST, WALLS = 0.01, 0.045, 0.3


def _waves() -> list[tuple[list[float], float]]:
    """Wave vectors, per mm, and phases; every wave has the same slope."""
    rng = np.random.default_rng(1)
    k = rng.normal(size=(WAVES, 3))
    k /= np.linalg.norm(k, axis=1, keepdims=True)
    k *= 2 * np.pi / np.geomspace(SHORTEST, LONGEST, WAVES)[:, None]
    return list(zip(k.tolist(), rng.uniform(0, 2 * np.pi, WAVES).tolist(), strict=True))


def _turns() -> list[list[list[float]]]:
    """A rotation per size of scratches, so that no lattice shows."""
    rng = np.random.default_rng(2)
    return [np.linalg.qr(rng.normal(size=(3, 3)))[0].tolist() for _ in CELLS]


@dataclass(frozen=True)
class Relief:
    """marks : [P * 4] as `Marks` has them. shift : [P * 4] of a part through the patterns, mm.

    present : which of the marks any part has.
    """

    marks: Any
    shift: Any
    brush: Brush
    present: frozenset[str]

    @staticmethod
    def create(marks: Sequence[Marks], finishes: Sequence[Finish], brush: Brush) -> Relief:
        """marks, finishes : one per part."""
        shifts = [np.random.default_rng(f.seed).uniform(-40, 40, 4) for f in finishes]
        return Relief(
            marks=table(marks),
            shift=table(np.stack(shifts)),
            brush=brush,
            present=frozenset(name for name in MARKS if any(getattr(m, name) for m in marks)),
        )

    def bent(self, p: Any, n: Any, part: Any, active: Any) -> Any:
        """The normal n at the point p of a part, as the finish left it."""
        marks = dr.gather(mi.Vector4f, self.marks, part, active)
        shift = dr.gather(mi.Vector4f, self.shift, part, active)
        marked = active & (dr.sum(marks) > 0)
        q = mi.Vector3f(p) + mi.Vector3f(shift.x, shift.y, shift.z)
        n = mi.Vector3f(n)
        slope = mi.Vector3f(0)
        if "waves" in self.present:
            slope += marks.x * _waviness(q)
        if "lines" in self.present:
            u, v, w = self.brush.coordinates(p, part, marked)
            s = self.brush.tangent(p, n, part, marked)
            slope += marks.y * _streaks(u + shift.x, v + shift.y, w + shift.z) * dr.cross(n, s)
        if "grain" in self.present:
            slope += marks.z * grain(q / GRAIN)
        slope -= dr.dot(slope, n) * n
        if "scratches" in self.present:
            slope += _scratched(q, n, marks.w)
        return mi.Normal3f(dr.select(marked, dr.normalize(n + slope), n))


def _waviness(p: Any) -> Any:
    """A gradient of about unit rms slope along the surface."""
    total = mi.Vector3f(0)
    for k, phase in _waves():
        k = mi.Vector3f(*k)
        total += dr.cos(dr.dot(k, p) + phase) * dr.normalize(k)
    return total * float(np.sqrt(3 / WAVES))


def _streaks(u: Any, v: Any, w: Any) -> Any:
    """Slope across the lines: two coordinates across, so that no way to cut them is without."""
    total = mi.Float(0)
    for layer, (width, length, share_) in enumerate(LINES):
        across = u + (1.618 if layer % 2 else -0.618) * v
        total += share_ * lines(across / width, w / length, layer)
    return 2 * total


def _scratched(p: Any, n: Any, amount: Any) -> Any:
    """Slope of the hairlines at p: discs in space, one per cell at most, as thin as a groove."""
    total = mi.Vector3f(0)
    for turn, size in zip(_turns(), CELLS, strict=True):
        q = mi.Vector3f(*(dr.dot(mi.Vector3f(*row), p) for row in turn)) / size
        cell = dr.floor(q)
        h = hashed(mi.Int32(cell.x), mi.Int32(cell.y), mi.Int32(cell.z))
        again = hashed(mi.Int32(h), mi.Int32(cell.z), mi.Int32(cell.x))
        q -= cell + 0.5
        z = 2 * share(h, 0, 16) - 1
        sin, cos = dr.sincos(2 * dr.pi * share(h, 16, 16))
        flat = dr.sqrt(dr.fmax(1 - dr.square(z), 0))
        m = mi.Vector3f(flat * cos, flat * sin, z)
        depth = (dr.dot(m, q) - 0.5 * (share(again, 0, 10) - 0.5)) * size
        m = mi.Vector3f(*(dr.dot(mi.Vector3f(*column), m) for column in zip(*turn, strict=True)))
        m -= dr.dot(m, n) * n
        long = dr.norm(m)
        width = dr.lerp(NARROWEST, WIDEST, dr.square(share(again, 10, 10)))
        x = 2 * depth / dr.fmax(width * long, 1e-6)  # -1 to 1 across the groove
        there = (dr.abs(x) < 1) & (share(again, 20, 12) < amount) & (long > 0.2)
        ends = dr.clip(2 - 8 * dr.squared_norm(q), 0, 1)
        total += dr.select(there, WALLS * x * ends / dr.fmax(long, 1e-6), 0) * m
    return total

"""The bail: the loop that a pendant hangs by, and through which its chain runs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator

from engine.types import FloatArray
from scenes.pieces.solids import Solid, sweep

# Points along a bail, of its ends and of its sides, and around its section.
_ENDS, _SIDES, _AROUND = 17, 7, 20


@dataclass(frozen=True)
class Bail:
    """A closed loop in the plane x = 0, the middle of its upper round at the origin.

    inside : mm, inner radius of the upper round, in which the chain lies. small : mm, inner radius
    of the lower one, which goes through the pendant's ring. drop : mm between their middles.
    thick : mm. narrow, wide : width along x at both ends, and halfway, mm.
    """

    inside: float
    small: float
    drop: float
    thick: float
    narrow: float
    wide: float

    def path(self) -> FloatArray:
        """Centre line, [N, 3] mm."""
        upper, lower = self.inside + self.thick / 2.0, self.small + self.thick / 2.0
        lean = np.arcsin((upper - lower) / self.drop)
        over = np.linspace(-lean, np.pi + lean, _ENDS)
        under = np.linspace(np.pi + lean, 2.0 * np.pi - lean, _ENDS)
        top = upper * np.column_stack([np.cos(over), np.sin(over)])
        bottom = lower * np.column_stack([np.cos(under), np.sin(under)]) - [0.0, self.drop]
        part = np.linspace(0.0, 1.0, _SIDES + 2)[1:-1, None]
        flat = np.concatenate([top, top[-1] + part * (bottom[0] - top[-1]),
                               bottom, bottom[-1] + part * (top[0] - bottom[-1])])  # fmt: skip
        return np.column_stack([np.zeros(len(flat)), flat])

    def solid(self) -> Solid:
        """The loop, of oval section."""
        path = self.path()
        along = np.roll(path, -1, axis=0) - np.roll(path, 1, axis=0)
        along /= np.linalg.norm(along, axis=1, keepdims=True)
        out = np.cross([1.0, 0.0, 0.0], along)
        half = self._half_width(path[:, 2])
        turn = np.linspace(0.0, 2.0 * np.pi, _AROUND, endpoint=False)
        aside = half[:, None] * np.cos(turn)
        rings = path[:, None] + self.thick / 2.0 * np.sin(turn)[None, :, None] * out[:, None]
        rings[..., 0] += aside
        return sweep(rings, closed=True)

    def _half_width(self, z: FloatArray) -> FloatArray:
        """Half of the width along x at heights z, mm."""
        low, high = float(z.min()), float(z.max())
        at = [low, low + 0.25 * (high - low), low + 0.55 * (high - low), high - self.thick, high]
        size = [
            self.narrow,
            0.6 * self.narrow + 0.4 * self.wide,
            self.wide,
            self.narrow,
            self.narrow,
        ]
        return np.asarray(PchipInterpolator(at, np.array(size) / 2.0)(z))

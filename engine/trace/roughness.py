"""How rough each part is, and which way: the material's polish, and its finish on top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.trace.albedo import AZIMUTHS, COSINES, lost
from engine.trace.backend import dr, mi, table
from engine.trace.brush import Brush

#: GGX α from which the light of more than one bounce is worth following: below it a thousandth.
ROUGH = 0.08


@dataclass(frozen=True)
class Roughness:
    """GGX α per part.

    alpha : [P], or [P * 2] along and across the brush. brush : which way that is; None where no
    part is brushed. rough : whether any metal is `ROUGH`.
    row   : [P] of the tables of what one bounce loses; `engine.trace.albedo`.
    """

    alpha: Any
    brush: Brush | None
    rough: bool
    row: Any
    away: Any
    away_mean: Any

    @staticmethod
    def create(alphas: Sequence[tuple[float, float]], metals: Sequence[bool], brush: Brush) -> Any:
        """alphas : along and across, per part. metals : [P]. brush : of all parts."""
        brushed = any(along != across for along, across in alphas)
        rough = any(m and max(α) > ROUGH for α, m in zip(alphas, metals, strict=True))
        kinds = sorted(set(alphas)) if rough else alphas[:1]
        tables = [lost(*α) for α in kinds]
        return Roughness(
            alpha=table(alphas if brushed else [along for along, _ in alphas]),
            brush=brush if brushed else None,
            rough=rough,
            row=mi.UInt32([kinds.index(α) if rough else 0 for α in alphas]),
            away=table(np.stack([found for found, _ in tables])),
            away_mean=table([mean for _, mean in tables]),
        )

    def at(self, part: Any, active: Any) -> Any:
        """α: one number, or two, along and across the brush."""
        kind = mi.Float if self.brush is None else mi.Vector2f
        return dr.gather(kind, self.alpha, part, active)

    def mean(self, part: Any, active: Any) -> Any:
        """One number that stands for α, for features."""
        α = self.at(part, active)
        return α if self.brush is None else dr.sqrt(α.x * α.y)

    def frame(self, p: Any, n: Any, part: Any, active: Any) -> Any:
        """Local frame at the point p of a part; x runs along the brush where there is one."""
        plain = mi.Frame3f(n)
        if self.brush is None:
            return plain
        s = self.brush.tangent(p, n, part, active)
        s = mi.Vector3f(dr.select(dr.squared_norm(s) > 0, s, plain.s))
        return mi.Frame3f(s, dr.cross(mi.Vector3f(n), s), mi.Vector3f(n))

    def lost(self, w: Any, part: Any, active: Any) -> Any:
        """Share of light along w (local) that one bounce does not send back."""
        μ = dr.clip(dr.abs(w.z), 0, 1) * (COSINES - 1)
        i = dr.minimum(mi.UInt32(μ), COSINES - 2)
        at = dr.gather(mi.UInt32, self.row, part, active) * (AZIMUTHS * COSINES) + i
        if self.brush is None:
            return self._between(at, μ - mi.Float(i), active)
        φ = dr.atan2(dr.abs(w.y), dr.abs(w.x)) * ((AZIMUTHS - 1) * 2 / dr.pi)
        j = dr.minimum(mi.UInt32(φ), AZIMUTHS - 2)
        at += j * COSINES
        low = self._between(at, μ - mi.Float(i), active)
        high = self._between(at + COSINES, μ - mi.Float(i), active)
        return dr.lerp(low, high, φ - mi.Float(j))

    def lost_mean(self, part: Any, active: Any) -> Any:
        """The same of light from all around."""
        row = dr.gather(mi.UInt32, self.row, part, active)
        return dr.gather(mi.Float, self.away_mean, row, active)

    def _between(self, at: Any, weight: Any, active: Any) -> Any:
        low = dr.gather(mi.Float, self.away, at, active)
        return dr.lerp(low, dr.gather(mi.Float, self.away, at + 1, active), weight)

"""Nacre in the kernels: the lobe of a pearl's layers, and what they let through to its core.

See `engine.optics.nacre` for the layers themselves. Where they are thicker by a factor s they
reflect at λ what the mean ones reflect at λ/s; so one table serves the whole pearl, and every one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine import optics
from engine.optics.lobe import COSINES
from engine.optics.nacre import SPAN, NacreTable, nacre_table
from engine.trace import microfacet
from engine.trace.backend import dr, mi, table
from engine.trace.grains import STEEPEST, hashed, uneven, unit
from engine.types import FloatArray
from materials import Material
from materials.phenomena import Nacre

if TYPE_CHECKING:
    from engine.trace.hit import Hit

#: Bounds of the chance to draw the layers' lobe.
CHANCES = (0.12, 0.35)


@dataclass(frozen=True)
class Nacres:
    """Tables of the scene's pearls.

    row     : [M] of each material, -1 for others. numbers : [K * 4] roughness of the layers' lobe,
    drift, waviness (radians), and the chance to draw that lobe.
    lobe, albedo : [K * (L - 1) * (C - 1) * 4] of `NacreTable`, the corners of each cell side by
    side. even : [K * L].
    """

    row: Any
    numbers: Any
    lobe: Any
    albedo: Any
    even: Any

    @staticmethod
    def create(library: Sequence[Material]) -> Nacres | None:
        """None where no material is a pearl."""
        row, numbers = [], []
        tables: list[NacreTable] = []
        for material in library:
            nacre = material.phenomenon
            row.append(len(tables) if isinstance(nacre, Nacre) else -1)
            if isinstance(nacre, Nacre):
                n = np.interp(SPAN, optics.WAVELENGTHS, optics.tabulate(material).n)
                tables.append(nacre_table(nacre, n, material.roughness))
                tilt = np.radians(nacre.waviness_deg)
                layers, core = tables[-1].lobe.mean(), optics.tabulate(material).reflectance.mean()
                chance = np.clip(layers / (tables[-1].even.mean() + core), *CHANCES)
                numbers.append([nacre.roughness, nacre.drift, tilt, chance])
        if not tables:
            return None
        return Nacres(
            row=mi.Int32(row),
            numbers=table(numbers),
            lobe=table(np.stack([_corners(t.lobe) for t in tables])),
            albedo=table(np.stack([_corners(t.albedo) for t in tables])),
            even=table(np.stack([t.even for t in tables])),
        )

    def waved(self, material: Any, part: Any, p: Any, ns: Any, active: Any) -> Any:
        """The shading normal ns of a pearl, tilted by its unevenness; others stay."""
        row = dr.gather(mi.Int32, self.row, material, active)
        here = active & (row >= 0)
        tilt = dr.gather(mi.Vector4f, self.numbers, mi.UInt32(row), here).z
        slope = uneven(mi.Vector3f(p) + 17.0, part)[1]
        slope = slope - dr.dot(slope, ns) * ns
        return dr.select(here, dr.normalize(ns - tilt * slope / STEEPEST), ns)


def _corners(grid: FloatArray) -> FloatArray:
    """[C, L] as [L - 1, C - 1, 4]: the corners of each cell, in the order that `_cell` reads."""
    g = grid.T
    return np.stack([g[:-1, :-1], g[:-1, 1:], g[1:, :-1], g[1:, 1:]], axis=-1)


class NacreLobe:
    """The second lobe of a pearl, as `surface.Lobe` has it; directions are local.

    A plain class: Dr.Jit would take a dataclass for loop state and try to write to it.
    """

    def __init__(self, nacres: Nacres, met: Hit, wi: Any, λ: Any, active: Any) -> None:
        self.nacres, self.wi, self.λ = nacres, wi, λ
        part, p = met.part, met.si.p
        row = dr.gather(mi.Int32, nacres.row, met.material, active)
        self.here = active & (row >= 0)
        self.row = mi.UInt32(dr.maximum(row, 0))
        numbers = dr.gather(mi.Vector4f, nacres.numbers, self.row, self.here)
        self.rough = dr.select(self.here, numbers.x, 1)
        other = 2 * unit(hashed(part, part ^ 0xA511, 3)[0]) - 1
        scale = 1 + numbers.y * 0.5 * (uneven(p, part)[0] + other)
        self.at, self.part_of_cell = _step(self.λ / scale)
        self.chance = dr.select(self.here, numbers.w, 0)
        self.enters = 1 - self._look(nacres.albedo, wi.z)
        even = type(λ)(0)
        for lane in range(dr.size_v(λ)):
            at = self.row * len(SPAN) + self.at[lane]
            low = dr.gather(mi.Float, nacres.even, at, self.here)
            high = dr.gather(mi.Float, nacres.even, at + 1, self.here)
            even[lane] = dr.lerp(low, high, self.part_of_cell[lane])
        self.enters /= 1 - even

    def sample(self, u: Any) -> Any:
        """A direction of the layers' lobe."""
        return mi.reflect(self.wi, microfacet.visible_normal(self.wi, self.rough, u))

    def eval(self, wo: Any) -> tuple[Any, Any]:
        """Cosine-weighted BRDF per wavelength, and the density of `sample`."""
        m = dr.normalize(self.wi + wo)
        R = self._look(self.nacres.lobe, dr.dot(self.wi, m))
        value = R * microfacet.reflection(self.wi, wo, m, self.rough)
        return value, microfacet.density(self.wi, m, self.rough)

    def weight(self, wo: Any) -> Any:
        """What `sample`'s direction weighs."""
        m = dr.normalize(self.wi + wo)
        one = 1 + microfacet.lambda_(self.wi, self.rough)
        shadowing = one / (one + microfacet.lambda_(wo, self.rough))
        return self._look(self.nacres.lobe, dr.dot(self.wi, m)) * shadowing

    def through(self, wo: Any, coat: Any) -> Any:
        """What gets to the core and out again along wo, in place of `coat`."""
        return dr.select(self.here, self.enters * (1 - self._look(self.nacres.albedo, wo.z)), coat)

    def _look(self, grid: Any, cosine: Any) -> Any:
        """A table of `Nacres` at a cosine, per wavelength."""
        x = dr.clip(cosine, 0, 1) * (len(COSINES) - 1)
        column = dr.minimum(mi.UInt32(x), len(COSINES) - 2)
        x -= mi.Float(column)
        out = type(self.λ)(0)
        for lane in range(dr.size_v(self.λ)):
            cell = self.row * (len(SPAN) - 1) + self.at[lane]
            cell = cell * (len(COSINES) - 1) + column
            v = dr.gather(mi.Vector4f, grid, cell, self.here)
            out[lane] = dr.lerp(dr.lerp(v.x, v.y, x), dr.lerp(v.z, v.w, x), self.part_of_cell[lane])
        return out


def _step(λ: Any) -> tuple[list[Any], Any]:
    """Index below and weight of the sample above on `SPAN`, per wavelength."""
    x = dr.clip((λ - float(SPAN[0])) / float(SPAN[1] - SPAN[0]), 0, len(SPAN) - 1.001)
    index = [mi.UInt32(x[lane]) for lane in range(dr.size_v(λ))]
    return index, x - type(λ)([mi.Float(i) for i in index])

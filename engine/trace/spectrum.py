"""Wavelengths: drawn from the sum of the colour-matching functions, weighed into XYZ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine import optics
from engine.trace.backend import dr, mi

#: Intervals of equal probability in the tabulated quantile function of the wavelength.
QUANTILES = 1024


@dataclass(frozen=True)
class WavelengthSampler:
    """p(λ) ∝ x̄ + ȳ + z̄, as a piecewise-constant density with a tabulated quantile function.

    Drawing from the summed sensor curves instead of a luminance-like density keeps blue from
    starving: a stone's fire has as much chroma noise in blue as in red.

    quantile : [QUANTILES + 1] nm. cmf : [471 * 3] flattened, scaled so that a flat spectrum of
    radiance 1 has Y = 1.
    """

    quantile: Any
    cmf: Any

    @staticmethod
    def create() -> WavelengthSampler:
        cmf = optics.cmf()
        density = cmf.sum(axis=1)
        # A floor reaches wavelengths that the eye hardly sees, so that no weight is unbounded.
        density = density + 1e-3 * density.max()
        cdf = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2)])
        grid = np.linspace(0.0, 1.0, QUANTILES + 1)
        quantile = np.interp(grid, cdf / cdf[-1], optics.WAVELENGTHS)
        scaled = cmf / cmf[:, 1].sum()
        return WavelengthSampler(mi.Float(quantile), mi.Float(scaled.astype(np.float32).ravel()))

    def sample(self, u: Any) -> tuple[Any, Any]:
        """Wavelengths [4 lanes], spread by quarter turns of the number u, and 1 / pdf (nm)."""
        λ, inverse_pdf = mi.Spectrum(0), mi.Spectrum(0)
        for lane in range(4):
            x = u + lane / 4
            x = (x - dr.floor(x)) * QUANTILES
            j = dr.clip(mi.UInt32(x), 0, QUANTILES - 1)
            lo = dr.gather(mi.Float, self.quantile, j)
            hi = dr.gather(mi.Float, self.quantile, j + 1)
            λ[lane] = dr.lerp(lo, hi, x - mi.Float(j))
            inverse_pdf[lane] = (hi - lo) * QUANTILES
        return λ, inverse_pdf

    def to_xyz(self, radiance: Any, λ: Any, inverse_pdf: Any) -> Any:
        """XYZ estimate of one sample: Σ over the lanes of L(λ) (x̄, ȳ, z̄)(λ) / p(λ) / 4."""
        xyz = mi.Vector3f(0)
        for lane in range(4):
            index, weight = grid_position(λ[lane])
            low = dr.gather(mi.Vector3f, self.cmf, index)
            high = dr.gather(mi.Vector3f, self.cmf, index + 1)
            cmf = dr.lerp(low, high, weight)
            xyz += cmf * (radiance[lane] * inverse_pdf[lane] * 0.25)
        return xyz


def grid_position(λ: Any) -> tuple[Any, Any]:
    """Index below and weight of the sample above on the 1-nm grid of `optics.WAVELENGTHS`."""
    x = λ - float(optics.WAVELENGTHS[0])
    index = dr.clip(mi.UInt32(x), 0, len(optics.WAVELENGTHS) - 2)
    return index, x - mi.Float(index)

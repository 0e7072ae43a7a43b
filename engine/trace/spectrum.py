"""Wavelengths: drawn from the sum of the colour-matching functions, weighed into XYZ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine import optics
from engine.trace.backend import dr, mi, table


@dataclass(frozen=True)
class WavelengthSampler:
    """p(λ) ∝ x̄ + ȳ + z̄, linear between the samples of the 1-nm grid as the curves themselves are.

    Drawing from the summed sensor curves instead of a luminance-like density keeps blue from
    starving, and bounds the weight of every sample: no curve exceeds the sum by more than 1.

    density : of the wavelength. cmf : [471 * 3] flattened, scaled so that a flat spectrum of
    radiance 1 has Y = 1.
    """

    density: Any
    cmf: Any

    @staticmethod
    def create() -> WavelengthSampler:
        cmf = optics.cmf()
        ends = mi.ScalarVector2f(float(optics.WAVELENGTHS[0]), float(optics.WAVELENGTHS[-1]))
        # The floor keeps the far ends reachable where all three curves round to nothing.
        density = cmf.sum(axis=1) + 1e-6 * cmf.max()
        scaled = cmf / cmf[:, 1].sum()
        return WavelengthSampler(
            mi.ContinuousDistribution(ends, table(density)),
            table(scaled),
        )

    def sample(self, u: Any) -> tuple[Any, Any]:
        """Wavelengths [4 lanes], spread by quarter turns of the number u, and 1 / pdf (nm)."""
        λ, inverse_pdf = mi.Spectrum(0), mi.Spectrum(0)
        for lane in range(4):
            x = u + lane / 4
            λ[lane], pdf = self.density.sample_pdf(x - dr.floor(x))
            inverse_pdf[lane] = dr.rcp(pdf)
        return λ, inverse_pdf

    def to_xyz(self, radiance: Any, λ: Any, inverse_pdf: Any) -> Any:
        """XYZ estimate of one sample: Σ over the lanes of L(λ) (x̄, ȳ, z̄)(λ) / p(λ) / 4."""
        xyz = mi.Vector3f(0)
        for lane in range(4):
            cmf = look_up(mi.Vector3f, self.cmf, λ[lane])
            xyz += cmf * (radiance[lane] * inverse_pdf[lane] * 0.25)
        return xyz


def grid_position(λ: Any) -> tuple[Any, Any]:
    """Index below and weight of the sample above on the 1-nm grid of `optics.WAVELENGTHS`."""
    x = λ - float(optics.WAVELENGTHS[0])
    index = dr.clip(mi.UInt32(x), 0, len(optics.WAVELENGTHS) - 2)
    return index, x - mi.Float(index)


def look_up(kind: Any, table: Any, λ: Any, row: Any = 0, active: Any = True) -> Any:
    """Linear interpolation at one wavelength in a table of 471-sample spectra.

    kind : type of an entry, mi.Float or a vector of as many spectra side by side. row : which
    block of 471 entries.
    """
    index, weight = grid_position(λ)
    at = row * len(optics.WAVELENGTHS) + index
    low = dr.gather(kind, table, at, active)
    return dr.lerp(low, dr.gather(kind, table, at + 1, active), weight)

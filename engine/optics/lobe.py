"""How much of the light a rough surface's lobe sends on: averages over its microfacets."""

from __future__ import annotations

import numpy as np

from engine.optics.ggx import bounce, visible_normal
from engine.types import FloatArray

#: Cosines of incidence at which albedos are tabulated; they are linear between.
COSINES: FloatArray = np.linspace(0.0, 1.0, 33)

#: Numbers per side of the square that the microfacets are drawn by.
_SIDE = 32


def lobe_matrix(α: float, cosines: FloatArray) -> FloatArray:
    """[C, C]: from a reflectance by angle to the albedo of the GGX lobe by angle.

    α : roughness. cosines : [C] of incidence, increasing from 0 to 1; reflectances are linear
    between them. What leaves the surface below the horizon, and what microfacets would exchange, is
    lost.
    """
    u, v = (x.ravel() for x in np.meshgrid(*[(np.arange(_SIDE) + 0.5) / _SIDE] * 2))
    out = np.zeros((len(cosines), len(cosines)))
    for row, cos_i in enumerate(np.maximum(cosines, 1e-4)):
        wi = np.array([[np.sqrt(1.0 - cos_i**2)], [0.0], [cos_i]])
        m = visible_normal(wi, α, α, u, v)
        met, weight = np.clip((wi * m).sum(axis=0), 0.0, 1.0), bounce(wi, m, α, α)
        at = np.clip(np.searchsorted(cosines, met) - 1, 0, len(cosines) - 2)
        part = (met - cosines[at]) / (cosines[at + 1] - cosines[at])
        np.add.at(out[row], at, weight * (1.0 - part) / len(met))
        np.add.at(out[row], at + 1, weight * part / len(met))
    return out


def even(albedo: FloatArray) -> FloatArray:
    """[...] of an albedo [C, ...] at `COSINES` under light from everywhere: 2 ∫ μ E(μ) dμ."""
    low, high = COSINES[:-1], COSINES[1:]
    a, b = albedo[:-1], albedo[1:]
    # Exact for what is linear in each cell.
    size = (high - low) / 3.0
    total = np.tensordot(size * (2 * low + high), a, 1) + np.tensordot(
        size * (low + 2 * high), b, 1
    )
    return np.asarray(total)

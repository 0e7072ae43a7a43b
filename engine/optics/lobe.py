"""How much of the light a rough surface's lobe sends on: averages over its microfacets."""

from __future__ import annotations

import numpy as np

from engine.types import FloatArray

#: Cosines of incidence at which albedos are tabulated; they are linear between.
COSINES: FloatArray = np.linspace(0.0, 1.0, 33)

#: Numbers per side of the square that the microfacets are drawn by.
_SIDE = 32


def lobe_matrix(α: float, cosines: FloatArray) -> FloatArray:
    """[C, C]: from a reflectance by angle to the albedo of the GGX lobe by angle.

    α : roughness. cosines : [C] of incidence, increasing from 0 to 1; reflectances are linear
    between them. What leaves the surface below the horizon, and what microfacets would exchange, is
    lost. Source of the visible normals: E. Heitz, JCGT 7(4), 2018; of the masking: Heitz 2014.
    """
    u = (np.arange(_SIDE) + 0.5) / _SIDE
    r, φ = np.meshgrid(np.sqrt(u), 2.0 * np.pi * u)
    out = np.zeros((len(cosines), len(cosines)))
    for row, cos_i in enumerate(np.maximum(cosines, 1e-4)):
        met, weight = _microfacets(α, float(cos_i), r.ravel(), φ.ravel())
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


def _microfacets(
    α: float, cos_i: float, r: FloatArray, φ: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Cosines to visible microfacets [N], and how much of what each mirrors gets away."""
    sin_i = np.sqrt(1.0 - cos_i**2)
    vx, vz = np.array([α * sin_i, cos_i]) / np.hypot(α * sin_i, cos_i)
    p1, p2 = r * np.cos(φ), r * np.sin(φ)
    s = 0.5 * (1.0 + vz)
    p2 = (1.0 - s) * np.sqrt(np.maximum(1.0 - p1**2, 0.0)) + s * p2
    p3 = np.sqrt(np.maximum(1.0 - p1**2 - p2**2, 0.0))
    # The frame of the stretched view: it lies in the x-z plane.
    m = np.stack([α * (-vz * p2 + vx * p3), α * p1, np.maximum(vx * p2 + vz * p3, 1e-9)])
    m /= np.linalg.norm(m, axis=0)
    met = np.clip(sin_i * m[0] + cos_i * m[2], 0.0, 1.0)
    cos_o = 2.0 * met * m[2] - cos_i
    weight = (1.0 + _lambda(cos_i, α)) / (1.0 + _lambda(cos_i, α) + _lambda(cos_o, α))
    return met, np.where(cos_o > 0.0, weight, 0.0)


def _lambda(cosine: FloatArray | float, α: float) -> FloatArray:
    """Smith's Λ: Heitz 2014, eq. 72."""
    c2 = np.maximum(np.square(cosine), 1e-12)
    return np.asarray(0.5 * (np.sqrt(1.0 + α**2 * np.maximum(1.0 / c2 - 1.0, 0.0)) - 1.0))

"""GGX microfacets in numpy, for tables; the kernels' own are `engine.trace.microfacet`.

Directions are local, the normal being z. α along x and y may differ.
"""

from __future__ import annotations

import numpy as np

from engine.types import FloatArray


def visible_normal(
    wi: FloatArray, αx: float, αy: float, u: FloatArray, v: FloatArray
) -> FloatArray:
    """Normals of the microfacets that are seen from wi [3, ..., 1], drawn by u and v [N] from 0 to
    1; [3, ..., N].

    Source: E. Heitz, "Sampling the GGX Distribution of Visible Normals", JCGT 7(4), 2018,
    listing 1.
    """
    scale = np.array([αx, αy, 1.0]).reshape(3, *[1] * (wi.ndim - 1))
    vh = wi * scale
    vh = vh / np.linalg.norm(vh, axis=0)
    length = np.hypot(vh[0], vh[1])
    upright = length < 1e-6
    length = np.where(upright, 1.0, length)
    t1 = np.stack(
        [
            np.where(upright, 1.0, -vh[1] / length),
            np.where(upright, 0.0, vh[0] / length),
            np.zeros_like(length),
        ]
    )
    t2 = np.cross(vh, t1, axis=0)
    r, turn = np.sqrt(u), 2 * np.pi * v
    p1 = r * np.cos(turn)
    s = (1 + vh[2]) / 2
    p2 = (1 - s) * np.sqrt(1 - p1**2) + s * r * np.sin(turn)
    nh = p1 * t1 + p2 * t2 + np.sqrt(np.maximum(1 - p1**2 - p2**2, 0)) * vh
    m = nh * scale
    m[2] = np.maximum(m[2], 1e-9)
    unit: FloatArray = m / np.linalg.norm(m, axis=0)
    return unit


def bounce(wi: FloatArray, m: FloatArray, αx: float, αy: float) -> FloatArray:
    """Share of the light from wi that a microfacet of normal m mirrors and no other one stops: the
    masking of the way out, given that of the way in (height-correlated). 0 below the surface."""
    wo = 2 * (wi * m).sum(axis=0) * m - wi
    one = 1 + lambda_(wi, αx, αy)
    kept: FloatArray = np.where(wo[2] > 0, one / (one + lambda_(wo, αx, αy)), 0.0)
    return kept


def lambda_(w: FloatArray, αx: float, αy: float) -> FloatArray:
    """Smith's Λ(w): Heitz 2014, eq. 72 and 86."""
    tan2 = ((αx * w[0]) ** 2 + (αy * w[1]) ** 2) / np.maximum(w[2] ** 2, 1e-18)
    found: FloatArray = (np.sqrt(1 + tan2) - 1) / 2
    return found

"""What a GGX lobe loses: light that would bounce more than once between microfacets.

One bounce sends back E(w) of the light that comes along w from a surface that absorbs nothing. The
table holds 1 - E, computed once per roughness by sampling the visible normals in numpy.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from engine.types import FloatArray

#: Nodes over the cosine, 0 to 1, over the azimuth in a quadrant, and samples for each.
COSINES, AZIMUTHS, SAMPLES = 32, 7, 1024


@functools.lru_cache(maxsize=64)
def lost(along: float, across: float) -> tuple[FloatArray, float]:
    """1 - E(w) of a lobe of GGX α along the axes x (`along`) and y (`across`).

    Returns [AZIMUTHS, COSINES], from the x to the y axis and from grazing to upright, and the
    cosine-weighted mean over the hemisphere of what lies between its nodes.
    """
    μ = np.linspace(0.0, 1.0, COSINES)
    φ = np.linspace(0.0, np.pi / 2, AZIMUTHS)
    if across == along:
        found = np.broadcast_to(_lost(μ, np.zeros(1), along, across), (AZIMUTHS, COSINES))
    else:
        found = _lost(μ, φ, along, across)
    fine = (np.arange(4096) + 0.5) / 4096
    over_azimuth = (found[1:] + found[:-1]).mean(axis=0) / 2
    mean = float(2 * (fine * np.interp(fine, μ, over_azimuth)).mean())
    return np.ascontiguousarray(found), mean


def _lost(μ: FloatArray, φ: FloatArray, αx: float, αy: float) -> FloatArray:
    """[len(φ), len(μ)], as `engine.trace.microfacet` has the lobe, in float64."""
    z = np.maximum(μ, 1e-4)[None, :, None]
    sin = np.sqrt(1 - z**2)
    wi = np.stack(np.broadcast_arrays(
        np.cos(φ)[:, None, None] * sin, np.sin(φ)[:, None, None] * sin, z
    ))  # fmt: skip
    number = np.arange(SAMPLES)
    u, v = (number + 0.5) / SAMPLES, (number * 0.6180339887498949) % 1  # a Kronecker lattice
    m = _visible_normal(wi, np.array([αx, αy]), u, v)
    wo = 2 * (wi * m).sum(axis=0) * m - wi
    one = 1 + _lambda(wi, αx, αy)
    kept = np.where(wo[2] > 0, one / (one + _lambda(wo, αx, αy)), 0.0)
    found: FloatArray = np.maximum(1 - kept.mean(axis=-1), 0.0)
    return found


def _visible_normal(wi: FloatArray, α: FloatArray, u: Any, v: Any) -> FloatArray:
    """Heitz 2018, listing 1; wi [3, ..., 1], u and v [N]: normals [3, ..., N]."""
    scale = np.array([*α, 1.0]).reshape(3, 1, 1, 1)
    vh = wi * scale
    vh = vh / np.linalg.norm(vh, axis=0)
    length = np.hypot(vh[0], vh[1])
    upright = length < 1e-6
    length = np.where(upright, 1.0, length)
    zero = np.zeros_like(length)
    t1 = np.stack([np.where(upright, 1.0, -vh[1] / length), np.where(upright, 0, vh[0] / length),
                   zero])  # fmt: skip
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


def _lambda(w: FloatArray, αx: float, αy: float) -> FloatArray:
    """Smith's Λ(w): Heitz 2014, eq. 72 and 86."""
    tan2 = ((αx * w[0]) ** 2 + (αy * w[1]) ** 2) / np.maximum(w[2] ** 2, 1e-18)
    found: FloatArray = (np.sqrt(1 + tan2) - 1) / 2
    return found

"""What a GGX lobe loses: light that would bounce more than once between microfacets.

One bounce sends back E(w) of the light that comes along w from a surface that absorbs nothing. The
table holds 1 - E, computed once per roughness by sampling the visible normals in numpy.
"""

from __future__ import annotations

import functools

import numpy as np

from engine.optics.ggx import bounce, visible_normal
from engine.types import FloatArray

#: Nodes over the root of the cosine, 0 to 1, over the azimuth in a quadrant, and samples for each.
COSINES, AZIMUTHS, SAMPLES = 32, 7, 1024


@functools.lru_cache(maxsize=64)
def lost(along: float, across: float) -> tuple[FloatArray, float]:
    """1 - E(w) of a lobe of GGX α along the axes x (`along`) and y (`across`).

    Returns [AZIMUTHS, COSINES], from the x to the y axis and from grazing to upright, and the
    cosine-weighted mean over the hemisphere of what lies between its nodes.
    """
    root = np.linspace(0.0, 1.0, COSINES)
    μ = root**2
    φ = np.linspace(0.0, np.pi / 2, AZIMUTHS)
    if across == along:
        found = np.broadcast_to(_lost(μ, np.zeros(1), along, across), (AZIMUTHS, COSINES))
    else:
        found = _lost(μ, φ, along, across)
    fine = (np.arange(4096) + 0.5) / 4096
    over_azimuth = (found[1:] + found[:-1]).mean(axis=0) / 2
    mean = float(2 * (fine * np.interp(np.sqrt(fine), root, over_azimuth)).mean())
    return np.ascontiguousarray(found), mean


def _lost(μ: FloatArray, φ: FloatArray, αx: float, αy: float) -> FloatArray:
    """[len(φ), len(μ)], as `engine.trace.microfacet` has the lobe, in float64."""
    z = np.maximum(μ, 1e-4)[None, :, None]
    sin = np.sqrt(1 - z**2)
    wi = np.stack(np.broadcast_arrays(
        np.cos(φ)[:, None, None] * sin, np.sin(φ)[:, None, None] * sin, z
    ))  # fmt: skip
    number = np.arange(SAMPLES, dtype=np.float64)
    u, v = (number + 0.5) / SAMPLES, number * 0.6180339887498949 % 1.0  # a Kronecker lattice
    kept = bounce(wi, visible_normal(wi, αx, αy, u, v), αx, αy)
    found: FloatArray = np.maximum(1 - kept.mean(axis=-1), 0.0)
    return found

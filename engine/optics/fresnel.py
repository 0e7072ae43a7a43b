"""Fresnel's equations for unpolarised light, exact.

With t the cosine in the far medium (complex in a metal), r_s = (c - n t) / (c + n t) and
r_p = (n c - t) / (n c + t); the reflected power is the mean of their squared moduli. A smooth
interface between media without magnetism; nothing here knows about thin films or polarisation.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.types import FloatArray


def fresnel_dielectric(cos_i: npt.ArrayLike, n: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Reflected and transmitted parts of the power, R and T, with R + T = 1.

    cos_i : [...] cosine of the angle of incidence, 0 to 1.
    n     : [...] index of the far side over that of the near side (below 1 when leaving a stone).
    Beyond the critical angle R is 1. Arguments broadcast.
    """
    c, n = np.broadcast_arrays(np.asarray(cos_i, np.float64), np.asarray(n, np.float64))
    cos2_t = 1.0 - (1.0 - c**2) / n**2
    total = cos2_t <= 0.0
    t = np.sqrt(np.where(total, 0.0, cos2_t))
    # At c = t = 0 both quotients are 0/0; that is total reflection already.
    safe = np.where(total, 1.0, c + n * t), np.where(total, 1.0, n * c + t)
    r_s = (c - n * t) / safe[0]
    r_p = (n * c - t) / safe[1]
    reflected: FloatArray = np.where(total, 1.0, 0.5 * (r_s**2 + r_p**2))
    return reflected, 1.0 - reflected


def fresnel_conductor(cos_i: npt.ArrayLike, n: npt.ArrayLike, k: npt.ArrayLike) -> FloatArray:
    """Reflected part of the power of an absorbing medium n + ik seen from a lossless one.

    cos_i : [...] cosine of the angle of incidence, 0 to 1.
    n, k  : [...] relative to the near side. With k = 0 it equals `fresnel_dielectric`.
    """
    c = np.asarray(cos_i, np.float64)
    m = np.asarray(n, np.float64) + 1j * np.asarray(k, np.float64)
    # The principal root has a positive imaginary part: the wave decays into the metal.
    q = np.sqrt(m**2 - (1.0 - c**2))
    r_s = (c - q) / (c + q)
    r_p = (m**2 * c - q) / (m**2 * c + q)
    reflected: FloatArray = 0.5 * (np.abs(r_s) ** 2 + np.abs(r_p) ** 2)
    return reflected


def f0(n: npt.ArrayLike, k: npt.ArrayLike = 0.0) -> FloatArray:
    """Reflectance at normal incidence from air, ((n-1)^2 + k^2) / ((n+1)^2 + k^2)."""
    n, k = np.asarray(n, np.float64), np.asarray(k, np.float64)
    reflected: FloatArray = ((n - 1) ** 2 + k**2) / ((n + 1) ** 2 + k**2)
    return reflected

"""Fresnel's equations on Dr.Jit arrays; the numpy twin is `engine.optics`."""

from __future__ import annotations

from typing import Any

from engine.trace.backend import dr


def dielectric(cos_i: Any, η: Any) -> tuple[Any, Any]:
    """Unpolarised reflectance and cosine of the refracted ray; η = n_transmitted / n_incident.

    1 and 0 beyond the critical angle.
    """
    # Never quite grazing: at cos_i = cos_t = 0 both quotients are 0/0.
    cos_i = dr.fmax(dr.abs(cos_i), 1e-6)
    cos2_t = 1 - (1 - dr.square(cos_i)) / dr.square(η)
    cos_t = dr.sqrt(dr.fmax(cos2_t, 0))
    r_s = (cos_i - η * cos_t) / (cos_i + η * cos_t)
    r_p = (η * cos_i - cos_t) / (η * cos_i + cos_t)
    return 0.5 * (dr.square(r_s) + dr.square(r_p)), cos_t


def conductor(cos_i: Any, n: Any, k: Any) -> Any:
    """Unpolarised reflectance of n + ik in air, exact.

    Source: M. Born and E. Wolf, Principles of Optics, §14.2, with real n and k written out.
    """
    cos2 = dr.square(cos_i)
    sin2 = 1 - cos2
    t0 = dr.square(n) - dr.square(k) - sin2
    a2_b2 = dr.sqrt(dr.square(t0) + 4 * dr.square(n) * dr.square(k))
    a = dr.sqrt(dr.fmax(0, 0.5 * (a2_b2 + t0)))
    t1 = a2_b2 + cos2
    t2 = 2 * a * cos_i
    r_s = (t1 - t2) / (t1 + t2)
    t3 = cos2 * a2_b2 + dr.square(sin2)
    t4 = t2 * sin2
    r_p = r_s * (t3 - t4) / (t3 + t4)
    return 0.5 * (r_s + r_p)

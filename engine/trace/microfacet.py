"""GGX microfacets in the local frame (normal = z): Walter et al. 2007, Heitz 2014 and 2018.

α is one number, or a vector of two: along the x and along the y axis, for brushed metal. Smith's
height-correlated masking. Polished metal is a narrow lobe rather than a mirror:
a perfect mirror looks synthetic, and next-event estimation works on both.
"""

from __future__ import annotations

from typing import Any

from engine.trace.backend import dr, mi


def visible_normal(wi: Any, α: Any, u: Any) -> Any:
    """Microfacet normal m drawn from the normals visible from wi.

    Source: E. Heitz, "Sampling the GGX Distribution of Visible Normals", JCGT 7(4), 2018,
    listing 1.
    """
    αx, αy = _pair(α)
    vh = dr.normalize(mi.Vector3f(αx * wi.x, αy * wi.y, wi.z))
    length2 = dr.square(vh.x) + dr.square(vh.y)
    t1 = dr.select(
        length2 > 1e-12,
        mi.Vector3f(-vh.y, vh.x, 0) * dr.rsqrt(dr.fmax(length2, 1e-12)),
        mi.Vector3f(1, 0, 0),
    )
    t2 = dr.cross(vh, t1)
    r = dr.sqrt(u.x)
    sin_φ, cos_φ = dr.sincos(2 * dr.pi * u.y)
    p1 = r * cos_φ
    p2 = r * sin_φ
    s = 0.5 * (1 + vh.z)
    p2 = (1 - s) * dr.sqrt(dr.fmax(0, 1 - dr.square(p1))) + s * p2
    nh = p1 * t1 + p2 * t2 + dr.sqrt(dr.fmax(0, 1 - dr.square(p1) - dr.square(p2))) * vh
    return dr.normalize(mi.Vector3f(αx * nh.x, αy * nh.y, dr.fmax(1e-7, nh.z)))


def _pair(α: Any) -> tuple[Any, Any]:
    """α along x and y."""
    return (α.x, α.y) if _two(α) else (α, α)


def _two(α: Any) -> bool:
    return bool(dr.depth_v(α) == 2)


def distribution(m: Any, α: Any) -> Any:
    """D(m), per steradian: Walter et al. 2007, eq. 33; Heitz 2014, eq. 84."""
    if _two(α):
        x = dr.square(m.x / α.x) + dr.square(m.y / α.y) + dr.square(m.z)
        return dr.rcp(dr.pi * α.x * α.y * dr.square(x))
    cos2 = dr.square(m.z)
    x = dr.square(α) * cos2 + (1 - cos2)
    # (α² cos² + sin²)² equals cos⁴ (α² + tan²)² without the division by cos.
    return dr.square(α) / (dr.pi * dr.square(x))


def lambda_(w: Any, α: Any) -> Any:
    """Smith's Λ(w): Heitz 2014, eq. 72, and 86 for two α."""
    if _two(α):
        tan2 = dr.square(α.x * w.x) + dr.square(α.y * w.y)
        return 0.5 * (dr.sqrt(1 + tan2 / dr.fmax(dr.square(w.z), 1e-12)) - 1)
    tan2 = (1 - dr.square(w.z)) / dr.fmax(dr.square(w.z), 1e-12)
    return 0.5 * (dr.sqrt(1 + dr.square(α) * dr.fmax(tan2, 0)) - 1)


def density(wi: Any, m: Any, α: Any) -> Any:
    """Density of the direction reflected about m, per steradian: D_wi(m) / (4 wi·m)."""
    g1 = 1 / (1 + lambda_(wi, α))
    return g1 * distribution(m, α) / (4 * dr.fmax(wi.z, 1e-6))


def reflection(wi: Any, wo: Any, m: Any, α: Any) -> Any:
    """Cosine-weighted BRDF without its Fresnel term: D G₂ / (4 cos θ_i)."""
    g2 = 1 / (1 + lambda_(wi, α) + lambda_(wo, α))
    return distribution(m, α) * g2 / (4 * dr.fmax(wi.z, 1e-6))

"""GGX: the density integrates to one, and sampling agrees with evaluation."""

from __future__ import annotations

import numpy as np
import pytest

COUNT = 1 << 20


@pytest.mark.parametrize("roughness", [0.1, 0.3, 0.6])
@pytest.mark.parametrize("cos_i", [1.0, 0.6, 0.2])
def test_density_and_reflection_agree_with_sampling(roughness: float, cos_i: float) -> None:
    from engine.trace import microfacet
    from engine.trace.backend import dr, mi

    wi = mi.Vector3f(float(np.sqrt(1 - cos_i**2)), 0.0, cos_i)
    α = mi.Float(roughness)
    rng = mi.PCG32(size=COUNT)
    u = mi.Point2f(rng.next_float32(), rng.next_float32())

    # By sampling the visible normals: directions that stay above, and their mean weight.
    m = microfacet.visible_normal(wi, α, u)
    wo = mi.reflect(wi, m)
    above = wo.z > 0
    density = microfacet.density(wi, m, α)
    weight = microfacet.reflection(wi, wo, m, α) / dr.fmax(density, 1e-20)
    share_sampled = dr.mean(dr.select(above, mi.Float(1), 0))
    albedo_sampled = dr.mean(dr.select(above, weight, 0))

    # By integrating over the hemisphere with uniform directions.
    wo = mi.warp.square_to_uniform_hemisphere(u)
    m = dr.normalize(wi + wo)
    area = dr.two_pi
    share = dr.mean(microfacet.density(wi, m, α)) * area
    albedo = dr.mean(microfacet.reflection(wi, wo, m, α)) * area

    assert float(share[0]) == pytest.approx(float(share_sampled[0]), abs=0.02)
    assert float(albedo[0]) == pytest.approx(float(albedo_sampled[0]), abs=0.02)
    # Single scattering loses light, never gains it; a smooth lobe loses hardly any.
    assert 0.5 < float(albedo[0]) <= 1.005
    if roughness == 0.1 and cos_i > 0.5:
        assert float(albedo[0]) > 0.97


def test_microfacet_reflection_is_reciprocal() -> None:
    from engine.trace import microfacet
    from engine.trace.backend import dr, mi

    a = dr.normalize(mi.Vector3f(0.3, 0.1, 0.8))
    b = dr.normalize(mi.Vector3f(-0.6, 0.4, 0.5))
    α = mi.Float(0.4)
    m = dr.normalize(a + b)
    forth = microfacet.reflection(a, b, m, α) / b.z  # without the cosine
    back = microfacet.reflection(b, a, m, α) / a.z
    assert float(forth[0]) == pytest.approx(float(back[0]), rel=1e-5)

"""Pearl, opal, moonstone, enamel: no light is made or lost, both ways to scatter agree."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine import trace
from engine.scene import Ground
from engine.types import FloatArray
from tests.engine.trace.pieces import ball, joined, scene
from tests.physics.statistics import assert_frames_agree
from tests.physics.surfaces import changed, mean, numbers, surface, white
from tests.physics.test_estimators import replace_x

COATED = ("pearl-akoya", "pearl-tahitian", "opal-white", "opal-black", "moonstone", "turquoise")
COSINES = (0.95, 0.6, 0.2)


def albedos(material: str, cos_i: float) -> tuple[FloatArray, FloatArray, float]:
    """[4] by following one lobe, [4] by weighing the directions of all, and how many of those lie
    above the surface."""
    from engine.trace.backend import dr, mi

    on = surface(material, cos_i)
    u, choice = numbers()
    _, bounced = on.bounce(u, choice)
    wo = on.sample(u, choice, mi.warp.square_to_cosine_hemisphere(u))
    f, pdf = on.eval(wo)
    sampled = dr.select(pdf > 0, f / dr.fmax(pdf, 1e-9), 0)
    return mean(bounced), mean(sampled), float(mean(mi.Float(wo.z > 0))[0])


@pytest.mark.parametrize("name", ["pearl-akoya", "pearl-tahitian", "turquoise", "neutral-grey"])
@pytest.mark.parametrize("cos_i", COSINES)
def test_what_absorbs_nothing_loses_nothing(name: str, cos_i: float, tmp_path: Path) -> None:
    """Also under a rough coat, and for the layers of nacre at every wavelength."""
    bounced, sampled, _ = albedos(white(tmp_path, name), cos_i)
    np.testing.assert_allclose(bounced, 1.0, atol=0.005)
    np.testing.assert_allclose(sampled, 1.0, atol=0.005)


@pytest.mark.parametrize("name", ["opal-white", "moonstone"])
def test_planes_inside_make_no_light(name: str, tmp_path: Path) -> None:
    for cos_i in COSINES:
        bounced, _, _ = albedos(white(tmp_path, name, phenomenon={"share": 1.0}), cos_i)
        assert bounced.max() < 1.003


@pytest.mark.parametrize("name", COATED)
def test_following_a_lobe_and_weighing_all_agree(name: str) -> None:
    for cos_i in (0.95, 0.3):
        bounced, sampled, _ = albedos(name, cos_i)
        np.testing.assert_allclose(bounced, sampled, atol=0.004)


@pytest.mark.parametrize("name", COATED)
def test_the_density_is_that_of_the_samples(name: str, tmp_path: Path) -> None:
    """Over all directions it sums to the share of samples that stay above. The coat is made rough:
    even directions would miss a narrow lobe."""
    from engine.trace.backend import dr, mi

    path = changed(tmp_path, name, roughness={"value": 0.3})
    _, _, above = albedos(path, 0.6)
    u, _ = numbers()
    f, pdf = surface(path, 0.6).eval(mi.warp.square_to_uniform_hemisphere(u))
    assert float(mean(pdf)[0]) * dr.two_pi == pytest.approx(above, abs=0.015)
    _, sampled, _ = albedos(path, 0.6)
    np.testing.assert_allclose(mean(f) * dr.two_pi, sampled, atol=0.015)


@pytest.mark.parametrize("name", COATED)
def test_light_may_go_either_way(name: str) -> None:
    """f(wi, wo) = f(wo, wi) for the BRDF, which is the value over its cosine."""
    from engine.trace.backend import mi

    there, back = surface(name, 0.9, 1), surface(name, 0.5, 1)
    wi, wo = there.wi, mi.Vector3f(back.wi)
    # Seen from the same side of the frame: both lie in the plane of incidence.
    forth = there.eval(wo)[0] / wo.z
    again = back.eval(mi.Vector3f(wi))[0] / wi.z
    np.testing.assert_allclose(mean(forth), mean(again), rtol=2e-4)
    assert mean(forth).min() > 1e-4


def test_a_grain_sends_back_the_wavelength_of_bragg(tmp_path: Path) -> None:
    """Light along the planes' mirror direction peaks at 2 n d cos θ, θ inside the stone."""
    from engine.trace.backend import dr, mi

    name = changed(
        tmp_path, "opal-black", phenomenon={"spacing_spread": 0.0, "width_nm": 6.0, "share": 1.0}
    )
    grid = np.arange(380.0, 780.0, 0.5)
    for x, planes, cos_i in ((3.0, 1.0, 0.95), (3.0, 1.0, 0.7), (8.25, 0.75**0.5, 0.95)):
        on = surface(name, cos_i, len(grid), (x, 0.4, 2.0), [grid] * 4)
        lobe = on.lobes[0]
        towards = dr.dot(lobe.inner, lobe.g)
        d = 2 * towards * lobe.g - lobe.inner
        sin2 = dr.square(lobe.n) * (1 - dr.square(d.z))
        mirrored = mi.Vector3f(lobe.n * d.x, lobe.n * d.y, dr.sqrt(1 - sin2))
        sent = np.array(lobe.eval(mirrored)[0][0])
        bragg = float(np.array(lobe.spacing * towards)[0])
        assert sent.max() > 0.1
        assert grid[int(np.argmax(sent))] == pytest.approx(bragg, abs=1.0)
        # Planes {111} of the material's spacing, or {200}; index 1.45.
        widest = 2 * 1.45 * 225.0 * planes
        assert bragg / float(np.array(towards)[0]) == pytest.approx(widest, rel=1e-3)


def test_a_tahitian_turns_from_green_to_aubergine() -> None:
    """What the layers mirror at the middle and at the rim: green over the mean of red and blue."""
    from engine.trace.backend import mi

    ratio = []
    for cos_i in (1.0, 0.55):
        on = surface("pearl-tahitian", cos_i, 1, wavelengths=(465.0, 535.0, 690.0, 700.0))
        wo = mi.Vector3f(-on.wi.x, -on.wi.y, on.wi.z)
        blue, green, red, _ = mean(on.lobes[0].eval(wo)[0])
        ratio.append(green / (0.5 * (blue + red)))
    assert ratio[0] > 1.3
    assert ratio[1] < 0.7


def test_pearls_differ_a_little() -> None:
    from engine.trace.backend import dr, mi
    from engine.trace.grains import uneven

    part = dr.arange(mi.UInt32, 64)
    value, _ = uneven(mi.Point3f(1.0, 2.0, 3.0), part)
    found = np.array(value)
    assert np.abs(found).max() <= 1.0
    assert 0.1 < found.std() < 0.6


@pytest.mark.parametrize(("left", "right"), [("pearl-tahitian", "opal-black")])
def test_chain_and_reference_agree(left: str, right: str) -> None:
    piece = joined(ball(2.0), replace_x(ball(2.0), 4.2))
    parts = tuple(
        replace(part, name=name) for part, name in zip(piece.parts, ("left", "right"), strict=True)
    )
    pair = {"left": left, "right": right}
    what = scene(replace(piece, parts=parts), pair, ground=Ground("sweep", 0.6), size=(96, 96))
    chain = trace(what, spp=8, seed=11, device="cpu")[0]
    reference = trace(what, spp=24, seed=12, estimator="reference", device="cpu")[0]
    assert_frames_agree(chain, reference, 8)

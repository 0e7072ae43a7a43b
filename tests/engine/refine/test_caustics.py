"""The layer of caustics: spread as wide as its noise demands, no light lost, none made."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from engine.refine import refine
from engine.refine.caustics import NOISE, spread
from engine.types import Camera, Caustics, Frame
from tests.engine.refine.frames import BACKDROP, GROUND, METAL, lazy, make_frame

SIZE = 96
#: The right third is covered by the piece.
PART = np.where(np.arange(SIZE) < 64, GROUND, METAL)[None, :]


def photons(density: Any, weight: float = 0.1, seed: int = 0, size: int = SIZE) -> Caustics:
    """A layer of photons that add `weight` to one channel each, `density` per pixel and channel."""
    rng = np.random.default_rng(seed)
    part = np.broadcast_to(PART[:, :size], (size, size))
    expected = np.broadcast_to(np.asarray(density, dtype=np.float64), (size, size))
    mean = np.where(part == GROUND, expected, 0)[..., None]
    count = rng.poisson(np.broadcast_to(mean, (size, size, 3)))
    return Caustics(
        xyz=(weight * count).astype(np.float32),
        variance=(weight**2 * count).astype(np.float32),
        ground=np.where(part == GROUND, np.float32(BACKDROP[1]), np.float32(0)),
        shadow=np.zeros((size, size), np.float32),
    )


def shaded(light: float = 0.5, backdrop: Any = BACKDROP) -> Frame:
    """Ground in even shadow beside a card of metal, seen from above, without noise."""
    xyz = np.where(PART[..., None] == GROUND, light * np.array(BACKDROP), 0.3)
    frame = make_frame(xyz, 0.0, part=PART, size=(SIZE, SIZE), backdrop=backdrop)
    above = Camera((0, -1e-3, 100), (0, 0, 0), (0, 1, 0), 20.0, (SIZE, SIZE))
    return replace(frame, camera=above)


def test_light_is_kept_and_stays_on_the_ground() -> None:
    layer = photons(0.3)
    after = spread(shaded(), layer)
    np.testing.assert_allclose(after.xyz.sum((0, 1)), layer.xyz.sum((0, 1), float), rtol=1e-5)
    assert (after.xyz[:, 64:] == 0).all()
    assert after.xyz.min() >= 0
    # At the border to the piece no light is missing either.
    columns = after.xyz[..., 1].mean(axis=0)
    assert abs(columns[60:64].mean() / columns[:60].mean() - 1) < 0.1


def test_noise_is_brought_down_to_what_the_ground_hides() -> None:
    layer = photons(0.2, weight=0.2)
    before, after = (image.xyz[:, :64].astype(float) for image in (layer, spread(shaded(), layer)))
    light = 0.5 * BACKDROP[1] + before[..., 1].mean()
    assert before.std() > 4 * NOISE * light
    assert after[8:-8, 8:-8].std() < NOISE * light


def test_what_many_photons_show_stays_sharp() -> None:
    edge = np.where(np.arange(SIZE) < 32, 4000.0, 400.0)[:, None]
    layer = photons(edge, weight=1e-4)
    after = spread(shaded(), layer)
    rows = after.xyz[:, :64, 1].mean(axis=1)
    np.testing.assert_allclose(rows[[30, 33]], [0.4, 0.04], rtol=0.1)


def test_a_layer_without_noise_stays_as_it_is() -> None:
    layer = replace(photons(5.0), variance=np.zeros((SIZE, SIZE, 3), np.float32))
    np.testing.assert_allclose(spread(shaded(), layer).xyz, layer.xyz, rtol=1e-6)


def test_the_variance_that_is_left_is_told() -> None:
    layers = [spread(shaded(), photons(0.3, seed=seed)) for seed in range(12)]
    inner = np.s_[:, 16:-16, 16:48]
    found = np.var([layer.xyz for layer in layers], axis=0, ddof=1)[inner[1:]].mean()
    told = np.mean([layer.variance for layer in layers], axis=0)[inner[1:]].mean()
    assert 0.5 < told / found < 2


def test_kernels_are_round_on_the_ground() -> None:
    """Seen at 30 degrees, one lone pixel of light becomes twice as wide as high."""
    layer = photons(0.0)
    for image, value in ((layer.xyz, 0.5), (layer.variance, 0.25)):
        image[48, 32] = value
    low = replace(shaded().camera, position=(0, -100 * np.cos(np.pi / 6), 50.0))
    after = spread(replace(shaded(), camera=low), layer).xyz[..., 1].astype(float)
    y, x = np.mgrid[:SIZE, :SIZE]
    spans = [
        np.sqrt((after * (axis - c) ** 2).sum() / after.sum()) for axis, c in ((y, 48), (x, 32))
    ]
    assert 1.6 < spans[1] / spans[0] < 2.2


def test_the_refined_frame_is_the_sum_of_base_and_layer() -> None:
    base, layer = shaded(), photons(0.3)
    refined = refine(lazy(base.lit(layer)), device="cpu")[0]
    after = refined.caustics
    assert after is not None
    np.testing.assert_array_equal(after.xyz, spread(base, layer).xyz)
    np.testing.assert_allclose(refined.xyz, base.xyz + after.xyz, atol=1e-6)
    ground = PART[0] == GROUND
    lit = refined.xyz[:, ground, 1] / BACKDROP[1]
    np.testing.assert_allclose(refined.shadow[:, ground], np.clip(1 - lit, 0, 1), atol=1e-5)
    assert abs(refined.provenance["refine"]["energy_change"]["-1"]) < 1e-5


def test_behind_a_transparent_backdrop_only_the_shadow_is_lit() -> None:
    base, layer = shaded(backdrop=None), photons(0.3)
    refined = refine(lazy(base.lit(layer)), device="cpu")[0]
    np.testing.assert_array_equal(refined.xyz, base.xyz)
    ground = np.broadcast_to(PART == GROUND, base.shadow.shape)
    assert refined.shadow[ground].mean() < base.shadow[ground].mean() - 0.01
    assert refined.shadow[ground].std() < 0.2 * base.lit(layer).shadow[ground].std()

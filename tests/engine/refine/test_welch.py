"""What the statistical filter does to light: less noise, the same energy, nothing across edges."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.refine.surfaces import kinds
from engine.refine.welch import Welch
from engine.types import Frame, ImageArray
from tests.engine.refine.frames import (
    BACKDROP,
    GROUND,
    METAL,
    SAMPLES,
    STONE,
    flat,
    halves,
    make_frame,
)

INNER = (slice(16, -16), slice(16, -16))


def refined(frame: Frame) -> Frame:
    return Welch()(frame)


def mse(frame: Frame, light: float | ImageArray) -> float:
    return float(((frame.xyz - light)[INNER] ** 2).mean())


def energy(frame: Frame, part: int) -> float:
    return float(frame.xyz[frame.features.part == part].sum(dtype=np.float64))


@pytest.mark.parametrize(
    ("part", "least", "most"), [(GROUND, 300, 1e9), (METAL, 20, 400), (STONE, 1.5, 20)]
)
def test_noise_on_an_even_surface_falls_and_the_mean_stays(
    part: int, least: float, most: float
) -> None:
    noisy = make_frame(1.0, 0.5, part=part, size=(96, 96))
    clean = refined(noisy)
    assert least < mse(noisy, 1.0) / mse(clean, 1.0) < most
    assert clean.xyz.mean(dtype=np.float64) == pytest.approx(
        noisy.xyz.mean(dtype=np.float64), rel=1e-6
    )


@pytest.mark.parametrize("part", [GROUND, METAL, STONE])
def test_the_variance_says_what_is_left(part: int) -> None:
    clean = refined(make_frame(1.0, 0.5, part=part, size=(96, 96)))
    stated, actual = float(clean.variance[INNER].mean()), mse(clean, 1.0)
    assert 0.2 * actual < stated < 100 * actual
    assert stated < 0.5**2 / SAMPLES / 2


@pytest.mark.parametrize("part", [GROUND, METAL, STONE])
def test_nothing_crosses_a_step_larger_than_the_noise(part: int) -> None:
    noisy = make_frame(halves(1.0, 2.0), 0.1, part=part)
    clean = refined(noisy)
    beside = clean.xyz[:, 31:33].mean(axis=(0, 2))
    assert beside == pytest.approx([1.0, 2.0], abs=0.03)
    assert clean.xyz[:, :32].mean() == pytest.approx(noisy.xyz[:, :32].mean(), rel=1e-3)


def pearl(noise: float, soft: bool) -> tuple[Frame, ImageArray]:
    """A ball of radius 24 pixels that gets darker downwards, and its true light, [64, 64, 1]."""
    y, x = np.mgrid[-31.5:32, -31.5:32] / 24
    inside = x**2 + y**2 < 0.98
    depth = np.sqrt(np.where(inside, 1 - x**2 - y**2, 0))
    normal = np.where(inside[..., None], np.stack([x, -depth, -y], axis=-1), 0)
    light = np.where(inside, 0.7 - 0.2 * y, 1.0)[..., None]
    features = {"normal": normal.astype(np.float32)}
    part = np.where(inside, METAL, GROUND)
    frame = make_frame(light, noise, part=part, features=features)
    return replace(frame, soft=(METAL,) if soft else ()), light


def test_a_soft_part_mixes_across_its_curve_and_leaves_no_specks() -> None:
    worst, error = {}, {}
    for soft in (False, True):
        frame, light = pearl(0.7, soft)
        wrong = (np.abs(refined(frame).xyz - light) / light)[frame.features.part == METAL]
        error[soft], worst[soft] = float((wrong**2).mean()), float(wrong.max())
    assert error[True] < 0.4 * error[False]
    assert worst[True] < 0.5 < worst[False]


def test_a_highlight_on_a_soft_part_stays_sharp() -> None:
    frame, light = pearl(0.3, soft=True)
    frame.xyz[24:30, 24:30] += 1.5
    clean = refined(frame)
    assert clean.xyz[25:29, 25:29].mean() > 2.0
    around = clean.xyz[22:32, 22:32].sum(axis=(0, 1)) - clean.xyz[24:30, 24:30].sum(axis=(0, 1))
    assert (around / 64).max() < float(light[22:32, 22:32].max()) + 0.1


def test_nothing_crosses_the_edge_of_a_part() -> None:
    part = np.where(np.arange(64) < 32, 0, 2)[None, :]
    noisy = make_frame(halves(1.0, 1.2), 0.4, part=part)
    clean = refined(noisy)
    for name in (0, 2):
        assert energy(clean, name) == pytest.approx(energy(noisy, name), rel=1e-6)
    one_part = refined(make_frame(halves(1.0, 1.2), 0.4))
    assert abs(energy(one_part, 0) / energy(noisy, 0) - 1) < 2
    assert one_part.xyz[:, 31].mean() > clean.xyz[:, 31].mean() + 0.02


@pytest.mark.parametrize("feature", ["normal", "albedo", "depth", "roughness"])
def test_nothing_crosses_the_edge_of_a_surface(feature: str) -> None:
    part = np.zeros((64, 64), dtype=np.int32)
    step = {"normal": 0.5, "albedo": 0.3, "depth": 30.0, "roughness": 0.3}[feature]
    image = np.array(getattr(flat(part), feature))
    image[:, 32:] += np.float32(step)
    clean = refined(make_frame(halves(1.0, 1.2), 0.4, features={feature: image}))
    noisy = make_frame(halves(1.0, 1.2), 0.4)
    assert clean.xyz[:, :32].mean() == pytest.approx(noisy.xyz[:, :32].mean(), rel=1e-6)


def test_a_picture_without_noise_stays_as_it_is_bit_for_bit() -> None:
    rng = np.random.default_rng(1)
    part = rng.integers(-1, 3, size=(32, 32))
    frame = make_frame(rng.random((32, 32, 3)), 0.0, part=part, size=(32, 32))
    clean = refined(frame)
    for name in ("xyz", "variance", "shadow"):
        assert np.array_equal(getattr(clean, name), getattr(frame, name))


def test_a_pixel_without_noise_keeps_its_value_among_noisy_ones() -> None:
    frame = make_frame(1.0, 0.5)
    frame.variance[20, 30] = 0
    frame.xyz[20, 30] = (0.9, 1.0, 1.1)
    assert np.array_equal(refined(frame).xyz[20, 30], np.array([0.9, 1.0, 1.1], dtype=np.float32))


def test_the_backdrop_stays_exact_outside_the_shadow() -> None:
    frame = make_frame(BACKDROP, 0.0, part=GROUND)
    noisy = make_frame(BACKDROP, 0.5, part=GROUND)
    frame.xyz[:20], frame.variance[:20] = noisy.xyz[:20], noisy.variance[:20]
    clean = refined(frame)
    assert np.array_equal(clean.xyz[27:], frame.xyz[27:])
    assert not np.array_equal(clean.xyz[20:27], frame.xyz[20:27])


@pytest.mark.parametrize("part", [GROUND, METAL, STONE])
def test_the_filter_vanishes_with_the_variance(part: int) -> None:
    waves = 1 + 0.3 * np.sin(np.arange(64) / 3)[:, None, None] * np.ones((64, 64, 1))
    moved = []
    for noise in (0.3, 0.03, 0.003):
        frame = make_frame(waves, noise, part=part)
        moved.append(float(np.abs(refined(frame).xyz - frame.xyz).mean()))
    assert moved[0] > 0.02
    assert moved[1] < 0.2 * moved[0]
    assert moved[2] < 0.2 * moved[1]


def test_an_outlier_on_the_ground_is_spread_not_lost() -> None:
    frame = make_frame(1.0, 0.1, part=GROUND)
    frame.xyz[32, 32] += 50
    frame.variance[32, 32] = 50.0**2
    clean = refined(frame)
    assert clean.xyz[32, 32].max() < 5
    assert energy(clean, GROUND) == pytest.approx(energy(frame, GROUND), rel=1e-6)


def test_a_glint_in_a_stone_is_left_alone() -> None:
    frame = make_frame(1.0, 0.1, part=STONE)
    frame.xyz[32, 32] += 50
    frame.variance[32, 32] = 50.0**2
    assert refined(frame).xyz[32, 32].min() > 45


def test_every_result_lies_between_the_values_it_was_made_of() -> None:
    frame = make_frame(1.0, 1.5)
    clean = refined(frame)
    assert clean.xyz.min() >= frame.xyz.min()
    assert clean.xyz.max() <= frame.xyz.max()


def test_tiles_do_not_show() -> None:
    part = np.where(np.arange(150) < 60, GROUND, np.where(np.arange(150) < 110, METAL, STONE))
    frame = make_frame(halves(1.0, 1.3, (130, 150)), 0.5, part=part[None, :], size=(130, 150))
    whole = Welch(tile=1024)(frame)
    for side in (40, 47, 96):
        tiled = Welch(tile=side)(frame)
        for name in ("xyz", "variance", "shadow"):
            assert np.array_equal(getattr(whole, name), getattr(tiled, name)), (side, name)


@pytest.mark.parametrize("mirror", [False, True])
def test_the_shadow_agrees_with_the_light_on_the_ground(mirror: bool) -> None:
    noisy = replace(make_frame(0.7, 0.2, part=GROUND), mirror=mirror)
    clean = refined(noisy)
    assert clean.shadow == pytest.approx(1 - clean.xyz[..., 1] / BACKDROP[1], abs=1e-5)
    assert clean.shadow.std() < 0.3 * noisy.shadow.std()


def test_a_mirroring_ground_keeps_its_lone_bright_samples() -> None:
    frame = make_frame(1.0, 0.1, part=GROUND)
    frame.xyz[32, 32], frame.variance[32, 32] = 50, 50.0**2
    assert refined(frame).xyz[32, 32].max() < 5
    assert refined(replace(frame, mirror=True)).xyz[32, 32].min() > 30


def test_the_lone_shadow_of_a_transparent_frame_loses_its_noise() -> None:
    part = np.where(np.arange(64) < 40, GROUND, METAL)[None, :]
    light = np.where(part == GROUND, 0.0, 1.0)[..., None]
    frame = make_frame(light, 0.3, part=part, backdrop=None)
    rng = np.random.default_rng(3)
    shadow = np.where(part == GROUND, 0.4 + 0.1 * rng.standard_normal((64, 64)), 0)
    frame = replace(frame, shadow=shadow.astype(np.float32))
    clean = refined(frame)
    assert not clean.xyz[:, :40].any()
    assert clean.shadow[:, :40].std() < 0.02
    assert clean.shadow[:, :40].mean() == pytest.approx(frame.shadow[:, :40].mean(), rel=1e-5)
    assert np.array_equal(clean.shadow[:, 40:], frame.shadow[:, 40:])
    assert clean.xyz[:, 40:].std() < 0.5 * frame.xyz[:, 40:].std()


def test_pixels_that_are_not_finite_stay_alone() -> None:
    frame = make_frame(1.0, 0.3)
    frame.xyz[10, 10], frame.variance[20, 20], frame.xyz[30, 30] = np.nan, np.inf, np.inf
    frame.features.normal[40, 40] = np.nan
    clean = refined(frame)
    bad = ~np.isfinite(clean.xyz).all(axis=-1)
    assert {tuple(p) for p in np.argwhere(bad)} == {(10, 10), (30, 30)}
    assert np.array_equal(clean.xyz[20, 20], frame.xyz[20, 20])
    assert clean.xyz[bad == 0].std() < frame.xyz[bad == 0].std()


def test_within_some_pixels_only_these_change_and_mix() -> None:
    """As if the others were of another part, and certain."""
    where = np.broadcast_to(np.arange(64) < 40, (64, 64))
    whole = make_frame(halves(1.0, 1.1), 0.5, part=GROUND)
    apart = replace(
        whole,
        features=replace(whole.features, part=np.where(where, GROUND, STONE).astype(np.int32)),
        variance=np.where(where[..., None], whole.variance, 0),
    )
    kind = kinds(whole.features, whole.mirror)
    light, variance = Welch().within(whole, kind, where)
    assert light[where] == pytest.approx(refined(apart).xyz[where], abs=1e-6)
    assert light[where].std() < 0.3 * whole.xyz[where].std()
    assert np.array_equal(light[~where], whole.xyz[~where])
    assert np.array_equal(variance[~where], whole.variance[~where])


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (40, 1), (2, 3), (5, 70)])
def test_any_size_will_do(size: tuple[int, int]) -> None:
    clean = refined(make_frame(1.0, 0.3, size=size))
    assert clean.xyz.shape == (*size, 3)
    assert np.isfinite(clean.xyz).all()

"""The curve, and what it does to colours."""

from __future__ import annotations

import numpy as np
import pytest

from engine.errors import SceneError
from engine.finish import oklab
from engine.finish.tone import LOOKS, Look, curve, develop, look
from engine.types import FloatArray
from tests.engine.finish.spectra import spectral

NEUTRAL = LOOKS["neutral"]
GOLD = np.array([1.0, 0.72, 0.32])


def hue_deg(rgb: FloatArray) -> FloatArray:
    lab = oklab.from_rgb(rgb)
    return np.degrees(np.arctan2(lab[..., 2], lab[..., 1]))


def turn(a: FloatArray, b: FloatArray) -> FloatArray:
    """Angle between hues, degrees."""
    return np.abs((a - b + 180) % 360 - 180)


@pytest.mark.parametrize("name", LOOKS)
def test_curve_rises_to_one_at_white_without_a_corner(name: str) -> None:
    chosen = LOOKS[name]
    light = np.linspace(0, chosen.white, 2001)
    shown = curve(light, chosen)
    assert shown[0] == 0
    assert shown[-1] == pytest.approx(1, abs=1e-12)
    assert np.all(np.diff(shown) > 0)
    slope = (np.diff(shown) / np.diff(light))[200:]
    assert np.abs(np.diff(slope)).max() < 0.01
    assert np.all(curve(np.array([1.5, 10.0, 1e5]), chosen) == 1)


def test_mid_tones_are_reproduced_as_they_are() -> None:
    rng = np.random.default_rng(1)
    colours = rng.uniform(0.1, NEUTRAL.knee, (200, 3))
    np.testing.assert_allclose(develop(colours, NEUTRAL), colours, atol=1e-9)


def test_neutral_light_stays_neutral_and_ends_as_pure_white() -> None:
    greys = np.linspace(0, 3, 301)[:, None] * np.ones(3)
    shown = develop(greys, NEUTRAL)
    assert np.ptp(shown, axis=1).max() < 1e-7
    assert np.all(shown[greys[:, 0] >= NEUTRAL.white] == 1)


def test_gold_keeps_its_hue_and_pales_gracefully_in_highlights() -> None:
    light = 2.0 ** np.linspace(-4, 1.6, 200)
    shown = develop(light[:, None] * GOLD, NEUTRAL)
    assert turn(hue_deg(shown), hue_deg(GOLD)).max() < 0.5
    lightness = oklab.from_rgb(shown)[:, 0]
    assert np.all(np.diff(lightness) > 0)
    bright = light > 1.2
    chroma = np.hypot(*oklab.from_rgb(shown)[:, 1:].T)
    assert np.all(np.diff(chroma[bright]) < 0)
    one_stop_over = develop(2 * GOLD[None], NEUTRAL)[0]
    assert one_stop_over[2] < 0.6 * one_stop_over[0]
    np.testing.assert_array_equal(develop(4 * GOLD[None], NEUTRAL), np.ones((1, 3)))


@pytest.mark.parametrize("stops", [-6, -3, 0, 1, 2, 4])
def test_fire_keeps_its_hue_at_every_intensity(stops: int) -> None:
    light = spectral(np.arange(430.0, 661.0, 2.0)) * 2.0**stops
    shown = develop(light, NEUTRAL)
    assert shown.min() >= 0
    assert shown.max() <= 1
    assert turn(hue_deg(shown), hue_deg(light)).max() < 2


def test_fire_stays_saturated() -> None:
    light = spectral(np.arange(430.0, 661.0, 2.0))
    light *= 0.7 / light.max(axis=1, keepdims=True)
    shown = develop(light, NEUTRAL)
    assert (shown.min(axis=1) / shown.max(axis=1)).max() < 0.12


def test_a_rainbow_has_no_flat_patches_and_no_jumps() -> None:
    nm = np.arange(440.0, 640.0, 0.5)
    light = spectral(nm)
    light *= 0.5 / light.max(axis=1, keepdims=True)
    step = np.linalg.norm(np.diff(oklab.from_rgb(develop(light, NEUTRAL)), axis=0), axis=1)
    clipped = np.linalg.norm(np.diff(oklab.from_rgb(np.clip(light, 0, 1)), axis=0), axis=1)
    assert step.min() > 1e-4
    assert step.max() < 0.03
    assert clipped.min() < 1e-9


def test_infinite_light_is_white_and_no_light_is_black() -> None:
    shown = develop(np.array([[1e6, 1e6, 1e6], [0.0, 0.0, 0.0]]), NEUTRAL)
    np.testing.assert_array_equal(shown, [[1, 1, 1], [0, 0, 0]])


def test_what_is_above_white_in_all_channels_is_white() -> None:
    over = NEUTRAL.white * np.random.default_rng(6).uniform(1, 4, (200, 3))
    np.testing.assert_array_equal(develop(over, NEUTRAL), np.ones((200, 3)))


def test_crisp_darkens_mid_tones_and_keeps_white() -> None:
    crisp = LOOKS["crisp"]
    assert curve(np.array([0.4]), crisp)[0] < 0.4
    assert curve(np.array([crisp.white]), crisp)[0] == pytest.approx(1)


def test_photo_enriches_gold_and_leaves_grey_and_pure_colour_alone() -> None:
    photo = LOOKS["photo"]
    plain = Look(contrast=photo.contrast)
    light = np.array([[0.5, 0.4, 0.25], [0.4, 0.4, 0.4], [0.5, 0.0, 0.0]])
    rich, before = develop(light, photo), develop(light, plain)
    assert rich[0, 0] == pytest.approx(before[0, 0], rel=1e-3)
    assert rich[0, 2] < 0.9 * before[0, 2], "gold has less blue"
    np.testing.assert_allclose(rich[1:], before[1:], atol=1e-6)


def test_looks_go_by_name() -> None:
    assert look("neutral") == Look()
    with pytest.raises(SceneError, match="did you mean 'crisp'"):
        look("crips")
    with pytest.raises(SceneError, match="choose one of photo"):
        look("zzz")

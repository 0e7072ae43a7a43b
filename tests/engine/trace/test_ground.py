"""Coloured and graduated grounds: known exactly where nothing is in the way, and turned rightly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine import optics, trace
from engine.scene import Ground, Scene, View, rays
from engine.types import FloatArray, Frame
from tests.engine.trace.pieces import ball, furnace, scene

NAVY = (0.05, 0.1, 0.6)
GRADED = Ground("sweep", 0.8, NAVY, "back", fade_from=-1.0, fade_to=6.0, fade_level=0.05)
POOL = replace(GRADED, fade="round", fade_from=0.5, fade_to=4.0)


def pearl(ground: Ground, view: View | None = None) -> Scene:
    """A small pearl in even white light, so that the ground's radiance is its reflectance."""
    what = scene(ball(1.0), {"pearl": "pearl-white"}, studio=furnace(), ground=ground)
    return replace(what, view=view or View(30.0, 25.0, fill=0.1))


def frame(what: Scene) -> Frame:
    return trace(what, spp=4, device="cpu")[0]


def bare(found: Frame) -> tuple[FloatArray, FloatArray, FloatArray]:
    """XYZ of the pixels of ground that show nothing of the pearl, and where they lie, mm."""
    o, d = rays(found.camera)
    t = -o[..., 2] / d[..., 2]
    p = (o + t[..., None] * d)[..., :2]
    apart = np.linalg.norm(p, axis=-1)
    mask = (found.features.part == -1) & (apart > 5.0) & (np.abs(found.shadow) < 1e-5)
    azimuth = np.radians(30.0)
    back = p @ np.array([-np.sin(azimuth), np.cos(azimuth)])
    return found.xyz[mask].astype(np.float64), back[mask], apart[mask]


def fading(s: FloatArray, ground: Ground) -> FloatArray:
    """What is left of the albedo at s mm; the pearl's box is 2 mm high and wide."""
    t = np.clip((s / 2 - ground.fade_from) / (ground.fade_to - ground.fade_from), 0, 1)
    left: FloatArray = ground.fade_level ** (t * t * (3 - 2 * t))
    return left


def assert_nearly_all(ratio: FloatArray) -> None:
    """1 but for the few pixels in which a sample met the pearl, or that cover much ground."""
    assert (np.abs(ratio - 1) < 0.03).mean() > 0.9
    assert np.median(ratio) == pytest.approx(1.0, abs=0.002)


def test_a_graduated_ground_is_known_along_the_line_of_sight() -> None:
    xyz, back, _ = bare(frame(pearl(GRADED)))
    assert np.ptp(back) > 10
    colour = 0.8 * optics.xyz_of(np.array(NAVY) @ optics.rgb_basis())
    expected = fading(back, GRADED)[:, None] * colour
    assert_nearly_all(xyz / expected)


def test_a_pool_of_light_is_round() -> None:
    xyz, back, apart = bare(frame(pearl(POOL)))
    colour = 0.8 * optics.xyz_of(np.array(NAVY) @ optics.rgb_basis())
    assert_nearly_all(xyz / (fading(apart, POOL)[:, None] * colour))
    assert np.corrcoef(np.abs(back), apart)[0, 1] < 0.99  # and not a gradient along one line


def test_a_colour_is_itself_under_daylight() -> None:
    light = optics.illuminant("D65")
    hue = np.array(NAVY) @ optics.rgb_basis()
    np.testing.assert_allclose(optics.XYZ_TO_REC709 @ optics.xyz_of(hue * light), NAVY, atol=1e-6)


def test_the_far_end_goes_on_above_the_horizon() -> None:
    high = frame(pearl(GRADED, View(30.0, 2.0, fill=0.1)))
    sky = (high.features.part == -2) & (high.alpha == 0)
    assert sky.sum() > 100
    assert high.backdrop is not None
    ratio = high.xyz[sky] / np.array(high.backdrop)
    np.testing.assert_allclose(ratio, GRADED.fade_level, rtol=1e-4)


def test_the_gradient_turns_with_the_camera() -> None:
    seen = [frame(pearl(GRADED, View(a, 25.0, fill=0.1))) for a in (0.0, 90.0)]
    np.testing.assert_allclose(seen[0].xyz[:8], seen[1].xyz[:8], rtol=1e-3)


def test_white_that_does_not_fade_is_the_plain_ground() -> None:
    """The same numbers are drawn, so the pictures differ by rounding only."""
    plain = frame(scene(ball(), {"pearl": "pearl-white"}, ground=Ground("mirror", 0.5)))
    toned = Ground("mirror", 0.5, (1.0, 1.0, 1.0), "round", fade_level=1.0)
    other = frame(scene(ball(), {"pearl": "pearl-white"}, ground=toned))
    assert not plain.toned
    assert other.toned
    np.testing.assert_allclose(plain.xyz, other.xyz, rtol=2e-3, atol=1e-4)


def test_the_ground_seen_in_metal_has_its_colour() -> None:
    """A silver ball mirrors a navy ground: below its middle it is navy, above it the white sky."""
    what = scene(
        ball(), {"pearl": "silver-925"}, studio=furnace(), ground=replace(GRADED, fade="none")
    )
    found = frame(replace(what, view=View(0.0, 10.0, fill=0.9)))
    rows = np.nonzero((found.alpha == 1).any(axis=1))[0]
    low, high = (found.xyz[row, 28:36].mean(axis=0) for row in (rows[-8], rows[len(rows) // 3]))
    navy = np.array(found.backdrop)
    np.testing.assert_allclose(low / low[1], navy / navy[1], rtol=0.12)
    assert high[2] / high[1] == pytest.approx(1.0, abs=0.25)
    assert navy[2] / navy[1] > 3


def test_features_know_the_grounds_colour() -> None:
    what = scene(ball(), {"pearl": "pearl-white"}, ground=GRADED)
    found = trace(what, spp=4, behind=True, device="cpu")[0]
    assert found.features.behind is not None
    ground = (found.features.part == -1) & (found.alpha == 0)
    albedo = found.features.behind.albedo[ground]
    hue = optics.xyz_of(np.array(NAVY) @ optics.rgb_basis()) * np.array(found.white)
    np.testing.assert_allclose(
        albedo / albedo[:, 1:2], np.tile(hue / hue[1], (len(albedo), 1)), rtol=1e-4
    )
    assert 0.05 <= np.ptp(albedo[:, 1]) / albedo[:, 1].max() <= 0.95

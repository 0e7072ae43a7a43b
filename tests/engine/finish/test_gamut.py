"""Into Rec. 709 without hard edges."""

from __future__ import annotations

import numpy as np
import pytest

from engine.finish import gamut, oklab
from engine.types import FloatArray
from tests.engine.finish.spectra import spectral


def mapped(rgb: FloatArray) -> FloatArray:
    return gamut.fit(gamut.soften(rgb))


def test_oklab_has_the_published_white_and_comes_back() -> None:
    colour = pytest.importorskip("colour")
    rgb = np.random.default_rng(2).uniform(-0.2, 1.2, (500, 3))
    np.testing.assert_allclose(oklab.to_rgb(oklab.from_rgb(rgb)), rgb, atol=1e-12)
    np.testing.assert_allclose(oklab.from_rgb(np.ones(3)), [1, 0, 0], atol=1e-12)
    xyz = colour.RGB_to_XYZ(np.array([0.2, 0.5, 0.8]), "sRGB", apply_cctf_decoding=False)
    ours = oklab.from_rgb(np.array([0.2, 0.5, 0.8]))
    np.testing.assert_allclose(ours, colour.XYZ_to_Oklab(xyz), atol=2e-4)


def test_what_fits_is_left_alone() -> None:
    rng = np.random.default_rng(3)
    peak = rng.uniform(0.05, 0.99, (2000, 1))
    least = 1 - gamut.SOFT_KNEES[0] + 0.02
    rgb = peak * rng.uniform(least, 1, (2000, 3))
    np.testing.assert_allclose(mapped(rgb), rgb, atol=1e-9)


def test_nothing_leaves_the_gamut() -> None:
    rgb = np.random.default_rng(4).uniform(-1, 1, (5000, 3))
    rgb[:, 0] = 1
    out = mapped(rgb)
    assert out.min() >= 0
    assert out.max() <= 1


@pytest.mark.parametrize("colour", [(1, -0.1, -0.01), (-0.9, 1, 0.1), (-0.1, 0.03, 1), (0, 0, 1)])
def test_a_ramp_towards_a_colour_outside_collapses_nowhere(colour: tuple[float, ...]) -> None:
    grey, mix = np.full(3, 0.5), np.linspace(0, 1, 400)[:, None]
    ramp = (1 - mix) * grey + mix * 0.5 * np.array(colour)
    out = mapped(ramp).astype(np.float32)
    assert np.linalg.norm(np.diff(out, axis=0), axis=1).min() > 1e-6


@pytest.mark.parametrize("nm", [430, 450, 500, 520, 550, 580, 610, 650])
def test_from_white_to_a_spectral_colour_chroma_only_grows(nm: int) -> None:
    pure = spectral(np.array([float(nm)]))[0]
    mix = np.linspace(0, 1, 400)[:, None]
    out = mapped(0.8 * (1 - mix + mix * pure / pure.max()))
    chroma = np.hypot(*oklab.from_rgb(out)[:, 1:].T)
    assert np.diff(chroma).min() > -1e-3
    assert chroma[-1] > 0.97 * chroma.max()
    assert np.linalg.norm(np.diff(out, axis=0), axis=1).min() > 1e-5


def test_darkness_changes_nothing_but_the_scale() -> None:
    vivid = np.array([[-0.4, 1.0, 0.2], [0.1, -0.1, 1.0]]) * 0.9
    np.testing.assert_allclose(mapped(vivid / 64) * 64, mapped(vivid), atol=2e-5)

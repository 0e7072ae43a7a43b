"""The numbers behind every sample: uniform in each dimension, unrelated from pixel to pixel.

A mean over pixels is only unbiased if the random shifts of the pixels are uniform. How much is
asked here: a dent of a hundredth in the distribution of wavelengths tints every picture by some
tenths of a per cent, which no comparison of noisy pictures would find in reasonable time.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

PIXELS = 1 << 20
BINS = 64


def dimensions(seed: int, sample: int) -> dict[str, Any]:
    """What one sample of each of `PIXELS` pixels draws, by name."""
    from engine.trace.backend import dr, mi
    from engine.trace.sequence import numbers

    drawn = numbers(dr.arange(mi.UInt32, PIXELS), mi.UInt32(sample), mi.UInt32(seed))
    found = {}
    for name, value in vars(drawn).items():
        for axis, row in enumerate(np.atleast_2d(np.array(value))):
            found[f"{name} {axis}"] = row
    return found


@pytest.mark.parametrize(("seed", "sample"), [(0, 0), (1, 0), (12345, 3)])
def test_every_dimension_is_uniform(seed: int, sample: int) -> None:
    for name, row in dimensions(seed, sample).items():
        assert row.shape == (PIXELS,)
        assert row.min() >= 0.0
        assert row.max() < 1.0
        counts = np.histogram(row, BINS, (0.0, 1.0))[0]
        p = stats.chisquare(counts).pvalue
        assert p > 1e-6, f"{name}: p = {p:.1e}"


def test_dimensions_and_neighbours_are_unrelated() -> None:
    rows = dimensions(7, 1)
    limit = 5.0 / np.sqrt(PIXELS)
    table = np.corrcoef(list(rows.values()))
    assert np.abs(table - np.eye(len(rows))).max() < limit
    for name, row in rows.items():
        for step in (1, 192, 1024):
            assert abs(np.corrcoef(row[:-step], row[step:])[0, 1]) < limit, (name, step)


def test_two_seeds_are_unrelated() -> None:
    one, two = dimensions(3, 0), dimensions(4, 0)
    for name in one:
        assert abs(np.corrcoef(one[name], two[name])[0, 1]) < 5.0 / np.sqrt(PIXELS), name


def test_a_flat_spectrum_is_white() -> None:
    """Radiance 1 at all wavelengths has X = Y = Z = 1, also where one of them stands for all."""
    from engine.trace.backend import dr, mi
    from engine.trace.sequence import numbers
    from engine.trace.spectrum import WavelengthSampler

    drawn = numbers(dr.arange(mi.UInt32, PIXELS), mi.UInt32(0), mi.UInt32(1))
    sampler = WavelengthSampler.create()
    λ, inverse_pdf = sampler.sample(drawn.wavelength)
    for lanes in ((4, 0, 0, 0), (0, 0, 4, 0), (1, 1, 1, 1)):
        xyz = np.array(sampler.to_xyz(mi.Spectrum(*lanes), λ, inverse_pdf), dtype=np.float64)
        error = xyz.std(axis=1) / np.sqrt(PIXELS)
        np.testing.assert_array_less(np.abs(xyz.mean(axis=1) - 1), 4 * error + 5e-4, str(lanes))


@pytest.mark.parametrize("spp", [4, 8, 16])
def test_samples_of_a_pixel_are_even(spp: int) -> None:
    """One sample in each of `spp` boxes, whichever way these divide the pixel; likewise of the
    lanes' quarter turns. Whole blocks from any multiple of their number."""
    from engine.trace.backend import dr, mi
    from engine.trace.sequence import numbers

    pixels = 64
    lane = dr.arange(mi.UInt32, pixels * spp)
    drawn = numbers(lane // spp + 17, lane % spp + 5 * spp, mi.UInt32(2))
    for pair in (drawn.pixel, drawn.lens, drawn.lobe, drawn.sky):
        x, y = np.array(pair, dtype=np.float64).reshape(2, pixels, spp)
        for across in (n for n in (1, 2, 4, 8, 16) if n <= spp):
            down = spp // across
            box = np.floor(x * across) * down + np.floor(y * down)
            np.testing.assert_array_equal(np.sort(box, axis=1), np.arange(spp)[None].repeat(64, 0))
    lane = np.array(drawn.wavelength, dtype=np.float64).reshape(pixels, spp)
    # The first lane's own wavelengths are even as well: the reference draws no others.
    for turn in (lane * 4 % 1, lane):
        steps = np.sort(np.floor(turn * spp), axis=1)
        np.testing.assert_array_equal(steps, np.arange(spp)[None].repeat(64, 0))

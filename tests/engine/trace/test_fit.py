"""Fitting: every part's samples tell the colour of what its sketch does not know."""

from __future__ import annotations

import numpy as np
import pytest

from engine.trace.fit import DIM, Sums, fitted

SIDE, SAMPLES = 48, 8
COLOURS = {0: (0.9, 0.7, 0.2), 1: (0.1, 0.1, 0.4)}


def part() -> np.ndarray:
    found = np.full((SIDE, SIDE), -1, np.int32)
    found[:, 16:32], found[:, 32:] = 0, 1
    return found


def samples(noise: float = 0.1, hidden: float = 1.0) -> tuple[Sums, np.ndarray]:
    """Sums over samples g + c h + noise, and every sample less g and h: [N, H, W, 3]."""
    rng = np.random.default_rng(1)
    shape = (SAMPLES, SIDE, SIDE, 3)
    g, h = rng.uniform(0.2, 1.0, shape), hidden * rng.uniform(0, 0.6, shape)
    h *= part()[..., None] >= 0
    c = np.zeros((SIDE, SIDE, 3))
    for number, colour in COLOURS.items():
        c[part() == number] = colour
    s = g + c * h + rng.normal(0, noise, shape)
    own = g.mean(0), h.mean(0)
    sums = Sums(
        light=s.mean(0),
        known=own[0],
        hidden=own[1],
        own=own,
        further=(own[0] + 0.1, own[1]),
        rest2=((s - g) ** 2).mean(0),
        cross=((s - g) * h).mean(0),
        hidden2=(h * h).mean(0),
        samples=np.full((SIDE, SIDE), float(SAMPLES)),
        places=np.full((SIDE, SIDE), 3.0 * SAMPLES),
    )
    return sums, np.stack([s - g, h])


def colours(sums: Sums) -> dict[int, np.ndarray]:
    left = fitted(sums, part()).here - sums.known
    return {n: (left / np.maximum(sums.hidden, 1e-9))[part() == n].mean(0) for n in COLOURS}


def test_each_part_has_the_colour_of_what_it_hides() -> None:
    found = colours(samples()[0])
    for number, colour in COLOURS.items():
        np.testing.assert_allclose(found[number], colour, atol=0.02)


def test_where_little_is_hidden_it_is_as_expected() -> None:
    found = colours(samples(hidden=1e-3)[0])
    for number in COLOURS:
        np.testing.assert_allclose(found[number], DIM, atol=0.05)


def test_nothing_is_darker_than_black() -> None:
    sums, _ = samples(noise=0.0)
    less = Sums(**{**vars(sums), "light": sums.known - 0.1 * sums.hidden})
    np.testing.assert_allclose(fitted(less, part()).here, sums.known, rtol=1e-6)


def test_the_variance_is_that_of_samples_less_their_sketch() -> None:
    sums, (rest, h) = samples()
    sketch = fitted(sums, part())
    c = (sketch.here - sums.known) / np.where(sums.hidden > 0, sums.hidden, 1)
    direct = (rest - c * h).var(axis=0, ddof=1) / SAMPLES
    np.testing.assert_allclose(sketch.variance, direct, rtol=1e-3, atol=1e-7)


def test_places_count_by_how_many_they_are() -> None:
    sketch = fitted(samples()[0], part())
    np.testing.assert_allclose(sketch.around - sketch.here, 0.75 * 0.1, rtol=1e-4)
    assert sketch.doubt.mean() == pytest.approx(0.1**2 * 3 / 16, rel=1e-3)

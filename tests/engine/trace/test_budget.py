"""How samples are distributed: where the error is, as many as asked, and without bias."""

from __future__ import annotations

import numpy as np
import pytest

from engine import trace
from engine.trace.budget import BLOCK, distribute, first_pass
from tests.engine.trace.pieces import brilliant, scene


def picture() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Error, part and stone mask: a noisy stone on the left, quiet metal, far ground."""
    part = np.full((40, 60), -1)
    part[:, :10], part[:, 10:20] = 0, 1
    error = np.where(part == 0, 4.0, np.where(part == 1, 0.04, 0.0)).astype(np.float32)
    return error, part, part == 0


def test_noise_draws_samples_and_empty_ground_none() -> None:
    error, part, stone = picture()
    more = BLOCK * distribute(error, part, stone, 16, 4)
    assert more[:, 1:9].mean() > 3 * more[:, 11:19].mean() > 0
    assert (more[:, 30:] == 0).all()


def test_noise_that_refining_takes_away_draws_fewer() -> None:
    error, part, stone = picture()
    even = distribute(np.full_like(error, 0.5), part, stone, 16, 4)
    stones, metal, ground = even[:, :10].mean(), even[:, 10:20].mean(), even[:, 20:].mean()
    assert 0.6 * stones < metal < 2 * stones
    assert ground < 0.7 * stones


def test_the_mean_is_what_was_asked_for() -> None:
    error, part, stone = picture()
    more = BLOCK * distribute(error, part, stone, 16, 4)
    open_pixels = (part >= 0).sum() + 3 * 40  # the window reaches three columns further
    assert more.sum() == pytest.approx(12 * open_pixels, rel=0.02)


def test_a_pixels_own_samples_do_not_decide_how_many_it_gets() -> None:
    error, part, stone = picture()
    before = distribute(error, part, stone, 16, 4)
    error[20, 5] *= 1.05
    after = distribute(error, part, stone, 16, 4)
    assert abs(int(after[20, 5]) - int(before[20, 5])) <= 1


def test_first_pass_leaves_something_to_distribute() -> None:
    assert [first_pass(n) for n in (1, 3, 4, 8, 16, 1000)] == [1, 3, 2, 2, 4, 16]


def test_adaptive_samples_have_the_mean_of_even_ones() -> None:
    what = scene(brilliant(), {"stone": "diamond"}, size=(32, 32))
    many = trace(what, spp=256, seed=1, adaptive=False, device="cpu")[0]
    runs = [trace(what, spp=8, seed=seed, device="cpu")[0].xyz for seed in range(2, 14)]
    stone = many.features.stone > 0.99
    means = np.array([run[stone].mean(axis=0) for run in runs])
    error = means.std(axis=0, ddof=1) / np.sqrt(len(runs)) + 0.002
    assert (np.abs(means.mean(axis=0) - many.xyz[stone].mean(axis=0)) < 4 * error).all()

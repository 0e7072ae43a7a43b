"""A hanging chain is as long as it is, ends where it is held, and is at rest."""

import numpy as np
import pytest

from engine.errors import GeometryError
from scenes.pieces.catenary import Hanging, hang


def uniform(count: int, length: float) -> tuple[np.ndarray, np.ndarray]:
    return np.full((count, 2), length / count / 2.0), np.ones(count)


def test_it_ends_where_it_is_held_and_keeps_its_length() -> None:
    rng = np.random.default_rng(0)
    reaches, weights = rng.uniform(0.4, 1.6, (61, 2)), rng.uniform(0.5, 2.0, 61)
    found = hang(reaches, weights, 60.0, 12.0)
    np.testing.assert_allclose(found.joints[-1], [60.0, 12.0], atol=1e-6)
    steps = np.linalg.norm(np.diff(found.joints, axis=0), axis=1)
    np.testing.assert_allclose(steps, reaches.sum(axis=1), rtol=1e-12)


@pytest.mark.parametrize("extra", [0.0, 40.0])
def test_every_link_is_at_rest(extra: float) -> None:
    """Forces and moments upon each link add up to nothing, also upon the one that is loaded."""
    reaches, weights = uniform(41, 100.0)
    weights[20] += extra
    found = hang(reaches, weights, 55.0)
    assert found.pull[:, 0] == pytest.approx(np.full(42, found.pull[0, 0]))
    np.testing.assert_allclose(np.diff(found.pull[:, 1]), weights, rtol=1e-9)
    middle = (found.joints[1:] + found.joints[:-1]) / 2.0
    arm_after, arm_before = found.joints[1:] - middle, found.joints[:-1] - middle

    def moment(arm: np.ndarray, force: np.ndarray) -> np.ndarray:
        return np.asarray(arm[:, 0] * force[:, 1] - arm[:, 1] * force[:, 0])

    turning = moment(arm_after, found.pull[1:]) - moment(arm_before, found.pull[:-1])
    assert np.abs(turning).max() < 1e-6 * weights.sum()


def test_many_short_links_hang_as_a_catenary() -> None:
    """z'' = sqrt(1 + z'^2) / a, whose solution is a cosh(x / a)."""
    found = hang(*uniform(2000, 100.0), 60.0)
    a = found.pull[0, 0] / (2000 / 100.0)
    x, z = (found.joints - found.joints[1000]).T
    np.testing.assert_allclose(z, a * (np.cosh(x / a) - 1.0), atol=1e-4)
    assert 2.0 * a * np.sinh(30.0 / a) == pytest.approx(100.0, rel=1e-5)


def test_a_weight_draws_two_straighter_branches() -> None:
    reaches, weights = uniform(41, 100.0)
    free = hang(reaches, weights, 55.0)
    weights[20] += 400.0
    loaded = hang(reaches, weights, 55.0)
    branch = [np.ptp(h.slopes[21:]) for h in (free, loaded)]
    assert branch[1] < 0.1 * branch[0]
    assert lowest(loaded) == 20
    # Both branches carry half of it all.
    assert loaded.pull[-1, 1] == pytest.approx(weights.sum() / 2.0)


def lowest(found: Hanging) -> int:
    return int(np.argmin((found.joints[1:, 1] + found.joints[:-1, 1]) / 2.0))


def test_a_span_that_cannot_be_is_refused() -> None:
    for span in (0.5, 101.0):
        with pytest.raises(GeometryError, match="cannot hang"):
            hang(*uniform(41, 100.0), span)

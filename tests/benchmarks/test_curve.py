"""Reading errors and times off measured points, and beyond them."""

from __future__ import annotations

import math

import pytest

from benchmarks.kit.curve import Curve, Estimate
from benchmarks.kit.measure import ratios

#: error = 8 / time, exactly.
STRAIGHT = Curve((1.0, 4.0, 16.0, 64.0), (8.0, 2.0, 0.5, 0.125))


def is_about(found: Estimate, value: float, fitted: bool) -> None:
    assert found.value == pytest.approx(value)
    assert found.fitted is fitted


def test_between_points() -> None:
    is_about(STRAIGHT.at(2.0), 4.0, fitted=False)
    is_about(STRAIGHT.time_to(1.0), 8.0, fitted=False)
    is_about(STRAIGHT.time_to(0.125), 64.0, fitted=False)


def test_beyond_them_by_a_fit_that_says_so() -> None:
    is_about(STRAIGHT.at(256.0), 1 / 32, fitted=True)
    is_about(STRAIGHT.at(0.5), 16.0, fitted=True)
    is_about(STRAIGHT.time_to(1 / 32), 256.0, fitted=True)
    is_about(STRAIGHT.time_to(16.0), 0.5, fitted=True)


def test_a_fit_takes_the_three_nearest_points() -> None:
    """Slope -1 late, -1/2 early: each end goes on as its own three points do."""
    bent = Curve((1.0, 4.0, 16.0, 64.0, 256.0), (4.0, 2.0, 1.0, 0.25, 1 / 16))
    assert bent.at(1024.0).value == pytest.approx(1 / 64)
    assert bent.at(0.25).value == pytest.approx(8.0)


def test_a_fit_by_hand() -> None:
    """Least squares through (0, 0), (1, -1), (2, -1) in logarithms: -1/6 - t / 2."""
    curve = Curve((1.0, math.e, math.e**2), (1.0, 1 / math.e, 1 / math.e))
    assert math.log(curve.at(math.e**4).value) == pytest.approx(-1 / 6 - 2)


def test_the_last_crossing_counts() -> None:
    """Noise may touch an error once; it is reached when the curve stays below it."""
    curve = Curve((1.0, 2.0, 4.0, 8.0), (4.0, 1.0, 2.0, 0.5))
    assert curve.time_to(1.0).value == pytest.approx(4 * math.sqrt(2))


def test_an_error_that_does_not_fall_is_never_reached() -> None:
    assert Curve((1.0, 2.0, 4.0), (1.0, 1.0, 1.1)).time_to(0.5).value == math.inf


@pytest.mark.parametrize(
    ("seconds", "errors"),
    [
        ((1.0, 2.0), (1.0, 0.5)),
        ((1.0, 1.0, 2.0), (3.0, 2.0, 1.0)),
        ((1.0, 2.0, 3.0), (1.0, 0.5, 0.0)),
    ],
)
def test_what_is_no_curve(seconds: tuple[float, ...], errors: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match=r"a curve needs|need positive times"):
        Curve(seconds, errors)


def test_ratios_by_hand() -> None:
    """Ours: error 1 after 2 s. The baseline: 8 / t, so 4 after 2 s, and 1 after 8 s."""

    def point(spp: int, seconds: float, error: float) -> dict[str, object]:
        errors = {"relmse": error, "flip": error, "chroma": error}
        return {"spp": spp, "seconds": seconds, "errors": {"stone": errors}}

    ours = [point(1, 0.3, 3.0), point(8, 2.0, 1.0)]
    baseline = [point(4, 1.0, 8.0), point(16, 4.0, 2.0), point(64, 16.0, 0.5)]
    found = ratios(ours, baseline)["stone"]
    assert {name: row["ratio"] for name, row in found.items()} == pytest.approx(
        {"relmse": 4.0, "flip": 4.0, "chroma": 4.0, "flip_time": 4.0}
    )
    assert not any(row["fitted"] for row in found.values())

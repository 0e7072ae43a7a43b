"""Fresnel and Sellmeier against what is known exactly."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.optics import (
    abbe_d,
    dispersion_bg,
    f0,
    fresnel_conductor,
    fresnel_dielectric,
    sellmeier,
)

COSINES = np.linspace(0.0, 1.0, 201)
INDICES = [1 / 2.417, 0.66, 1.0, 1.33, 1.77, 2.417]


@pytest.mark.parametrize("n", INDICES)
def test_reflected_and_transmitted_power_add_up(n: float) -> None:
    r, t = fresnel_dielectric(COSINES, n)
    np.testing.assert_array_equal(r + t, 1.0)
    assert r.min() >= 0.0
    assert t.min() >= 0.0
    assert np.isfinite(r).all()


def test_a_medium_of_index_one_leaves_no_trace() -> None:
    r, t = fresnel_dielectric(COSINES[1:], 1.0)
    np.testing.assert_allclose(r, 0.0, atol=1e-15)
    np.testing.assert_allclose(t, 1.0, atol=1e-15)


@pytest.mark.parametrize("n", INDICES)
def test_a_conductor_without_absorption_is_a_dielectric(n: float) -> None:
    cosines = COSINES[1:]
    np.testing.assert_allclose(
        fresnel_conductor(cosines, n, 0.0), fresnel_dielectric(cosines, n)[0], atol=1e-12
    )


@pytest.mark.parametrize("n", INDICES)
def test_normal_incidence(n: float) -> None:
    expected = ((n - 1) / (n + 1)) ** 2
    assert fresnel_dielectric(1.0, n)[0] == pytest.approx(expected, abs=1e-15)
    assert f0(n) == pytest.approx(expected, abs=1e-15)
    assert f0(0.3, 2.9) == pytest.approx(float(fresnel_conductor(1.0, 0.3, 2.9)), abs=1e-15)


@pytest.mark.parametrize("n", [1.5, 2.417])
def test_at_brewsters_angle_only_s_is_reflected(n: float) -> None:
    """tan(angle) = n; there R_p = 0 and R_s = ((n^2 - 1) / (n^2 + 1))^2, so R is half of it."""
    cos_brewster = np.cos(np.arctan(n))
    expected = 0.5 * ((n**2 - 1) / (n**2 + 1)) ** 2
    assert fresnel_dielectric(cos_brewster, n)[0] == pytest.approx(expected, abs=1e-14)


def test_beyond_the_critical_angle_everything_is_reflected() -> None:
    """Diamond's critical angle is 24.4 degrees."""
    critical = np.arcsin(1 / 2.417)
    assert np.degrees(critical) == pytest.approx(24.44, abs=0.01)
    below, above = np.cos(critical - 1e-4), np.cos(critical + 1e-4)
    r, _ = fresnel_dielectric(np.array([below, above, 0.0]), 1 / 2.417)
    assert 0.8 < r[0] < 1.0
    np.testing.assert_array_equal(r[1:], 1.0)


def test_grazing_light_is_reflected() -> None:
    assert fresnel_dielectric(0.0, 1.5)[0] == pytest.approx(1.0)
    assert fresnel_conductor(0.0, 0.3, 2.9) == pytest.approx(1.0)


@given(st.floats(0.01, 1.0), st.floats(1.05, 3.0))
def test_the_way_back_reflects_the_same(cos_i: float, n: float) -> None:
    cos_t = np.sqrt(1.0 - (1.0 - cos_i**2) / n**2)
    there, back = fresnel_dielectric(cos_i, n)[0], fresnel_dielectric(cos_t, 1 / n)[0]
    assert back == pytest.approx(float(there), abs=1e-9)


@given(st.floats(0.0, 1.0), st.floats(0.05, 5.0), st.floats(0.0, 12.0))
def test_no_metal_reflects_more_than_it_gets(cos_i: float, n: float, k: float) -> None:
    r = float(fresnel_conductor(cos_i, n, k))
    assert 0.0 <= r <= 1.0 + 1e-12


def test_conductor_against_a_textbook_value() -> None:
    """s and p by real arithmetic, as an independent way to the same number."""
    c, n, k = 0.5, 0.3, 2.9
    s2 = 1 - c * c
    a2b2 = np.sqrt((n * n - k * k - s2) ** 2 + 4 * n * n * k * k)
    a = np.sqrt(0.5 * (a2b2 + n * n - k * k - s2))
    r_s = (a2b2 - 2 * a * c + c * c) / (a2b2 + 2 * a * c + c * c)
    r_p = (
        r_s * (a2b2 * c * c - 2 * a * c * s2 + s2 * s2) / (a2b2 * c * c + 2 * a * c * s2 + s2 * s2)
    )
    assert fresnel_conductor(c, n, k) == pytest.approx(0.5 * (r_s + r_p), abs=1e-13)


def diamond(wavelength: object) -> np.ndarray:
    return sellmeier(wavelength, [0.3306, 4.3356], [0.1750**2, 0.1060**2])  # type: ignore[arg-type]


def test_diamond_is_peters_diamond() -> None:
    assert float(diamond(589.3)) == pytest.approx(2.417, abs=0.001)
    assert dispersion_bg(diamond) == pytest.approx(0.044, abs=0.0005)
    assert abbe_d(diamond) == pytest.approx(55.3, abs=0.1)


def test_sellmeier_keeps_the_shape_of_its_argument() -> None:
    assert diamond(np.full((2, 3), 589.3)).shape == (2, 3)
    assert float(diamond(589.3)) == float(diamond([500.0, 589.3])[1])

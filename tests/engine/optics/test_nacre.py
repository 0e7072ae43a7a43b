"""Layers of nacre against the product of their matrices, and coats against their sums."""

from __future__ import annotations

import numpy as np
import pytest

from engine.optics import fresnel_dielectric
from engine.optics.coat import coat_albedo, coated_base
from engine.optics.lobe import COSINES, even, lobe_matrix
from engine.optics.nacre import SPAN, layers_lobe, nacre_table, stack
from engine.types import FloatArray
from materials.phenomena import Nacre

N = np.full(SPAN.shape, 1.68)


def nacre(**changes: float) -> Nacre:
    given = {
        "tablet_nm": 335.0,
        "sheet_nm": 25.0,
        "sheet_index": 1.43,
        "layers": 12,
        "disorder": 0.1,
        "roughness": 0.2,
    }
    said = {"model": "nacre", "evidence": "estimated", "source": "a test"}
    return Nacre.model_validate({**said, **given, **changes})


def by_matrices(given: Nacre, cosine: float, wavelength: float) -> float:
    """Reflectance of the layers for light inside a tablet: characteristic matrices multiplied out,
    the mean of both polarisations."""
    n = {"tablet": 1.68, "sheet": given.sheet_index}
    sine = np.sqrt(1 - cosine**2) * n["tablet"]
    total = 0.0
    for polarisation in ("s", "p"):
        matrix, admittance = np.eye(2, dtype=complex), {}
        layers = [("sheet", given.sheet_nm), ("tablet", given.tablet_nm)] * given.layers
        for name in n:
            c = np.sqrt(1 - (sine / n[name]) ** 2)
            admittance[name] = n[name] * c if polarisation == "s" else n[name] / c
        for name, thickness in layers:
            c = np.sqrt(1 - (sine / n[name]) ** 2)
            δ = 2 * np.pi * n[name] * c * thickness / wavelength
            y = admittance[name]
            matrix = matrix @ np.array(
                [[np.cos(δ), 1j * np.sin(δ) / y], [1j * y * np.sin(δ), np.cos(δ)]]
            )
        y = admittance["tablet"]
        b, c = matrix @ np.array([1.0, y])
        total += 0.5 * abs((y * b - c) / (y * b + c)) ** 2
    return total


@pytest.mark.parametrize("cosine", [1.0, 0.92, 0.85])
def test_the_closed_form_is_the_product_of_the_matrices(cosine: float) -> None:
    given = nacre()
    found = stack(given, N, np.full((1, len(SPAN)), cosine), 1.0)[0]
    expected = [by_matrices(given, cosine, float(w)) for w in SPAN]
    np.testing.assert_allclose(found, expected, atol=1e-9)
    assert max(expected) > 0.2


def hue_of(lobe: FloatArray, angle_deg: float) -> float:
    """Wavelength of the strongest band from 420 to 700 nm at an angle of incidence."""
    seen = (SPAN >= 420) & (SPAN <= 700)
    at = int(np.argmin(np.abs(COSINES - np.cos(np.radians(angle_deg)))))
    return float(SPAN[seen][np.argmax(lobe[at][seen])])


def test_bands_wander_to_the_blue_with_the_angle() -> None:
    lobe = layers_lobe(nacre(disorder=0.03), N)
    # 2 n d of a period, over two: the second order.
    assert hue_of(lobe, 0.0) == pytest.approx(1.68 * 335 + 1.43 * 25, abs=8.0)
    assert hue_of(lobe, 0.0) > hue_of(lobe, 35.0) + 15 > hue_of(lobe, 50.0) + 25


def test_disorder_makes_the_colours_pastel() -> None:
    seen = (SPAN >= 420) & (SPAN <= 700)
    spreads = [
        lobe[-1][seen].std() / lobe[-1][seen].mean()
        for lobe in (layers_lobe(nacre(disorder=d), N) for d in (0.03, 0.1, 0.25))
    ]
    assert spreads[0] > 1.4 * spreads[1] > 1.4 * 1.4 * spreads[2]


def test_a_pearl_reflects_no_more_than_there_is() -> None:
    table = nacre_table(nacre(layers=60), N, 0.06)
    assert table.lobe.min() >= 0.0
    assert table.albedo.max() <= 1.0
    assert (table.albedo >= table.lobe.min()).all()
    assert ((table.even > 0.05) & (table.even < 0.6)).all()


def test_thicker_layers_reflect_what_thin_ones_do_at_shorter_wavelengths() -> None:
    one, thick = (layers_lobe(nacre(tablet_nm=t, sheet_nm=s), N) for t, s in ((300, 20), (330, 22)))
    shifted = np.interp(SPAN / 1.1, SPAN, one[-1])
    inside = (SPAN > 400) & (SPAN < 900)
    np.testing.assert_allclose(thick[-1][inside], shifted[inside], atol=2e-3)


@pytest.mark.parametrize("α", [0.05, 0.3])
def test_a_lobe_of_mirrors_loses_only_what_goes_below(α: float) -> None:
    albedo = lobe_matrix(α, COSINES).sum(axis=1)
    assert albedo.max() <= 1.0 + 1e-9
    # At normal incidence a facet steeper than 45 degrees mirrors below: α²/(1 + α²) of them.
    assert albedo[-1] == pytest.approx(1 - α**2 / (1 + α**2), abs=0.045 if α > 0.1 else 0.003)


def test_a_smooth_lobe_is_the_reflectance_itself() -> None:
    # But at grazing incidence itself, where even the smoothest lobe is cut by the horizon.
    expected = fresnel_dielectric(COSINES[1:], 1.5)[0]
    np.testing.assert_allclose(coat_albedo(1.5, 1e-3)[1:], expected, atol=0.002)


def test_even_light_of_a_constant_and_of_a_line() -> None:
    assert even(np.ones(33)) == pytest.approx(1.0)
    assert even(COSINES) == pytest.approx(2.0 / 3.0)


def test_a_base_under_a_coat_gives_back_what_got_in() -> None:
    coat = coat_albedo(1.5, 0.2)
    out = coated_base(np.array([1.0]), coat)[0] * (1.0 - even(coat))
    assert out == pytest.approx(1.0)

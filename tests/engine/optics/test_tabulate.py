"""Materials as spectra: what the tracer gets."""

from pathlib import Path

import numpy as np
import pytest

import materials
from engine.optics import (
    WAVELENGTHS,
    beer_lambert,
    f0_xyz,
    gaussian_band,
    illuminant,
    sellmeier,
    tabulate,
    xyz_of,
)
from engine.optics.alloy import alloy_index, atomic_fractions, noble_permittivity
from materials.elements import element
from materials.schema import AlloyIndex, Symbol
from tests.materials.examples import GEM, write


def alloy(**per_mille: float) -> AlloyIndex:
    return AlloyIndex.model_validate(
        {"model": "alloy", "per_mille": per_mille, "evidence": "estimated", "source": "a test"}
    )


@pytest.mark.parametrize("name", materials.names())
def test_every_material_gives_finite_spectra(name: str) -> None:
    table = tabulate(materials.load(name))
    assert tabulate(materials.load(name)) is table
    for spectrum in (table.n, table.k, table.absorption, table.reflectance):
        assert spectrum.shape == (471,)
        assert np.isfinite(spectrum).all()
        assert spectrum.min() >= 0.0
        with pytest.raises(ValueError, match="read-only"):
            spectrum[0] = 1.0
    assert table.n.min() > 0.0
    assert table.f0.max() < 1.0
    assert table.reflectance.max() <= 1.0


def test_kinds_use_the_spectra_that_are_theirs() -> None:
    gold, ruby, pearl = (tabulate(materials.load(n)) for n in ("gold-24k", "ruby", "pearl-white"))
    assert gold.k.min() > 1.0
    assert gold.absorption.max() == gold.reflectance.max() == 0.0
    assert ruby.absorption.max() > 0.1
    assert ruby.k.max() == ruby.reflectance.max() == 0.0
    assert pearl.reflectance.min() > 0.3
    assert pearl.k.max() == pearl.absorption.max() == 0.0


def test_beyond_its_range_a_fit_goes_on_or_holds_as_the_file_says(tmp_path: Path) -> None:
    on = tabulate(materials.load(write(tmp_path, GEM)))
    held = tabulate(
        materials.load(write(tmp_path, GEM.replace("outside: formula", "outside: hold")))
    )
    inside = (WAVELENGTHS >= 400) & (WAVELENGTHS <= 700)
    np.testing.assert_array_equal(on.n[inside], held.n[inside])
    np.testing.assert_allclose(on.n, sellmeier(WAVELENGTHS, [1.4], [0.01]))
    assert np.unique(held.n[WAVELENGTHS >= 700]).size == 1
    assert held.n[0] == held.n[40] < on.n[0]


def test_beer_and_lambert() -> None:
    assert beer_lambert(0.5, 2.0) == pytest.approx(np.exp(-1.0))
    a = tabulate(materials.load("sapphire")).absorption
    np.testing.assert_allclose(beer_lambert(a, 3.0) * beer_lambert(a, 4.0), beer_lambert(a, 7.0))


def test_a_band_peaks_at_its_centre_and_is_half_at_its_half_width() -> None:
    assert gaussian_band(550.0, 550.0, 100.0, 0.4) == pytest.approx(0.4)
    nu, half = 1e7 / 550.0, 0.5 * 1e7 * 100.0 / 550.0**2
    assert gaussian_band(1e7 / (nu + half), 550.0, 100.0, 0.4) == pytest.approx(0.2)
    assert gaussian_band(1e7 / (nu - half), 550.0, 100.0, 0.4) == pytest.approx(0.2)


def test_weights_become_shares_of_atoms() -> None:
    shares = atomic_fractions({"Au": 750.0, "Ag": 125.0, "Cu": 125.0})
    assert sum(shares.values()) == pytest.approx(1.0)
    # By hand: 750/196.97 = 3.808, 125/107.87 = 1.159, 125/63.55 = 1.967 moles.
    assert shares["Au"] == pytest.approx(3.808 / 6.934, abs=1e-3)
    assert shares["Cu"] == pytest.approx(1.967 / 6.934, abs=1e-3)


@pytest.mark.parametrize("symbol", ["Au", "Ag", "Cu", "Pd", "Ni", "Pt", "Rh", "Ti"])
def test_an_alloy_of_one_element_is_that_element(symbol: Symbol) -> None:
    n, k = alloy_index(alloy(**{symbol: 1000.0}))
    table = element(symbol).index
    assert table is not None
    w = np.array(table.wavelength_nm)
    inside = (w >= 360) & (w <= 830) & (w == np.round(w))
    at = np.searchsorted(WAVELENGTHS, w[inside])
    np.testing.assert_allclose(n[at], np.array(table.n)[inside], rtol=1e-9)
    assert table.k is not None
    np.testing.assert_allclose(k[at], np.array(table.k)[inside], rtol=1e-9)


def test_gold_silver_absorbs_at_every_composition() -> None:
    for gold in np.linspace(0.0, 1.0, 41):
        assert noble_permittivity(float(gold)).imag.min() > 0.0


def test_order_and_missing_parts_of_an_alloy_do_not_matter() -> None:
    a = alloy_index(alloy(Au=750.0, Cu=250.0))
    b = alloy_index(alloy(Cu=250.0, Ag=0.0, Au=750.0))
    np.testing.assert_allclose(a, b, rtol=1e-12)


def test_f0_xyz_is_the_colour_at_normal_incidence() -> None:
    table = tabulate(materials.load("gold-24k"))
    np.testing.assert_array_equal(f0_xyz(table), xyz_of(table.f0 * illuminant("D65")))
    under_a = f0_xyz(table, illuminant("A"))
    assert under_a[0] > f0_xyz(table)[0]

"""The observer and the lights against colour-science."""

import numpy as np
import pytest
from scipy import constants

from engine.errors import SceneError
from engine.optics import (
    ILLUMINANTS,
    WAVELENGTHS,
    blackbody,
    cmf,
    correlated_temperature,
    illuminant,
    illuminant_d,
    unit_luminance,
    xyz_of,
)
from engine.optics.alloy import HC_EV_NM
from engine.optics.illuminants import C2_NM_K
from tests.engine.optics.colours import colour, spectrum_of


def test_the_observer_is_the_published_table() -> None:
    published = colour.MSDS_CMFS["CIE 1931 2 Degree Standard Observer"]
    np.testing.assert_array_equal(WAVELENGTHS, published.wavelengths)
    np.testing.assert_array_equal(cmf(), published.values)


def test_flat_spectra_have_unit_luminance() -> None:
    assert xyz_of(np.ones(471))[1] == pytest.approx(1.0, abs=1e-15)
    assert xyz_of(np.ones((4, 2, 471))).shape == (4, 2, 3)


@pytest.mark.parametrize("name", ["A", "D50", "D55", "D65", "D75"])
def test_standard_lights_agree_with_the_cie_tables(name: str) -> None:
    table = colour.SDS_ILLUMINANTS[name]
    published = unit_luminance(spectrum_of(table))
    # The CIE rounds the daylight coefficients to three digits; that moves a few parts in 1000.
    tabulated = table.wavelengths[-1] >= WAVELENGTHS
    np.testing.assert_allclose(illuminant(name)[tabulated], published[tabulated], rtol=4e-3)
    np.testing.assert_allclose(xyz_of(illuminant(name)), xyz_of(published), atol=2e-4)
    xy = colour.CCS_ILLUMINANTS["CIE 1931 2 Degree Standard Observer"][name]
    np.testing.assert_allclose(colour.XYZ_to_xy(xyz_of(illuminant(name))), xy, atol=2e-4)


@pytest.mark.parametrize("name", [name for name in ILLUMINANTS if name.startswith("LED")])
def test_leds_are_the_cie_tables(name: str) -> None:
    table = colour.SDS_ILLUMINANTS[name]
    at = np.searchsorted(WAVELENGTHS, table.wavelengths)
    ours = illuminant(name)[at]
    np.testing.assert_allclose(ours / ours.max(), table.values / table.values.max(), rtol=1e-12)
    xyz = xyz_of(illuminant(name))
    assert xyz[1] == pytest.approx(1.0, abs=1e-12)
    xy = colour.CCS_ILLUMINANTS["CIE 1931 2 Degree Standard Observer"][name]
    np.testing.assert_allclose(colour.XYZ_to_xy(xyz), xy, atol=3e-4)


@pytest.mark.parametrize("cct", [4000.0, 5200.0, 6500.0, 7000.0, 9300.0, 25000.0])
def test_daylight_has_its_colour_temperature(cct: float) -> None:
    xyz = xyz_of(illuminant_d(cct))
    assert xyz[1] == pytest.approx(1.0, abs=1e-12)
    expected = colour.temperature.CCT_to_xy_CIE_D(cct)
    np.testing.assert_allclose(colour.XYZ_to_xy(xyz), expected, atol=3e-4)


@pytest.mark.parametrize("kelvin", [1500.0, 2856.0, 5000.0, 12000.0])
def test_blackbody_has_its_temperature(kelvin: float) -> None:
    xyz = xyz_of(blackbody(kelvin))
    assert xyz[1] == pytest.approx(1.0, abs=1e-12)
    uv = colour.UCS_to_uv(colour.XYZ_to_UCS(xyz))
    cct, duv = colour.temperature.uv_to_CCT_Ohno2013(uv)
    assert cct == pytest.approx(kelvin, rel=2e-3)
    assert abs(duv) < 2e-4


@pytest.mark.parametrize(("name", "kelvin"), [("A", 2856), ("D50", 5003), ("D65", 6504)])
def test_a_light_has_its_correlated_temperature(name: str, kelvin: float) -> None:
    xyz = xyz_of(illuminant(name))
    assert correlated_temperature(xyz) == pytest.approx(kelvin, abs=15)
    theirs = colour.temperature.xy_to_CCT_McCamy1992(colour.XYZ_to_xy(xyz))
    assert correlated_temperature(xyz) == pytest.approx(float(theirs), abs=1e-6)


def test_illuminant_a_is_a_blackbody_of_2856_kelvin() -> None:
    np.testing.assert_allclose(illuminant("A"), blackbody(2855.5), rtol=2e-3)


def test_lights_that_do_not_exist_are_refused() -> None:
    with pytest.raises(SceneError, match=r"no illuminant is called 'D66': choose A, .* or LED-V2"):
        illuminant("D66")
    with pytest.raises(SceneError, match="from 4000 to 25000 K, not at 2700 K"):
        illuminant_d(2700.0)
    for kelvin in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(SceneError, match="a blackbody needs"):
            blackbody(kelvin)
    with pytest.raises(SceneError):
        illuminant_d(float("nan"))


def test_shared_spectra_cannot_be_written_to() -> None:
    with pytest.raises(ValueError, match="read-only"):
        illuminant("D65")[0] = 1.0


def test_constants_of_nature() -> None:
    hc = constants.h * constants.c
    assert pytest.approx(hc / constants.k * 1e9, rel=1e-9) == C2_NM_K
    assert pytest.approx(hc / constants.e * 1e9, rel=1e-9) == HC_EV_NM

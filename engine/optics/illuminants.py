"""Spectra of lights on the grid, each of unit luminance (Y = 1).

CIE daylight (from the components S0, S1, S2) and illuminant A, with the constants as they stand in
the package colour-science 0.4.7; Planck's law with today's exact constants. Daylights differ from
the CIE's own tables by up to 4 parts in 1000, because those round the daylight coefficients. LEDs
are the CIE's tables (CIE 015:2018), see data/led.csv.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from engine.errors import SceneError
from engine.optics.grid import WAVELENGTHS, on_grid, read_table
from engine.optics.observer import cmf
from engine.types import FloatArray

#: Second radiation constant hc/k, in nm K (exact; as in scipy.constants).
C2_NM_K = 1.438776877e7

#: Daylight is defined between these correlated colour temperatures, K.
DAYLIGHT_RANGE_K = (4000.0, 25000.0)

#: Correlated colour temperatures in K by which daylight illuminants are named.
_DAYLIGHTS = {"D50": 5000.0, "D55": 5500.0, "D65": 6500.0, "D75": 7500.0}

#: The CIE's LEDs, in the order of the columns of data/led.csv.
_LEDS = (
    "LED-B1",
    "LED-B2",
    "LED-B3",
    "LED-B4",
    "LED-B5",
    "LED-BH1",
    "LED-RGB1",
    "LED-V1",
    "LED-V2",
)

#: Names that `illuminant` knows.
ILLUMINANTS = ("A", *_DAYLIGHTS, "E", *_LEDS)

#: D65 was named when c2 was 1.4380e-2 m K; with 1.4388e-2 m K its temperature reads 6504 K.
_C2_CHANGE = 1.4388 / 1.4380


def unit_luminance(spectrum: FloatArray) -> FloatArray:
    """The spectrum [471] scaled to Y = 1 (see `xyz_of`)."""
    y = cmf()[:, 1]
    scaled: FloatArray = spectrum * (y.sum() / (spectrum @ y))
    return scaled


def daylight_xy(cct_k: float) -> tuple[float, float]:
    """Chromaticity of CIE daylight of that correlated colour temperature.

    Raises SceneError outside 4000 to 25000 K.
    """
    low, high = DAYLIGHT_RANGE_K
    if not low <= cct_k <= high:
        raise SceneError(
            f"daylight is defined from {low:g} to {high:g} K, not at {cct_k:g} K: "
            "choose another temperature or a blackbody"
        )
    t = 1e3 / cct_k
    if cct_k <= 7000.0:
        x = -4.6070 * t**3 + 2.9678 * t**2 + 0.09911 * t + 0.244063
    else:
        x = -2.0064 * t**3 + 1.9018 * t**2 + 0.24748 * t + 0.237040
    return x, -3.000 * x**2 + 2.870 * x - 0.275


def illuminant_d(cct_k: float) -> FloatArray:
    """CIE daylight of correlated colour temperature `cct_k`, 4000 to 25000 K; [471], Y = 1."""
    x, y = daylight_xy(cct_k)
    m = 0.0241 + 0.2562 * x - 0.7341 * y
    m1 = (-1.3515 - 1.7703 * x + 5.9114 * y) / m
    m2 = (0.0300 - 31.4424 * x + 30.0717 * y) / m
    table = read_table("daylight.csv")
    return unit_luminance(on_grid(table[:, 0], table[:, 1:] @ np.array([1.0, m1, m2])))


def blackbody(cct_k: float) -> FloatArray:
    """Planck's law at temperature `cct_k` in K; [471], Y = 1.

    Raises SceneError outside 500 to 1000000 K: colder bodies give no visible light to speak of.
    """
    if not 500.0 <= cct_k <= 1e6:
        raise SceneError(f"a blackbody needs a temperature from 500 to 1000000 K, not {cct_k:g} K")
    exponent = C2_NM_K / (WAVELENGTHS * cct_k)
    # Relative to the exponent at 560 nm, so that cold bodies do not underflow.
    shape = np.exp(C2_NM_K / (560.0 * cct_k) - exponent) / -np.expm1(-exponent)
    return unit_luminance(shape * (560.0 / WAVELENGTHS) ** 5)


@cache
def illuminant(name: str) -> FloatArray:
    """A standard light by name, one of `ILLUMINANTS`; [471], Y = 1, read-only.

    Raises SceneError for another name.
    """
    spectrum = _standard(name.upper())
    spectrum.setflags(write=False)
    return spectrum


def _standard(name: str) -> FloatArray:
    if name == "A":
        # A is defined by 2848 K and c2 = 1.435e-2 m K, which is 2856 K on today's scale.
        exponent = 1.435e7 / (2848.0 * WAVELENGTHS)
        return unit_luminance((560.0 / WAVELENGTHS) ** 5 / np.expm1(exponent))
    if name == "E":
        return unit_luminance(np.ones_like(WAVELENGTHS))
    if name in _LEDS:
        table = read_table("led.csv")
        return unit_luminance(on_grid(table[:, 0], table[:, 1 + _LEDS.index(name)]))
    if name not in _DAYLIGHTS:
        known = f"{', '.join(ILLUMINANTS[:-1])} or {ILLUMINANTS[-1]}"
        raise SceneError(f"no illuminant is called '{name}': choose {known}")
    return illuminant_d(_DAYLIGHTS[name] * _C2_CHANGE)

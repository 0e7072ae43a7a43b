"""The CIE 1931 2 degree standard observer: spectra to tristimulus values.

Source: the CIE's table at 1 nm; see data/cie1931.csv. Sums over the 1-nm grid take the place of
integrals, as is usual in colorimetry.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from engine.optics.grid import read_table
from engine.types import FloatArray


@cache
def cmf() -> FloatArray:
    """Colour matching functions x, y, z on the grid, [471, 3], read-only."""
    table = read_table("cie1931.csv")[:, 1:]
    table.setflags(write=False)
    return table


def xyz_of(spectrum: FloatArray) -> FloatArray:
    """XYZ of a spectrum (a light's power, or reflectance times light).

    spectrum : [..., 471]. Returns [..., 3], scaled so that a flat spectrum of 1 has Y = 1; a light
    of unit luminance from `illuminant` therefore has Y = 1 too.
    """
    weights = cmf()
    xyz: FloatArray = spectrum @ weights / weights[:, 1].sum()
    return xyz


def correlated_temperature(xyz: FloatArray) -> float:
    """Correlated colour temperature of XYZ, K; good to some 10 K between 2900 and 6500 K.

    C. S. McCamy, Correlated color temperature as an explicit function of chromaticity coordinates,
    Color Research and Application 17 (1992), as in the package colour-science 0.4.7.
    """
    x, y = np.asarray(xyz)[:2] / np.sum(xyz)
    n = (x - 0.3320) / (y - 0.1858)
    return float(-449 * n**3 + 3525 * n**2 - 6823.3 * n + 5520.33)

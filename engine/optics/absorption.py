"""What a medium takes from light on its way."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.types import FloatArray

#: Gaussian bands are symmetric in energy; 1 nm and 1 cm^-1 multiply to this.
_NM_PER_WAVENUMBER = 1e7


def beer_lambert(absorption: npt.ArrayLike, length_mm: npt.ArrayLike) -> FloatArray:
    """Transmitted part exp(-a l); absorption per mm (base e), length in mm; they broadcast."""
    transmitted: FloatArray = np.exp(-np.asarray(absorption) * np.asarray(length_mm))
    return transmitted


def gaussian_band(
    wavelength: npt.ArrayLike, centre_nm: float, width_nm: float, peak_per_mm: float
) -> FloatArray:
    """One absorption band, Gaussian in wavenumber; [...] per mm.

    centre_nm : wavelength of the peak. width_nm : full width at half maximum, read at the peak
    (it is turned into wavenumbers there). peak_per_mm : base e.
    """
    nu = _NM_PER_WAVENUMBER / np.asarray(wavelength, np.float64)
    nu_0 = _NM_PER_WAVENUMBER / centre_nm
    fwhm = _NM_PER_WAVENUMBER * width_nm / centre_nm**2
    band: FloatArray = peak_per_mm * np.exp(-4.0 * np.log(2.0) * ((nu - nu_0) / fwhm) ** 2)
    return band

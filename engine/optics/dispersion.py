"""Refractive index as a function of wavelength, and the two numbers that sum it up.

Fraunhofer lines in nm: B 686.7, C 656.3, D 589.3 (mean of the sodium pair), d 587.6, F 486.1,
G 430.8. The B to G interval is what gem tables call dispersion.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from engine.types import FloatArray

LINE_B, LINE_C, LINE_D_SODIUM, LINE_D = 686.7, 656.3, 589.3, 587.6
LINE_F, LINE_G = 486.1, 430.8

Index = Callable[[npt.ArrayLike], FloatArray]


def sellmeier(
    wavelength: npt.ArrayLike,
    b: npt.ArrayLike,
    c_squared: npt.ArrayLike,
    constant: float = 0.0,
) -> FloatArray:
    """n(w) = sqrt(1 + constant + sum_i b_i w^2 / (w^2 - C_i)), with w in micrometres.

    wavelength : [...] nm in vacuum. b : [T]. c_squared : [T] um^2.
    Says nothing about where the fit is valid; `tabulate` keeps to what the material's file says.

    >>> round(float(sellmeier(589.3, [0.3306, 4.3356], [0.1750**2, 0.1060**2])), 3)
    2.417
    """
    w2 = (np.asarray(wavelength, np.float64)[..., None] * 1e-3) ** 2
    terms = np.asarray(b, np.float64) * w2 / (w2 - np.asarray(c_squared, np.float64))
    n: FloatArray = np.sqrt(1.0 + constant + terms.sum(axis=-1))
    return n


def dispersion_bg(index: Index) -> float:
    """n(430.8 nm) - n(686.7 nm), the dispersion of gem tables."""
    return float(index(LINE_G) - index(LINE_B))


def abbe_d(index: Index) -> float:
    """(n_d - 1) / (n_F - n_C), the Abbe number at the d line."""
    return float((index(LINE_D) - 1.0) / (index(LINE_F) - index(LINE_C)))

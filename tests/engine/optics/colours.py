"""colour-science, the independent colorimetry that our own is compared with.

Its import warns about a missing plotting library, and here warnings are errors.
"""

import warnings

import numpy as np

from engine.optics import illuminant, xyz_of
from engine.types import FloatArray

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import colour

__all__ = ["colour", "lab_d65", "spectrum_of"]


def lab_d65(reflectance: FloatArray) -> FloatArray:
    """CIELAB [3] of a reflectance or transmittance [471] under D65, 2 degree observer."""
    light = illuminant("D65")
    white = colour.XYZ_to_xy(xyz_of(light))
    return np.asarray(colour.XYZ_to_Lab(xyz_of(reflectance * light), white), np.float64)


def spectrum_of(distribution: object) -> FloatArray:
    """A distribution of the package on our grid, [471]."""
    aligned = distribution.copy().align(colour.SpectralShape(360, 830, 1))  # type: ignore[attr-defined]
    return np.asarray(aligned.values, np.float64)

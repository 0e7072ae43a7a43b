"""Monochromatic light for tests."""

from __future__ import annotations

import numpy as np

from engine.optics import WAVELENGTHS, XYZ_TO_REC709, cmf
from engine.types import FloatArray


def spectral(nm: FloatArray) -> FloatArray:
    """Linear Rec. 709 of monochromatic light whose X + Y + Z is 1."""
    xyz = np.stack([np.interp(nm, WAVELENGTHS, cmf()[:, i]) for i in range(3)], axis=1)
    rgb: FloatArray = (xyz / xyz.sum(axis=1, keepdims=True)) @ XYZ_TO_REC709.T
    return rgb

"""Linear Rec. 709, its encoding as sRGB, and chromatic adaptation.

Sources: primaries and white of ITU-R BT.709 and the encoding of IEC 61966-2-1, as they stand in
the package colour-science 0.4.7 (as is the Bradford matrix).

The white is that of `illuminant("D65")` on our grid (x = .31271, y = .32901) instead of its
rounding to four digits, so that a perfect diffuser under D65 is (1, 1, 1) to the last bit.
"""

from __future__ import annotations

import numpy as np

from engine.optics.illuminants import illuminant
from engine.optics.observer import xyz_of
from engine.types import FloatArray

#: Chromaticities x, y of red, green and blue (BT.709).
REC709_PRIMARIES: FloatArray = np.array([[0.64, 0.33], [0.30, 0.60], [0.15, 0.06]])

#: Cone-like responses of the Bradford transform.
BRADFORD: FloatArray = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)

#: XYZ of D65, Y = 1.
D65_WHITE: FloatArray = xyz_of(illuminant("D65"))


def _from_primaries(primaries: FloatArray, white: FloatArray) -> FloatArray:
    """[3, 3] RGB to XYZ such that (1, 1, 1) has the white's XYZ."""
    x, y = primaries.T
    columns = np.stack([x / y, np.ones(3), (1 - x - y) / y])
    matrix: FloatArray = columns * np.linalg.solve(columns, white)
    return matrix


REC709_TO_XYZ: FloatArray = _from_primaries(REC709_PRIMARIES, D65_WHITE)
XYZ_TO_REC709: FloatArray = np.linalg.inv(REC709_TO_XYZ).astype(np.float64)


def adapt(from_white: FloatArray, to_white: FloatArray) -> FloatArray:
    """[3, 3] XYZ under one white to XYZ under another (Bradford, von Kries scaling).

    from_white, to_white : [3] XYZ; their luminances take part: equal Y keeps Y of the white.
    """
    gain = (BRADFORD @ np.asarray(to_white)) / (BRADFORD @ np.asarray(from_white))
    matrix: FloatArray = np.linalg.inv(BRADFORD) @ (gain[:, None] * BRADFORD)
    return matrix


def srgb_encode(linear: FloatArray) -> FloatArray:
    """Linear light to sRGB code values, both [...]; odd about 0, so negatives survive."""
    a = np.abs(linear)
    low = 12.92 * a
    high = 1.055 * np.maximum(a, 0.0031308) ** (1 / 2.4) - 0.055
    coded: FloatArray = np.copysign(np.where(a <= 0.0031308, low, high), linear)
    return coded


def srgb_decode(coded: FloatArray) -> FloatArray:
    """sRGB code values to linear light, both [...]; the inverse of `srgb_encode`."""
    a = np.abs(coded)
    linear = np.where(a <= 0.04045, a / 12.92, ((a + 0.055) / 1.055) ** 2.4)
    signed: FloatArray = np.copysign(linear, coded)
    return signed

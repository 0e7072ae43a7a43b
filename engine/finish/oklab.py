"""Oklab: lightness and two opponent axes in which hue stays put when chroma or lightness change.

Source: B. Ottosson, "A perceptual color space for image processing" (2020),
https://bottosson.github.io/posts/oklab/; the matrices as they stand in the package colour-science
0.4.7. The cone gains are set so that our D65 is exactly L = 1, a = b = 0, the way the CSS working
group did for its own rounding of D65.
"""

from __future__ import annotations

import numpy as np

from engine.optics import D65_WHITE, REC709_TO_XYZ
from engine.types import FloatArray

_XYZ_TO_LMS: FloatArray = np.array(
    [
        [0.8189330101, 0.3618667424, -0.1288597137],
        [0.0329845436, 0.9293118715, 0.0361456387],
        [0.0482003018, 0.2643662691, 0.6338517070],
    ]
)
_LMS_TO_LAB: FloatArray = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def _exact_on_grey(matrix: FloatArray, sums: FloatArray) -> FloatArray:
    """`matrix` with its last column set so that the rows sum to `sums` (a change below 1e-7)."""
    exact = matrix.copy()
    exact[:, 2] = sums - matrix[:, :2].sum(axis=1)
    return exact


#: Linear Rec. 709 to cone responses, rows summing to 1.
RGB_TO_LMS: FloatArray = (_XYZ_TO_LMS @ REC709_TO_XYZ) / (_XYZ_TO_LMS @ D65_WHITE)[:, None]
LMS_TO_RGB: FloatArray = np.linalg.inv(RGB_TO_LMS).astype(np.float64)

_TO_LAB = _exact_on_grey(_LMS_TO_LAB, np.array([1.0, 0.0, 0.0]))

#: Oklab to the cube roots of the cone responses; the first column is 1.
LAB_TO_ROOTS: FloatArray = np.linalg.inv(_TO_LAB).astype(np.float64)


def from_rgb(rgb: FloatArray) -> FloatArray:
    """Oklab [..., 3] of linear Rec. 709 [..., 3], which may lie outside [0, 1]."""
    lab: FloatArray = np.matmul(np.cbrt(np.matmul(rgb, RGB_TO_LMS.T)), _TO_LAB.T)
    return lab


def to_rgb(lab: FloatArray) -> FloatArray:
    """Linear Rec. 709 [..., 3] of Oklab [..., 3]; the inverse of `from_rgb`."""
    roots = np.matmul(lab, LAB_TO_ROOTS.T)
    rgb: FloatArray = np.matmul(
        roots * roots * roots, LMS_TO_RGB.T
    )  # Several times as fast as **3.
    return rgb

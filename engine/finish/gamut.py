"""Bring colours into Rec. 709 with their hue, in smooth steps and never a hard edge.

Spectral colours lie outside every display's gamut. Clipping them channel by channel turns a
rainbow into six flat patches; reducing chroma alone, at constant lightness, turns 470 nm into a
dark teal. So:

1. `soften` mixes a colour with white of its largest component until nothing is negative: the
   distances of the channels from the largest, d = (max - c) / max, are squeezed below 1, as in the
   ACES reference gamut compression (github.com/ampas/aces-vwg-gamut-mapping-2020), but all by the
   same factor. This gives lightness and chroma. The hue, which would turn (blue to violet), is
   put back in Oklab, and as that leaves the gamut a little, the step is repeated.
2. `fit` reduces chroma at constant Oklab lightness and hue below the largest that fits, for the
   rest (one of the choices in B. Ottosson, "sRGB gamut clipping", 2021,
   https://bottosson.github.io/posts/gamutclipping/).

Both squeeze a ratio r by h(r) = k + (1 - k) u / sqrt(1 + u^2), u = (r - k) / (1 - k), beyond a
knee k: h is strictly monotone, so nothing collapses, and colours below the knees keep their value.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.finish import oklab
from engine.types import FloatArray

#: Knees of the repeated first step and of the second, as parts of what fits (estimated: by eye on
#: spectra; with fewer repetitions 460 to 475 nm grows a dark band).
SOFT_KNEES = (0.92, 0.97, 0.97, 0.98)
FIT_KNEE = 0.985

#: Halvings of the interval in which the gamut's edge is looked for: to 3e-7 of the chroma.
_HALVINGS = 22

#: How far outside [0, 1] still counts as inside: rounding.
_SLACK = 1e-9


def soften(rgb: FloatArray) -> FloatArray:
    """Oklab [N, 3] of linear Rec. 709 [N, 3] after the first step; hue as it was."""
    lab = oklab.from_rgb(rgb)
    vivid = _distance(rgb) > SOFT_KNEES[0]
    hue = lab[vivid, 1:] / np.maximum(np.hypot(*lab[vivid, 1:].T), 1e-30)[:, None]
    softened, inner = lab[vivid], rgb[vivid]
    for knee in SOFT_KNEES:
        distance, peak = _distance(inner), inner.max(axis=1)
        nearer = _squeeze(distance, knee) / np.maximum(distance, 1e-30)
        softened = oklab.from_rgb(peak[:, None] - (peak[:, None] - inner) * nearer[:, None])
        softened[:, 1:] = hue * np.hypot(softened[:, 1], softened[:, 2])[:, None]
        inner = oklab.to_rgb(softened)
    lab[vivid] = softened
    return lab


def _distance(rgb: FloatArray) -> FloatArray:
    """[N] distance of the smallest component from the largest, as a part of the largest."""
    peak = rgb.max(axis=1)
    distance: FloatArray = np.divide(
        peak - rgb.min(axis=1), peak, out=np.zeros(len(rgb)), where=peak > 0
    )
    return distance


def fit(lab: FloatArray) -> FloatArray:
    """Linear Rec. 709 in [0, 1], [N, 3], of Oklab [N, 3] with L <= 1: the second step."""
    more = oklab.to_rgb(lab * np.array([1.0, 1 / FIT_KNEE, 1 / FIT_KNEE]))
    tight = (more.min(axis=1) < -_SLACK) | (more.max(axis=1) > 1 + _SLACK)
    if tight.any():
        squeezed = lab[tight]
        edge = _edge(_cubics(squeezed))
        squeezed[:, 1:] *= (edge * _squeeze(1 / edge, FIT_KNEE))[:, None]
        lab = lab.copy()
        lab[tight] = squeezed
    return np.clip(oklab.to_rgb(lab), 0.0, 1.0)


def _cubics(lab: FloatArray) -> FloatArray:
    """[4, 3, N] coefficients, highest first, of R, G, B as polynomials in a factor on the chroma.

    Oklab leads to cone responses by (L + t k)^3 with k linear in a, b, and these linearly to RGB.
    """
    lightness = lab[:, 0]
    k = oklab.LAB_TO_ROOTS[:, 1:] @ lab[:, 1:].T
    square = lightness * lightness
    terms = (k * k * k, 3 * lightness * (k * k), 3 * square * k, square * lightness)
    cubics = np.zeros((4, *k.shape))
    for power in range(3):
        np.matmul(oklab.LMS_TO_RGB, terms[power], out=cubics[power])
    cubics[3] = terms[3]
    return cubics


def _fits(cubics: FloatArray, factor: FloatArray) -> npt.NDArray[np.bool_]:
    """[N] whether the colours with `factor` times their chroma lie in [0, 1]."""
    rgb = cubics[0] * factor
    for coefficient in cubics[1:-1]:
        rgb += coefficient
        rgb *= factor
    rgb += cubics[-1]
    inside: npt.NDArray[np.bool_] = (rgb.min(axis=0) >= -_SLACK) & (rgb.max(axis=0) <= 1 + _SLACK)
    return inside


def _edge(cubics: FloatArray) -> FloatArray:
    """[N] factor in (0, 1 / FIT_KNEE] on the chroma that reaches the gamut's edge, by bisection."""
    count = cubics.shape[-1]
    inside, outside = np.zeros(count), np.full(count, 1 / FIT_KNEE)
    for _ in range(_HALVINGS):
        middle = (inside + outside) / 2
        fits = _fits(cubics, middle)
        inside = np.where(fits, middle, inside)
        outside = np.where(fits, outside, middle)
    return outside


def _squeeze(ratio: FloatArray, knee: float) -> FloatArray:
    """h(r) of the module's text."""
    u = np.maximum(ratio - knee, 0.0) / (1 - knee)
    return np.minimum(ratio, knee) + (1 - knee) * u / np.sqrt(1 + u * u)

"""From display-referred light to code values of 8 or 16 bits."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from engine.optics import srgb_decode, srgb_encode
from engine.types import FloatArray, Picture

#: Rows are worked on in blocks of about this many pixels.
_BLOCK = 2**15

#: Multipliers of interleaved gradient noise (J. Jimenez, "Next generation post processing in Call
#: of Duty: Advanced Warfare", SIGGRAPH 2014; the values as quoted by B. Wronski, "Dithering part
#: three", 2016, https://bartwronski.com/2016/10/30/dithering-part-three-real-world-2d-quantization-dithering/).
_GRADIENT_X, _GRADIENT_Y, _SCALE = 0.06711056, 0.00583715, 52.9829189

#: How far thresholds keep off 0 and 1, in steps of the code.
_MARGIN = 1 / 512


def thresholds(rows: range, width: int) -> FloatArray:
    """[len(rows), width] fixed thresholds in (0, 1), evenly spread in every small neighbourhood.

    They keep off 0 and 1, so that a value is not moved by the rounding of its arithmetic.
    """
    y = np.arange(rows.start, rows.stop, dtype=np.float64)[:, None]
    x = np.arange(width, dtype=np.float64)[None, :]
    noise: FloatArray = np.mod(_SCALE * np.mod(_GRADIENT_X * x + _GRADIENT_Y * y, 1.0), 1.0)
    return _MARGIN + (1 - 2 * _MARGIN) * noise


def codes(picture: Picture, depth: int = 8, *, dither: bool = True) -> npt.NDArray[Any]:
    """sRGB code values [H, W, 3], or [H, W, 4] with straight alpha; uint8 or uint16.

    dither : at 8 bits round up or down by a fixed pattern, the same for R, G and B, instead of to
             the nearest: smooth gradients show no bands, greys stay grey, and pure white and black
             stay pure. Alpha is never dithered.
    """
    top = 2**depth - 1
    height, width = picture.rgb.shape[:2]
    channels = 3 if picture.alpha is None else 4
    out = np.zeros((height, width, channels), np.uint8 if depth == 8 else np.uint16)
    step = max(1, _BLOCK // width)
    for start in range(0, height, step):
        rows = range(start, min(start + step, height))
        block = slice(rows.start, rows.stop)
        level = srgb_encode(picture.rgb[block].astype(np.float64)) * top
        rise = thresholds(rows, width)[..., None] if dither and depth == 8 else 0.5
        out[block, :, :3] = np.floor(level + rise)
        if picture.alpha is not None:
            out[block, :, 3] = np.floor(picture.alpha[block].astype(np.float64) * top + 0.5)
    return out


def over_white(picture: Picture) -> Picture:
    """An opaque picture: a transparent one laid on white, in code values as viewers do."""
    if picture.alpha is None:
        return picture
    alpha = picture.alpha[..., None]
    laid: FloatArray = srgb_encode(picture.rgb.astype(np.float64)) * alpha + (1.0 - alpha)
    rgb = srgb_decode(laid).astype(np.float32)
    return Picture(rgb, None, picture.frame, picture.name, picture.provenance)

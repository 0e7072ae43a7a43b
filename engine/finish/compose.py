"""A frame's light into display values, over its backdrop or cut out, in blocks of rows."""

from __future__ import annotations

import numpy as np

from engine.finish.exposure import HEADROOM, Exposure, is_white
from engine.finish.tone import BRIGHTEST, Look, curve, develop
from engine.optics import srgb_decode, srgb_encode
from engine.types import FloatArray, Frame, ImageArray

#: Pixels that are worked on at a time: few enough for their values to stay in the cache.
_BLOCK = 2**14

#: Coverage below this is none: less than a quarter of a step of 16 bits.
_LEAST_ALPHA = 2.0**-18


def develop_frame(
    frame: Frame, exposure: Exposure, look: Look, shadow: bool
) -> tuple[ImageArray, ImageArray | None]:
    """Display-referred linear Rec. 709 [H, W, 3] and straight alpha [H, W] (None when opaque).

    shadow : merge the shadow into a transparent picture, as black.
    """
    height, width = frame.alpha.shape
    rgb = np.zeros((height, width, 3), np.float32)
    alpha = np.zeros((height, width), np.float32) if frame.backdrop is None else None
    rows = max(1, _BLOCK // width)
    for top in range(0, height, rows):
        block = slice(top, top + rows)
        xyz = _sound(frame.xyz[block]).reshape(-1, 3)
        cover = _sound(frame.alpha[block], 1.0).ravel()
        shade = _sound(frame.shadow[block], 1.0).ravel()
        if alpha is None:
            xyz += ((1 - cover) * (1 - shade))[:, None] * _relight(frame, exposure, look)
            shown = develop(xyz @ exposure.matrix().T, look)
        else:
            shade = shade if shadow else np.zeros_like(shade)
            shown, merged = _cut_out(xyz, cover, shade, exposure, look)
            alpha[block] = merged.reshape(alpha[block].shape)
        rgb[block] = shown.reshape(rgb[block].shape)
    return rgb, alpha


def _sound(values: ImageArray, most: float = BRIGHTEST) -> FloatArray:
    """As float64 within [0, most]; what is not a number is 0."""
    return np.clip(np.nan_to_num(values.astype(np.float64), nan=0.0, posinf=most), 0.0, most)


def _relight(frame: Frame, exposure: Exposure, look: Look) -> FloatArray:
    """[3] XYZ to add to the bare, unshadowed ground so that a white sweep ends as white.

    The piece sets the exposure and the views share it, while the sweep's light depends on the
    view: it is lit for itself, as photographers do, and its shadows keep their depth.
    """
    white = frame.backdrop is not None and is_white(np.array(frame.backdrop), frame.white)
    if frame.backdrop is None or frame.toned or not white:
        return np.zeros(3)
    level = HEADROOM * look.white / exposure.gain
    change: FloatArray = level * np.array(exposure.white) - np.array(frame.backdrop, np.float64)
    return change


def _cut_out(
    xyz: FloatArray, cover: FloatArray, shade: FloatArray, exposure: Exposure, look: Look
) -> tuple[FloatArray, FloatArray]:
    """Straight colour [N, 3] and alpha [N] of light premultiplied by `cover` over a shadow.

    Viewers blend code values, not light. So the black shadow gets the alpha that over white gives
    the code value of the shadowed sweep, and piece and shadow are merged in code values too.
    """
    seen = cover > _LEAST_ALPHA
    cover = np.where(seen, cover, 0.0)
    piece = np.divide(xyz, cover[:, None], out=np.zeros_like(xyz), where=seen[:, None])
    shown = develop(piece @ exposure.matrix().T, look)
    ground = curve(HEADROOM * look.white * (1 - shade), look)
    dark = 1 - srgb_encode(ground)
    merged = cover + (1 - cover) * dark
    share = np.divide(cover, merged, out=np.zeros_like(cover), where=merged > 0)
    return srgb_decode(srgb_encode(shown) * share[:, None]), merged

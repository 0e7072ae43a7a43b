"""Intel Open Image Denoise 2.5 (`mitsuba-oidn`) at its best: box filter, fixed scale, features.

Its networks know Rec. 709 and clamp what is negative, so that is what they get. Four variants: the
colour alone; the same of the estimate that our sketches make of it; with albedo and normal of what
the camera sees first; with those of what lies behind facets and mirrors, prefiltered by themselves
and told to be clean, at the highest quality, which takes its large network. OIDN's documentation
says that features past perfect mirrors and glass "can greatly improve" them; ours have no noise but
what a pixel's edge leaves.
"""

from __future__ import annotations

from typing import Any

import mitsuba_oidn as oidn
import numpy as np

from benchmarks.kit.metrics import opaque
from engine.optics import XYZ_TO_REC709
from engine.refine.rest import estimate
from engine.types import Frame, ImageArray

#: What OIDN makes of samples and features; and with what our sketches tell besides.
PLAIN = ("oidn colour", "oidn first hit", "oidn behind")
VARIANTS = (*PLAIN, "oidn estimate")
#: Radiance of 1 stays 1: a scale by picture would change with what it shows.
SCALE = 1.0
REC709_TO_XYZ = np.linalg.inv(XYZ_TO_REC709)


def denoise(frame: Frame, variant: str) -> ImageArray:
    """XYZ [H, W, 3] of a frame over its backdrop, denoised."""
    given: dict[str, Any] = {}
    features, behind = frame.features, frame.features.behind
    if variant == "oidn first hit":
        given = {"albedo": _albedo(features.albedo), "normal": _image(features.normal)}
    elif variant == "oidn behind":
        assert behind is not None
        given = {
            "albedo": _filtered(_albedo(behind.albedo), "albedo"),
            "normal": _filtered(_image(behind.normal), "normal"),
            "clean_aux": True,
        }
    elif variant == "oidn estimate":
        frame = estimate(frame)
    colour = _image(opaque(frame) @ XYZ_TO_REC709.T)
    found = oidn.denoise(colour, hdr=True, quality=oidn.Quality.High, input_scale=SCALE, **given)
    return np.asarray(found @ REC709_TO_XYZ.T, dtype=np.float32)


def _filtered(image: ImageArray, name: str) -> ImageArray:
    """A feature, denoised by itself: OIDN's filters for albedo alone and for normal alone."""
    device = oidn.Device(oidn.DeviceType.CPU)
    output = np.empty_like(image)
    flt = device.new_filter("RT")
    flt.set_image(name, image)
    flt.set_image("output", output)
    flt.quality = oidn.Quality.High
    flt.execute()
    return output


def _albedo(xyz: ImageArray) -> ImageArray:
    return _image(np.clip(xyz @ XYZ_TO_REC709.T, 0, 1))


def _image(image: Any) -> ImageArray:
    return np.ascontiguousarray(np.nan_to_num(image), dtype=np.float32)

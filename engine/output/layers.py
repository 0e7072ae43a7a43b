"""What lies behind a picture, for compositing: named EXR channels and plain PNG layers."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from engine.optics import XYZ_TO_REC709
from engine.types import Frame, ImageArray, Picture

Planes = dict[str, npt.NDArray[Any]]


def linear_rgb(xyz: ImageArray) -> ImageArray:
    """[H, W, 3] float32 linear Rec. 709; components of spectral colours may be negative."""
    return xyz @ XYZ_TO_REC709.T.astype(np.float32)


def exr_channels(frame: Frame, depth: int = 32) -> Planes:
    """Channels by name, [H, W] each, colour as it left the renderer: no exposure, no curve.

    R, G, B, A        : linear Rec. 709, premultiplied where the backdrop is transparent.
    shadow            : part of the ground's light that the piece takes away.
    normal.X, .Y, .Z  : depth.Z, position.X, .Y, .Z in mm; part (index, -1 ground, -2 nothing).
    albedo.R, .G, .B  : roughness, stone (coverage), samples, variance.X, .Y, .Z (of XYZ).
    caustics.R, .G, .B: light that the ground receives straight from the piece, contained in R, G, B
                        where the backdrop is opaque; caustics.shadow is the shadow without it.
    depth             : bits per value; 16 keeps 32 where half floats are too coarse: depth,
                        position, part, samples, variance.
    """
    features = frame.features
    fine = np.float32
    coarse = np.float16 if depth == 16 else np.float32
    alpha = frame.alpha if frame.backdrop is None else np.ones_like(frame.alpha)
    planes: Planes = {"A": alpha.astype(coarse), "coverage": frame.alpha.astype(coarse)}
    planes |= _split("", "RGB", linear_rgb(frame.xyz), coarse)
    planes |= _split("albedo.", "RGB", linear_rgb(features.albedo), coarse)
    planes |= _split("normal.", "XYZ", features.normal, coarse)
    planes |= _split("position.", "XYZ", features.position, fine)
    planes |= _split("variance.", "XYZ", frame.variance, fine)
    planes["shadow"] = frame.shadow.astype(coarse)
    planes["roughness"] = features.roughness.astype(coarse)
    planes["stone"] = features.stone.astype(coarse)
    planes["depth.Z"] = features.depth.astype(fine)
    planes["part"] = features.part.astype(fine)
    planes["samples"] = frame.samples.astype(fine)
    if frame.caustics is not None:
        planes |= _split("caustics.", "RGB", linear_rgb(frame.caustics.xyz), coarse)
        planes["caustics.shadow"] = frame.caustics.shadow.astype(coarse)
    return planes


def _split(prefix: str, axes: str, image: ImageArray, kind: type) -> Planes:
    if kind is np.float16:  # Beyond its range half precision would say infinity.
        image = np.clip(image, -65504.0, 65504.0)
    return {f"{prefix}{axis}": image[..., i].astype(kind) for i, axis in enumerate(axes)}


def png_layers(picture: Picture) -> Planes:
    """Layers by name, code values that are data and no colour.

    alpha, shadow, stone : uint8, 255 is all of it.
    part                 : 0 where no piece is seen, else 1 + index of the part; uint8 or uint16.
    normal               : uint16, (n + 1) / 2 of full scale; 0 where no piece is seen.
    """
    frame = picture.frame
    features = frame.features
    part = np.maximum(features.part, -1) + 1
    seen = np.linalg.norm(features.normal, axis=-1, keepdims=True) > 0
    normal = np.where(seen, (np.clip(features.normal, -1, 1) + 1) / 2, 0)
    return {
        "alpha": _byte(frame.alpha),
        "shadow": _byte(frame.shadow),
        "stone": _byte(features.stone),
        "part": part.astype(np.uint8 if part.max() < 256 else np.uint16),
        "normal": np.floor(normal * 65535 + 0.5).astype(np.uint16),
    }


def _byte(values: ImageArray) -> npt.NDArray[np.uint8]:
    sound = np.clip(np.nan_to_num(values.astype(np.float64), nan=0.0), 0, 1)
    return np.floor(sound * 255 + 0.5).astype(np.uint8)

"""Sums over the parts of a frame: what tells whether a part has kept its light."""

from __future__ import annotations

import numpy as np

from engine.types import FloatArray, Frame, ImageArray, IntArray

#: Index that `Features.part` gives where there is neither piece nor ground.
NOTHING = -2


def seen_parts(frame: Frame) -> IntArray:
    """Indices of the parts that are seen; -1 is the ground, -2 nothing."""
    part = np.maximum(frame.features.part, NOTHING).ravel() - NOTHING
    return (np.flatnonzero(np.bincount(part)) + NOTHING).astype(np.int32)


def per_part(frame: Frame, image: ImageArray) -> FloatArray:
    """Y of an [H, W, 3] image, summed over each of `seen_parts`; what is not finite counts as 0."""
    part = np.maximum(frame.features.part, NOTHING).ravel() - NOTHING
    luminance = np.nan_to_num(image[..., 1], posinf=0, neginf=0).ravel()
    every: FloatArray = np.bincount(part, luminance).astype(np.float64)
    return every[seen_parts(frame) - NOTHING]

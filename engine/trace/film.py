"""Sums over the samples of a tile of pixels, and what they say about the picture."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from engine.trace.backend import dr, mi
from engine.types import ImageArray


@dataclass
class Sums:
    """Sums over the samples so far, one entry per pixel.

    xyz, xyz2 : radiance and its square. lit, known : luminance of the ground as it is and as it
    were without the piece. trapped : energy cut off. The rest are the features' sums.
    """

    xyz: Any
    xyz2: Any
    cover: Any
    lit: Any
    known: Any
    normal: Any
    albedo: Any
    roughness: Any
    stone: Any
    trapped: Any

    @staticmethod
    def zeros(pixels: int) -> Sums:
        vectors = {"xyz", "xyz2", "normal", "albedo"}
        return Sums(
            **{
                field.name: dr.zeros(mi.Vector3f if field.name in vectors else mi.Float, pixels)
                for field in fields(Sums)
            }
        )

    def add(self, **values: Any) -> None:
        """Add one sample's values and evaluate, so that memory does not grow with samples."""
        for name, value in values.items():
            setattr(self, name, getattr(self, name) + value)
        dr.eval(*(getattr(self, field.name) for field in fields(self)))

    def image(self, name: str, width: int) -> ImageArray:
        """One sum as an image, [H, W] or [H, W, 3]."""
        value = np.asarray(getattr(self, name), dtype=np.float32)
        if value.ndim == 2:
            return np.ascontiguousarray(value.T.reshape(-1, width, 3))
        return value.reshape(-1, width)

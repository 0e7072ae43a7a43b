"""Smaller copies of pictures."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image


def scaled(pixels: npt.NDArray[np.uint8], size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """[height, width, 3] code values, resampled with a Lanczos filter; untouched at its own size.

    pixels : [H, W, 3] uint8. size : width, height.
    """
    if pixels.shape[1::-1] == size:
        return pixels
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS))

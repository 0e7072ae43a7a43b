"""Write code values as PNG, JPEG or WebP, with the sRGB profile embedded."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms

from engine.errors import FileError
from engine.images.files import replace
from engine.images.png import encode_png

#: What `encode` and `write` can make, by suffix; `write_exr` makes .exr.
SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")

#: Quality of JPEG: no visible loss on gradients, with colour at full resolution (4:4:4).
JPEG_QUALITY = 95

#: Longest side that the format can hold.
_LONGEST_SIDE = {".jpg": 65535, ".jpeg": 65535, ".webp": 16383}


@cache
def srgb_profile() -> bytes:
    """The ICC profile of sRGB, the same bytes every day and on every system."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = np.array([2000, 1, 1, 0, 0, 0], ">u2").tobytes()  # Date of making.
    profile[40:44] = bytes(4)  # Platform of making.
    return bytes(profile)


def encode(
    pixels: npt.NDArray[Any], suffix: str, *, profile: bool = True, quality: int | None = None
) -> bytes:
    """The bytes of a picture file.

    pixels  : [H, W] or [H, W, C] sRGB code values, uint8 (PNG also uint16), C = 1 to 4 for PNG,
              1 or 3 for JPEG, 3 or 4 for WebP. Alpha is straight.
    suffix  : ".png", ".jpg", ".jpeg" or ".webp" (lossless, so that white stays white).
    profile : embed the sRGB profile; leave it out for data that is no colour.
    quality : of WebP, 0 to 100, where losses are accepted for the sake of size.
    Raises FileError for another suffix or a size that the format cannot hold.
    """
    suffix = suffix.lower()
    pixels = pixels[..., None] if pixels.ndim == 2 else pixels
    if suffix not in SUFFIXES:
        raise FileError(f"cannot write '{suffix}' pictures; use {', '.join(SUFFIXES)} or .exr")
    if max(pixels.shape[:2]) > _LONGEST_SIDE.get(suffix, 2**31 - 1):
        longest = _LONGEST_SIDE[suffix]
        raise FileError(f"a side of a {suffix} picture has at most {longest} pixels; use .png")
    icc = srgb_profile() if profile else None
    if suffix == ".png":
        return encode_png(pixels, icc)
    image = Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
    out = io.BytesIO()
    if suffix == ".webp":
        kept = {"lossless": True} if quality is None else {"quality": quality, "method": 6}
        image.save(out, "WEBP", icc_profile=icc, exact=True, **kept)
    else:
        image.save(out, "JPEG", quality=JPEG_QUALITY, subsampling="4:4:4", icc_profile=icc)
    return out.getvalue()


def write(path: str | Path, pixels: npt.NDArray[Any], *, profile: bool = True) -> Path:
    """Encode by the suffix of `path` (see `encode`) and write it whole; returns the path.

    Raises FileError when the suffix is unknown or the file cannot be written.
    """
    path = Path(path)
    data = encode(pixels, path.suffix, profile=profile)
    return replace(path, lambda temporary: temporary.write_bytes(data))

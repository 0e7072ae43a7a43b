"""Read a picture, whatever its kind, into one array."""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

from engine.errors import FileError
from engine.images import exr, png, radiance
from engine.images.files import check_size, damaged, read_bytes

#: Decoders that a file from outside may reach.
_KINDS = ("PNG", "JPEG", "WEBP")

#: Pillow's modes that are kept; everything else becomes RGB.
_KEPT = ("L", "LA", "RGB", "RGBA", "I;16")


def read(path: str | Path) -> npt.NDArray[Any]:
    """Pixels of a PNG, JPEG, WebP, OpenEXR or Radiance picture, told apart by content.

    Returns [H, W, C], row 0 on top, C = 1 (grey), 2 (with alpha), 3 (RGB) or 4 (RGBA):
    float32 linear Rec. 709 from OpenEXR and Radiance; uint8 or uint16 code values, as they stand
    in the file, from the others (no colour profile is applied).
    Raises FileError when it is missing, damaged, too large or of another kind.
    """
    path = Path(path)
    data = read_bytes(path)
    if data.startswith(exr.MAGIC):
        return exr.read_exr_colour(path)
    if data.startswith(radiance.MAGICS):
        return radiance.decode_radiance(data, path)
    if png.is_deep_colour(data):
        return png.decode_deep(data, path)
    return _read_common(data, path)


def _read_common(data: bytes, path: Path) -> npt.NDArray[Any]:
    """[H, W, C] uint8 (uint16: deep grey) through Pillow."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Sizes are checked below, before anything is decoded.
            image = Image.open(io.BytesIO(data), formats=_KINDS)
        check_size(path, *image.size, len(data))
        upright = ImageOps.exif_transpose(image)
        if upright.mode not in _KEPT:
            upright = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
        pixels = np.array(upright)
    except FileError:
        raise
    except UnidentifiedImageError:
        kinds = "PNG, JPEG, WebP, OpenEXR or Radiance picture"
        raise FileError(f"is no {kinds}; convert it to one of these", file=path) from None
    except Exception:  # Whatever the decoder thinks of: the file is not what it should be.
        raise damaged(path, "picture") from None
    return pixels if pixels.ndim == 3 else pixels[..., None]

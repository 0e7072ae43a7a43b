"""OpenEXR: scene-linear channels by name."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import OpenEXR

from engine.errors import FileError
from engine.images.files import check_size, damaged, replace
from engine.types import ImageArray

MAGIC = b"\x76\x2f\x31\x01"
Channels = dict[str, npt.NDArray[Any]]

#: x, y of red, green, blue and white of Rec. 709 (ITU-R BT.709), the attribute's own order; also
#: what a file without the attribute means (OpenEXR, "Standard Optional Attributes").
REC709_CHROMATICITIES = (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290)

#: Channels times pixels of the largest file that is read: 2 GB as float32.
_MOST_VALUES = 2**29


def write_exr(
    path: str | Path,
    channels: Mapping[str, npt.NDArray[Any]],
    attributes: Mapping[str, Any] | None = None,
) -> Path:
    """Write a scan-line EXR, losslessly compressed; returns its path.

    channels   : [H, W] each, float16 or float32; what is colour is linear Rec. 709.
    attributes : further header attributes (text, numbers, tuples of floats).
    Raises FileError when it cannot be written.
    """
    header = {
        "compression": OpenEXR.ZIP_COMPRESSION,
        "type": OpenEXR.scanlineimage,
        "chromaticities": REC709_CHROMATICITIES,
        **(attributes or {}),
    }
    planes = {name: np.ascontiguousarray(plane) for name, plane in channels.items()}

    def fill(temporary: Path) -> None:
        try:
            OpenEXR.File(header, planes).write(str(temporary))
        except RuntimeError as error:
            raise OSError(str(error)) from None

    return replace(path, fill)


def read_exr(path: str | Path) -> tuple[Channels, dict[str, Any]]:
    """Channels [H, W] by name and the header of the first part. Raises FileError."""
    path = Path(path)
    try:
        head = _open(path, header_only=True).header()
        low, high = (np.asarray(corner, np.int64) for corner in head["dataWindow"])
        width, height = (int(n) for n in high - low + 1)
        check_size(path, width, height, path.stat().st_size)
        if width * height * len(head["channels"]) > _MOST_VALUES:
            raise FileError("has more than 2 GB of channels; keep only R, G, B", file=path)
        channels = {name: channel.pixels for name, channel in _open(path).channels().items()}
    except FileError:
        raise
    except Exception:  # Whatever the decoder thinks of: the file is not what it should be.
        raise damaged(path, "OpenEXR file") from None
    whole = {name: plane for name, plane in channels.items() if plane.shape == (height, width)}
    if not whole:
        raise damaged(path, "OpenEXR file", "it has no plain channels")
    return whole, head


def _open(path: Path, header_only: bool = False) -> Any:
    # The binding prints a warning of its own about damage, besides raising.
    with contextlib.redirect_stdout(io.StringIO()):
        return OpenEXR.File(str(path), separate_channels=True, header_only=header_only)


def read_exr_colour(path: Path) -> ImageArray:
    """[H, W, 3 or 4] float32 linear Rec. 709 (and alpha). Raises FileError."""
    channels, head = read_exr(path)
    given = head.get("chromaticities", REC709_CHROMATICITIES)
    if not np.allclose(given, REC709_CHROMATICITIES, atol=2e-3):
        raise FileError(
            "has other primaries than Rec. 709; convert it to linear Rec. 709", file=path
        )
    colour = [channels[c] for c in "RGB" if c in channels]
    if not colour and "Y" in channels:
        colour = 3 * [channels["Y"]]
    if len(colour) != 3:
        names = ", ".join(sorted(channels)[:8])
        raise FileError(f"has no channels R, G, B but {names}; save it as RGB", file=path)
    alpha = [channels["A"]] if "A" in channels else []
    return np.stack([*colour, *alpha], axis=-1).astype(np.float32)

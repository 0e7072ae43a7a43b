"""Radiance pictures (.hdr): three mantissas and one exponent a pixel, in runs.

After G. Ward's format as documented by the Radiance project ("filefmts"): new run-length rows,
flat rows, and the usual orientation -Y H +X W. What it does not do: XYZE, other orientations, the
runs of Radiance before 2.0. EXPOSURE is not undone: a studio's strength is set by people.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.errors import FileError
from engine.images.files import check_size, damaged
from engine.types import ImageArray

MAGICS = (b"#?RADIANCE", b"#?RGBE")

#: A header is some lines of text; more is no header.
_LONGEST_HEADER = 2**16

#: A run of a row's channel takes 2 bytes and spans at most 127 pixels.
_LONGEST_RUN = 127


def decode_radiance(data: bytes, path: Path) -> ImageArray:
    """[H, W, 3] float32 linear light of a Radiance picture. Raises FileError."""
    head, _, _ = data[:_LONGEST_HEADER].partition(b"\n\n")
    size = re.compile(rb"-Y (\d{1,9}) \+X (\d{1,9})\n").match(data, len(head) + 2)
    if size is None:
        raise damaged(path, "Radiance picture", "its size is not given as -Y height +X width")
    if b"xyze" in head:
        raise FileError("holds XYZ colours (XYZE); save it as RGBE", file=path)
    height, width = int(size[1]), int(size[2])
    check_size(path, width, height, len(data))
    body = data[size.end() :]
    if len(body) < height * min(4 * width, 4 + 8 * (width // _LONGEST_RUN)):
        raise damaged(path, "Radiance picture", "it ends too early")
    try:
        rgbe = _rows(body, height, width)
    except (ValueError, IndexError):
        raise damaged(path, "Radiance picture") from None
    scale = np.ldexp(np.float32(1), rgbe[..., 3:].astype(np.int32) - (128 + 8))
    lit = np.where(rgbe[..., 3:] > 0, scale, np.float32(0))
    return rgbe[..., :3].astype(np.float32) * lit


def _rows(body: bytes, height: int, width: int) -> npt.NDArray[np.uint8]:
    """[H, W, 4] bytes. Raises ValueError or IndexError on damage."""
    if not _in_runs(body, width):
        flat = np.frombuffer(body, np.uint8, count=4 * height * width)
        return flat.reshape(height, width, 4)
    rgbe = np.zeros((height, 4, width), np.uint8)
    at = 0
    for row in rgbe:
        if not _in_runs(body[at : at + 4], width):
            raise ValueError("a row does not start as a row")
        at += 4
        for channel in row:
            at = _runs(body, at, channel)
    return rgbe.transpose(0, 2, 1)


def _in_runs(start: bytes, width: int) -> bool:
    return start[:2] == b"\x02\x02" and width == 256 * start[2] + start[3] and 8 <= width < 32768


def _runs(body: bytes, at: int, channel: npt.NDArray[np.uint8]) -> int:
    """Fill one channel of one row from the runs at `at`; returns where they end."""
    done, width = 0, len(channel)
    while done < width:
        count = body[at]
        if count > 128:
            count -= 128
            channel[done : done + count] = body[at + 1]
            at += 2
        else:
            literal = np.frombuffer(body, np.uint8, count=count, offset=at + 1)
            channel[done : done + count] = literal
            at += 1 + count
        if count == 0 or done + count > width:
            raise ValueError("a run does not fit its row")
        done += count
    return at

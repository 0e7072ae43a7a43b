"""PNG of 8 or 16 bits per channel with a colour profile.

Pillow can neither write nor read 16-bit colour, so this is a small writer and, for 16 bits, a
reader after RFC 2083 (PNG 1.0: filters in section 6, chunks in section 4).
What it does not do: palettes, interlace, fewer than 8 bits, Average and Paeth when writing.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.images.files import check_size, damaged

SIGNATURE = b"\x89PNG\r\n\x1a\n"
Bytes = npt.NDArray[np.uint8]

#: PNG colour type by number of channels: grey, grey + alpha, RGB, RGBA.
COLOUR_TYPE = {1: 0, 2: 4, 3: 2, 4: 6}

#: Rows are filtered and compressed in blocks of about this many bytes.
_BLOCK = 2**22


def encode_png(pixels: npt.NDArray[Any], profile: bytes | None) -> bytes:
    """A PNG file.

    pixels  : [H, W, C] uint8 or uint16, C = 1 to 4 (grey, grey + alpha, RGB, RGBA).
    profile : ICC profile, or None for data that is no colour.
    """
    height, width, channels = pixels.shape
    depth = 8 * pixels.itemsize
    header = struct.pack(">IIBBBBB", width, height, depth, COLOUR_TYPE[channels], 0, 0, 0)
    out = [SIGNATURE, _chunk(b"IHDR", header)]
    if profile is not None:
        out.append(_chunk(b"iCCP", b"sRGB\0\0" + zlib.compress(profile, 9)))
    deflate = zlib.compressobj(6)
    for block in _filtered(pixels):
        if packed := deflate.compress(block):
            out.append(_chunk(b"IDAT", packed))
    return b"".join([*out, _chunk(b"IDAT", deflate.flush()), _chunk(b"IEND", b"")])


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _filtered(pixels: npt.NDArray[Any]) -> Iterator[bytes]:
    """Filtered rows, each led by its filter's number, block by block.

    Per row the filter with the least sum of absolute differences (RFC 2083, section 9.6).
    """
    height, width, channels = pixels.shape
    step = channels * pixels.itemsize
    above = np.zeros((1, width * step), np.uint8)
    rows = max(1, _BLOCK // (width * step))
    for top in range(0, height, rows):
        big_endian = np.ascontiguousarray(pixels[top : top + rows]).astype(f">u{pixels.itemsize}")
        raw = big_endian.view(np.uint8).reshape(len(big_endian), -1)
        sub = raw.copy()
        sub[:, step:] -= raw[:, :-step]
        up = raw - np.concatenate([above, raw[:-1]])
        above = raw[-1:]
        candidates = np.stack([raw, sub, up])
        cost = np.abs(candidates.view(np.int8).astype(np.int16)).sum(axis=2, dtype=np.int64)
        best = cost.argmin(axis=0)
        chosen = candidates[best, np.arange(len(raw))]
        yield np.concatenate([best.astype(np.uint8)[:, None], chosen], axis=1).tobytes()


def is_deep_colour(data: bytes) -> bool:
    """Whether a PNG has 16 bits and more than one channel: what `decode_deep` is for."""
    return data[:8] == SIGNATURE and len(data) > 26 and data[24] == 16 and data[25] in (2, 4, 6)


def decode_deep(data: bytes, path: Path) -> npt.NDArray[np.uint16]:
    """[H, W, C] uint16 of a PNG for which `is_deep_colour` holds. Raises FileError."""
    width, height, _, colour, _, _, interlace = struct.unpack(">IIBBBBB", data[16:29])
    check_size(path, width, height, len(data))
    if interlace:
        raise damaged(path, "PNG", "16 bits and interlaced")
    channels = next(c for c, kind in COLOUR_TYPE.items() if kind == colour)
    stride = 2 * channels * width
    inflate = zlib.decompressobj()
    try:
        packed = b"".join(part for kind, part in _chunks(data) if kind == b"IDAT")
        raw = inflate.decompress(packed, height * (stride + 1))
    except (zlib.error, struct.error):
        raise damaged(path, "PNG") from None
    if len(raw) != height * (stride + 1):
        raise damaged(path, "PNG", "it ends too early")
    lines = np.frombuffer(raw, np.uint8).reshape(height, stride + 1)
    if lines[:, 0].max() > 4:
        raise damaged(path, "PNG", "unknown filter")
    plain = _unfilter(lines, 2 * channels)
    return plain.view(">u2").astype(np.uint16).reshape(height, width, channels)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while at + 8 <= len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        yield kind, data[at + 8 : at + 8 + length]
        at += 12 + length


def _unfilter(lines: Bytes, step: int) -> Bytes:
    """Undo the filters of [H, 1 + stride] lines: [H, stride] bytes (RFC 2083, section 6)."""
    plain = np.zeros((len(lines), lines.shape[1] - 1), np.uint8)
    above = plain[0].copy()
    for row, line in enumerate(lines):
        kind, coded = line[0], line[1:]
        if kind == 1:
            plain[row] = coded.reshape(-1, step).cumsum(axis=0, dtype=np.uint8).reshape(-1)
        elif kind == 2:
            plain[row] = coded + above
        elif kind >= 3:
            plain[row] = _unfilter_serial(int(kind), coded.tobytes(), above.tobytes(), step)
        else:
            plain[row] = coded
        above = plain[row]
    return plain


def _unfilter_serial(kind: int, coded: bytes, above: bytes, step: int) -> Bytes:
    """Average (3) and Paeth (4): every byte needs the one before it."""
    left = bytearray(step) + bytearray(len(coded))
    corner = bytes(step) + above
    for i, value in enumerate(coded):
        a, b, c = left[i], above[i], corner[i]
        if kind == 3:
            guess = (a + b) >> 1
        else:
            pa, pb, pc = abs(b - c), abs(a - c), abs(a + b - 2 * c)
            guess = a if pa <= pb and pa <= pc else b if pb <= pc else c
        left[i + step] = (value + guess) & 255
    return np.frombuffer(bytes(left[step:]), np.uint8)

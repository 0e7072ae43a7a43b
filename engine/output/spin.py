"""A page that turns a piece under the finger: one file, which asks nobody for anything.

Pictures and script are inside the page, so it opens from a disk, in a mail or in a shop's frame.
Its content policy forbids requests, and its size is bounded.
"""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

import numpy as np
import numpy.typing as npt

from engine import images
from engine.errors import FileError

#: Largest page in bytes, and what of it the still may take.
MOST_BYTES = 10_000_000
STILL_SHARE = 0.3
#: Qualities of WebP that are tried, best first; below the last one metal shows blocks.
QUALITIES = (92, 88, 84, 78, 70)


@dataclass(frozen=True)
class Still:
    """A larger picture of one view, for a close look. column, row : of that view."""

    path: Path
    column: int = 0
    row: int = 0


@dataclass(frozen=True)
class Motion:
    """How the page moves.

    fps : when it turns by itself. loop : the first view follows the last one. sense : 1 where later
    views show more of the piece's right side, as on an orbit, else -1. autoplay : begin turning.
    row : to begin with.
    """

    fps: float = 12.0
    loop: bool = True
    sense: int = 1
    autoplay: bool = True
    row: int = 0


def write_spin(
    path: str | Path,
    rows: Sequence[Sequence[Path]],
    *,
    title: str,
    still: Still | None = None,
    motion: Motion | None = None,
) -> Path:
    """Write the page; returns its path.

    rows : files of pictures of one size, a row per elevation, the lowest first.

    Raises FileError where the pictures do not fit into `MOST_BYTES`: fewer views, or smaller ones.
    """
    path, motion = Path(path), motion or Motion()
    pixels = [[_read(file) for file in row] for row in rows]
    height, width = pixels[0][0].shape[:2]
    data: dict[str, Any] = {
        "width": width,
        "height": height,
        "fps": motion.fps,
        "loop": motion.loop,
        "sense": motion.sense,
        "autoplay": motion.autoplay,
        "row": motion.row,
        "still": None,
    }
    left = MOST_BYTES - len(_template())
    if still is not None:
        shown = _read(still.path)
        url = _fitting([[shown]], STILL_SHARE * left, still.path)[0][0]
        scale = shown.shape[1] / width
        data["still"] = {"url": url, "column": still.column, "row": still.row, "scale": scale}
        left -= len(url)
    data["rows"] = _fitting(pixels, left, path)
    transparent = pixels[0][0].shape[2] == 4
    page = Template(_template()).substitute(
        title=html.escape(title),
        label=html.escape(f"{title}: drag or use the arrow keys to turn it"),
        background="#fff" if transparent else _colour(pixels[0][0]),
        # Within a script element nothing may look like its end.
        data=json.dumps(data).replace("<", "\\u003c"),
    )
    return images.replace(path, lambda draft: draft.write_text(page, "utf-8"))


def _template() -> str:
    return files("engine.output").joinpath("spin.html").read_text("utf-8")


def _read(path: Path) -> npt.NDArray[np.uint8]:
    """8-bit code values of a picture that was written here."""
    pixels = images.read(path)
    if pixels.dtype == np.uint16:
        pixels = np.rint(pixels / 257.0)
    if pixels.dtype == np.float32:
        raise FileError("holds linear light; a page needs PNG, JPEG or WebP pictures", file=path)
    return np.asarray(pixels, np.uint8)


def _fitting(
    pixels: Sequence[Sequence[npt.NDArray[np.uint8]]], most: float, path: Path
) -> list[list[str]]:
    """The pictures as data URLs, as good as they fit into `most` bytes together."""
    for quality in QUALITIES:
        made = [[_url(picture, quality) for picture in row] for row in pixels]
        size = sum(len(url) for row in made for url in row)
        if size <= most:
            return made
    raise FileError(
        f"would need {size / 1e6:.0f} MB for pictures, where {most / 1e6:.0f} MB are left; "
        "ask for fewer or smaller views",
        file=path,
    )


def _url(picture: npt.NDArray[np.uint8], quality: int) -> str:
    data = images.encode(picture, ".webp", profile=False, quality=quality)
    return "data:image/webp;base64," + base64.b64encode(data).decode()


def _colour(picture: npt.NDArray[np.uint8]) -> str:
    """Of the picture's corners, so that the page around it looks alike."""
    corners = picture[[0, 0, -1, -1], [0, -1, 0, -1], :3]
    return "#" + "".join(f"{round(float(v)):02x}" for v in np.median(corners, axis=0))

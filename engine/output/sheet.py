"""Contact sheets: pictures in a grid on white, each with a line or two of words below it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from engine import images
from engine.errors import SceneError
from engine.output.quantise import codes, over_white
from engine.types import Picture

Pixels = npt.NDArray[np.uint8]

#: Longer sides of pictures are scaled down to this many pixels.
LARGEST_TILE = 640
#: Up to this many pictures stand in one row.
ONE_ROW = 4

_INK, _GREY, _LINE = 32, 112, 222


@dataclass(frozen=True, eq=False)
class Cell:
    """A picture and the words below it: the first line dark, the others grey.

    pixels : [H, W, 3] sRGB code values; longer sides than `LARGEST_TILE` are scaled down.
    """

    pixels: Pixels
    lines: tuple[str, ...]

    def __post_init__(self) -> None:
        height, width = self.pixels.shape[:2]
        shrink = min(1.0, LARGEST_TILE / max(width, height))
        tile = (max(1, round(width * shrink)), max(1, round(height * shrink)))
        object.__setattr__(self, "pixels", images.scaled(self.pixels, tile))

    @staticmethod
    def of(picture: Picture, *lines: str) -> Cell:
        """The cell of a finished picture; what is transparent in it is laid on white."""
        return Cell(codes(over_white(picture), 8), lines)


@dataclass(frozen=True)
class _Plan:
    """Where things go, pixels.

    tile : width, height of a picture. gap : between cells. margin : around all.
    size, leading : of the words below a picture, and from one line to the next.
    """

    columns: int
    tile: tuple[int, int]
    lines: int

    @property
    def size(self) -> int:
        return max(13, round(max(self.tile) / 24))

    @property
    def leading(self) -> int:
        return round(1.35 * self.size)

    @property
    def gap(self) -> int:
        return self.size

    @property
    def margin(self) -> int:
        return 2 * self.size

    @property
    def cell(self) -> tuple[int, int]:
        """Width and height of a picture with its words."""
        return self.tile[0], self.tile[1] + round(0.4 * self.size) + self.lines * self.leading


def contact_sheet(
    cells: Sequence[Cell], *, title: str, note: str = "", columns: int | None = None
) -> Pixels:
    """[H, W, 3] sRGB code values of a sheet: row by row, in the order of `cells`.

    title, note : above the pictures, in large and in small letters.
    columns     : of the grid; by default about as many as rows, or all up to four in one row.
    Raises SceneError without pictures, or for pictures of different sizes.
    """
    if not cells:
        raise SceneError("a contact sheet needs at least one picture")
    if len({cell.pixels.shape for cell in cells}) > 1:
        raise SceneError("the pictures of a contact sheet must have one size; render them alike")
    count = len(cells)
    usual = count if count <= ONE_ROW else math.ceil(math.sqrt(count))
    height, width = cells[0].pixels.shape[:2]
    plan = _Plan(min(columns or usual, count), (width, height), 0)
    words = [
        [
            (words, _INK if i == 0 else _GREY)
            for i, line in enumerate(cell.lines)
            for words in images.wrapped(line, plan.size, width)
        ]
        for cell in cells
    ]
    plan = replace(plan, lines=max(map(len, words)))
    head = _head(plan, title, note)
    sheet = _blank(plan, len(cells), head.shape[0])
    sheet[plan.margin : plan.margin + len(head), plan.margin : -plan.margin] = head
    for i, (cell, said) in enumerate(zip(cells, words, strict=True)):
        row, column = divmod(i, plan.columns)
        left = plan.margin + column * (plan.cell[0] + plan.gap)
        top = plan.margin + len(head) + row * (plan.cell[1] + plan.gap)
        _place(sheet, cell.pixels, said, (left, top), plan)
    return sheet


def _blank(plan: _Plan, count: int, head: int) -> Pixels:
    """White paper for so many cells below a head of that height."""
    rows = math.ceil(count / plan.columns)
    (width, height), gap = plan.cell, plan.gap
    across = plan.columns * width + (plan.columns - 1) * gap + 2 * plan.margin
    down = rows * height + (rows - 1) * gap + 2 * plan.margin + head
    return np.full((down, across, 3), 255, np.uint8)


def _head(plan: _Plan, title: str, note: str) -> Pixels:
    """[H, W, 3] title and note over the width of the grid."""
    width = plan.columns * plan.cell[0] + (plan.columns - 1) * plan.gap
    lines = [(line, round(1.9 * plan.size), _INK) for line in _fit(title, 1.9, plan, width)]
    lines += [(line, plan.size, _GREY) for line in _fit(note, 1.0, plan, width) if note]
    head = np.full((sum(round(1.35 * size) for _, size, _ in lines), width, 3), 255, np.uint8)
    top = 0
    for line, size, ink in lines:
        _write(head, line, size, ink, (0, top))
        top += round(1.35 * size)
    return np.concatenate([head, np.full((plan.gap, width, 3), 255, np.uint8)])


def _fit(text: str, factor: float, plan: _Plan, width: int) -> list[str]:
    return images.wrapped(text, round(factor * plan.size), width)


def _place(
    sheet: Pixels,
    pixels: Pixels,
    said: list[tuple[str, int]],
    corner: tuple[int, int],
    plan: _Plan,
) -> None:
    """Put a picture and its words onto the sheet."""
    left, top = corner
    width, height = plan.tile
    # A hairline around it: a white sweep would run into the paper.
    sheet[top - 1 : top + height + 1, left - 1 : left + width + 1] = _LINE
    sheet[top : top + height, left : left + width] = pixels
    below = top + height + round(0.4 * plan.size)
    for i, (line, ink) in enumerate(said):
        _write(sheet, line, plan.size, ink, (left, below + i * plan.leading))


def _write(sheet: Pixels, text: str, size: int, ink: int, corner: tuple[int, int]) -> None:
    """Put a line of text onto white paper; what does not fit is cut off."""
    left, top = corner
    place = sheet[top:, left:]
    cover = images.lettering(text, size)[: place.shape[0], : place.shape[1]]
    light = 255 - cover.astype(np.float64) / 255 * (255 - ink)
    place[: cover.shape[0], : cover.shape[1]] = np.round(light)[..., None]

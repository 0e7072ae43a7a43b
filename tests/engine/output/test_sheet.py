"""Contact sheets: an even grid, words that can be read, nothing cut off."""

import doctest

import numpy as np
import numpy.typing as npt
import pytest

from engine import images
from engine.errors import SceneError
from engine.images import text as font
from engine.output import Cell, contact_sheet
from engine.output.sheet import LARGEST_TILE

Pixels = npt.NDArray[np.uint8]


def cells(count: int, size: tuple[int, int] = (60, 90), *lines: str) -> list[Cell]:
    """Pictures in colours that no text and no paper has: the i-th is (i, 255, 0)."""
    made = []
    for i in range(count):
        pixels = np.zeros((*size, 3), np.uint8)
        pixels[...] = (i, 255, 0)
        made.append(Cell(pixels, lines or (f"number {i}",)))
    return made


def corners(sheet: Pixels, count: int) -> list[tuple[int, int]]:
    """Top left pixel of each picture: row, column."""
    found = []
    for i in range(count):
        rows, columns = np.nonzero((sheet == (i, 255, 0)).all(axis=2))
        found.append((int(rows.min()), int(columns.min())))
    return found


@pytest.mark.parametrize(
    ("count", "columns", "shape"),
    [(1, None, (1, 1)), (4, None, (1, 4)), (6, None, (2, 3)), (20, None, (4, 5)), (6, 2, (3, 2))],
)
def test_pictures_stand_in_an_even_grid(
    count: int, columns: int | None, shape: tuple[int, int]
) -> None:
    places = corners(contact_sheet(cells(count), title="All", columns=columns), count)
    rows, across = sorted({p[0] for p in places}), sorted({p[1] for p in places})
    assert (len(rows), len(across)) == shape
    assert len(set(np.diff(rows))) <= 1
    assert len(set(np.diff(across))) <= 1
    assert places == [(row, column) for row in rows for column in across][:count]


def test_pictures_are_shown_whole_and_as_they_are() -> None:
    sheet = contact_sheet(cells(5), title="All")
    for i in range(5):
        assert (sheet == (i, 255, 0)).all(axis=2).sum() == 60 * 90


def test_large_pictures_are_scaled_down() -> None:
    (cell,) = cells(1, (2 * LARGEST_TILE, LARGEST_TILE))
    assert cell.pixels.shape == (LARGEST_TILE, LARGEST_TILE // 2, 3)
    assert (cell.pixels == (0, 255, 0)).all()


def dark(sheet: Pixels) -> npt.NDArray[np.bool_]:
    return np.asarray(sheet.max(axis=2) < 64)


def test_words_stand_below_their_picture() -> None:
    made = [
        Cell(np.full((80, 120, 3), (i, 255, 0), np.uint8), (text,))
        for i, text in enumerate(("", "Gold 18k", ""))
    ]
    sheet = contact_sheet(made, title="")
    (_, first), (top, second), (_, third) = corners(sheet, 3)
    rows, columns = np.nonzero(dark(sheet))
    assert rows.min() > top + 80
    assert second <= columns.min() < columns.max() < third
    assert first < second


def test_long_words_are_wrapped_and_the_next_row_keeps_clear() -> None:
    text = "Gold 18k, white (palladium, not plated), with a royal blue sapphire"
    sheet = contact_sheet(cells(4, (60, 90), text), title="", columns=2)
    (top, left), _, (below, _), _ = corners(sheet, 4)
    words = dark(sheet[top + 60 : below - 2, left : left + 90])
    lines = images.wrapped(text, 13, 90)
    assert " ".join(lines) == text
    assert len(lines) == 6
    assert np.flatnonzero(words.any(axis=1)).max() > 5 * 13
    assert not words[-4:].any()


def test_title_is_larger_than_the_note() -> None:
    def height(title: str, note: str) -> int:
        sheet = contact_sheet(cells(1, (300, 300), ""), title=title, note=note)
        return int(np.ptp(np.flatnonzero(sheet.max(axis=2).min(axis=1) < 160)))

    assert height("HHH", "") > 1.5 * height("", "HHH") > 8


def test_a_sheet_is_the_same_every_time() -> None:
    one, two = (contact_sheet(cells(3), title="All", note="of them") for _ in range(2))
    np.testing.assert_array_equal(one, two)


def test_what_cannot_be_a_sheet() -> None:
    with pytest.raises(SceneError, match="at least one"):
        contact_sheet([], title="")
    with pytest.raises(SceneError, match="one size"):
        contact_sheet([*cells(1), *cells(1, (50, 50))], title="")


def test_letters_are_drawn_without_accents_or_boxes() -> None:
    assert doctest.testmod(font).failed == 0
    np.testing.assert_array_equal(images.lettering("Collier", 20), images.lettering("Colliér", 20))
    assert images.lettering("MMMM", 20).max() == 255
    assert images.lettering("", 20).max() == 0
    assert images.lettering("Mg", 30).shape[0] > 1.3 * images.lettering("Mg", 20).shape[0]
    assert font.plain("金") == "?"

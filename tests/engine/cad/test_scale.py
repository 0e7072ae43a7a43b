"""Ring sizes, units and the warnings about a scale that jewelry does not have."""

from __future__ import annotations

import math

import pytest

from engine.cad import scale
from engine.cad.sizes import circumference_mm, describe_size, inside_mm
from engine.errors import SceneError
from engine.types import LoadOptions


@pytest.mark.parametrize(
    ("size", "mm"),
    [
        ("54", 54.0),
        ("ISO 54.5", 54.5),
        ("eu 52", 52.0),
        ("US 7", math.pi * 25.4 * 0.682),
        ("us7", math.pi * 25.4 * 0.682),
        ("US 6 1/2", math.pi * 25.4 * 0.666),
        ("US 6½", math.pi * 25.4 * 0.666),
        ("US 6,5", math.pi * 25.4 * 0.666),
        ("UK A", 37.5),
        ("UK N", 36.25 + 14 * 1.25),
        ("uk n 1/2", 36.25 + 14.5 * 1.25),
        ("UK N½", 36.25 + 14.5 * 1.25),
        ("UK Z+1", 36.25 + 27 * 1.25),
    ],
)
def test_sizes_are_read(size: str, mm: float) -> None:
    assert circumference_mm(size) == pytest.approx(mm)
    assert inside_mm(size) == pytest.approx(mm / math.pi)


def test_us_7_and_uk_n_half_are_one_size() -> None:
    """Charts put US 7 beside UK N 1/2, at 54.4 mm."""
    assert circumference_mm("US 7") == pytest.approx(circumference_mm("UK N 1/2"), abs=0.1)


@pytest.mark.parametrize("size", ["", "big", "UK", "US", "UK 7", "54 mm", "-54", "nan"])
def test_what_is_no_size_is_refused(size: str) -> None:
    with pytest.raises(SceneError, match="is no ring size; write it like '54'"):
        circumference_mm(size)


@pytest.mark.parametrize("size", ["5", "540", "US 40", "35.9"])
def test_sizes_for_no_finger_are_refused(size: str) -> None:
    with pytest.raises(SceneError, match="fits no finger"):
        circumference_mm(size)


@pytest.mark.parametrize("size", ["54", "US 9", "UK Q 1/2"])
def test_a_diameter_is_described_in_the_size_it_came_from(size: str) -> None:
    assert size in describe_size(inside_mm(size)).replace("ISO ", "")


def test_units_and_factors() -> None:
    assert scale.unit_of(LoadOptions(), None) == "mm"
    assert scale.unit_of(LoadOptions(), "inch") == "inch"
    assert scale.unit_of(LoadOptions(unit="m"), "inch") == "m"
    with pytest.raises(SceneError, match="unit 'ft' is unknown; use one of mm, cm, m, inch"):
        scale.unit_of(LoadOptions(unit="ft"), None)
    for wrong in (0.0, -1.0, math.nan, math.inf):
        with pytest.raises(SceneError, match="positive factor"):
            scale.unit_of(LoadOptions(scale=wrong), None)


def test_unit_notes_tell_what_was_assumed() -> None:
    def note(options: LoadOptions, stated: str | None) -> str:
        found = scale.unit_note(options, stated, "stl")
        return "" if found is None else found.text

    assert note(LoadOptions(), "mm") == ""
    assert "STL files state no unit; millimetres assumed" in note(LoadOptions(), None)
    assert "read as inch (the file says mm)" in note(LoadOptions(unit="inch"), "mm")
    assert "times 0.5" in note(LoadOptions(scale=0.5), "mm")


@pytest.mark.parametrize(
    ("size", "stone", "inside", "unit", "says"),
    [
        (25.0, 6.0, 17.2, "mm", []),
        (2.1, 1.0, None, "mm", []),
        (899.0, None, None, "mm", []),
        (1.0, None, None, "mm", ["measures 1 mm", "inches", "--unit inch"]),
        (0.025, None, None, "mm", ["metres", "--unit m"]),
        (25000.0, None, None, "m", ["millimetres", "--unit mm"]),
        (1e6, None, None, "mm", ["check the unit or give --scale"]),
        (30.0, 26.0, None, "mm", ["largest stone", "more than 25 mm", "check the scale"]),
        (120.0, 37.0, 101.5, "mm", ["101.5 mm wide inside", "--scale 0.1693", "size 54"]),
        (1.0, None, 0.68, "mm", ["0.68 mm wide inside", "--unit inch"]),
        (25.0, None, 11.9, "mm", ["--ring-size 54"]),
        (25.0, None, 12.1, "mm", []),
        (35.0, None, 26.1, "mm", ["26.1 mm wide inside"]),
    ],
)
def test_warnings(
    size: float, stone: float | None, inside: float | None, unit: str, says: list[str]
) -> None:
    text = " ".join(note.text for note in scale.warnings(size, stone, inside, unit))
    assert bool(text) == bool(says)
    for words in says:
        assert words in text


def test_a_ring_size_needs_a_ring() -> None:
    assert scale.ring_factor(10.0, 17.0) == pytest.approx(1.7)
    with pytest.raises(SceneError, match="no finger hole was found in this piece; use --scale"):
        scale.ring_factor(None, 17.0)

"""Each fault of a stone is planted in a clean ring, and found: itself and nothing else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.cad.check import Finding, check
from engine.cad.cuts import Shape
from engine.cad.load import load
from engine.cad.write import write
from engine.types import FloatArray, Piece
from scenes.pieces.assembly import GAP
from scenes.pieces.solids import Solid, tube
from scenes.pieces.stones import stone
from tests.engine.cad.check import planted


def only(piece: Piece) -> Finding:
    """The one finding of a piece."""
    report = check(piece)
    assert len(report.findings) == 1, [f.text for f in report.findings]
    return report.findings[0]


def all_around(low: float, high: float, out: float = 4.0) -> list[Solid]:
    """A block over and under the stone, in the frame of its cut."""
    return [planted.block((-out, -out, low), (out, out, high))]


@pytest.mark.parametrize("prongs", [4, 6])
def test_a_clean_solitaire(prongs: int) -> None:
    assert check(planted.clean_solitaire(prongs)).findings == ()


def test_a_floating_stone() -> None:
    found = only(planted.with_part_moved(planted.clean_solitaire(), "centre stone",
                                         planted.shifted(z=4.0)))  # fmt: skip
    assert (found.kind, found.severity, found.parts) == (
        "floating-stone",
        "error",
        ("centre stone",),
    )
    assert found.value is not None
    assert found.value > 1.0
    assert "floats" in found.text


def test_a_stone_just_within_reach_of_its_prongs_does_not_float() -> None:
    assert check(planted.solitaire(seat=0.08)).findings == ()
    assert only(planted.solitaire(seat=0.13)).kind == "floating-stone"


def test_prongs_that_end_at_the_girdle_leave_a_stone_loose() -> None:
    found = only(planted.solitaire(less=lambda cut: all_around(0.0, 9.0)))
    assert (found.kind, found.severity) == ("loose-stone", "error")
    assert "over its girdle" in found.text


def test_a_stone_without_a_seat_under_it_is_loose() -> None:
    def below(cut: Shape) -> list[Solid]:
        room = cut.grown(0.3).moved(np.array([0.0, 0.0, -0.3])).mesh()
        return [Solid(room.vertices, room.faces)]

    found = only(planted.solitaire(less=below))
    assert (found.kind, found.parts) == ("loose-stone", ("centre stone",))
    assert "under its girdle" in found.text


def test_a_stone_held_on_one_side_is_loose() -> None:
    report = check(planted.solitaire(missing=(0, 1)))
    assert {f.kind for f in report.findings} == {"loose-stone"}
    assert any("over its girdle on one side only" in f.text for f in report.findings)


def test_two_prongs_that_face_each_other_hold() -> None:
    assert check(planted.solitaire(missing=(0, 2))).findings == ()


def wire(middle: FloatArray) -> list[Solid]:
    """A wire of 0.8 mm from prong to prong through the crown."""
    path = np.linspace(-2.0, 2.0, 9)[:, None] * [1.0, 1.0, 0.0] + middle + [0.0, 0.0, 0.3]
    up = np.broadcast_to([0.0, 0.0, 1.0], path.shape)
    return [tube(path, np.full(9, 0.4), up, closed=False)]


def test_a_seat_that_is_not_cut_and_a_wire_through_the_stone() -> None:
    found = only(planted.solitaire(seat=-1.0, more=wire))
    assert (found.kind, found.severity, found.parts) == (
        "metal-in-stone",
        "error",
        ("centre stone",),
    )
    assert found.value is not None
    assert found.value > 0.3


def test_metal_that_is_pressed_a_hair_into_the_stone_is_no_fault() -> None:
    assert check(pressed(0.04)).findings == ()
    found = only(pressed(0.07))
    assert (found.kind, found.severity) == ("metal-in-stone", "warning")
    assert found.value == pytest.approx(0.07, abs=0.01)


def pressed(depth: float) -> Piece:
    """A ring whose seat is smaller than its stone by `depth`."""
    piece = planted.clean_solitaire()
    bigger = stone("round", planted.STONE_MM).grown(depth + GAP)
    meshes = (piece.meshes[0], bigger.mesh())
    return Piece(meshes, piece.parts, piece.kind, piece.name, inside_mm=piece.inside_mm)


def test_a_stone_buried_in_metal() -> None:
    def around(middle: FloatArray) -> list[Solid]:
        return [planted.block(middle - np.array([4.0, 4.0, 9.0]), middle + 4.0)]

    found = only(planted.solitaire(seat=-1.0, more=around))
    assert (found.kind, found.severity) == ("metal-in-stone", "error")
    assert "buried" in found.text


def test_stones_that_cut_each_other() -> None:
    apart = planted.shifted(x=planted.STONE_MM + 0.01)
    assert check(planted.stones(np.eye(4), apart)).findings == ()
    found = only(planted.stones(np.eye(4), planted.shifted(x=planted.STONE_MM - 0.2)))
    assert (found.kind, found.severity, found.parts) == (
        "stones-cut",
        "error",
        ("stone 1", "stone 2"),
    )
    assert found.value == pytest.approx(0.2, abs=0.03)
    assert found.at is not None
    assert found.at[0] == pytest.approx(2.4, abs=0.05)


def test_one_stone_on_top_of_the_other_does_not_cut_it() -> None:
    """Their boxes overlap."""
    lifted = planted.shifted(x=2.0, z=2.6)
    assert check(planted.stones(np.eye(4), lifted)).findings == ()


@pytest.mark.parametrize("suffix", ["3dm", "glb", "stl"])
def test_what_is_found_outlives_a_file(tmp_path: Path, suffix: str) -> None:
    clean, floating = tmp_path / f"clean.{suffix}", tmp_path / f"floating.{suffix}"
    piece = planted.clean_solitaire()
    write(piece, clean)
    write(planted.with_part_moved(piece, "centre stone", planted.shifted(z=4.0)), floating)
    assert check(load(clean)).findings == ()
    (found,) = check(load(floating)).findings
    assert found.kind == "floating-stone"

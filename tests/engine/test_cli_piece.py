"""`culet piece`: designs as commands, parameters as options, what was made in words and figures."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import pytest

import engine
import materials
from engine.cad.cuts import round_brilliant, to_mesh
from engine.cli import main
from engine.types import Piece
from scenes import pieces
from scenes.pieces.assembly import Body, Placed, assemble
from scenes.pieces.design import Design, Family, choice, counted, ranged, switch


@dataclass(frozen=True, kw_only=True)
class Couple(Design):
    """Stones in a row on a plate; see nothing else."""

    family: ClassVar[Family] = "pendant"
    stone_mm: float = ranged(5.0, 2.5, 9.0, "width of the stones")
    turn: float | None = ranged(None, -90.0, 90.0, "how far the row is turned", "deg")
    stones: int = counted(2, 1, 5, "stones in the row")
    cut: str = choice("round", ("round", "oval"), "cut of the stones")
    plate: bool = switch(True, "a plate below")

    def build(self) -> Piece:
        cut = round_brilliant(self.stone_mm)
        placed = []
        for i in range(self.stones):
            place = np.eye(4)
            place[:3, 3] = (2 * self.stone_mm * i, 0, self.stone_mm)
            placed.append(Placed(f"stone {i + 1}", cut, place))
        plate = [Body("plate", to_mesh(round_brilliant(3.0)))] if self.plate else []
        return assemble("couple", "pendant", plate, placed)

    @classmethod
    def draw(cls, rng: np.random.Generator, cuts: Sequence[str]) -> Self:
        cut = str(rng.choice([cut for cut in cuts if cut in ("round", "oval")]))
        return cls(stone_mm=float(rng.uniform(3, 6)), cut=cut)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(pieces, "PIECES", {"couple": Couple})
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    assert main(["piece", *argv]) == 0
    return capsys.readouterr().out


def as_json(capsys: pytest.CaptureFixture[str], *argv: str) -> dict[str, Any]:
    return dict(json.loads(told(capsys, "couple", *argv, "--json")))


def test_by_itself_it_lists_the_designs(capsys: pytest.CaptureFixture[str]) -> None:
    line = next(line for line in told(capsys).splitlines() if "couple" in line)
    assert " ".join(line.split()) == "couple pendant Stones in a row on a plate"


def test_designs_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    (design,) = json.loads(told(capsys, "--json"))
    assert (design["name"], design["family"]) == ("couple", "pendant")
    parameters = {p.pop("name"): p for p in design["parameters"]}
    assert parameters["turn"] == {
        "what": "how far the row is turned",
        "default": None,
        "low": -90.0,
        "high": 90.0,
        "unit": "deg",
    }
    assert parameters["cut"]["choices"] == ["round", "oval"]
    assert parameters["plate"]["default"] is True


def test_help_tells_what_each_parameter_may_be(capsys: pytest.CaptureFixture[str]) -> None:
    text = " ".join(told(capsys, "couple", "--help").replace("│", " ").split())
    assert "--stone-mm" in text
    assert "Width of the stones; 2.5 to 9 mm. [5]" in text
    assert "-90 to 90 deg. [fits the rest]" in text
    assert "round, oval. [round]" in text
    assert "--no-plate" in text
    assert "culet piece" in text.partition("Examples")[2]


@pytest.mark.parametrize("suffix", [".3dm", ".glb", ".obj", ".stl", ".ply"])
def test_suffix_chooses_the_format(folder: Path, suffix: str) -> None:
    assert main(["piece", "couple", "-o", f"new{suffix}"]) == 0
    loaded = engine.load(folder / f"new{suffix}", engine.LoadOptions(pose=False))
    assert len(loaded.parts) == 3
    if suffix in (".3dm", ".glb", ".obj"):
        assert {part.name: part.layer for part in loaded.parts} == {
            "plate": "metal",
            "stone 1": "stones",
            "stone 2": "stones",
        }


def test_without_a_file_name_it_stands_beside_you(folder: Path) -> None:
    assert main(["piece", "couple"]) == 0
    assert [path.name for path in folder.iterdir()] == ["couple.3dm"]


def test_parameters_reach_the_piece(capsys: pytest.CaptureFixture[str]) -> None:
    made = as_json(capsys, "--stone-mm", "4", "--stones", "3", "--no-plate", "--turn", "-5")
    assert made["parameters"] == {
        "stone_mm": 4.0,
        "turn": -5.0,
        "stones": 3,
        "cut": "round",
        "plate": False,
    }
    assert made["part_count"] == 3
    assert made["grams"] == 0


def test_what_was_made_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    text = told(capsys, "couple", "-o", "row.3dm")
    info = engine.describe(Couple().build())
    plate, height = info.parts[0], info.size_mm[2]
    assert text.splitlines()[0] == f"couple: pendant, 15.0 x 5.0 x {height:.1f} mm"
    assert f"{plate.volume_mm3:.1f} mm³ of metal" in text
    grams = plate.volume_mm3 * materials.load("platinum-950").density / 1000
    assert f"{grams:.2f} g platinum-950" in text
    assert f"{info.carats:.3f}" in text
    assert text.splitlines()[-1] == "wrote row.3dm"
    assert "error: " in text  # the stones of this row hang in the air
    report = as_json(capsys)["check"]
    assert report["errors"] > 0


@pytest.mark.parametrize("more", [(), ("--seed", "3")])
def test_weight_sets_the_width(capsys: pytest.CaptureFixture[str], more: tuple[str, ...]) -> None:
    made = as_json(capsys, "--carat", "0.75", *more)
    (stones,) = made["stones"]
    assert stones["carats"] == pytest.approx(0.75, rel=1e-9)


def test_seed_draws_and_what_is_given_stays(capsys: pytest.CaptureFixture[str]) -> None:
    drawn = as_json(capsys, "--seed", "5")["parameters"]
    assert as_json(capsys, "--seed", "5")["parameters"] == drawn
    assert as_json(capsys, "--seed", "6")["parameters"] != drawn
    held = as_json(capsys, "--seed", "5", "--stones", "4")["parameters"]
    assert held == {**drawn, "stones": 4}
    for seed in range(4):
        chosen = as_json(capsys, "--seed", str(seed), "--cut", "oval")["parameters"]
        assert chosen["cut"] == "oval"


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        ("cuple", "choose one of couple"),
        ("couple --stone-mm 20", "stone_mm is 20; give a value from 2.5 to 9 mm"),
        ("couple --stone-mm wide", "--stone-mm"),
        ("couple --stones 2.5", "--stones"),
        ("couple --cut ovl", "choose one of round, oval"),
        ("couple --widht 3", "--widht"),
        ("couple --carat 50", "stone_mm"),
        ("couple --carat 0", "--carat"),
        ("couple --carat 1 --stone-mm 3", "drop one"),
        ("couple --seed -1", "--seed"),
        ("couple -o ring.step", "'.step'"),
        ("couple -o ring", "''"),
        ("couple -o .", ".3dm"),
        ("couple -o /proc/none/ring.3dm", "cannot be written to"),
    ],
)
def test_bad_input_is_one_sentence(
    argv: str, says: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["piece", *argv.split()]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("culet: ")
    assert printed.err.count("\n") == 1
    assert says in printed.err
    assert list(folder.iterdir()) == []


def test_every_design_has_its_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.undo()
    listed = told(capsys)
    for name, design in pieces.PIECES.items():
        assert f" {name} " in listed
        text = told(capsys, name, "--help")
        for parameter in design.parameters():
            assert "--" + parameter.name.replace("_", "-") in text

"""`culet variations`: random designs on a sheet, each of which can be had again."""

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

import engine
import materials
from engine.cli import main
from engine.cli.variations import DIAMONDS
from scenes.pieces import PIECES

TINY = ["--pixels", "24", "--spp", "1", "--no-refine", "--caustics", "off"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def drawn(*argv: str) -> list[dict[str, Any]]:
    assert main(["variations", "solitaire", *argv, *TINY, "-o", "out"]) == 0
    shown = json.loads(Path("out/sheet.png.json").read_text())
    return list(shown["pictures"])


def test_each_has_its_picture_its_seed_and_its_parameters(folder: Path) -> None:
    shown = drawn("--count", "3", "--seed", "7")
    assert [entry["seed"] for entry in shown] == [7000, 7001, 7002]
    assert (folder / "out/sheet.png").exists()
    designs = set()
    for entry in shown:
        made = json.loads((folder / "out" / f"{entry['picture']}.json").read_text())
        assert made["variation"]["parameters"] == entry["parameters"]
        assert set(made["materials"]) == {entry["metal"], entry["stone"]}
        designs.add(json.dumps(entry["parameters"]))
    assert len(designs) == 3


def test_a_seed_is_the_piece_that_the_other_command_makes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    (entry,) = drawn("--count", "1", "--seed", "5", "--rails", "2", "--carat", "0.5")
    argv = shlex.split(entry["again"])
    assert argv[:5] == ["culet", "piece", "solitaire", "--seed", "5000"]
    capsys.readouterr()
    assert main([*argv[1:], "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["parameters"] == entry["parameters"]
    assert made["carats"] == pytest.approx(0.5)
    assert entry["parameters"]["rails"] == 2
    assert engine.load(made["file"]).kind == "ring"


def test_the_same_seed_gives_the_same_sheet_and_another_one_others(folder: Path) -> None:
    one = drawn("--count", "2", "--seed", "1")
    sheet = (folder / "out/sheet.png").read_bytes()
    assert drawn("--count", "2", "--seed", "1") == one
    assert (folder / "out/sheet.png").read_bytes() == sheet
    assert drawn("--count", "2", "--seed", "2") != one


def test_materials_are_drawn_from_those_that_are_given() -> None:
    from engine.cli.designs import Choice
    from engine.cli.variations import _drawn

    choice = Choice("solitaire", PIECES["solitaire"], {})
    free = [_drawn(choice, seed, None, (), ()) for seed in range(600)]
    assert {variation.metal for variation in free} == set(materials.names("metal"))
    assert {variation.stone for variation in free} == set(materials.names("gem"))
    diamonds = sum(variation.stone == "diamond" for variation in free) / 600
    by_chance = (1.0 - DIAMONDS) / len(materials.names("gem"))
    assert abs(diamonds - DIAMONDS - by_chance) < 0.06
    two = [_drawn(choice, seed, None, ("silver-925",), ("ruby", "emerald")) for seed in range(30)]
    assert {variation.metal for variation in two} == {"silver-925"}
    assert {variation.stone for variation in two} == {"ruby", "emerald"}


@pytest.mark.parametrize("name", list(PIECES))
def test_every_design_can_be_varied(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Its own parameters and those of the sheet do not get into each other's way."""
    assert main(["variations", name, "--help"]) == 0
    told = capsys.readouterr().out
    for parameter in (*(p.name for p in PIECES[name].parameters()), "count", "seed", "pixels"):
        assert "--" + parameter.replace("_", "-") in told


def test_by_itself_it_lists_the_designs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["variations"]) == 0
    assert "solitaire" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        ("solitair", "solitaire"),
        ("solitaire --count 0", "--count"),
        ("solitaire --seed -1", "--seed"),
        ("solitaire --metal ruby", "'ruby' is no metal"),
        ("solitaire --stone dimond", "diamond"),
        ("solitaire --studio tnet", "tent"),
        ("solitaire --pixels big", "--pixels"),
        ("solitaire --size 99", "size is 99"),
        ("solitaire --cut ovl", "oval"),
        ("solitaire -o sheet.tiff", "'.tiff'"),
        ("signet --carat 1", "--carat"),
    ],
)
def test_bad_input_is_one_sentence(
    argv: str, says: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["variations", *argv.split()]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert says in told.err
    assert list(folder.iterdir()) == []

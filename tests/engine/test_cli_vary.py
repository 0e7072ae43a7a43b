"""`culet vary`: every combination as a picture, a sheet of them all, one geometry."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import engine
import engine.scene
from engine import images
from engine.cad.write import write
from engine.cli import main
from scenes.pieces import build

TINY = ["--spp", "1", "--no-refine", "--caustics", "off"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write(build("solitaire", size=46.0), tmp_path / "ring.3dm")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def pictures(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.png"))


def record(sheet: Path) -> dict[str, Any]:
    return dict(json.loads(sheet.with_name(f"{sheet.name}.json").read_text()))


METALS = ("gold-18k-yellow", "platinum-950")
STONES = ("diamond", "ruby", "sapphire")


def test_every_combination_and_a_sheet(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    two, three = ",".join(METALS), ", ".join(STONES)
    argv = ["--metal", two, "--stone", three, "--size", "32x24", "--title", "Ways"]
    assert main(["vary", "ring.3dm", *argv, *TINY, "-o", "sheet.png"]) == 0
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "")
    wanted = [f"{metal}_{stone}" for metal in METALS for stone in STONES]
    assert pictures(folder / "sheet") == sorted(wanted)
    shown = record(folder / "sheet.png")
    assert shown["title"] == "Ways"
    assert [entry["picture"] for entry in shown["pictures"]] == [f"sheet/{n}.png" for n in wanted]
    assert shown["pictures"][5] == {
        "picture": "sheet/platinum-950_sapphire.png",
        "metal": "platinum-950",
        "stone": "sapphire",
    }
    sheet = images.read(folder / "sheet.png")
    assert sheet.shape[1] > 3 * 32
    for name in wanted:
        made = json.loads((folder / "sheet" / f"{name}.png.json").read_text())
        assert set(made["materials"]) == set(name.split("_"))
        assert made["save"]["size"] == [32, 24]


def test_pictures_are_those_of_render(folder: Path) -> None:
    common = ["--size", "40", *TINY, "--view", "top"]
    assert main(["vary", "ring.3dm", "--stone", "ruby,emerald", *common, "-o", "out"]) == 0
    assert pictures(folder / "out") == ["emerald", "ruby", "sheet"]
    for stone in ("ruby", "emerald"):
        assert main(["render", "ring.3dm", "--stone", stone, *common, "-o", "one.png"]) == 0
        np.testing.assert_array_equal(
            images.read("one.png"), images.read(folder / "out" / f"{stone}.png")
        )


def test_metals_keep_their_finish(folder: Path) -> None:
    common = ["--size", "40", *TINY, "--finish", "satin"]
    two = ",".join(METALS)
    assert main(["vary", "ring.3dm", "--metal", two, *common, "-o", "out"]) == 0
    assert main(["render", "ring.3dm", "--metal", METALS[1], *common, "-o", "one.png"]) == 0
    np.testing.assert_array_equal(
        images.read("one.png"), images.read(folder / "out" / f"{METALS[1]}.png")
    )
    made = json.loads((folder / "out" / f"{METALS[0]}.png.json").read_text())
    assert "satin" in json.dumps(made["scene"])


def test_a_saved_scene_keeps_what_is_not_varied(folder: Path) -> None:
    piece = engine.load("ring.3dm")
    scene = engine.compose(piece, metal="silver-925", stone="ruby", view="top", size=(20, 30))
    scene.save("scene.toml")
    assert main(["vary", "scene.toml", "--studio", "tent,fire", *TINY]) == 0
    shown = record(folder / "scene-sheet.png")
    assert shown["note"] == "Silver 925, sterling · Ruby"
    assert [entry["studio"] for entry in shown["pictures"]] == ["tent", "fire"]
    made = json.loads((folder / "scene-sheet" / "fire.png.json").read_text())
    assert made["save"]["size"] == [20, 30]
    assert set(made["materials"]) == {"silver-925", "ruby"}


def test_the_first_studio_may_suggest_the_view(folder: Path) -> None:
    argv = ["--studio", "fire,tent", "--view", "suggested", "--size", "16", *TINY, "-o", "out"]
    assert main(["vary", "ring.3dm", *argv]) == 0
    for name in ("fire", "tent"):
        made = json.loads((folder / "out" / f"{name}.png.json").read_text())
        hint = engine.scene.load_studio("fire").camera
        assert made["scene"]["view"]["fill"] == hint.fill
        assert made["scene"]["lens"]["focal_mm"] == hint.focal_mm


def test_names_given_twice_make_one_picture(folder: Path) -> None:
    argv = ["--metal", "silver-925,silver-925", "--size", "16", *TINY, "-o", "out"]
    assert main(["vary", "ring.3dm", *argv]) == 0
    assert pictures(folder / "out") == ["ring", "sheet"]


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        ("ring.3dm", "nothing to vary"),
        ("ring.3dm --metal gold-18k-yelow,silver-925", "gold-18k-yellow"),
        ("ring.3dm --metal diamond", "'diamond' is no metal"),
        ("ring.3dm --stone silver-925", "'silver-925' is no stone"),
        ("ring.3dm --stone ruby,,diamond", "comma"),
        ("ring.3dm --studio tnet", "tent"),
        ("ring.3dm --stone ruby --view upside", "upside"),
        ("ring.3dm --stone ruby --size big", "--size"),
        ("ring.3dm --stone ruby -o sheet.exr", "'.exr'"),
        ("ring.3dm --stone ruby -o ring.3dm/sheet.png", "ring.3dm"),
        ("nowhere.3dm --stone ruby", "nowhere.3dm"),
        ("--stone ruby", "FILE"),
        ("scene.toml --stone ruby --unit cm", "saved scene"),
        ("scene.toml --stone ruby --view suggested", "saved scene"),
    ],
)
def test_bad_input_is_one_sentence(
    argv: str, says: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(folder.rglob("*"))
    assert main(["vary", *argv.split()]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert says in told.err
    assert sorted(folder.rglob("*")) == before

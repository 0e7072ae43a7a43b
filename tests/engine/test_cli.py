"""The command line: exit codes, quiet pipes, what is printed where."""

import doctest
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import engine
import engine.cad.load
from engine.cli import console, main, options, targets
from engine.doctor import Check, Report
from engine.errors import GeometryError, SetupError
from engine.finish.tone import LOOKS
from materials import MaterialError
from tests.engine.cad.cuts.test_gemcad import BRILLIANT
from tests.engine.test_cli_bad_input import octahedron


@pytest.fixture
def stone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "stone.stl").write_bytes(octahedron())
    monkeypatch.chdir(tmp_path)
    return tmp_path


TINY = ["--size", "24x16", "--spp", "1", "--no-refine"]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (GeometryError("is open; close it", part="stone 3"), 2),
        (MaterialError("no material is called 'goold'"), 2),
        (SetupError("needs LLVM"), 1),
        (MemoryError(), 1),
        (ZeroDivisionError("a defect"), 1),
        (KeyboardInterrupt(), 130),
    ],
)
def test_every_error_is_one_sentence_and_a_code(
    error: BaseException, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    def work() -> None:
        raise error

    assert console.attempt(work) == code
    told = capsys.readouterr().err
    assert told.startswith("culet: ")
    assert told.count("\n") == 1


def test_reader_that_leaves_is_no_error() -> None:
    code = "import sys; from engine.cli import main; sys.exit(main(['materials']))"
    gone, end = os.pipe()
    os.close(gone)
    with os.fdopen(end, "wb") as pipe:
        run = subprocess.run([sys.executable, "-c", code], stdout=pipe, stderr=subprocess.PIPE)
    assert (run.returncode, run.stderr) == (0, b"")


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"culet {engine.__version__}\n"


@pytest.mark.parametrize("command", ["render", "info", "doctor", "materials", "studios"])
def test_help_teaches_by_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--help"]) == 0
    told = capsys.readouterr().out
    assert "Examples" in told
    assert f"culet {command}" in told.partition("Examples")[2]


def test_defaults_in_help_survive_markup(capsys: pytest.CaptureFixture[str]) -> None:
    main(["render", "--help"])
    told = capsys.readouterr().out
    for default in ("[tent]", "[three-quarter]", "[1024x1024]", "[8]", "[auto]"):
        assert default in told


def test_materials_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["materials", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert {"gold-18k-yellow", "diamond"} <= {material["name"] for material in listed}
    assert {material["kind"] for material in listed} <= {"metal", "gem", "organic", "opaque"}
    assert all(material["sources"] for material in listed)


def test_studios_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["studios", "--json"]) == 0
    listed = {studio["name"]: studio for studio in json.loads(capsys.readouterr().out)}
    assert len(listed) == 8
    assert listed["fire"]["ground"]["kind"] == "mirror"
    assert listed["velvet"]["camera"]["f_number"] == 16
    assert listed["tent"]["key_spectrum"] == "D55"
    assert listed["tent"]["key_cct_k"] == pytest.approx(5500, abs=20)
    assert all(studio["light"] and studio["title"] for studio in listed.values())


def test_the_suggested_view_is_the_studios(stone: Path) -> None:
    options = ["--spp", "1", "--no-refine", "--size", "24x16", "--studio", "macro"]
    assert main(["render", "stone.stl", *options, "--view", "suggested", "-o", "a.png"]) == 0
    told = json.loads((stone / "a.png.json").read_text("utf-8"))
    assert told["scene"]["lens"]["focal_mm"] == 180
    assert told["scene"]["view"]["elevation_deg"] == 38


@pytest.mark.parametrize(("command", "shown"), [("materials", "diamond"), ("studios", "tent")])
def test_tables(command: str, shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command]) == 0
    assert shown in capsys.readouterr().out


@pytest.mark.parametrize(("state", "code"), [("ok", 0), ("note", 0), ("bad", 1)])
def test_doctor_says_whether_rendering_works(
    state: str, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    check = Check("LLVM", state, "seen [19.1]", "do this")  # type: ignore[arg-type]
    monkeypatch.setattr("engine.doctor.examine", lambda: Report((check,), None))
    assert main(["doctor"]) == code
    assert "seen [19.1]" in capsys.readouterr().out
    assert main(["doctor", "--json"]) == code
    assert json.loads(capsys.readouterr().out)["can_render"] is (code == 0)


def test_one_file_one_picture_and_a_quiet_pipe(
    stone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["render", "stone.stl", *TINY, "-o", "new/picture.png"]) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert all(": warning: " in line for line in told.err.splitlines())
    assert (stone / "new/picture.png").read_bytes().startswith(b"\x89PNG")


def test_default_picture_stands_beside_you(stone: Path) -> None:
    assert main(["render", "stone.stl", *TINY]) == 0
    assert (stone / "stone.png").exists()


def test_times_of_each_stage(stone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", "stone.stl", *TINY, "--times"]) == 0
    stages = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert stages == ["load", "check", "compose", "trace", "finish", "save", "in"]


def test_one_failure_does_not_stop_the_others(
    stone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (stone / "empty.stl").touch()
    assert main(["render", "empty.stl", "stone.stl", *TINY, "-o", "out"]) == 2
    assert "empty.stl" in capsys.readouterr().err
    assert [path.suffix for path in (stone / "out").glob("stone*.png")] == [".png"]


def test_several_views_go_into_a_folder(stone: Path) -> None:
    views = ["--view", "front", "--view", "30/20"]
    assert main(["render", "stone.stl", *TINY, *views, "-o", "out"]) == 0
    names = sorted(path.name for path in (stone / "out").glob("*.png"))
    assert len(names) == 2
    assert all(name.startswith("stone") for name in names)
    assert "front" in names[1]


def test_saved_scene_renders_the_same_picture(stone: Path) -> None:
    piece = engine.load("stone.stl")
    engine.compose(piece, stone="ruby", size=(24, 16), seed=5).save("scene.toml")
    options = ["--spp", "1", "--no-refine"]
    assert main(["render", "scene.toml", *options, "-o", "a.png"]) == 0
    assert (
        main(["render", "stone.stl", *TINY, "--stone", "ruby", "--seed", "5", "-o", "b.png"]) == 0
    )
    assert (stone / "a.png").read_bytes() == (stone / "b.png").read_bytes()
    assert main(["render", "scene.toml", *options, "--seed", "6", "-o", "c.png"]) == 0
    assert (stone / "a.png").read_bytes() != (stone / "c.png").read_bytes()


def test_interruption_stops_everything(
    stone: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    started = []

    def interrupted(path: Path, options: engine.LoadOptions) -> None:
        started.append(path)
        raise KeyboardInterrupt

    monkeypatch.setattr(sys.modules["engine.cad.load"], "load", interrupted)
    (stone / "other.stl").write_bytes(octahedron())
    assert main(["render", "stone.stl", "other.stl", "-o", "out"]) == 130
    assert len(started) == 1
    assert not (stone / "out").exists()


def test_interruption_while_starting(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Interrupts:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "engine.cli.app":
                raise KeyboardInterrupt

    monkeypatch.delitem(sys.modules, "engine.cli.app", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Interrupts(), *sys.meta_path])
    assert main(["studios"]) == 130
    assert capsys.readouterr().err == "culet: interrupted.\n"


def test_look_reaches_the_picture(stone: Path) -> None:
    assert [look.value for look in options.Look] == list(LOOKS)
    assert options.Look.photo.value == engine.Settings().look
    for look in ("photo", "crisp"):
        assert main(["render", "stone.stl", *TINY, "--look", look, "-o", f"{look}.png"]) == 0
    told = json.loads((stone / "crisp.png.json").read_text("utf-8"))
    assert told["finish"]["look"] == "crisp"
    assert (stone / "photo.png").read_bytes() != (stone / "crisp.png").read_bytes()


def test_the_budget_of_caustics_reaches_the_tracer(stone: Path) -> None:
    assert options.Caustics.fast.value == engine.Settings().caustics
    for budget, photons in (("off", None), ("fast", 4), ("full", 32)):
        out = f"{budget}.png"
        assert main(["render", "stone.stl", *TINY, "--caustics", budget, "-o", out]) == 0
        told = json.loads((stone / f"{out}.json").read_text("utf-8"))
        if photons is None:
            assert "caustics" not in told
        else:
            width, height = told["save"]["size"]
            assert told["caustics"]["photons"] == photons * width * height
    assert (stone / "fast.png").read_bytes() != (stone / "off.png").read_bytes()


def test_time_of_every_stage_is_on_record(stone: Path) -> None:
    assert main(["render", "stone.stl", *TINY, "-o", "a.png"]) == 0
    told = json.loads((stone / "a.png.json").read_text("utf-8"))
    for stage in ("load", "compose", "trace", "finish", "save"):
        assert told[stage]["seconds"] >= 0


def test_file_without_permission_does_not_stop_the_others(
    stone: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (stone / "secret.stl").write_bytes(octahedron())
    open_file: Any = Path.open

    def guarded(path: Path, *how: Any, **more: Any) -> Any:
        if path.name == "secret.stl":
            raise PermissionError(13, "Permission denied")
        return open_file(path, *how, **more)

    monkeypatch.setattr(Path, "open", guarded)
    monkeypatch.setattr(os, "access", lambda path, *_, **__: Path(path).name != "secret.stl")
    assert main(["render", "secret.stl", "stone.stl", *TINY, "-o", "out"]) == 2
    assert "secret.stl: the file cannot be opened" in capsys.readouterr().err
    assert (stone / "out/stone.png").exists()


def test_info_for_people_and_programs(stone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", "stone.stl", "--json"]) == 0
    assert isinstance(json.loads(capsys.readouterr().out), dict)
    assert main(["info", "stone.stl"]) == 0
    told = capsys.readouterr().out
    assert "ct of stones" in told
    assert "g of metal" not in told


def test_info_names_the_cut(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A certificate's proportions, for people in per cent and for programs as parts."""
    (tmp_path / "loose.asc").write_text(BRILLIANT, "cp1252")
    assert main(["info", str(tmp_path / "loose.asc")]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "round brilliant" in told
    assert "crown 11.2 at 28.0°" in told
    assert main(["info", str(tmp_path / "loose.asc"), "--json"]) == 0
    (stone,) = json.loads(capsys.readouterr().out)["stones"]
    assert stone["cut"]["name"] == "round"
    assert stone["cut"]["pavilion_deg"] == pytest.approx(41.5)
    assert stone["cut"]["pavilion_facets"] == 24


def test_examples_in_docstrings() -> None:
    assert doctest.testmod(options).failed == 0


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["a/ring.stl", "b/bezel.stl"], ["ring", "bezel"]),
        (["ring.stl", "ring.3dm"], ["ring-stl", "ring-3dm"]),
        (["{ring}.stl"], ["{{ring}}"]),
    ],
)
def test_names_in_a_folder(files: list[str], expected: list[str], tmp_path: Path) -> None:
    planned = targets.plan([Path(file) for file in files], tmp_path, 1)
    assert [target.template for target in planned] == expected


def test_planning_leaves_no_trace(tmp_path: Path) -> None:
    targets.plan([Path("ring.stl")], tmp_path / "deep" / "er" / "ring.png", 1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("terminal", [True, False])
def test_progress_is_drawn_on_a_terminal_only(
    terminal: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: terminal)
    with console.progress_bars() as progress:
        assert (progress is not None) is terminal
        watch: Callable[[str, int, int], None] = progress or (lambda *_: None)
        watch("trace", 1, 2)
        watch("trace", 2, 2)
    assert ("trace" in capsys.readouterr().err) is terminal

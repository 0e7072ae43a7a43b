"""Bad input on the command line: exit code 2, one sentence, no traceback, nothing written."""

import os
import struct
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.cli import main

#: What stands in the folder that every case starts in.
FILES: dict[str, bytes] = {
    "empty.stl": b"",
    "cut.stl": b"\0" * 80 + struct.pack("<I", 12) + b"\0" * 100,
    "boast.stl": b"\0" * 80 + struct.pack("<I", 4_000_000_000) + b"\0" * 50,
    "noise.3dm": bytes(range(256)) * 8,
    "picture.glb": b"\x89PNG\r\n\x1a\n" + b"\0" * 64,
    "notes.txt": b"a ring, about so big",
    "points.obj": b"v 0 0 0\nv 1 0 0\nv 0 1 0\n",
    "nan.obj": b"v 0 0 nan\nv 1 0 0\nv 0 1 0\nf 1 2 3\n",
    "broken.toml": b"[scene\nsize = ",
    "lost.toml": b'[piece]\npath = "nowhere.stl"\n',
    "wrong.yaml": b"name: wrong\nkind: cheese\n",
}


def octahedron() -> bytes:
    """An ASCII STL of a closed stone, 6 mm across."""
    lines = ["solid stone"]
    for x in (3, -3):
        for y in (3, -3):
            for z in (3, -3):
                corners = [(x, 0, 0), (0, y, 0), (0, 0, z)]
                outward = corners if x * y * z > 0 else corners[::-1]
                lines += ["facet normal 0 0 0", "outer loop"]
                lines += [f"vertex {a} {b} {c}" for a, b, c in outward]
                lines += ["endloop", "endfacet"]
    return "\n".join([*lines, "endsolid stone", ""]).encode()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "stone.stl").write_bytes(octahedron())
    (tmp_path / "scans").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Runs `culet` with these arguments and returns the one sentence it must answer with."""

    def run(*argv: str) -> str:
        before = sorted(folder.rglob("*"))
        code = main(argv)
        told = capsys.readouterr()
        assert code == 2, told.err
        assert told.out == ""
        lines = told.err.splitlines()
        assert len(lines) == 1, told.err
        assert lines[0].startswith("culet: ")
        assert "Traceback" not in told.err
        assert sorted(folder.rglob("*")) == before
        return lines[0]

    return run


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("nowhere.stl", "nowhere.stl"),
        ("scans", "scans"),
        ("empty.stl", "empty"),
        ("cut.stl", "cut.stl"),
        ("boast.stl", "boast.stl"),
        ("noise.3dm", "noise.3dm"),
        ("picture.glb", "picture.glb"),
        ("notes.txt", "notes.txt"),
        ("points.obj", "points.obj"),
        ("nan.obj", "nan.obj"),
        ("broken.toml", "broken.toml"),
        ("lost.toml", "lost.toml"),
    ],
)
def test_file_that_cannot_be_read(refused: Callable[..., str], file: str, says: str) -> None:
    assert says in refused("render", file)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ("--size 0", "--size"),
        ("--size 0x100", "--size"),
        ("--size 1000000", "--size"),
        ("--size big", "--size"),
        ("--spp 0", "--spp"),
        ("--spp 99999999", "--spp"),
        ("--spp many", "--spp"),
        ("--metal gold-18k-yelow", "gold-18k-yellow"),
        ("--metal diamond", "diamond"),
        ("--stone dimond", "diamond"),
        ("--clarity SI9", "FL, IF, VVS1, VVS2, VS1, VS2, SI1, SI2"),
        ("--finish satn", "satin"),
        ("--finish worn:7", "from 0 to 1"),
        ("--finish =satin", "PATTERN=FINISH"),
        ("--finish satin --finish matte", "which parts"),
        ("--finish nothing*=satin", "nothing*"),
        ("--stone wrong.yaml", "wrong.yaml"),
        ("--studio tnet", "tent"),
        ("--studio nowhere.toml", "nowhere.toml"),
        ("--ground lawn", "--ground"),
        ("--ground mirror --transparent", "--transparent"),
        ("--view upside-down", "upside-down"),
        ("--view 10/-50", "elevation"),
        ("--exposure bright", "--exposure"),
        ("--look vivid", "--look"),
        ("--hdri-rotation 90", "--hdri"),
        ("--hdri-strength 2", "--hdri"),
        ("--exposure nan", "--exposure"),
        ("--hdri nowhere.exr", "nowhere.exr"),
        ("--assign stone", "PATTERN=MATERIAL"),
        ("--assign stone=dimond", "diamond"),
        ("--mapping nowhere.toml", "nowhere.toml"),
        ("--unit furlong", "furlong"),
        ("--scale 0", "scale"),
        ("--scale nan", "scale"),
        ("--up w", "axis"),
        ("--ring-size enormous", "enormous"),
        ("--seed -1", "seed"),
        ("--estimator magic", "--estimator"),
        ("--device abacus", "--device"),
        ("--polish", "--polish"),
        ("-o picture.gif", ".gif"),
        ("-o stone.stl/picture.png", "stone.stl"),
        ("-o one.png --view front --view top", "folder"),
    ],
)
def test_option_that_makes_no_sense(refused: Callable[..., str], options: str, says: str) -> None:
    assert says in refused("render", "stone.stl", *options.split())


def test_folder_that_cannot_be_written(refused: Callable[..., str], folder: Path) -> None:
    closed = folder / "scans"
    closed.chmod(0o500)
    if os.access(closed, os.W_OK):  # a superuser, whom no permission stops
        if sys.platform != "linux":
            pytest.fail("run the tests as an ordinary user")
        closed = Path("/proc")
    assert "cannot be written to" in refused("render", "stone.stl", "-o", str(closed / "p.png"))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ("--stone dimond", "diamond"),
        ("--studio tnet", "tent"),
        ("--view x", "'x'"),
        ("--mapping scans", "scans"),
        ("--hdri scans", "scans"),
        ("-o a.gif", ".gif"),
    ],
)
def test_options_are_looked_at_before_files(
    refused: Callable[..., str], options: str, says: str
) -> None:
    """Once, not for every file, and not after minutes of loading."""
    assert says in refused("render", "nowhere.stl", "lost.toml", *options.split())


def test_empty_size(refused: Callable[..., str]) -> None:
    assert "--size" in refused("render", "stone.stl", "--size", "")


def test_name_that_no_system_can_hold(refused: Callable[..., str]) -> None:
    assert "too long" in refused("render", "a" * 300 + ".stl")


def test_nothing_to_render(refused: Callable[..., str]) -> None:
    assert "FILE" in refused("render")


def test_two_inputs_of_one_name(refused: Callable[..., str], folder: Path) -> None:
    (folder / "scans" / "stone.stl").write_bytes(octahedron())
    assert "'stone-stl'" in refused("render", "stone.stl", "scans/stone.stl", "-o", "out")


def test_saved_scene_with_another_metal(refused: Callable[..., str]) -> None:
    assert "--view" in refused("render", "lost.toml", "--metal", "silver-925")
    assert "--view" in refused("render", "lost.toml", "--view", "suggested")


@pytest.mark.parametrize("file", ["empty.stl", "notes.txt", "nowhere.step"])
def test_info_of_a_bad_file(refused: Callable[..., str], file: str) -> None:
    assert file in refused("info", file)


def test_debug_shows_where(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", "empty.stl", "--debug"]) == 2
    assert "Traceback" in capsys.readouterr().err

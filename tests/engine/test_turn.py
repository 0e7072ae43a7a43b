"""A turntable goes on where it stopped, and ends with the same bits."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import engine
from engine import images
from engine.cli import main
from engine.errors import FileError, SceneError
from engine.output import exposure_in
from engine.pipeline import Settings
from engine.scene import View, rock
from engine.turn import numbers
from tests.engine.test_cli_bad_input import octahedron

TINY = Settings(spp=2, caustics="off", device="cpu")


@pytest.fixture
def stone(tmp_path: Path) -> Path:
    (tmp_path / "stone.stl").write_bytes(octahedron())
    return tmp_path / "stone.stl"


def scene_of(file: Path, **look: Any) -> engine.Scene:
    return engine.compose(engine.load(file), size=(32, 24), **look)


def bits(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.png"))}


def test_only_what_is_missing_is_made(stone: Path, tmp_path: Path) -> None:
    scene, views = scene_of(stone), engine.orbit(4)
    traced: list[int] = []

    def note(stage: str, done: int, total: int) -> None:
        if stage == "save":
            traced.append(total)

    paths = engine.turntable(scene, views, tmp_path / "out", TINY, progress=note)
    assert [path.name for path in paths] == ["1.png", "2.png", "3.png", "4.png"]
    assert traced == [4] * 4
    whole = bits(tmp_path / "out")
    paths[2].unlink()
    paths[0].write_bytes(b"half a picture")
    traced.clear()
    engine.turntable(scene, views, tmp_path / "out", TINY, progress=note)
    assert traced == [2] * 2
    assert bits(tmp_path / "out") == whole
    traced.clear()
    engine.turntable(scene, views, tmp_path / "out", TINY, progress=note)
    assert traced == []


def test_all_views_are_exposed_by_the_first(stone: Path, tmp_path: Path) -> None:
    scene, views = scene_of(stone), engine.orbit(3)
    pictures = engine.render(scene, views, TINY)
    ev = pictures[0].provenance["finish"]["exposure_ev"]
    engine.turntable(scene, views, tmp_path / "out", TINY)
    known = exposure_in(tmp_path / "out")
    assert known is not None
    assert known.ev == pytest.approx(ev, abs=1e-4)
    engine.save([pictures[2]], tmp_path / "alone.png")
    assert (tmp_path / "alone.png").read_bytes() == (tmp_path / "out/3.png").read_bytes()


@pytest.mark.parametrize(
    "other",
    [
        {"studio": "velvet"},
        {"metal": "platinum-950", "stone": "ruby"},
        {"seed": 1},
        {"settings": Settings(spp=3, caustics="off", device="cpu")},
        {"views": engine.orbit(2, 30.0)},
    ],
)
def test_the_pictures_of_another_job_are_not_mixed_in(
    stone: Path, tmp_path: Path, other: dict[str, Any]
) -> None:
    views = engine.orbit(2)
    engine.turntable(scene_of(stone), views, tmp_path / "out", TINY)
    whole = bits(tmp_path / "out")
    now, settings = other.pop("views", views), other.pop("settings", TINY)
    with pytest.raises(FileError, match="holds pictures of another job"):
        engine.turntable(scene_of(stone, **other), now, tmp_path / "out", settings)
    assert bits(tmp_path / "out") == whole


def test_a_damaged_state_is_told(stone: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    for text in ("{", "[]", '{"asked": "x", "exposure": {"ev": "a", "white": [1]}}'):
        (tmp_path / "out/series.json").write_text(text)
        with pytest.raises(FileError, match="is damaged; remove it to start again"):
            engine.turntable(scene_of(stone), engine.orbit(2), tmp_path / "out", TINY)


def test_killed_three_times_it_ends_with_the_same_bits(stone: Path, tmp_path: Path) -> None:
    """At moments drawn at random, and by a signal that leaves no time to tidy up."""
    culet = "import sys; from engine.cli import main; sys.exit(main(sys.argv[1:]))"
    line = [sys.executable, "-c", culet, "turntable", str(stone), "--views", "6"]
    line = [*line, "--size", "48", "--spp", "4", "--device", "cpu", "--no-page"]
    alone, killed = tmp_path / "alone", tmp_path / "killed"
    subprocess.run([*line, "-o", str(alone)], check=True, capture_output=True)
    rng = np.random.default_rng(os.getpid())
    for wanted in (1, 2, 4):
        run = subprocess.Popen([*line, "-o", str(killed)], stderr=subprocess.PIPE)
        while len(list(killed.glob("*.png"))) < wanted and run.poll() is None:
            time.sleep(0.005)
        time.sleep(rng.uniform(0, 0.2))
        run.send_signal(signal.SIGKILL)
        run.communicate()
    assert 1 <= len(bits(killed)) < 6
    subprocess.run([*line, "-o", str(killed)], check=True, capture_output=True)
    assert bits(killed) == bits(alone)
    assert len(bits(alone)) == 6
    assert not list(killed.glob(".*.part"))


def test_the_command_makes_rows_films_and_a_page(stone: Path, tmp_path: Path) -> None:
    line = ["turntable", str(stone), "--views", "3", "--size", "33x24", "--spp", "1"]
    line += ["--elevation", "40", "--elevation", "10", "--film", "mp4", "--film", "webp"]
    line += ["--name", "{piece}_{row}_{number}", "--first", "0", "--digits", "3"]
    assert main([*line, "-o", str(tmp_path / "out"), "--no-refine"]) == 0
    names = {path.name for path in (tmp_path / "out").glob("stone_*.png")}
    assert names == {f"stone_{r}_{n:03d}.png" for r in (1, 2) for n in range(3)}
    assert {path.name for path in (tmp_path / "out").glob("film*")} == {
        f"film-{r}.{kind}" for r in (1, 2) for kind in ("mp4", "webp")
    }
    assert "Ring" not in (tmp_path / "out/spin.html").read_text("utf-8")
    assert images.read(tmp_path / "out/still/1.png").shape[:2] == (48, 66)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["--name", "{piece}"], "--name '{piece}' gives several pictures one name"),
        (["--name", "{view}"], "a name template cannot hold '{view}'"),
        (["--arc", "0"], "--arc 0 is no turn"),
        (["--arc", "90", "--rock", "5"], "drop one of them"),
        (["--elevation", "95"], "elevation_deg must be a number from 0 to 90"),
    ],
)
def test_what_makes_no_sense_is_told_before_anything_is_made(
    stone: Path, tmp_path: Path, given: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["turntable", str(stone), "--views", "2", *given, "-o", str(out)]) == 2
    assert told in capsys.readouterr().err
    assert not out.exists()


def test_a_rocking_light_moves_nothing_but_light() -> None:
    views = rock(View(20.0, 15.0, turntable=True), 8, 10.0)
    assert {(v.azimuth_deg, v.elevation_deg, v.turntable) for v in views} == {(20.0, 15.0, True)}
    np.testing.assert_allclose(
        [v.light_deg for v in views], 10 * np.sin(np.arange(8) * np.pi / 4), atol=1e-12
    )
    with pytest.raises(SceneError, match="sway_deg"):
        rock(views[0], 8, 400.0)


def test_turning_the_light_is_turning_the_view_less_the_turn(stone: Path) -> None:
    """Lights that stand with the camera, turned back by as much as it went round, stand still."""
    scene = scene_of(stone, studio="fire")
    assert scene.studio.rig == "camera"
    frames = engine.trace(
        scene, [View(0, 30), View(0, 30, light_deg=90.0), View(0, 30, light_deg=360.0)],
        spp=4, device="cpu",
    )  # fmt: skip
    still, turned, round_ = (frame.xyz for frame in frames)
    np.testing.assert_allclose(round_, still, rtol=0.05, atol=0.02)
    assert np.abs(turned - still).mean() > 0.02


def test_an_arc_begins_and_ends_where_it_says() -> None:
    views = engine.orbit(4, 10.0, start_deg=30.0, arc_deg=-120.0)
    assert [v.azimuth_deg for v in views] == [30.0, 0.0, -30.0, -60.0]
    assert numbers(12, first=0, digits=3)[-1] == "011"

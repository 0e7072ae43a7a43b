"""`culet check`: what is printed, and the exit code of clean, faulty and unreadable files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.cad.write import write
from engine.cli import main
from tests.engine.cad.check import planted


@pytest.fixture
def touching(tmp_path: Path) -> Path:
    path = tmp_path / "touching.3dm"
    write(planted.stones(planted.shifted(), planted.shifted(x=5.01)), path)
    return path


@pytest.fixture
def crossing(tmp_path: Path) -> Path:
    path = tmp_path / "crossing.3dm"
    write(planted.stones(planted.shifted(), planted.shifted(x=4.0)), path)
    return path


def test_a_clean_file(touching: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(touching)]) == 0
    assert capsys.readouterr().out == f"{touching}: no faults found\n"


def test_a_faulty_file_is_told_in_sentences(
    crossing: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(crossing)]) == 2
    first, second = capsys.readouterr().out.splitlines()
    assert first == f"{crossing}: 1 error and no warnings: 1 stones-cut"
    assert "'stone 1' and 'stone 2' cut" in second
    assert "move them apart" in second
    assert " At x " in second


def test_json_for_pipelines(crossing: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(crossing), "--json"]) == 2
    told = json.loads(capsys.readouterr().out)
    assert (told["readable"], told["errors"], told["warnings"]) == (True, 1, 0)
    (finding,) = told["findings"]
    assert finding["kind"] == "stones-cut"
    assert finding["parts"] == ["stone 1", "stone 2"]
    assert finding["unit"] == "mm"
    assert finding["value"] > finding["limit"]
    assert len(finding["at"]) == 3


def test_json_of_an_unreadable_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "broken.stl"
    broken.write_bytes(b"solid nothing\n")
    assert main(["check", str(broken), "--json"]) == 2
    told = capsys.readouterr()
    assert json.loads(told.out)["readable"] is False
    assert str(broken) in told.err


def test_info_sums_the_faults_up(crossing: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(crossing)]) == 0
    assert "check: 1 error and no warnings: 1 stones-cut" in capsys.readouterr().out
    assert main(["info", str(crossing), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["check"]["errors"] == 1


def test_a_picture_is_made_with_a_warning(
    crossing: Path, touching: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny = ["--size", "16", "--spp", "1", "--no-refine", "--caustics", "off"]
    for file, warned in ((crossing, True), (touching, False)):
        assert main(["render", str(file), *tiny, "-o", str(tmp_path / "a.png")]) == 0
        assert ("1 stones-cut; `culet check`" in capsys.readouterr().err) is warned

"""What a picture says of its inputs."""

from __future__ import annotations

import json
from pathlib import Path

import engine
from engine.scene import compose, record
from tests.engine.trace.pieces import brilliant, scene


def test_a_loaded_piece_is_recorded_with_its_file_and_the_scene(tmp_path: Path) -> None:
    path = engine.write(brilliant(), tmp_path / "loose.3dm")
    piece = engine.load(path)
    found = record(compose(piece, stone="ruby", seed=7))
    assert found["load"]["path"] == str(path)
    assert len(found["load"]["sha256"]) == 64
    assert found["load"]["notes"]
    assert found["scene"]["seed"] == 7
    assert found["scene"]["studio"]
    sources = found["materials"]["ruby"]["sources"]
    assert {"of", "evidence", "source"} <= set(sources[0])
    json.dumps(found, allow_nan=False)


def test_a_piece_without_a_file_is_recorded_by_its_materials() -> None:
    found = record(scene(brilliant(), {"stone": "diamond"}))
    assert found["scene"] == {"materials": {"stone": "diamond"}, "finishes": {}}
    assert "Peter" in json.dumps(found["materials"], ensure_ascii=False)
    assert "path" not in found["load"]

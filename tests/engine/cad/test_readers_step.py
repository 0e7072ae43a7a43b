"""STEP, through OpenCASCADE."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.cad.readers import read
from tests.engine.cad.sample_files import volume
from tests.engine.cad.step_files import step


@pytest.mark.parametrize(("inch", "factor"), [(False, 1.0), (True, 25.4)])
def test_step_parts_names_and_units(tmp_path: Path, inch: bool, factor: float) -> None:
    path = tmp_path / "ring.stp"
    path.write_bytes(step({"shank": (1, 2, 3), "stone 1": (1, 1, 1)}, inch))
    model = read(path)
    assert (model.format, model.unit, model.up, model.named) == ("step", "mm", "z", True)
    assert [part.name for part in model.parts] == ["shank", "stone 1"]
    assert [part.material for part in model.parts] == [None, None]
    shank = model.parts[0]
    assert shank.vertices.max(axis=0) == pytest.approx([factor, 2 * factor, 3 * factor])
    assert volume(shank.vertices, shank.faces) == pytest.approx(6 * factor**3, rel=1e-5)

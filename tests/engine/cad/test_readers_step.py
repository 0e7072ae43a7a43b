"""STEP, through OpenCASCADE."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.cad.readers import read
from tests.engine.cad.sample_files import volume
from tests.engine.cad.step_files import ball, step


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


def test_curved_faces_stay_within_a_hundredth_of_a_millimetre(tmp_path: Path) -> None:
    path = tmp_path / "ball.step"
    path.write_bytes(ball(3.0))
    (part,) = read(path).parts
    corners = part.vertices[part.faces]
    assert np.linalg.norm(corners, axis=2) == pytest.approx(3.0, abs=1e-6)
    centres, edges = corners.mean(axis=1), (corners + np.roll(corners, 1, axis=1)) / 2
    assert 3.0 - np.linalg.norm(centres, axis=1).min() < 0.01
    assert 3.0 - np.linalg.norm(edges, axis=2).min() < 0.01
    assert volume(part.vertices, part.faces) == pytest.approx(4 / 3 * np.pi * 27, rel=5e-3)

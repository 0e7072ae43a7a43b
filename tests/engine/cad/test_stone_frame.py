"""The frame of a stone: table up, length first, whatever way the mesh is turned."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.cad.cuts import emerald, oval, princess, round_brilliant, to_mesh
from engine.cad.stone_frame import stone_frame
from tests.engine.scene.samples import box

CUTS = {
    "brilliant": round_brilliant(6.5),
    "emerald": emerald(5.0, 1.4),
    "oval": oval(5.0, 1.3),
    "princess": princess(5.0),
}


@pytest.mark.parametrize("name", CUTS)
def test_frame_turns_with_the_stone(name: str) -> None:
    mesh = to_mesh(CUTS[name])
    own = stone_frame(mesh)
    np.testing.assert_allclose(own @ own.T, np.eye(3), atol=1e-9)
    np.testing.assert_allclose(own[2], [0, 0, 1], atol=1e-6)
    extent = np.ptp(mesh.vertices @ own.T, axis=0)
    assert extent[0] >= 0.99 * extent[1]
    turn = np.linalg.qr(np.random.default_rng(3).normal(size=(3, 3)))[0]
    turn *= np.sign(np.linalg.det(turn))
    found = stone_frame(replace(mesh, vertices=mesh.vertices @ turn.T)) @ turn
    np.testing.assert_allclose(found[2], [0, 0, 1], atol=1e-4)
    if name in ("emerald", "oval"):
        np.testing.assert_allclose(np.abs(found[0]), np.abs(own[0]), atol=1e-4)


def test_a_block_without_a_table_keeps_right_angles() -> None:
    frame = stone_frame(box(3.0, 4.0, 5.0))
    np.testing.assert_allclose(frame @ frame.T, np.eye(3), atol=1e-9)
    assert np.linalg.det(frame) == pytest.approx(1.0)

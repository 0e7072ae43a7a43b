"""Odd geometry is reported, never a crash."""

import numpy as np
import pytest

from engine.cad.check import check
from engine.types import Mesh, Part, Piece, Role
from tests.engine.cad import shapes

Body = tuple[shapes.Solid, bool, Role]

TRIANGLE = (np.array([[0, 0, 0], [5, 0, 0], [0, 5, 0]], float), np.array([[0, 1, 2]], np.int32))
LINE = (np.array([[0, 0, 0], [5, 0, 0], [2, 0, 0]], float), np.array([[0, 1, 2]], np.int32))
TETRAHEDRON = shapes.hull(np.array([[0, 0, 0], [5, 0, 0], [0, 5, 0], [0, 0, 5]], float))
STONE: Body = (shapes.octahedron(3.0), True, "stone")


@pytest.mark.parametrize(
    ("bodies", "kinds"),
    [
        ([(TRIANGLE, False, "metal")], {"open-metal"}),
        ([(TRIANGLE, False, "metal"), STONE], {"open-metal", "loose-stone", "metal-in-stone"}),
        ([(LINE, False, "metal"), STONE], {"open-metal", "loose-stone", "metal-in-stone"}),
        ([(TETRAHEDRON, True, "stone")], set()),
        ([(shapes.ball(3.0), True, "pearl")], set()),
        ([(shapes.ball(3.0), True, "stone"), (shapes.box(1, 1, 20), True, "metal")], set()),
        ([STONE, (shapes.box(9, 9, 9), True, "metal")], {"metal-in-stone"}),
    ],
)
def test_odd_pieces(bodies: list[Body], kinds: set[str]) -> None:
    meshes = tuple(Mesh(*solid, None, closed) for solid, closed, _ in bodies)
    parts = [Part(f"part {i}", i, np.eye(4), role) for i, (_, _, role) in enumerate(bodies)]
    assert {f.kind for f in check(Piece(meshes, tuple(parts))).findings} == kinds

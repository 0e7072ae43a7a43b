"""Rounded edges: the normal turns as on a fillet, at convex edges of metal and nowhere else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import trimesh

from engine.trace.creases import MOST_MM, Creases, creases_of
from engine.types import FloatArray, Mesh, Part, Piece
from tests.engine.trace.pieces import ball, brilliant

RADIUS = 0.1
HALF = 1.0  # of the cube's side, mm


def faceted(solid: Any) -> tuple[FloatArray, FloatArray, Any]:
    """Vertices, normals and faces as the tracer bakes flat parts."""
    corners = np.asarray(solid.triangles, dtype=np.float64)
    normals = np.repeat(np.asarray(solid.face_normals), 3, axis=0)
    return corners.reshape(-1, 3), normals, np.arange(3 * len(corners)).reshape(-1, 3)


def cube(times: int = 0) -> Any:
    """A cube, its triangles quartered some times."""
    solid = trimesh.creation.box((2 * HALF, 2 * HALF, 2 * HALF))
    for _ in range(times):
        solid = solid.subdivide()
    return solid


def rounded(solid: Any, points: FloatArray, radius: float = RADIUS) -> FloatArray:
    """Rounded normals of points on the surface of a flat solid, [N, 3]."""
    from engine.trace.backend import mi
    from engine.trace.edges import Edges

    baked = faceted(solid)
    edges = Edges(creases_of(*baked, np.ones(len(baked[2]), dtype=bool)))
    face = np.array([_nearest(solid.triangles, point) for point in points])
    n = mi.Normal3f(*solid.face_normals[face].T.astype(np.float32))
    found = edges.rounded(
        mi.UInt32(face.astype(np.uint32)),
        mi.Point3f(*points.T.astype(np.float32)),
        n,
        mi.Float(radius),
        mi.Bool(True),
    )
    return np.array(found, dtype=np.float64).T


def _nearest(triangles: FloatArray, point: FloatArray) -> int:
    """The triangle that a point lies on."""
    there = np.broadcast_to(point, (len(triangles), 3))
    gap = np.linalg.norm(trimesh.triangles.closest_point(triangles, there) - point, axis=1)
    return int(gap.argmin())


def beside(distance: float, along: float = 0.3) -> FloatArray:
    """A point on the cube's top, that far from its edge towards +x."""
    return np.array([[HALF - distance, along, HALF]])


@pytest.mark.parametrize("times", [0, 5])
@pytest.mark.parametrize("part", [0.0, 0.25, 0.5, 0.9])
def test_the_normal_turns_from_face_to_face(times: int, part: float) -> None:
    """At a right angle a fillet reaches as far as its radius, and its normal turns by 45 degrees to
    the edge; fine triangles change next to nothing."""
    x, y, z = rounded(cube(times), beside(part * RADIUS))[0]
    turned = np.degrees(np.arctan2(x, z))
    assert y == pytest.approx(0, abs=1e-5)
    assert turned == pytest.approx(45 * (1 - part), abs=2.0 if times else 0.1)


def test_beyond_the_fillet_a_face_stays_flat() -> None:
    points = np.concatenate([beside(1.001 * RADIUS), beside(0.5, 0.0), beside(1.0, -0.4)])
    np.testing.assert_allclose(rounded(cube(4), points), [[0, 0, 1]] * 3, atol=1e-6)


def test_both_sides_of_an_edge_meet_in_the_middle() -> None:
    top, side = np.array([[HALF, 0.2, HALF]]), np.array([[HALF, 0.2, HALF]])
    top[0, 0] -= 1e-4
    side[0, 2] -= 1e-4
    here, there = rounded(cube(), np.concatenate([top, side]))
    np.testing.assert_allclose(here, there, atol=2e-3)


def test_pieces_of_one_edge_count_once() -> None:
    """Where two segments of a straight edge join, the normal is that of the whole edge."""
    solid = cube(3)
    joint, between = np.array([[HALF - 0.03, 0.25, HALF]]), np.array([[HALF - 0.03, 0.1, HALF]])
    assert np.isin(0.25, solid.vertices[:, 1])
    a, b = rounded(solid, np.concatenate([joint, between]))
    np.testing.assert_allclose(a, b, atol=0.01)


def test_a_wider_fillet_reaches_farther_and_none_nowhere() -> None:
    at = beside(0.12)
    assert rounded(cube(4), at, 0.1)[0, 0] == pytest.approx(0, abs=1e-6)
    assert rounded(cube(4), at, MOST_MM)[0, 0] > 0.2
    assert rounded(cube(4), beside(0.0), 0.0)[0, 0] == pytest.approx(0, abs=1e-6)


def test_a_concave_edge_stays() -> None:
    outline = np.array([[0, 0], [3, 0], [3, 1], [1, 1], [1, 3], [0, 3]], dtype=np.float64)
    corners = []
    for a, b, c in ((0, 1, 2), (0, 2, 3), (0, 3, 4), (0, 4, 5)):  # ends, y = -1 and y = 1
        for y, order in ((-1.0, (a, b, c)), (1.0, (a, c, b))):
            corners.append([[outline[i, 0], y, outline[i, 1]] for i in order])
    for i in range(6):
        (x0, z0), (x1, z1) = outline[i], outline[(i + 1) % 6]
        corners.append([[x0, -1, z0], [x0, 1, z0], [x1, 1, z1]])
        corners.append([[x0, -1, z0], [x1, 1, z1], [x1, -1, z1]])
    solid = trimesh.Trimesh(
        np.reshape(corners, (-1, 3)), np.arange(3 * len(corners)).reshape(-1, 3)
    )
    solid.merge_vertices()
    solid.fix_normals()
    assert solid.is_watertight
    points = np.array([[1.02, 0.3, 1.0], [2.98, 0.3, 1.0]])
    inner, outer = rounded(solid, points)
    np.testing.assert_allclose(inner, [0, 0, 1], atol=1e-6)
    assert outer[0] > 0.3


def edges_of(piece: Piece, gem: bool) -> bool:
    """Whether a compiled piece has edges to round."""
    from engine.trace.geometry import compile_geometry

    return compile_geometry(piece, [gem] * len(piece.parts)).edges.present


def test_stones_and_smooth_surfaces_have_none() -> None:
    assert not edges_of(brilliant(), gem=True)
    assert not edges_of(ball(), gem=False)
    baked = faceted(cube())
    block = Piece((Mesh(baked[0], baked[2].astype(np.int32)),), (Part("b", 0, np.eye(4), "metal"),))
    assert edges_of(block, gem=False)


def test_a_cube_has_its_twelve_edges() -> None:
    baked = faceted(cube())
    found: Creases = creases_of(*baked, np.ones(12, dtype=bool))
    assert found.first[-1] == len(found.start) == len(found.reach)
    assert np.unique(np.round(found.start + 0.5 * found.along, 9), axis=0).shape == (12, 3)
    np.testing.assert_allclose(found.reach, 1.0)  # tan 45 degrees
    none = creases_of(*baked, np.zeros(12, dtype=bool))
    assert none.first[-1] == len(none.start) == 0

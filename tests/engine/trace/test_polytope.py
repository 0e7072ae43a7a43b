"""Exits from convex stones: the map of the largest facets, and Newton's method on it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from engine.cad.cuts import Cut, emerald, polygons, round_brilliant
from engine.types import FloatArray, Part, Piece
from tests.engine.trace.pieces import box

CUTS = {"brilliant": round_brilliant(6.5), "emerald": emerald(5.0)}
RAYS = 4000


def turned(cut: Cut) -> Piece:
    """The stone, turned by no round angle and far from the origin."""
    from engine.cad.cuts import to_mesh

    move = np.eye(4)
    q, _ = np.linalg.qr(np.random.default_rng(4).normal(size=(3, 3)))
    move[:3, :3] = q * np.sign(np.linalg.det(q))
    move[:3, 3] = 3.0, -2.0, 5.0
    return Piece((to_mesh(cut),), (Part("stone", 0, move, "stone"),), "stone", cut.name)


def chords(piece: Piece) -> tuple[FloatArray, FloatArray]:
    """Rays from inside the stone, some of them from its very surface: origins, directions."""
    rng = np.random.default_rng(7)
    vertices = piece.vertices(piece.parts[0])
    weight = rng.dirichlet(np.full(len(vertices), 0.02), size=RAYS)
    d = rng.normal(size=(RAYS, 3))
    return weight @ vertices, d / np.linalg.norm(d, axis=1, keepdims=True)


def nearest_plane(plane: FloatArray, o: FloatArray, d: FloatArray) -> FloatArray:
    """Distance to the exit, by asking every facet."""
    cos, gap = d @ plane[:, :3].T, plane[:, 3] - o @ plane[:, :3].T
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(cos > 1e-12, np.maximum(gap, 0) / cos, np.inf)
    return np.asarray(t.min(axis=1))


@pytest.mark.parametrize("name", CUTS)
def test_exits_are_the_nearest_planes(name: str) -> None:
    from engine.trace.backend import dr, mi
    from engine.trace.facets import planes_of
    from engine.trace.geometry import Facets
    from engine.trace.polytope import NONE, Locator, Polytopes

    piece = turned(CUTS[name])
    found = planes_of(piece, [True])
    assert found.convex.all()
    o, d = chords(piece)
    facets = Facets.create(found, [True])
    part = dr.zeros(mi.UInt32, RAYS)
    locator = Locator(Polytopes.create(piece, found), facets.first, part, mi.Bool(True))
    origin, along = mi.Point3f(o.T.astype(np.float32)), mi.Vector3f(d.T.astype(np.float32))
    expected = nearest_plane(found.plane, o, d)
    hints = np.random.default_rng(1).integers(0, len(found.plane), RAYS).astype(np.uint32)
    for hint in (mi.UInt32(NONE), mi.UInt32(hints)):
        facet, t = locator.exit(origin, along, hint, dr.full(mi.Bool, True, RAYS))
        off = np.abs(np.array(t) - expected)
        assert np.quantile(off, 0.999) < 5e-5  # mm; grazing rays lose digits
        plane = found.plane[np.array(facet)]
        end = o + np.array(t)[:, None] * d
        assert np.abs(np.einsum("ij,ij->i", plane[:, :3], end) - plane[:, 3]).max() < 5e-5


@pytest.mark.parametrize("name", CUTS)
def test_the_map_lists_every_facet_that_may_be_the_largest(name: str) -> None:
    from engine.trace.backend import mi
    from engine.trace.polytope import _cell, largest

    vertices, _ = polygons(CUTS[name])
    cut = CUTS[name]
    centre = vertices.mean(axis=0)
    m = cut.normals / (cut.offsets - cut.normals @ centre)[:, None]
    cells = largest(m)
    x = np.random.default_rng(3).normal(size=(200_000, 3)).astype(np.float32)
    cell: npt.NDArray[np.uint32] = np.array(_cell(mi.Vector3f(x.T)))
    best = (x @ m.T).argmax(axis=1)
    assert cells[cell, best].all()
    assert cells.sum(axis=1).mean() < 2.5  # else it would be no help


def test_parts_of_one_mesh_share_a_map() -> None:
    from engine.trace.facets import planes_of
    from engine.trace.polytope import CELLS, Polytopes

    cube = box(2.0)
    mesh = cube.meshes[0]
    move = np.eye(4)
    move[0, 3] = 5.0
    both = Piece((mesh,), (*cube.parts, Part("other", 0, move, "stone")), "stone", "two")
    made = Polytopes.create(both, planes_of(both, [True, True]))
    assert np.array(made.base).tolist() == [0, 0]
    assert len(np.array(made.first)) == CELLS + 1

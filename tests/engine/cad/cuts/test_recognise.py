"""Cuts are known again, however they come: turned, moved, scaled, noisy, triangulated anew."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh
from scipy.spatial.transform import Rotation

from engine.cad.cuts import (
    KINDS,
    Cut,
    emerald,
    make,
    oval,
    princess,
    read_asc,
    read_gem,
    round_brilliant,
    to_mesh,
)
from engine.cad.cuts.recognise import UNKNOWN, Recognised, recognise
from engine.cad.load import load
from engine.errors import GeometryError
from engine.types import Mesh
from tests.engine.cad import shapes

CAD = os.environ.get("CULET_CAD_DIR")


def handled(mesh: Mesh, rng: np.random.Generator, noise: float = 0.0, finer: int = 0) -> Mesh:
    """The stone anywhere, any way round and of any size.

    noise : as part of its extent. finer : how often its triangles are split in four.
    """
    vertices, faces = np.asarray(mesh.vertices), mesh.faces
    for _ in range(finer):
        vertices, faces = trimesh.remesh.subdivide(vertices, faces)
    vertices = vertices + rng.uniform(-noise, noise, vertices.shape) * np.ptp(vertices, axis=0)
    turned = vertices @ Rotation.random(rng=rng).as_matrix().T
    moved = turned * rng.uniform(0.1, 10.0) + rng.uniform(-50.0, 50.0, 3)
    return Mesh(moved, np.asarray(faces, np.int32))


BRILLIANT = {
    "table": (0.54, 0.75),
    "crown_deg": (22, 39),
    "pavilion_deg": (36, 50),
    "girdle": (0.008, 0.08),
    "star": (0.35, 0.60),
    "lower_half": (0.61, 0.90),
}


def brilliant(rng: np.random.Generator) -> dict[str, Any]:
    """Proportions of a brilliant from nearly all of its range."""
    return {name: float(rng.uniform(*range_)) for name, range_ in BRILLIANT.items()}


def falling(rng: np.random.Generator, low: float, high: float) -> tuple[float, float, float]:
    a, b, c = sorted(rng.uniform(low, high, 3), reverse=True)
    return float(a), float(b), float(c)


DRAWN: dict[str, Callable[[np.random.Generator], Cut]] = {
    "round": lambda rng: round_brilliant(6.5, **brilliant(rng)),
    "oval": lambda rng: oval(5.0, rng.uniform(1.06, 2.3), **brilliant(rng)),
    "princess": lambda rng: princess(
        5.0,
        rng.uniform(0.58, 0.8),
        rng.uniform(0.06, 0.17),
        rng.uniform(0.5, 0.7),
        rng.uniform(0.008, 0.1),
    ),
    "emerald": lambda rng: emerald(
        5.0,
        rng.uniform(1.06, 2.4),
        rng.uniform(0.45, 0.75),
        falling(rng, 18, 50),
        falling(rng, 30, 65),
        rng.uniform(0.008, 0.1),
        rng.uniform(0.06, 0.2),
    ),
}


def drawn(name: str, rng: np.random.Generator) -> Mesh:
    """A stone of the cut; proportions whose facets do not all fit are drawn again."""
    while True:
        try:
            return to_mesh(DRAWN[name](rng))
        except GeometryError:
            continue


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize(("noise", "finer"), [(0.0, 0), (0.0, 1), (1e-4, 0), (1e-4, 2)])
def test_a_cut_of_any_proportions_is_known(name: str, noise: float, finer: int) -> None:
    rng = np.random.default_rng(5)
    found = [recognise(handled(drawn(name, rng), rng, noise, finer)).name for _ in range(8)]
    assert found == [name] * 8


def expected(name: str, ratio: float | None) -> str:
    """An oval no longer than wide is a round."""
    return "round" if name == "oval" and ratio is not None and ratio < 1.02 else name


@pytest.mark.parametrize("name", KINDS)
def test_every_cut_of_the_library_is_known(name: str) -> None:
    """At its shortest, usual and longest, and as the noisy mesh of another program."""
    rng = np.random.default_rng(17)
    for ratio in KINDS[name].ratio or (None,):
        mesh = make(name, width=5.0, ratio=ratio).mesh()
        found = recognise(handled(mesh, rng))
        assert found.name == expected(name, ratio)
        assert found.ratio == pytest.approx(ratio or 1.0, rel=5e-3)
    assert recognise(handled(mesh, rng, 1e-4)).name == expected(name, ratio)


def test_proportions_of_a_round() -> None:
    """Those it was made with; only the width is that of a polygon of 64 sides."""
    made: dict[str, Any] = {
        "table": 0.61,
        "crown_deg": 35.5,
        "pavilion_deg": 41.2,
        "girdle": 0.04,
        "star": 0.45,
        "lower_half": 0.75,
        "culet": 0.03,
    }
    rng = np.random.default_rng(3)
    mesh = to_mesh(round_brilliant(6.5, **made))
    for noise, off in ((0.0, 1e-3), (1e-4, 4e-3)):
        found = recognise(handled(mesh, rng, noise))
        for field, value in made.items():
            assert getattr(found, field) == pytest.approx(value, rel=6 * off, abs=off), field
    height = np.tan(np.radians(35.5)) * (1 - 0.61) / 2
    assert found.crown == pytest.approx(height, abs=2e-3)
    assert (found.crown_facets, found.pavilion_facets) == (32, 24)
    assert found.title == "round brilliant"


def test_proportions_of_an_emerald_cut() -> None:
    stone = emerald(5.0, 1.5, 0.6, girdle=0.05)
    found = recognise(handled(to_mesh(stone), np.random.default_rng(5)))
    assert found.outline == "cut-cornered"
    assert found.ratio == pytest.approx(1.5)
    assert found.table == pytest.approx(0.6)
    assert found.girdle == pytest.approx(0.05)
    assert found.total == pytest.approx(found.crown + found.girdle + found.pavilion)  # type: ignore[operator]
    assert (found.crown_facets, found.pavilion_facets) == (24, 24)


def test_sizes_are_those_of_the_stone() -> None:
    mesh = to_mesh(oval(5.0, 1.6))
    turn = Rotation.random(rng=1).as_matrix()
    found = recognise(Mesh(mesh.vertices @ turn.T + 7.0, mesh.faces))
    sizes = np.ptp(mesh.vertices, axis=0)
    assert (found.width, found.length, found.depth) == pytest.approx(tuple(sizes), rel=2e-3)


def test_three_signs_make_an_old_european_cut() -> None:
    old: dict[str, Any] = {"table": 0.50, "crown_deg": 41.0, "lower_half": 0.58, "culet": 0.06}
    assert recognise(to_mesh(round_brilliant(5.0, **old))).name == "old-european"
    younger = old | {"lower_half": 0.75, "culet": 0.0}
    assert recognise(to_mesh(round_brilliant(5.0, **younger))).name == "round"


@pytest.mark.parametrize(
    ("name", "ratio", "size"),
    [
        ("cabochon", 1.5, (5.0, 7.5, 2.25)),
        ("bead", 1.4, (5.0, 7.0, 5.0)),
        ("bead", 0.6, (5.0, 3.0, 5.0)),
        ("drop", 1.8, (5.0, 9.0, 5.0)),
    ],
)
def test_sizes_of_smooth_stones(name: str, ratio: float, size: tuple[float, ...]) -> None:
    mesh = make(name, width=5.0, ratio=ratio).mesh()
    turn = Rotation.random(rng=8).as_matrix()
    found = recognise(Mesh(mesh.vertices @ turn.T - 3.0, mesh.faces))
    assert found.name == name
    assert (found.width, found.length, found.depth) == pytest.approx(size, rel=2e-3)
    assert found.crown_facets is None


def solid(vertices: np.ndarray, faces: np.ndarray) -> Mesh:
    return Mesh(np.asarray(vertices, np.float64), np.asarray(faces, np.int32))


def test_what_fits_no_cut_is_unknown() -> None:
    box = shapes.box(5.0, 4.0, 3.0)
    cone = trimesh.creation.cone(3.0, 5.0, sections=24)
    sheet = np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]]), np.array([[0, 1, 2]])
    ring = trimesh.creation.torus(5.0, 2.0)
    for mesh in (
        solid(*box),
        solid(cone.vertices, cone.faces),
        solid(*sheet),
        solid(ring.vertices, ring.faces),
        solid(np.zeros((3, 3)), np.zeros((0, 3))),
    ):
        assert recognise(mesh).name == UNKNOWN


def test_a_pebble_of_facets_is_unknown() -> None:
    """Random convex bodies, among them some of three corners and some on a flat base."""
    rng = np.random.default_rng(3)
    names = set()
    for _ in range(120):
        points = rng.normal(size=(int(rng.integers(4, 40)), 3)) * rng.uniform(0.01, 3.0, 3)
        hull = trimesh.convex.convex_hull(points)
        names.add(recognise(solid(hull.vertices, hull.faces)).name)
    assert names == {UNKNOWN}


def test_a_round_of_other_facets_is_measured_but_not_named() -> None:
    """A brilliant whose stars are cut away has 24 facets on the crown."""
    cut = round_brilliant(6.0)
    kept = [i for i, name in enumerate(cut.facets) if not name.startswith("star")]
    fewer = Cut("fewer", cut.normals[kept], cut.offsets[kept], tuple(cut.facets[i] for i in kept))
    found = recognise(to_mesh(fewer))
    assert found.name == UNKNOWN
    assert found.outline == "round"
    assert found.crown_facets == 24
    assert found.pavilion_deg == pytest.approx(40.75)


@pytest.mark.skipif(CAD is None, reason="needs real CAD files")
@pytest.mark.parametrize(
    ("file", "name", "crown_deg"),
    [
        ("SRB", "round", 28.0),
        ("Compear125", "pear", None),
        ("Turkey", UNKNOWN, None),
        ("CubeIllusionTri", UNKNOWN, None),
    ],
)
def test_published_designs(file: str, name: str, crown_deg: float | None) -> None:
    assert CAD is not None
    for read, suffix in ((read_asc, ".asc"), (read_gem, ".gem")):
        found = recognise(to_mesh(read((Path(CAD) / file).with_suffix(suffix))))
        assert found.name == name
        assert found.width == pytest.approx(6.5, rel=0.03)
        if crown_deg is not None:
            assert found.crown_deg == pytest.approx(crown_deg)


@pytest.mark.skipif(CAD is None, reason="needs real CAD files")
def test_the_stones_of_a_real_ring() -> None:
    """Sixty full brilliants of two heights around a square cushion."""
    assert CAD is not None
    piece = load(Path(CAD) / "ring-with-melee.3dm")
    found: dict[int, Recognised] = {
        part.mesh: recognise(piece.meshes[part.mesh])
        for part in piece.parts
        if part.role == "stone"
    }
    names = [found[part.mesh].name for part in piece.parts if part.role == "stone"]
    assert sorted(names) == ["cushion"] + 60 * ["round"]
    rounds = [cut for cut in found.values() if cut.name == "round"]
    assert [cut.table for cut in rounds] == pytest.approx([0.62, 0.62], abs=2e-3)
    assert sorted(cut.crown_deg or 0.0 for cut in rounds) == pytest.approx([36.1, 37.7], abs=0.1)
    (cushion,) = (cut for cut in found.values() if cut.name == "cushion")
    assert cushion.ratio == pytest.approx(1.0, abs=1e-3)
    assert cushion.table == pytest.approx(0.57, abs=2e-3)

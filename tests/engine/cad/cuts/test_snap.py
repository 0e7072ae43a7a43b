"""Meshes back to planes: noise, real CAD stones, and what is no faceted stone."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh

from engine.cad.cuts import from_mesh, princess, round_brilliant, to_mesh, volume
from engine.errors import GeometryError
from engine.types import Mesh


def test_noisy_facets_become_flat() -> None:
    """A facet broken into triangles that tilt by tenths of a degree is one plane again."""
    mesh = to_mesh(round_brilliant())
    rng = np.random.default_rng(0)
    noisy = Mesh(mesh.vertices + rng.normal(0.0, 1e-4, mesh.vertices.shape), mesh.faces)
    cut, change = from_mesh(noisy)
    assert 0.02 < change < 1.0
    assert len(cut.facets) == 121
    assert volume(to_mesh(cut)) == pytest.approx(volume(mesh), rel=1e-3)


def test_the_change_is_that_of_the_normals() -> None:
    """Two triangles of a table folded by 0.4 degrees each turn by about half of the fold."""
    mesh = to_mesh(princess())
    top = np.flatnonzero(np.isclose(mesh.vertices[:, 2], mesh.vertices[:, 2].max()))
    lifted = mesh.vertices.copy()
    lifted[top[0], 2] += 0.02
    tilt = np.degrees(np.arctan(0.02 / (0.7 * 5.5 / np.sqrt(2.0))))
    _, change = from_mesh(Mesh(lifted, mesh.faces))
    assert 0.3 * tilt < change < 1.5 * tilt


def test_place_and_orientation_are_kept() -> None:
    mesh = to_mesh(round_brilliant(3.0))
    motion = trimesh.transformations.rotation_matrix(0.7, [1.0, 2.0, 3.0], [0.0, 0.0, 9.0])
    placed = mesh.vertices @ motion[:3, :3].T + [50.0, -40.0, 30.0]
    back = to_mesh(from_mesh(Mesh(placed, mesh.faces))[0])
    assert back.vertices.mean(axis=0) == pytest.approx(placed.mean(axis=0), abs=1e-9)
    assert len(back.faces) == len(mesh.faces)


def test_what_is_no_stone_is_refused() -> None:
    ring = trimesh.creation.torus(5.0, 2.0, major_sections=32, minor_sections=16)
    with pytest.raises(GeometryError, match="not convex"):
        from_mesh(Mesh(np.asarray(ring.vertices), np.asarray(ring.faces, np.int32)))
    with pytest.raises(GeometryError, match="no faces"):
        from_mesh(Mesh(np.zeros((3, 3)), np.zeros((0, 3), np.int32)))
    with pytest.raises(GeometryError, match="degenerate"):
        from_mesh(Mesh(np.zeros((3, 3)), np.array([[0, 1, 2]], np.int32)))


@pytest.mark.skipif("CULET_CAD_DIR" not in os.environ, reason="needs real CAD files")
def test_melee_of_a_real_ring() -> None:
    """The design page's measured fact: about 120 planes at 1 degree."""
    import rhino3dm

    model = rhino3dm.File3dm.Read(str(Path(os.environ["CULET_CAD_DIR"]) / "ring-with-melee.3dm"))
    objects: Any = model.Objects  # the stubs know neither length nor index
    items = [objects[i] for i in range(len(objects))]
    layers = [model.Layers[item.Attributes.LayerIndex].Name for item in items]
    stones = [
        item.Geometry for item, layer in zip(items, layers, strict=True) if layer.startswith("Gem")
    ]
    assert len(stones) == 61
    for geometry in (stones[0], stones[-1]):
        geometry.Faces.ConvertQuadsToTriangles()
        points = np.array([[p.X, p.Y, p.Z] for p in geometry.Vertices])
        faces = np.array([geometry.Faces[i][:3] for i in range(len(geometry.Faces))])
        stone = trimesh.Trimesh(points, faces)
        mesh = Mesh(np.asarray(stone.vertices), np.asarray(stone.faces, np.int32))
        cut, change = from_mesh(mesh)
        assert 95 <= len(cut.facets) <= 130
        assert change < 0.5
        assert volume(to_mesh(cut)) == pytest.approx(volume(mesh), rel=1e-3)

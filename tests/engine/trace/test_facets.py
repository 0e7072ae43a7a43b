"""Planes of stones: which stones they serve, and that they say what the mesh says."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh

from engine import trace
from engine.cad.cuts import round_brilliant, to_mesh
from engine.trace import facets
from engine.types import Mesh
from tests.engine.trace.pieces import box, brilliant, joined, placed, scene


def test_facets_are_those_of_the_cut() -> None:
    cut = round_brilliant()
    label, plane = facets.facets(to_mesh(cut))
    assert len(plane) == len(cut.normals)
    assert set(label) == set(range(len(plane)))
    nearest = np.linalg.norm(plane[:, None, :3] - cut.normals[None], axis=2).min(axis=1)
    assert nearest.max() < 1e-6


def test_only_convex_stones_that_nothing_reaches_into_are_left_to_planes() -> None:
    spike = trimesh.creation.box((0.2, 0.2, 2.0))
    metal = Mesh(np.array(spike.vertices), np.array(spike.faces, dtype=np.int32))
    piece = joined(
        box(2.0, "free"),
        placed(box(2.0).meshes[0], "pierced", "stone", (10.0, 0.0, 1.0)),
        placed(metal, "spike", "metal", (10.0, 0.0, 2.5)),
        placed(metal, "beside", "metal", (1.2, 0.0, 1.0)),
    )
    found = facets.planes_of(piece, [True, True, False, False])
    assert found.convex.tolist() == [True, False, False, False]
    assert np.diff(found.first).tolist() == [6, 6, 0, 0]


def test_a_stone_with_a_notch_is_not_convex() -> None:
    cube, notch = trimesh.creation.box((2.0, 2.0, 2.0)), trimesh.creation.box((0.5, 0.5, 3.0))
    solid = trimesh.boolean.difference(
        [cube, notch.apply_translation((1.0, 0.0, 0.0))], engine="manifold"
    )
    mesh = Mesh(np.array(solid.vertices), np.array(solid.faces, dtype=np.int32))
    found = facets.planes_of(placed(mesh, "notched", "stone", (0.0, 0.0, 1.0)), [True])
    assert not found.convex.any()


def test_planes_and_mesh_show_the_same_stone(monkeypatch: pytest.MonkeyPatch) -> None:
    what = scene(brilliant(), {"stone": "diamond"})
    planes = trace(what, spp=8, adaptive=False, device="cpu")[0]
    monkeypatch.setattr(facets, "MOST_PLANES", 0)
    mesh = trace(what, spp=8, adaptive=False, device="cpu")[0]
    # A ray at an edge may round to either facet; nearly all others agree to rounding.
    difference = np.abs(planes.xyz - mesh.xyz).max(axis=2)
    assert np.median(difference) < 1e-5
    assert (difference > 1e-2).mean() < 0.02

"""Hammered metal stays a closed solid, loses next to nothing, and leaves its stones alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial import cKDTree

from engine.cad.axis import finger_centre
from engine.cad.hammer import STONE_MM, hammered
from engine.cad.split_edges import split_edges
from engine.cad.topology import boundary
from engine.types import FloatArray, IntArray, Piece
from materials import finish
from scenes.pieces import build
from tests.engine.trace.pieces import box


def welded(vertices: FloatArray, faces: IntArray) -> tuple[FloatArray, IntArray]:
    place, index = np.unique(vertices, axis=0, return_inverse=True)
    return place, index.reshape(-1)[faces].astype(np.int32)


def volume(vertices: FloatArray, faces: IntArray) -> float:
    a, b, c = np.moveaxis(vertices[faces], 1, 0)
    return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6)


def struck(piece: Piece, text: str) -> Piece:
    return hammered(piece, {p.name: finish(text) for p in piece.parts if p.role == "metal"})


@pytest.fixture(scope="module")
def before() -> Piece:
    return build("bezel", size=46.0)


@pytest.fixture(scope="module")
def after(before: Piece) -> Piece:
    return struck(before, "hammered:2.4")


def test_metal_stays_closed_and_keeps_its_volume(before: Piece, after: Piece) -> None:
    changed = False
    for old, new in zip(before.parts, after.parts, strict=True):
        if old.role != "metal":
            assert new is old
            continue
        solids = [p.meshes[part.mesh] for p, part in ((before, old), (after, new))]
        (v0, f0), (v1, f1) = (welded(m.vertices, m.faces) for m in solids)
        assert len(boundary(f1)) == 0
        assert 0.93 < volume(v1, f1) / volume(v0, f0) <= 1 + 1e-9
        normals = solids[1].normals
        assert normals is not None
        np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1, atol=1e-5)
        changed |= len(f1) > len(f0)
    assert changed
    assert after.meshes[: len(before.meshes)] == before.meshes


def test_dents_keep_clear_of_stones_and_of_the_finger(before: Piece, after: Piece) -> None:
    stone = next(p for p in before.parts if p.role == "stone")
    tree = cKDTree(before.vertices(stone))
    for old, new in zip(before.parts, after.parts, strict=True):
        if old.role != "metal":
            continue
        mesh, flat = after.meshes[new.mesh], before.meshes[old.mesh]
        v, faces, _ = split_edges(
            before.vertices(old), flat.faces, flat.vertices, 0.09 * 2.4, 400_000
        )
        moved = np.linalg.norm(after.vertices(new) - v, axis=1) > 1e-6
        assert (faces == mesh.faces).all()
        if not moved.any():
            continue
        assert np.min(tree.query(v[moved])[0]) > STONE_MM * 0.9
        # The finger's side: nothing that faces the axis has moved.
        centre = finger_centre(before)
        assert centre is not None
        assert before.inside_mm is not None
        r = np.hypot(*(v[moved] - centre)[:, [0, 2]].T)
        assert r.min() > before.inside_mm / 2 - 0.05


def test_a_seed_repeats_and_another_one_differs() -> None:
    piece = box(8.0)
    piece = replace(piece, parts=(replace(piece.parts[0], role="metal"),))
    one, again, other = (struck(piece, f"hammered{seed}") for seed in ("", "", "#1"))
    np.testing.assert_array_equal(one.meshes[1].vertices, again.meshes[1].vertices)
    assert not np.array_equal(one.meshes[1].vertices, other.meshes[1].vertices)
    # A dent as wide and about as deep as was asked for, on flat ground.
    v = one.vertices(one.parts[0])
    top = v[(np.abs(v[:, :2]) < 3.5).all(axis=1) & (v[:, 2] > 7)]
    depth = 8.0 - top[:, 2]
    assert 0.03 < depth.max() < 0.08
    assert (np.abs(v) <= np.abs(piece.bounds()).max() + 1e-9).all()


def test_other_finishes_leave_the_very_piece() -> None:
    piece = build("plain-band", size=46.0)
    assert struck(piece, "satin") is piece

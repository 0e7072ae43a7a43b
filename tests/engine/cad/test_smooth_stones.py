"""Stones of facets are flat, domed ones smooth, whatever the file says of normals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.cad import cuts
from engine.cad.load import interpret, load
from engine.cad.normals import is_smooth
from engine.cad.write import write
from engine.types import LoadOptions, Mesh, Part, Piece
from tests.engine.cad import shapes

SMOOTH = ("cabochon", "bead", "drop")


def mesh(name: str) -> Mesh:
    return cuts.make(name, width=5.0).mesh()


@pytest.mark.parametrize("name", list(cuts.KINDS))
def test_smooth_cuts_are_told_from_faceted_ones(name: str) -> None:
    stone = mesh(name)
    assert is_smooth(stone.vertices, stone.faces) == (name in SMOOTH)
    assert (stone.normals is not None) == (name in SMOOTH)


def divided(vertices: np.ndarray, faces: np.ndarray) -> shapes.Solid:
    """Each triangle as four."""
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    ends, index = np.unique(np.sort(edges, axis=1), axis=0, return_inverse=True)
    a, b, c = faces.T
    ab, bc, ca = len(vertices) + index.reshape(3, -1)
    quarters = [np.column_stack(corners) for corners in ((a, ab, ca), (ab, b, bc), (ca, bc, c))]
    quarters.append(np.column_stack([ab, bc, ca]))
    points = np.concatenate([vertices, vertices[ends].mean(axis=1)])
    return points, np.concatenate(quarters).astype(np.int32)


def test_a_finely_meshed_brilliant_with_noise_stays_flat() -> None:
    stone = mesh("round")
    vertices, faces = divided(*divided(stone.vertices, stone.faces))
    noise = np.random.default_rng(0).normal(0.0, 2e-5, vertices.shape)
    assert not is_smooth(vertices + noise, faces)


@pytest.mark.parametrize("suffix", [".3dm", ".glb", ".obj"])
@pytest.mark.parametrize("name", SMOOTH)
def test_smooth_stones_come_back_smooth(tmp_path: Path, name: str, suffix: str) -> None:
    stone = mesh(name)
    lift = np.eye(4)
    lift[2, 3] = -stone.vertices[:, 2].min()
    piece = Piece((stone,), (Part("stone", 0, lift, "stone", layer="stones"),), "stone")
    back = load(write(piece, tmp_path / f"{name}{suffix}"))
    (loaded,) = back.meshes
    assert loaded.normals is not None
    assert stone.normals is not None
    assert len(loaded.faces) == len(stone.faces)
    assert len(loaded.vertices) == len(stone.vertices)
    turned = loaded.normals @ back.parts[0].transform[:3, :3].T
    cosine = np.einsum("fki,fki->fk", turned[loaded.faces], stone.normals[stone.faces])
    off = np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))
    assert off.max() < 3.0
    assert np.median(off) < 0.2


def test_a_sharp_edge_of_a_domed_stone_stays_sharp() -> None:
    """A dome of 96 by 24 steps on a flat base, as CAD programs make a cabochon."""
    around = 2 * np.pi * np.arange(96) / 96
    rise = np.pi / 2 * np.arange(24) / 24
    ring = np.stack([np.cos(around), np.sin(around)], axis=1)
    dome = [np.column_stack([3 * np.cos(r) * ring, np.full(96, 2 * np.sin(r))]) for r in rise]
    vertices = np.concatenate([*dome, [[0.0, 0.0, 2.0], [0.0, 0.0, 0.0]]])
    i = np.arange(96)
    j = (i + 1) % 96
    faces = [np.column_stack([np.full(96, len(vertices) - 1), j, i])]
    for k in range(23):
        low, high = 96 * k, 96 * (k + 1)
        faces.append(np.column_stack([low + i, low + j, high + j]))
        faces.append(np.column_stack([low + i, high + j, high + i]))
    faces.append(np.column_stack([96 * 23 + i, 96 * 23 + j, np.full(96, len(vertices) - 2)]))
    solid = (vertices, np.concatenate(faces).astype(np.int32))
    piece = interpret(shapes.model(shapes.part("Cabochon", solid)), LoadOptions(pose=False))
    (made,) = piece.meshes
    assert piece.parts[0].role == "stone"
    assert made.normals is not None
    down = made.normals[made.faces[:96]]
    np.testing.assert_allclose(down, np.broadcast_to((0.0, 0.0, -1.0), down.shape), atol=1e-6)

"""Small pieces and studios for the tests of the scene."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from engine.cad.cuts import round_brilliant, to_mesh
from engine.scene import Lens, Scene, Studio, compose
from engine.scene.studios import parse_studio
from engine.types import FloatArray, Mesh, Part, Piece, Role


def placed(x: float, y: float, z: float) -> FloatArray:
    """[4, 4] translation."""
    transform = np.eye(4)
    transform[:3, 3] = (x, y, z)
    return transform


def box(x: float, y: float, z: float, closed: bool = True) -> Mesh:
    """A box of that size, its base on z = 0; only its first faces where it is open."""
    corners = [(i, j, k) for i in (-0.5, 0.5) for j in (-0.5, 0.5) for k in (0, 1)]
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    faces = [f for a, b, c, d in quads for f in ((a, b, c), (a, c, d))]
    vertices = np.array(corners, dtype=np.float64) * (x, y, z)
    return Mesh(vertices, np.array(faces[: None if closed else 6], dtype=np.int32), closed=closed)


def band(inside: float = 17.0, width: float = 3.0, thick: float = 1.6) -> Mesh:
    """The vertices and a few triangles of a plain band, finger axis y, resting on z = 0."""
    a = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    rings = [
        np.stack([r * np.sin(a), np.full_like(a, y), r * np.cos(a)], axis=1)
        for r in (inside / 2, inside / 2 + thick)
        for y in (-width / 2, width / 2)
    ]
    vertices = np.concatenate(rings) + np.array([0, 0, inside / 2 + thick])
    return Mesh(vertices, np.array([[0, 1, 48], [48, 1, 49]], dtype=np.int32), closed=False)


@cache
def ring() -> Piece:
    """A band, a brilliant above it and two small stones beside it."""
    meshes = (band(), to_mesh(round_brilliant(diameter=6.0)), to_mesh(round_brilliant(1.5)))
    parts = (
        Part("band", 0, np.eye(4), "metal"),
        Part("centre", 1, placed(0.4, 0.0, 24.0), "stone"),
        Part("left", 2, placed(-4.0, 0.3, 22.0), "stone"),
        Part("right", 2, placed(4.0, 0.3, 22.0), "stone"),
    )
    return Piece(meshes, parts, kind="ring")


def single(mesh: Mesh, role: Role = "metal", material: str | None = None) -> Piece:
    """A piece of one part."""
    return Piece((mesh,), (Part("part", 0, np.eye(4), role, material=material),))


def pieces() -> dict[str, Piece]:
    """Pieces of very different shape."""
    noise = np.random.default_rng(3).normal(size=(200, 3)) * (9, 2, 4) + (3, -5, 20)
    cloud = Mesh(noise, np.array([[0, 1, 2]], dtype=np.int32), closed=False)
    return {
        "ring": ring(),
        "stone": single(to_mesh(round_brilliant(diameter=6.5)), "stone"),
        "bar": single(box(40, 2, 1)),
        "tower": single(box(2, 3, 60)),
        "cloud": single(cloud),
    }


def scene_of(piece: Piece, size: tuple[int, int] = (400, 300), focal_mm: float = 100.0) -> Scene:
    """A scene of a piece, with that size and lens."""
    return compose(piece, size=size, lens=Lens(focal_mm))


def studio(*lights: dict[str, object]) -> Studio:
    """A studio with these lights."""
    named = [{"name": f"light {i}"} | light for i, light in enumerate(lights)]
    return parse_studio({"name": "test", "light": named}, Path("test.toml"))

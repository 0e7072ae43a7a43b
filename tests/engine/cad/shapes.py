"""Small solids with known answers, and models that hold them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from engine.cad.raw import RawModel, RawPart
from engine.cad.solid import hull_faces
from engine.cad.statement import NOTHING, Statement
from engine.cad.topology import compact
from engine.types import FloatArray, IntArray, Piece

Solid = tuple[FloatArray, IntArray]


def hull(points: FloatArray) -> Solid:
    """The convex hull of points, outward."""
    faces = hull_faces(np.asarray(points, dtype=np.float64))
    assert faces is not None
    used, local = compact(faces)
    return np.asarray(points, dtype=np.float64)[used], local


def box(x: float = 1.0, y: float = 1.0, z: float = 1.0) -> Solid:
    """A box about the origin, mm."""
    corners = np.array([[i & 1, i >> 1 & 1, i >> 2] for i in range(8)]) - 0.5
    return hull(corners * [x, y, z])


def octahedron(radius: float = 1.0) -> Solid:
    """Eight equal facets about the origin."""
    return hull(np.concatenate([np.eye(3), -np.eye(3)]) * radius)


def gem(diameter: float = 6.0, sides: int = 8, stretch: float = 1.0) -> Solid:
    """A simple cut, table up: table 60 %, crown, girdle, pavilion to a culet at the bottom."""
    angle = 2 * np.pi * (np.arange(sides) + 0.5) / sides
    circle = np.stack([np.cos(angle) * stretch, np.sin(angle)], axis=1)
    rings = [(0.6, 0.3), (1.0, 0.04), (1.0, -0.04)]
    points = [np.column_stack([circle * r, np.full(sides, h)]) for r, h in rings]
    return hull(np.concatenate([*points, [[0.0, 0.0, -0.9]]]) * diameter / 2)


def ball(radius: float = 3.0, rows: int = 24) -> Solid:
    """A finely meshed sphere."""
    polar = np.pi * np.arange(1, rows) / rows
    turn = np.pi * np.arange(2 * rows) / rows
    p, t = (grid.ravel() for grid in np.meshgrid(polar, turn))
    points = np.stack([np.sin(p) * np.cos(t), np.sin(p) * np.sin(t), np.cos(p)], axis=1)
    return hull(np.concatenate([points, [[0, 0, 1], [0, 0, -1]]]) * radius)


def ring(inside: float = 17.2, wall: float = 1.5, width: float = 3.0, segments: int = 64) -> Solid:
    """A flat band about the z axis."""
    angle = 2 * np.pi * np.arange(segments) / segments
    profile = [(0.0, -0.5), (wall, -0.5), (wall, 0.5), (0.0, 0.5)]
    points = np.array(
        [
            [(inside / 2 + out) * np.cos(a), (inside / 2 + out) * np.sin(a), width * up]
            for a in angle
            for out, up in profile
        ]
    )
    faces = []
    for i in range(segments):
        j = (i + 1) % segments
        for k in range(4):
            m = (k + 1) % 4
            a, b, c, d = 4 * i + k, 4 * j + k, 4 * j + m, 4 * i + m
            faces += [[a, b, c], [a, c, d]]
    found = np.array(faces, dtype=np.int32)
    corners = points[found]
    volume = np.einsum("ij,ij->", corners[:, 0], np.cross(corners[:, 1], corners[:, 2]))
    return points, (found if volume > 0 else found[:, ::-1].copy())


def turned(solid: Solid, rotation: FloatArray, shift: tuple[float, float, float]) -> Solid:
    """A solid after a rigid motion (or a mirror image, where the rotation mirrors)."""
    vertices, faces = solid
    faces = faces if np.linalg.det(rotation) > 0 else faces[:, ::-1].copy()
    return vertices @ rotation.T + np.array(shift), faces


def moved(solid: Solid, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Solid:
    """A solid somewhere else."""
    return turned(solid, np.eye(3), (x, y, z))


def joined(*solids: Solid) -> Solid:
    """Several solids as one mesh."""
    starts = np.cumsum([0] + [len(v) for v, _ in solids[:-1]])
    faces = [f + start for (_, f), start in zip(solids, starts, strict=True)]
    return np.concatenate([v for v, _ in solids]), np.concatenate(faces).astype(np.int32)


def soup(solid: Solid) -> Solid:
    """A solid with every triangle on vertices of its own, as STL holds it."""
    vertices, faces = solid
    return vertices[faces].reshape(-1, 3), np.arange(faces.size, dtype=np.int32).reshape(-1, 3)


def part(name: str, solid: Solid, layer: str = "", material: str | None = None) -> RawPart:
    """A raw part."""
    return RawPart(name, solid[0], solid[1], layer, material)


def model(
    *parts: RawPart,
    name: str = "thing",
    unit: str | None = "mm",
    up: str = "z",
    named: bool = True,
    stated: Statement = NOTHING,
) -> RawModel:
    """A raw model as a reader would make it."""
    return RawModel(Path(f"{name}.obj"), "obj", "0" * 64, unit, up, parts, named, (), stated)


def solitaire(inside: float = 17.2) -> tuple[RawPart, RawPart]:
    """A band about z with a gem towards +x, its table outward."""
    outward = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]])
    stone = turned(gem(6.0), outward, (inside / 2 + 4.5, 0.0, 0.0))
    return part("Band", ring(inside)), part("Diamond", stone)


def text_of(piece: Piece, kind: str) -> str:
    """All notes of one kind in one string."""
    return " ".join(note.text for note in piece.notes if note.kind == kind)

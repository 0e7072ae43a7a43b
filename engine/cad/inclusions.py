"""Inclusions of a stone, drawn by chance: dark crystals, pale feathers, fine silk.

Each is an ellipsoid that dims light. Which stone has which depends on the part's name alone, so a
stone keeps its own in every picture. Shapes and depths are `estimated`. Silk is needles of rutile
in three directions 60 degrees apart across the optic axis, as in corundum.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from zlib import crc32

import numpy as np
from scipy.spatial import ConvexHull

from engine.cad.clarity import Grade
from engine.types import FloatArray

Kind = Literal["crystal", "feather", "needle"]

#: Half axes of each kind, in lengths of the largest crystal.
SHAPES: dict[Kind, tuple[float, float, float]] = {
    "crystal": (0.5, 0.42, 0.35),
    "feather": (1.2, 0.9, 0.06),
    "needle": (3.0, 0.05, 0.05),
}
#: Optical depth of each kind along its shortest axis.
DEPTHS: dict[Kind, float] = {"crystal": 3.0, "feather": 0.5, "needle": 0.5}
#: Least share of its full size that a body has.
SMALLEST = 0.4
#: Crystals are at most this long, in shortest sides of the stone.
LONGEST = 1 / 20
#: Places that are tried for each body.
TRIES = 512


@dataclass(frozen=True, eq=False)
class Body:
    """An ellipsoid inside a stone.

    centre : [3] mm. axes : [3, 3] rows, unit vectors along its half axes. half : [3] mm.
    density : optical depth per mm of the way in it.
    """

    kind: Kind
    centre: FloatArray
    axes: FloatArray
    half: FloatArray
    density: float


def inclusions(
    points: FloatArray, crystal: FloatArray, grade: Grade, silk: bool, name: str
) -> list[Body]:
    """The bodies of one stone, wholly inside the convex hull of its vertices.

    points : [N, 3] the vertices, in the stone's own frame, mm. crystal : [3, 3] rows alpha, beta
    and the optic axis, in the same frame. silk : whether there is any. name : of the part.
    """
    rng = np.random.default_rng(crc32(name.encode()))
    planes = ConvexHull(points).equations
    low, high = points.min(axis=0), points.max(axis=0)
    size = min(grade.size_mm, LONGEST * float((high - low).min()))
    found = []
    for kind, axes in _kinds(grade, crystal, silk, rng):
        half = size * rng.uniform(SMALLEST, 1.0) * np.array(SHAPES[kind])
        places = rng.uniform(low, high, (TRIES, 3))
        reach = np.linalg.norm((planes[:, :3] @ axes.T) * half, axis=1)
        room = (-(places @ planes[:, :3].T + planes[:, 3]) / reach).min(axis=1)
        # The first place with room for it; where there is none, as much of it as fits.
        best = int(np.minimum(room, 1.0).argmax())
        half = half * min(float(room[best]), 1.0)
        found.append(Body(kind, places[best], axes, half, DEPTHS[kind] / (2 * float(half[2]))))
    return found


def _kinds(
    grade: Grade, crystal: FloatArray, silk: bool, rng: np.random.Generator
) -> Iterator[tuple[Kind, FloatArray]]:
    """The kind of each body, and its axes."""
    for _ in range(grade.crystals):
        yield "crystal", _turned(rng)
    for _ in range(grade.feathers):
        yield "feather", _turned(rng)
    for i in range(grade.needles if silk else 0):
        angle = i % 3 * math.pi / 3
        along = math.cos(angle) * crystal[0] + math.sin(angle) * crystal[1]
        yield "needle", np.stack([along, np.cross(crystal[2], along), crystal[2]])


def _turned(rng: np.random.Generator) -> FloatArray:
    """[3, 3] orthonormal axes in any direction."""
    return np.asarray(np.linalg.qr(rng.normal(size=(3, 3)))[0])

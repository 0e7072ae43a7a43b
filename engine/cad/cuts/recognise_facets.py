"""The facets of a stone's mesh, whatever noise and triangulation it came with.

A triangle belongs to a facet when its corners lie in the facet's plane and its normal points
along; how far a normal may turn depends on how thin the triangle is, because a corner moved by the
same noise turns a thin triangle further.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.cad.solid import face_vectors
from engine.types import FloatArray, IntArray

#: A triangle within this angle of a facet belongs to it; real melee is folded by 0.3 degrees.
SAME_DEG = 1.0
#: How far a corner may lie off its facet's plane, as part of the stone's extent: melee folded by
#: 0.3 degrees stands out by 1e-3.
OFF_PLANE = 2.5e-3
#: How far noise may move a corner, as part of the extent.
NOISE = 2e-4
#: More facets than this are a smooth surface.
MOST_FACETS = 600
#: And so many that cover less than this part of it.
MANY, COVERED = 150, 0.75

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Planar:
    """Facets, largest first, and the mesh that they come from, welded.

    vertices : [V, 3] mm. faces : [T, 3].
    normals  : [P, 3] unit, outward. areas : [P] mm2.
    label    : [T] facet of each triangle; -1 where the surface has no facets.
    """

    vertices: FloatArray
    faces: IntArray
    normals: FloatArray
    areas: FloatArray
    label: npt.NDArray[np.int64]

    def corners(self, facet: int) -> FloatArray:
        """[N, 3] vertices of a facet, mm."""
        return np.asarray(self.vertices[np.unique(self.faces[self.label == facet])])

    def directions(self) -> FloatArray:
        """[T, 3] unit normal of each triangle: that of its facet, where it has one."""
        vectors = face_vectors(self.vertices, self.faces)
        own = vectors / np.maximum(np.linalg.norm(vectors, axis=1), 1e-300)[:, None]
        return np.where(self.label[:, None] >= 0, self.normals[self.label], own)


def planar(vertices: FloatArray, faces: IntArray) -> Planar | None:
    """The facets of a surface ([V, 3] mm, [F, 3] outward); None when it has no extent."""
    vertices, faces = _welded(vertices, faces)
    vectors = face_vectors(vertices, faces)
    area = np.linalg.norm(vectors, axis=1)
    if len(faces) < 4 or not area.sum() > 0.0:
        return None
    unit = vectors / np.maximum(area, 1e-300)[:, None]
    scale = float(np.ptp(vertices, axis=0).max())
    alike = _alike(vertices, faces, area, NOISE * scale)
    label = np.full(len(faces), -1, np.int64)
    normals: list[FloatArray] = []
    areas: list[float] = []
    surface = _Surface(vertices[faces], unit, alike, OFF_PLANE * scale)
    for seed in np.argsort(-area, kind="stable"):
        if label[seed] >= 0:
            continue
        if _curved(areas, float(area.sum())) or area[seed] < 1e-9 * area.sum():
            break
        free = label < 0
        members = surface.members(unit[seed], seed, free)
        normal = _normal(vectors[members], unit[seed])
        members = np.union1d(members, surface.members(normal, seed, free))
        label[members] = len(normals)
        normals.append(_normal(vectors[members], unit[seed]))
        areas.append(float(area[members].sum()))
    rank = np.argsort(-np.array(areas), kind="stable")
    place = np.append(np.argsort(rank, kind="stable"), -1)
    return Planar(vertices, faces, np.array(normals)[rank], np.array(areas)[rank], place[label])


def _curved(areas: list[float], whole: float) -> bool:
    """Whether so many facets cover so little that the surface has none."""
    many = len(areas) == MANY and sum(areas) < COVERED * whole
    return many or len(areas) == MOST_FACETS


@dataclass(frozen=True, eq=False)
class _Surface:
    """corners : [T, 3, 3] mm. unit : [T, 3] normals. alike : [T] cosine of how far each may turn.
    off : mm, how far a corner may lie off a plane."""

    corners: FloatArray
    unit: FloatArray
    alike: FloatArray
    off: float

    def members(self, normal: FloatArray, seed: int, free: BoolArray) -> npt.NDArray[np.intp]:
        """Free triangles in the plane with this normal through the seed's middle, and the seed."""
        along = np.flatnonzero(free & (self.unit @ normal >= self.alike))
        height = np.abs((self.corners[along] - self.corners[seed].mean(axis=0)) @ normal)
        return np.union1d(along[height.max(axis=1, initial=0.0) <= self.off], [seed])


def _alike(vertices: FloatArray, faces: IntArray, area: FloatArray, noise: float) -> FloatArray:
    """[T] cosine of the angle within which each triangle may differ from its facet."""
    corners = vertices[faces]
    longest = np.linalg.norm(corners - np.roll(corners, -1, axis=1), axis=2).max(axis=1)
    height = 2.0 * area / np.maximum(longest, 1e-300)
    turn = np.arctan2(2.0 * noise, height)
    return np.asarray(np.cos(np.maximum(np.radians(SAME_DEG), turn)))


def _normal(vectors: FloatArray, otherwise: FloatArray) -> FloatArray:
    total = vectors.sum(axis=0)
    length = float(np.linalg.norm(total))
    return np.asarray(total / length) if length > 0.0 else otherwise


def _welded(vertices: FloatArray, faces: IntArray) -> tuple[FloatArray, IntArray]:
    """Vertices at one place made one; triangles that vanish are dropped."""
    local = vertices - vertices.mean(axis=0)
    grid = np.round(local / max(float(np.ptp(local, axis=0).max(initial=0.0)), 1e-300) * 1e6)
    _, first, place = np.unique(grid, axis=0, return_index=True, return_inverse=True)
    joined = place.reshape(-1)[faces]
    a, b, c = joined.T
    whole = (a != b) & (b != c) & (c != a)
    return local[first], np.asarray(joined[whole], np.int32)

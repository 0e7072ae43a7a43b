"""Area, volume, centroid, inertia and hull of a triangle mesh."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import ConvexHull, QhullError

from engine.types import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Moments:
    """What a solid weighs and how it is spread, for unit density.

    area : mm2. volume : mm3, signed; exact only where the surface is closed.
    centroid : [3] mm, of the surface. inertia : [3] ascending eigenvalues of the second moments
    of the surface about its centroid, mm4. axes : [3, 3], row i the direction of inertia[i].
    """

    area: float
    volume: float
    centroid: FloatArray
    inertia: FloatArray
    axes: FloatArray


def face_vectors(vertices: FloatArray, faces: IntArray) -> FloatArray:
    """[F, 3] outward normals, as long as the face's area (mm2)."""
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    half: FloatArray = 0.5 * np.cross(b - a, c - a)
    return half


def signed_volume(vertices: FloatArray, faces: IntArray) -> FloatArray:
    """[F] volumes of the tetrahedra that the faces span with the mean vertex; sum for a mesh."""
    local = vertices - vertices.mean(axis=0)
    a, b, c = (local[faces[:, k]] for k in range(3))
    parts: FloatArray = np.einsum("ij,ij->i", a, np.cross(b, c)) / 6.0
    return parts


def moments(vertices: FloatArray, faces: IntArray) -> Moments:
    """Moments of the surface; the second moments take each face as its three edge midpoints,
    which is exact for quadratics on a triangle (the degree-2 rule with equal weights)."""
    area = np.linalg.norm(face_vectors(vertices, faces), axis=1)
    total = float(area.sum())
    corners = vertices[faces]
    centroid: FloatArray = np.einsum("f,fij->j", area, corners) / (3.0 * total)
    middles = 0.5 * (corners + np.roll(corners, -1, axis=1)) - centroid
    second = np.einsum("f,fki,fkj->ij", area / 3.0, middles, middles)
    inertia, axes = np.linalg.eigh(second)
    volume = float(signed_volume(vertices, faces).sum())
    return Moments(total, volume, centroid, inertia, axes.T)


def hull_faces(vertices: FloatArray) -> IntArray | None:
    """Outward triangles of the convex hull as indices into `vertices`; None for a flat set."""
    centre = vertices.mean(axis=0)
    try:
        hull = ConvexHull(vertices - centre)
    except QhullError:
        return None
    faces = hull.simplices.astype(np.int32)
    normal = face_vectors(vertices, faces)
    inward = np.einsum("ij,ij->i", normal, hull.equations[:, :3]) < 0
    faces[inward] = faces[inward][:, ::-1]
    return faces


def hull_volume(vertices: FloatArray) -> float:
    """Volume of the convex hull, mm3; 0 for a flat set."""
    try:
        return float(ConvexHull(vertices - vertices.mean(axis=0)).volume)
    except QhullError:
        return 0.0


def diagonal(vertices: FloatArray) -> float:
    """Length of the bounding box's diagonal, mm."""
    return float(np.linalg.norm(np.ptp(vertices, axis=0)))

"""Polygons to triangles, for the formats that hold quads and n-gons."""

from __future__ import annotations

import manifold3d
import numpy as np
import numpy.typing as npt

from engine.cad.readers.source import Indices
from engine.types import FloatArray, IntArray


def triangulate(vertices: FloatArray, loops: Indices, sizes: Indices) -> IntArray:
    """Triangles [F, 3] int32 of polygons, in the polygons' order and orientation.

    vertices : [V, 3]
    loops    : [L] vertex indices of all polygons, one after the other; all valid.
    sizes    : [P] corners of each polygon, at least 3, summing to L.

    A convex polygon becomes a fan from its first corner. Where a fan would fold over, a quad is
    cut along its other diagonal and a larger polygon is triangulated in its mean plane.
    """
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]) if len(sizes) else np.zeros(0, int)
    counts = sizes - 2
    polygon = np.repeat(np.arange(len(sizes)), counts)
    step = np.arange(len(polygon)) - np.repeat(np.cumsum(counts) - counts, counts)
    corner = starts[polygon]
    faces = np.stack([loops[corner], loops[corner + step + 1], loops[corner + step + 2]], axis=1)
    if len(polygon) == len(sizes):
        return faces.astype(np.int32)
    folded = _folded(vertices, faces, polygon, len(sizes))
    first = np.cumsum(counts) - counts
    for index in np.flatnonzero(folded):
        ring = loops[starts[index] : starts[index] + sizes[index]]
        better = _quad(ring) if len(ring) == 4 else _planar(vertices[ring], ring)
        if len(better) == len(ring) - 2:
            faces[first[index] : first[index] + len(better)] = better
    return faces.astype(np.int32)


def _folded(
    vertices: FloatArray, faces: Indices, polygon: Indices, count: int
) -> npt.NDArray[np.bool_]:
    """[P] whether any triangle of a polygon's fan faces away from the polygon."""
    with np.errstate(invalid="ignore", over="ignore"):
        a, b, c = (vertices[faces[:, k]] for k in range(3))
        areas = np.cross(b - a, c - a)
        total = np.zeros((count, 3))
        np.add.at(total, polygon, areas)
        facing = (areas * total[polygon]).sum(axis=1)
        scale = (total * total).sum(axis=1)
        # A corner on a straight edge gives an area of rounding noise, which is no fold.
        away = facing < -1e-9 * scale[polygon]
    folded = np.zeros(count, dtype=bool)
    folded[polygon[away]] = True
    return folded


def _quad(ring: Indices) -> Indices:
    """[2, 3] triangles of a quad, cut from its second corner to its fourth."""
    halves: Indices = ring[np.array([[1, 2, 3], [1, 3, 0]])]
    return halves


def _planar(points: FloatArray, ring: Indices) -> Indices:
    """[N-2, 3] triangles of a concave polygon, or fewer where it crosses itself.

    points : [N, 3] corners. ring : [N] their indices.
    """
    if not np.isfinite(points).all():
        return np.zeros((0, 3), dtype=np.int32)
    centred = points - points.mean(axis=0)
    normal = np.cross(centred, np.roll(centred, -1, axis=0)).sum(axis=0)
    axis = int(np.argmax(np.abs(normal)))
    flat = np.delete(centred, axis, axis=1)
    # Dropping y turns the remaining pair (x, z) left-handed, as does a normal that points down.
    if (normal[axis] < 0) != (axis == 1):
        flat = flat * np.array([-1.0, 1.0])
    scale = float(np.abs(flat).max())
    if not np.isfinite(scale) or scale <= 0:
        return np.zeros((0, 3), dtype=np.int32)
    corners = np.asarray(manifold3d.triangulate([flat / scale]), dtype=np.int64).reshape(-1, 3)
    found: Indices = ring[corners]
    return found

"""Triangles of one surface that pass through each other."""

from __future__ import annotations

import numpy as np

from engine.types import FloatArray, IntArray

#: Meshes with more triangles are not searched: the pairs would no longer fit in memory.
MOST_TRIANGLES = 6_000
#: A crossing nearer to a corner or an edge than this share counts as a touch.
MARGIN = 1e-4


def crosses(vertices: FloatArray, faces: IntArray) -> bool:
    """Whether an edge of one triangle passes through the inside of another.

    Finds what cuts clean through. Not found: triangles that overlap in one plane, and folds
    between triangles that share a corner; a surface that encloses space twice shows in its
    volume instead (see `engine.cad.stones`).
    """
    if len(faces) > MOST_TRIANGLES:
        return False
    points = vertices[faces]
    one, two = _overlapping_boxes(points)
    apart = ~(faces[one][:, :, None] == faces[two][:, None, :]).any(axis=(1, 2))
    one, two = one[apart], two[apart]
    return any(
        _pierced(points[a][:, k], points[a][:, (k + 1) % 3], points[b]).any()
        for a, b in ((one, two), (two, one))
        for k in range(3)
    )


def _overlapping_boxes(points: FloatArray) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of triangles ([F, 3, 3]) whose bounding boxes overlap, each pair once."""
    low, high = points.min(axis=1), points.max(axis=1)
    found: list[np.ndarray] = []
    step = max(1, 4_000_000 // max(len(points), 1))
    for start in range(0, len(points), step):
        rows = slice(start, start + step)
        meet = (low[rows, None] <= high[None]).all(axis=2) & (high[rows, None] >= low[None]).all(
            axis=2
        )
        first, second = np.nonzero(meet)
        keep = first + start < second
        found.append(np.stack([first[keep] + start, second[keep]]))
    pairs = np.concatenate(found, axis=1)
    return pairs[0], pairs[1]


def _pierced(start: FloatArray, end: FloatArray, triangle: FloatArray) -> np.ndarray:
    """[N] whether the segment passes through the inside of the triangle, row by row."""
    a = triangle[:, 0]
    u, v = triangle[:, 1] - a, triangle[:, 2] - a
    along = end - start
    p = np.cross(along, v)
    det = np.einsum("ij,ij->i", u, p)
    size = np.linalg.norm(u, axis=1) * np.linalg.norm(v, axis=1) * np.linalg.norm(along, axis=1)
    steep = np.abs(det) > 1e-7 * size
    safe = np.where(steep, det, 1.0)
    offset = start - a
    q = np.cross(offset, u)
    first = np.einsum("ij,ij->i", offset, p) / safe
    second = np.einsum("ij,ij->i", along, q) / safe
    t = np.einsum("ij,ij->i", v, q) / safe
    inside = (first > MARGIN) & (second > MARGIN) & (first + second < 1 - MARGIN)
    pierced: np.ndarray = steep & inside & (t > MARGIN) & (t < 1 - MARGIN)
    return pierced

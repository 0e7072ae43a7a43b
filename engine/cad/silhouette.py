"""Silhouettes of a surface: sampled points seen along an axis, and the gaps between them."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import distance_transform_edt, label
from scipy.spatial import ConvexHull, QhullError

from engine.cad.solid import face_vectors
from engine.types import FloatArray, IntArray

#: Points on the surface that make a silhouette, and cells along its longer side.
SAMPLES = 40_000
CELLS = 128


def sample(vertices: FloatArray, faces: IntArray) -> FloatArray:
    """[SAMPLES, 3] points spread evenly over the surface; the same ones every time."""
    area = np.linalg.norm(face_vectors(vertices, faces), axis=1)
    rng = np.random.default_rng(0)
    steps = (np.arange(SAMPLES) + rng.random(SAMPLES)) / SAMPLES
    face = np.searchsorted(np.cumsum(area), steps * area.sum()).clip(max=len(faces) - 1)
    u, v = np.sqrt(rng.random(SAMPLES)), rng.random(SAMPLES)
    weights = np.stack([1 - u, u * (1 - v), u * v], axis=1)
    points: FloatArray = np.einsum("nk,nkj->nj", weights, vertices[faces[face]])
    return points


def plane_axes(axis: FloatArray) -> FloatArray:
    """[2, 3] unit vectors that with `axis` make a right-handed frame."""
    helper = np.eye(3)[np.abs(axis).argmin()]
    u = np.cross(helper, axis)
    u /= np.linalg.norm(u)
    return np.stack([u, np.cross(axis, u)])


def largest_gap(
    flat: FloatArray, span: float, cells: int = CELLS
) -> tuple[FloatArray, float] | None:
    """Centre and radius of the largest empty disc inside the hull of 2D points ([N, 2]), to one
    of `cells` cells along `span`."""
    try:
        hull = ConvexHull(flat).equations
    except QhullError:
        return None
    empty, low, cell = _raster(flat, span / cells)
    middles = low + (np.moveaxis(np.indices(empty.shape), 0, -1).reshape(-1, 2) + 0.5) * cell
    inside = np.ones(len(middles), dtype=bool)
    for nx, ny, offset in hull:
        inside &= middles[:, 0] * nx + middles[:, 1] * ny + offset < 0
    distance = distance_transform_edt(empty & inside.reshape(empty.shape))
    best = np.unravel_index(int(distance.argmax()), distance.shape)
    return low + (np.array(best) + 0.5) * cell, float(distance[best]) * cell


def eyes(flat: FloatArray, span: float) -> list[tuple[FloatArray, float]]:
    """Empty regions that 2D points enclose: centre and radius of the largest disc in each.

    Regions of a disc narrower than two cells may be gaps between samples and are left out.
    """
    empty, low, cell = _raster(flat, span / CELLS)
    regions, count = label(np.pad(empty, 1, constant_values=True))
    found = []
    for region in range(1, count + 1):
        mask = (regions == region)[1:-1, 1:-1]
        if region == regions[0, 0] or mask.sum() < 12:
            continue
        distance = distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1]
        best = np.unravel_index(int(distance.argmax()), distance.shape)
        if distance[best] >= 2.0:
            found.append((low + (np.array(best) + 0.5) * cell, float(distance[best]) * cell))
    return found


def _raster(flat: FloatArray, cell: float) -> tuple[np.ndarray, FloatArray, float]:
    """Which cells hold no point, the lowest corner of the grid, and the size of a cell."""
    low = flat.min(axis=0) - cell
    at = ((flat - low) / cell).astype(int)
    empty = np.ones(at.max(axis=0) + 2, dtype=bool)
    empty[at[:, 0], at[:, 1]] = False
    return empty, low, cell

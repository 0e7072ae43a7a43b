"""Welding vertices, and dropping the triangles that are none."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from engine.cad.solid import diagonal, face_vectors
from engine.cad.topology import edges, linked
from engine.types import FloatArray, IntArray

#: Vertices closer than this share of the piece's diagonal are one: 1e-4 mm on a 20 mm ring.
WELD_SHARE = 5e-6
#: ... but never more than this share of the part's own diagonal.
WELD_SHARE_OF_PART = 1e-4


def weld_tolerance(vertices: FloatArray, span: float) -> float:
    """mm: small against the piece and the part, but not below what float32 files resolve."""
    resolved = 4.0 * float(np.finfo(np.float32).eps) * float(np.abs(vertices).max())
    wanted = min(WELD_SHARE * span, WELD_SHARE_OF_PART * diagonal(vertices))
    return max(wanted, min(resolved, 1e-3 * diagonal(vertices)))


def weld(vertices: FloatArray, faces: IntArray, tolerance: float) -> tuple[FloatArray, IntArray]:
    """Join vertices closer than `tolerance`; the first of a cluster, in file order, stays.

    Cells of a grid first, so that no crowd of coincident points makes the search quadratic.
    """
    cell = np.floor((vertices - vertices.min(axis=0)) / tolerance).astype(np.int64)
    extent = cell.max(axis=0) + 1
    key = (cell[:, 0] * extent[1] + cell[:, 1]) * extent[2] + cell[:, 2]
    _, first, group = np.unique(key, return_index=True, return_inverse=True)
    pairs = cKDTree(vertices[first]).query_pairs(tolerance, output_type="ndarray")
    _, label = linked(len(first), pairs.reshape(-1, 2))
    cluster = label[group.reshape(-1)]
    _, leader, index = np.unique(cluster, return_index=True, return_inverse=True)
    order = np.argsort(leader, kind="stable")
    rank = np.zeros(len(order), dtype=np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    renumbered: IntArray = rank[index.reshape(-1)][faces]
    return vertices[leader[order]], renumbered


def clean(vertices: FloatArray, faces: IntArray, tolerance: float) -> tuple[IntArray, int, int]:
    """Drop faces that are points or lines and faces that stand twice: faces and both counts.

    A line with three distinct corners closes a crack between its neighbours, so it is not
    dropped: the edge it lies on is turned, which gives both triangles an area.
    """
    before = len(faces)
    distinct = (
        (faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])
    )
    faces = faces[distinct]
    degenerate = before - len(faces)
    single = _without_duplicates(faces)
    duplicate = len(faces) - len(single)
    faces, turned = _turn_slivers(vertices, single, tolerance)
    if len(faces) and not np.linalg.norm(face_vectors(vertices, faces), axis=1).any():
        faces = faces[:0]
    return faces, degenerate + turned, duplicate


def _without_duplicates(faces: IntArray) -> IntArray:
    """Faces that stand several times once; two that stand back to back not at all.

    A pair back to back encloses nothing, and half of it would be a hole. Only where a tenth of
    the faces are such pairs, the file means sheets drawn from both sides: one of each stays.
    """
    low = np.argmin(faces, axis=1)
    rolled = np.take_along_axis(faces, (low[:, None] + np.arange(3)) % 3, axis=1)
    ascending = rolled[:, 1] < rolled[:, 2]
    _, first, group, count = np.unique(
        np.sort(faces, axis=1), axis=0, return_index=True, return_inverse=True, return_counts=True
    )
    forward = np.bincount(group.reshape(-1), ascending, minlength=len(first))
    cancel = (count > 1) & (2 * forward == count)
    if cancel.sum() > 0.1 * len(first):
        cancel[:] = False
    single: IntArray = faces[np.sort(first[~cancel])]
    return single


def _turn_slivers(vertices: FloatArray, faces: IntArray, tolerance: float) -> tuple[IntArray, int]:
    """Turn the longest edge of triangles flatter than `tolerance`, where two faces share it."""
    points = vertices[faces]
    length = np.linalg.norm(np.roll(points, -1, axis=1) - points, axis=2)
    doubled = 2.0 * np.linalg.norm(face_vectors(vertices, faces), axis=1)
    flat = np.flatnonzero(doubled < tolerance * length.max(axis=1, initial=0.0))
    if not len(flat) or len(flat) > 0.1 * len(faces) + 8:
        return faces, 0
    table = edges(faces)
    order = np.argsort(table.index, kind="stable")
    starts = np.concatenate([[0], np.cumsum(table.count)])
    stride = int(faces.max()) + 1
    known = table.ends @ np.array([stride, 1])
    result, turned = faces.copy(), 0
    touched: set[int] = set()
    fresh: set[int] = set()
    for f in flat:
        side = int(length[f].argmax())
        edge = int(table.index[side * len(faces) + f])
        sides = order[starts[edge] : starts[edge + 1]]
        other = next((int(s) for s in sides if s % len(faces) != f), None)
        if table.count[edge] != 2 or other is None:
            continue
        g = other % len(faces)
        b = int(faces[f, (side + 2) % 3])
        d = int(faces[g, (other // len(faces) + 2) % 3])
        key = min(b, d) * stride + max(b, d)
        there = key in fresh or known[min(np.searchsorted(known, key), len(known) - 1)] == key
        if {int(f), g} & touched or b == d or there:
            continue
        a, c = int(faces[f, side]), int(faces[f, (side + 1) % 3])
        result[f], result[g] = (b, a, d), (c, b, d)
        touched |= {int(f), g}
        fresh.add(key)
        turned += 1
    return result, turned

"""Finer triangles for a mesh, without a gap: edges are cut in half, never faces by themselves."""

from __future__ import annotations

import numpy as np

from engine.cad.topology import edges
from engine.types import FloatArray, IntArray

#: Halvings that are tried at most; an edge is 2^-12 of what it was by then.
MOST_ROUNDS = 12

#: How a triangle a, b, c of which some sides are cut becomes several; 3, 4 and 5 are the middles of
#: ab, bc and ca. The key says which sides are cut.
CUTS = {
    (True, False, False): ((0, 3, 2), (3, 1, 2)),
    (False, True, False): ((0, 1, 4), (0, 4, 2)),
    (False, False, True): ((0, 1, 5), (5, 1, 2)),
    (True, True, False): ((3, 1, 4), (0, 3, 4), (0, 4, 2)),
    (False, True, True): ((4, 2, 5), (0, 1, 4), (0, 4, 5)),
    (True, False, True): ((5, 0, 3), (1, 2, 5), (1, 5, 3)),
    (True, True, True): ((0, 3, 5), (3, 1, 4), (5, 4, 2), (3, 4, 5)),
}


def split_edges(
    vertices: FloatArray, faces: IntArray, values: FloatArray, longest: float, most: int
) -> tuple[FloatArray, IntArray, FloatArray]:
    """Cut edges in half until all are shorter than `longest`, or a mesh has `most` faces.

    vertices : [V, 3]; those that lie at one place may be several, and stay at one place. faces :
    [F, 3]. values : [V, K] at the vertices, for which the middle of an edge gets the mean.
    """
    for _ in range(MOST_ROUNDS):
        table = edges(faces)
        ends, which = table.ends, table.index.reshape(3, -1).T
        long = np.linalg.norm(vertices[ends[:, 1]] - vertices[ends[:, 0]], axis=1) > longest
        cut = long[which]
        if not long.any() or len(faces) + cut.sum() > most:
            break
        middle = np.cumsum(long) - 1 + len(vertices)
        corners = np.concatenate([faces, middle[which]], axis=1)
        pairs = ends[long]
        vertices = np.concatenate([vertices, vertices[pairs].mean(axis=1)])
        values = np.concatenate([values, values[pairs].mean(axis=1)])
        made = [faces[~cut.any(axis=1)]]
        for key, pattern in CUTS.items():
            rows = corners[(cut == key).all(axis=1)]
            made += [rows[:, triangle] for triangle in pattern]
        faces = np.concatenate(made).astype(np.int32)
    return vertices, faces, values

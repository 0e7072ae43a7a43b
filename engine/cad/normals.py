"""Shading normals: smooth across a rounded surface, split along creases."""

from __future__ import annotations

import numpy as np

from engine.cad.solid import face_vectors
from engine.cad.topology import edges, linked, neighbours, summed
from engine.types import FloatArray, ImageArray, IntArray

#: Edges that turn by less belong to something round (estimated: the facets of a brilliant meet at
#: 7 degrees and more, a ball of 96 sides has edges of 4).
GENTLE_DEG = 5.0
#: A cabochon's dome does more than half of its turning, a brilliant's girdle a hundredth.
ROUNDED_SHARE = 0.3


def crease_normals(
    vertices: FloatArray, faces: IntArray, crease_deg: float
) -> tuple[FloatArray, IntArray, ImageArray]:
    """Split vertices along creases and average the face normals on either side.

    vertices : [V, 3] mm, welded. faces : [F, 3]. crease_deg : edges whose faces meet at a larger
    angle stay sharp; so do edges that more than two faces share.
    Returns [W, 3] vertices, [F, 3] faces, [W, 3] float32 unit normals. A normal weighs the faces
    around its vertex by area and by the angle they span there.
    """
    count = len(faces)
    vectors = face_vectors(vertices, faces)
    area = np.linalg.norm(vectors, axis=1)
    unit = vectors / np.maximum(area, 1e-300)[:, None]
    corners = _smooth_corners(faces, unit, area > 0, np.cos(np.radians(crease_deg)))
    groups, label = linked(3 * count, corners)

    at = faces.T.reshape(-1)
    weight = (area * _corner_angles(vertices, faces)).reshape(-1)
    spread = np.tile(unit, (3, 1)) * weight[:, None]
    normals = summed(label, spread, groups)
    where = np.zeros(groups, dtype=np.int64)
    where[label] = at
    normals = _unit_or_borrowed(normals, where, len(vertices))
    split = label.reshape(3, count).T.astype(np.int32)
    return vertices[where], split, normals.astype(np.float32)


def is_smooth(vertices: FloatArray, faces: IntArray) -> bool:
    """Whether a stone's surface is rounded, as a cabochon's or a bead's, not of facets.

    A surface turns at its edges: each by its angle times its length. Where edges of less than
    `GENTLE_DEG` do `ROUNDED_SHARE` of all turning, they are the mesh of something round, however
    fine; the edges of facets turn by more, but for the many sides of a round girdle, which are
    short, and the lines that cut a planar facet into triangles, which turn by next to nothing.
    """
    vectors = face_vectors(vertices, faces)
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1), 1e-300)[:, None]
    table = edges(faces)
    pairs = neighbours(faces, table)
    first, second = unit[pairs.faces[:, 0]], unit[pairs.faces[:, 1]]
    # The chord tells small angles that the cosine rounds away.
    angle = 2.0 * np.arcsin(np.clip(np.linalg.norm(first - second, axis=1) / 2.0, 0.0, 1.0))
    ends = vertices[table.ends[pairs.edge]]
    turning = angle * np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1)
    gentle = turning[angle < np.radians(GENTLE_DEG)].sum()
    return bool(gentle > ROUNDED_SHARE * turning.sum())


def _smooth_corners(
    faces: IntArray, unit: FloatArray, solid: np.ndarray, cosine: float
) -> np.ndarray:
    """[N, 2] pairs of face corners (k*F + f) that share one normal."""
    pairs = neighbours(faces)
    first, second = pairs.faces.T
    smooth = np.einsum("ij,ij->i", unit[first], unit[second]) >= cosine
    smooth &= solid[first] & solid[second]
    first, second, edge = first[smooth], second[smooth], pairs.edge[smooth]
    links = []
    for k in range(3):
        for other in range(3):
            same = faces[first, k] == faces[second, other]
            links.append(
                np.stack([k * len(faces) + first[same], other * len(faces) + second[same]], axis=1)
            )
    return np.concatenate(links) if len(edge) else np.zeros((0, 2), dtype=np.int64)


def _corner_angles(vertices: FloatArray, faces: IntArray) -> FloatArray:
    """[3, F] angle of each face at each corner, radians."""
    points = vertices[faces]
    angles = np.zeros((3, len(faces)))
    for k in range(3):
        u = points[:, (k + 1) % 3] - points[:, k]
        v = points[:, (k + 2) % 3] - points[:, k]
        angles[k] = np.arctan2(np.linalg.norm(np.cross(u, v), axis=1), np.einsum("ij,ij->i", u, v))
    return angles


def _unit_or_borrowed(normals: FloatArray, where: np.ndarray, vertices: int) -> FloatArray:
    """Unit normals; a group of zero-area faces takes the mean normal of its vertex."""
    length = np.linalg.norm(normals, axis=1)
    empty = length < 1e-12 * length.max(initial=1e-300)
    if empty.any():
        mean = summed(where, normals, vertices)
        normals[empty] = mean[where[empty]]
        length = np.linalg.norm(normals, axis=1)
        lost = length < 1e-300
        normals[lost], length[lost] = (0.0, 0.0, 1.0), 1.0
    unit: FloatArray = normals / length[:, None]
    return unit

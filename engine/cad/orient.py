"""Orientation: all triangles of a surface turned the same way, and that way outward."""

from __future__ import annotations

import numpy as np

from engine.cad.solid import face_vectors, signed_volume
from engine.cad.topology import Neighbours, linked, neighbours, summed
from engine.types import FloatArray, IntArray

#: A surface whose volume, against the ball of its area, is smaller than this has no clear inside.
CLEAR_SHARE = 1e-3


def orient(vertices: FloatArray, faces: IntArray) -> tuple[IntArray, int, int, bool]:
    """Make neighbours agree, then turn every inside-out component.

    Returns the faces, how many triangles disagreed with their neighbours, how many components
    were inside out, and whether some component is twisted (not orientable). A cavity - a
    component inside another one and turned against it - keeps facing into the void.
    """
    pairs = neighbours(faces)
    count, label = linked(len(faces), pairs.faces)
    wrong, twisted = _against(len(faces), pairs, label)
    faces = faces.copy()
    faces[wrong] = faces[wrong][:, ::-1]

    volume = summed(label, signed_volume(vertices, faces), count)
    if count > 1:
        volume = _own_volumes(vertices, faces, label, count)
    area = summed(label, np.linalg.norm(face_vectors(vertices, faces), axis=1), count)
    ball = area**1.5 / (6.0 * np.sqrt(np.pi))
    turned = volume < -CLEAR_SHARE * ball
    for cavity in _cavities(vertices, faces, label, volume, np.flatnonzero(turned)):
        turned[cavity] = False
    flip = turned[label]
    faces[flip] = faces[flip][:, ::-1]
    return faces, _fewer(wrong, label, count), int(turned.sum()), twisted


def _fewer(wrong: np.ndarray, label: np.ndarray, count: int) -> int:
    """Triangles that disagreed: per component the smaller of the two camps."""
    size = np.bincount(label, minlength=count)
    against = np.bincount(label, wrong, minlength=count)
    return int(np.minimum(against, size - against).sum())


def _against(count: int, pairs: Neighbours, label: np.ndarray) -> tuple[np.ndarray, bool]:
    """[F] which faces disagree with the first face of their component, and if one is twisted.

    Two copies of every face, one turned over: twisted neighbours link a face with the other's
    copy. A component is then two sheets, or a single one where it cannot be oriented.
    """
    if not pairs.twisted.any():
        return np.zeros(count, dtype=bool), False
    first, second = pairs.faces.T
    cross = np.where(pairs.twisted, count, 0)
    links = np.concatenate(
        [
            np.stack([first, second + cross], axis=1),
            np.stack([first + count, second + count - cross], axis=1),
        ]
    )
    _, sheet = linked(2 * count, links)
    _, leader = np.unique(label, return_index=True)
    wrong = sheet[:count] != sheet[leader[label]]
    return wrong, bool((sheet[:count] == sheet[count:]).any())


def _own_volumes(
    vertices: FloatArray, faces: IntArray, label: np.ndarray, count: int
) -> FloatArray:
    """[N] signed volume of each component about its own centre, right for open ones too."""
    corners = vertices[faces]
    size = np.bincount(label, minlength=count)
    middle = corners.mean(axis=1)
    centre = summed(label, middle, count)
    local = corners - (centre / size[:, None])[label][:, None, :]
    parts = np.einsum("ij,ij->i", local[:, 0], np.cross(local[:, 1], local[:, 2])) / 6.0
    return summed(label, parts, count)


def _cavities(
    vertices: FloatArray,
    faces: IntArray,
    label: np.ndarray,
    volume: FloatArray,
    candidates: np.ndarray,
) -> list[int]:
    """Components among `candidates` that lie inside a larger, outward component.

    Tested at one vertex against the outward components together, at most 64 candidates (the
    largest): a cavity is rare, and an unrecognised one only weighs too much.
    """
    outward = (volume > 0)[label]
    if not outward.any():
        return []
    largest = candidates[np.argsort(volume[candidates])][:64]
    found = []
    for component in largest:
        bigger = outward & (volume[label] > -volume[component])
        point = vertices[faces[np.argmax(label == component), 0]]
        if bigger.any() and winding(point, vertices, faces[bigger]) > 0.5:
            found.append(int(component))
    return found


def winding(point: FloatArray, vertices: FloatArray, faces: IntArray) -> float:
    """How often the surface encloses `point`: its solid angle there over 4 pi.

    tan(omega/2) = a.(b x c) / (abc + (a.b)c + (b.c)a + (c.a)b) for each triangle seen from the
    point; the tests hold it against 1 inside a cube and 0 outside.
    """
    a, b, c = (vertices[faces[:, k]] - point for k in range(3))
    la, lb, lc = (np.linalg.norm(v, axis=1) for v in (a, b, c))
    triple = np.einsum("ij,ij->i", a, np.cross(b, c))
    below = (
        la * lb * lc
        + np.einsum("ij,ij->i", a, b) * lc
        + np.einsum("ij,ij->i", b, c) * la
        + np.einsum("ij,ij->i", c, a) * lb
    )
    return float(np.arctan2(triple, below).sum() / (2.0 * np.pi))

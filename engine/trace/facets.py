"""Facets of stones: the planes that a ray inside a convex stone can meet, without asking a mesh.

A ray inside a convex solid leaves it through the nearest plane that it runs towards (`polytope`
finds it). A stone that is not convex, or that something reaches into, is left to the mesh.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from engine.types import FloatArray, Mesh, Part, Piece

#: Triangles whose normals differ by less are one facet, radians: 1 µm over a 6 mm stone.
COPLANAR = 1.5e-4
#: A vertex may stand this far outside a plane of a convex stone, and a part may reach this far into
#: it, mm: two orders of magnitude below what the eye sees, two above the rounding of rays.
TOLERANCE_MM = 2e-4
#: Planes beyond which a stone is left to the mesh: bounds the map of its facets.
MOST_PLANES = 256
#: How often triangles are quartered to tell whether they reach into a stone.
SPLITS = 6


@dataclass(frozen=True, eq=False)
class Planes:
    """The facets of the stones of a piece, in its frame.

    of_face : [F] facet of each triangle; 0 for triangles of other parts.
    plane   : [N, 4] outward unit normal n and offset c (mm) with n·x = c.
    first   : [P + 1] where the facets of each part begin.
    convex  : [P] whether the planes alone tell where a ray inside the part goes.
    """

    of_face: Any
    plane: FloatArray
    first: Any
    convex: Any


def planes_of(piece: Piece, stone: Any) -> Planes:
    """Facets of the flat-faceted parts that `stone` [P] marks."""
    of_mesh: dict[int, tuple[Any, FloatArray, bool]] = {}
    of_face, planes, counts, convex, base = [], [np.zeros((0, 4))], [], [], 0
    for part, marked in zip(piece.parts, stone, strict=True):
        mesh = piece.meshes[part.mesh]
        if not marked:
            of_face.append(np.zeros(len(mesh.faces), dtype=np.int64))
            counts.append(0)
            convex.append(False)
            continue
        if part.mesh not in of_mesh:
            label, plane = facets(mesh)
            of_mesh[part.mesh] = label, plane, _convex(mesh, plane)
        label, plane, whole = of_mesh[part.mesh]
        of_face.append(label + base)
        planes.append(_moved(plane, part))
        counts.append(len(plane))
        convex.append(whole)
        base += len(plane)
    first = np.concatenate([[0], np.cumsum(counts)])
    found = Planes(np.concatenate(of_face), np.concatenate(planes), first, np.array(convex))
    return Planes(found.of_face, found.plane, first, found.convex & ~_entered(piece, stone, found))


def facets(mesh: Mesh) -> tuple[Any, FloatArray]:
    """Facet of each triangle, [F], and the plane of each facet, [N, 4]."""
    vertices, faces = _weld(mesh)
    corners = vertices[faces]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area = np.linalg.norm(normal, axis=1)
    normal /= np.maximum(area, 1e-30)[:, None]
    label = _merge(normal, twins(faces))
    # The largest triangle of a facet knows its plane best.
    order = np.lexsort((area, label))
    best = order[np.searchsorted(label[order], np.arange(label.max(initial=-1) + 1), "right") - 1]
    n = normal[best]
    return label, np.column_stack([n, np.einsum("ij,ij->i", n, corners[best, 0])])


def _moved(plane: FloatArray, part: Part) -> FloatArray:
    """Planes of a mesh in the piece's frame."""
    n = plane[:, :3] @ part.transform[:3, :3].T
    return np.column_stack([n, plane[:, 3] + n @ part.transform[:3, 3]])


def _convex(mesh: Mesh, plane: FloatArray) -> bool:
    """Whether the half-spaces of the planes hold the mesh, and are few enough."""
    if not mesh.closed or len(plane) > MOST_PLANES:
        return False
    reach = mesh.vertices @ plane[:, :3].T - plane[:, 3]
    return bool(reach.max() < TOLERANCE_MM)


def _entered(piece: Piece, stone: Any, found: Planes) -> Any:
    """[P] whether a part that is no stone reaches into the part."""
    others = [
        piece.vertices(part)[piece.meshes[part.mesh].faces]
        for part, marked in zip(piece.parts, stone, strict=True)
        if not marked
    ]
    entered = np.zeros(len(piece.parts), dtype=bool)
    if not others:
        return entered
    triangles = np.concatenate(others)
    # By coordinate, so that each comparison runs along memory.
    low, high = triangles.min(axis=1).T.copy(), triangles.max(axis=1).T.copy()
    for index in np.flatnonzero(found.convex):
        points = piece.vertices(piece.parts[index])
        near = np.arange(len(triangles))
        for axis, (first, last) in enumerate(zip(points.min(0), points.max(0), strict=True)):
            near = near[(low[axis][near] < last) & (high[axis][near] > first)]
        plane = found.plane[found.first[index] : found.first[index + 1]]
        entered[index] = _reach_in(triangles[near], plane)
    return entered


def _reach_in(triangles: FloatArray, plane: FloatArray) -> bool:
    """Whether any triangle [T, 3, 3] has a point inside all planes by more than the tolerance."""
    for _ in range(SPLITS):
        depth = plane[:, 3] - triangles @ plane[:, :3].T  # [T, 3, N]
        if np.any(np.all(depth > TOLERANCE_MM, axis=2)):
            return True
        apart = np.any(np.all(depth < TOLERANCE_MM, axis=1), axis=1)
        triangles = _quartered(triangles[~apart])
        if not len(triangles):
            return False
    return False


def _quartered(t: FloatArray) -> FloatArray:
    """Each triangle as four of half its size."""
    a, b, c = t[:, 0], t[:, 1], t[:, 2]
    ab, bc, ca = (a + b) / 2, (b + c) / 2, (c + a) / 2
    return np.concatenate(
        [np.stack(s, axis=1) for s in ((a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca))]
    )


def _weld(mesh: Mesh) -> tuple[FloatArray, Any]:
    """Vertices and faces with equal points made one, so that neighbours can be found."""
    size = max(float(np.ptp(mesh.vertices, axis=0).max(initial=0.0)), 1e-9)
    _, first, inverse = np.unique(
        np.round(mesh.vertices / (size * 1e-7)), axis=0, return_index=True, return_inverse=True
    )
    return mesh.vertices[first], inverse.reshape(-1)[mesh.faces]


def twins(faces: Any) -> Any:
    """[3 F] edge that runs the other way, per edge 3 f + i from corner i of face f to corner i + 1;
    -1 where there is none or several."""
    count = len(faces)
    start, stop = faces.ravel(), np.roll(faces, -1, axis=1).ravel()
    size = int(faces.max(initial=0)) + 1
    key, twin = start * size + stop, stop * size + start
    order = np.argsort(key, kind="stable")
    ranked = np.append(key[order], [-1, -1])
    at = np.searchsorted(ranked[: 3 * count], twin)
    unique = (ranked[at] == twin) & (ranked[at + 1] != twin)
    return np.where(unique, np.append(order, -1)[at], -1)


def _merge(normal: FloatArray, twin: Any) -> Any:
    """[F] label of the coplanar region that each face belongs to."""
    near = np.flatnonzero(twin >= 0)
    faces, across = near // 3, twin[near] // 3
    flat = np.linalg.norm(normal[faces] - normal[across], axis=1) < COPLANAR
    graph = coo_array(
        (np.ones(int(flat.sum())), (faces[flat], across[flat])), shape=(len(normal), len(normal))
    )
    return connected_components(graph, directed=False)[1]

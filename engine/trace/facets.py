"""Facets of stones: convex polygons with their planes, so that a ray need not ask a mesh twice.

A chain of reflections is traced once for several wavelengths. Whether the others meet the facet
that the traced one met is a question of a few dot products: is the point on the facet's plane
inside each of its edges?
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from engine.types import FloatArray, Mesh, Piece

#: Triangles whose normals differ by less are one facet, radians: 1 µm over a 6 mm stone.
COPLANAR = 1.5e-4
#: A corner may stand this far outside another edge of a convex facet, mm.
CONVEX_MM = 1e-5


@dataclass(frozen=True, eq=False)
class Polygons:
    """The facets of some triangles, in the triangles' frame.

    of_face : [F] facet of each triangle. plane : [N, 4] outward unit normal n and offset c with
    n·x = c. edge : [E, 4] for each edge its in-plane unit normal m, away from the facet, and
    offset e: inside m·x <= e. first : [N + 1] where the edges of each facet begin.
    """

    of_face: Any
    plane: FloatArray
    edge: FloatArray
    first: Any


def polygons(mesh: Mesh) -> Polygons:
    """Facets of a mesh: coplanar neighbours merged where the union is convex."""
    vertices, faces = _weld(mesh)
    corners = vertices[faces]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area = np.linalg.norm(normal, axis=1)
    normal /= np.maximum(area, 1e-30)[:, None]
    other = _neighbours(faces)
    label = _merge(normal, other)
    border = _border(corners, other, label)
    convex = _convex(border, _edges(border, _planes(corners, normal, area, label)))
    # A facet that is not convex falls apart into its triangles.
    single = len(faces) + np.arange(len(faces))
    label = np.unique(np.where(convex[label], label, single), return_inverse=True)[1]
    border = _border(corners, other, label)
    plane = _planes(corners, normal, area, label)
    return Polygons(label, plane, _edges(border, plane), border.first)


def moved(found: Polygons, transform: FloatArray) -> Polygons:
    """The same facets after a rigid motion, [4, 4]."""
    rotation, shift = transform[:3, :3], transform[:3, 3]

    def turn(planes: FloatArray) -> FloatArray:
        n = planes[:, :3] @ rotation.T
        return np.column_stack([n, planes[:, 3] + n @ shift])

    return Polygons(found.of_face, turn(found.plane), turn(found.edge), found.first)


def facets_of(piece: Piece, stone: Any) -> Polygons:
    """Facets of the parts that `stone` [P] marks, in the piece's frame; triangles of other parts
    belong to facet 0."""
    of_mesh = {
        part.mesh: polygons(piece.meshes[part.mesh])
        for part, marked in zip(piece.parts, stone, strict=True)
        if marked
    }
    found = [
        moved(of_mesh[part.mesh], part.transform) if marked else None
        for part, marked in zip(piece.parts, stone, strict=True)
    ]
    of_face, planes, edges, counts, base = [], [np.zeros((0, 4))], [np.zeros((0, 4))], [], 0
    for part, facets in zip(piece.parts, found, strict=True):
        if facets is None:
            of_face.append(np.zeros(len(piece.meshes[part.mesh].faces), dtype=np.uint32))
            continue
        of_face.append(facets.of_face + base)
        planes.append(facets.plane)
        edges.append(facets.edge)
        counts.append(np.diff(facets.first))
        base += len(facets.plane)
    first = np.concatenate([[0], *counts]).cumsum()
    return Polygons(np.concatenate(of_face), np.concatenate(planes), np.concatenate(edges), first)


def _weld(mesh: Mesh) -> tuple[FloatArray, Any]:
    """Vertices and faces with equal points made one, so that neighbours can be found."""
    size = max(float(np.ptp(mesh.vertices, axis=0).max(initial=0.0)), 1e-9)
    _, first, inverse = np.unique(
        np.round(mesh.vertices / (size * 1e-7)), axis=0, return_index=True, return_inverse=True
    )
    return mesh.vertices[first], inverse.reshape(-1)[mesh.faces]


def _neighbours(faces: Any) -> Any:
    """[F, 3] face across the edge from corner i to i + 1; -1 where there is none or several."""
    count = len(faces)
    start, stop = faces.ravel(), np.roll(faces, -1, axis=1).ravel()
    size = int(faces.max(initial=0)) + 1
    key, twin = start * size + stop, stop * size + start
    order = np.argsort(key, kind="stable")
    at = np.searchsorted(key[order], twin)
    inside = np.minimum(at, 3 * count - 1)
    found = (at < 3 * count) & (key[order][inside] == twin)
    unique = np.searchsorted(key[order], twin, side="right") - at == 1
    return np.where(found & unique, order[inside] // 3, -1).reshape(-1, 3)


def _merge(normal: FloatArray, other: Any) -> Any:
    """[F] label of the coplanar region that each face belongs to."""
    faces = np.repeat(np.arange(len(other)), 3)
    across = other.ravel()
    near = across >= 0
    faces, across = faces[near], across[near]
    gap = np.linalg.norm(normal[faces] - normal[across], axis=1)
    flat = gap < COPLANAR
    graph = coo_array(
        (np.ones(int(flat.sum())), (faces[flat], across[flat])), shape=(len(other), len(other))
    )
    return connected_components(graph, directed=False)[1]


@dataclass(frozen=True, eq=False)
class _Border:
    """Directed edges around facets, sorted by facet.

    owner : [E] facet. start, stop : [E, 3] mm. first : [N + 1] where each facet's edges begin.
    """

    owner: Any
    start: FloatArray
    stop: FloatArray
    first: Any


def _border(corners: FloatArray, other: Any, label: Any) -> _Border:
    """The edges where two facets, or a facet and nothing, meet."""
    apart = (other < 0) | (label[np.maximum(other, 0)] != label[:, None])
    face, side = np.nonzero(apart)
    order = np.argsort(label[face], kind="stable")
    face, side = face[order], side[order]
    first = np.searchsorted(label[face], np.arange(label.max(initial=-1) + 2))
    return _Border(label[face], corners[face, side], corners[face, (side + 1) % 3], first)


def _planes(corners: FloatArray, normal: FloatArray, area: FloatArray, label: Any) -> FloatArray:
    """[N, 4] the plane of each facet: that of its largest triangle, which knows it best."""
    order = np.lexsort((area, label))
    best = order[np.searchsorted(label[order], np.arange(label.max(initial=-1) + 1), "right") - 1]
    n = normal[best]
    return np.column_stack([n, np.einsum("ij,ij->i", n, corners[best, 0])])


def _edges(border: _Border, plane: FloatArray) -> FloatArray:
    """[E, 4] normals away from the facet, in its plane, and offsets."""
    m = np.cross(border.stop - border.start, plane[border.owner, :3])
    m /= np.maximum(np.linalg.norm(m, axis=1, keepdims=True), 1e-30)
    return np.column_stack([m, np.einsum("ij,ij->i", m, border.start)])


def _convex(border: _Border, edge: FloatArray) -> Any:
    """[N] whether every corner of a facet lies inside all its edges."""
    sides = np.diff(border.first)
    convex = np.zeros(len(sides), dtype=bool)
    for k in np.unique(sides[sides > 0]):
        which = np.nonzero(sides == k)[0]
        rows = border.first[which][:, None] + np.arange(k)
        reach = np.einsum("fei,fpi->fep", edge[rows, :3], border.start[rows])
        convex[which] = (reach - edge[rows, 3:] < CONVEX_MM).all(axis=(1, 2))
    return convex

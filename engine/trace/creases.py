"""Convex edges of metal, as the fillet that a cast and polished edge has needs them.

CAD edges are sharp; real ones are rounded by some hundredths of a millimetre and catch the light in
a thin line. `edges` turns the shading normal near an edge as a fillet of a given radius would; here
it is found, once per piece, which edges a triangle lies near to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.trace.facets import twins
from engine.types import FloatArray

#: Normals of two faces that differ by less are one smooth surface, cosine of 15 degrees.
SHARP = float(np.cos(np.radians(15.0)))
#: Largest fillet radius that the lists serve, mm.
MOST_MM = 0.2
#: Largest reach of a fillet along a face, in radii: beyond 127 degrees it grows no wider.
MOST_REACH = 2.0
#: Edges listed per triangle, the nearest ones; steps from triangle to triangle away from an edge.
MOST_EDGES, MOST_STEPS = 8, 6
#: A triangle belongs to a side of an edge whose normal it shares to within this cosine.
ALIGNED = 0.7
#: Corners nearer to each other are one, mm.
WELD_MM = 1e-6


@dataclass(frozen=True, eq=False)
class Creases:
    """Edges near each triangle.

    first : [F + 1] where the entries of each triangle begin.
    start, along : [E, 3] mm, an end of the edge and the way to the other one.
    other : [E, 3] unit normal of the face across the edge. reach : [E] how far a fillet of radius 1
    goes along the faces: tan of half the angle between their normals.
    """

    first: Any
    start: FloatArray
    along: FloatArray
    other: FloatArray
    reach: FloatArray


@dataclass(frozen=True, eq=False)
class _Solid:
    """Triangles to search: corners [F, 3, 3] mm, shading normals at them [F, 3, 3], and for each
    edge 3 f + i the one that runs the other way, or -1."""

    corners: FloatArray
    normals: FloatArray
    twin: Any

    def ends(self, edge: Any) -> tuple[FloatArray, FloatArray]:
        """Where edges begin and end."""
        face, i = edge // 3, edge % 3
        return self.corners[face, i], self.corners[face, (i + 1) % 3]

    def normal(self, edge: Any) -> FloatArray:
        """Shading normals of the edges' own faces in the middle of the edges, [E, 3]."""
        face, i = edge // 3, edge % 3
        return _unit(self.normals[face, i] + self.normals[face, (i + 1) % 3])

    def up(self, face: Any) -> FloatArray:
        """Geometric normals of faces, [N, 3]."""
        a, b, c = np.moveaxis(self.corners[face], 1, 0)
        return _unit(np.cross(b - a, c - a))


def creases_of(vertices: FloatArray, normals: FloatArray, faces: Any, marked: Any) -> Creases:
    """Convex edges of the faces that `marked` [F] names.

    vertices : [V, 3] mm. normals : [V, 3], shading. faces : [F, 3].
    """
    chosen = np.flatnonzero(marked)
    few = faces[chosen]
    solid = _Solid(vertices[few], normals[few], twins(_welded(vertices[few])))
    edge = _convex_edges(solid)
    sides = np.stack([solid.normal(edge), solid.normal(solid.twin[edge])], axis=1)
    crease, face, distance = _near(solid, edge, _reach(sides))
    # A face belongs to the side whose normal it shares; the other one is what it turns towards.
    alike = np.einsum("cij,cj->ci", sides[crease], solid.up(face))
    own = alike.argmax(axis=1)
    aligned = alike.max(axis=1, initial=-1.0) > ALIGNED
    order = np.lexsort((distance, face))
    order = order[aligned[order]]
    place = np.arange(len(order)) - np.searchsorted(face[order], face[order])
    order = order[place < MOST_EDGES]
    crease, face, own = crease[order], face[order], own[order]
    begin, end = solid.ends(edge[crease])
    counts = np.bincount(chosen[face], minlength=len(faces))
    return Creases(
        first=np.concatenate([[0], np.cumsum(counts)]),
        start=begin,
        along=end - begin,
        other=sides[crease, 1 - own],
        reach=_reach(sides)[crease],
    )


def _unit(v: FloatArray) -> FloatArray:
    unit: FloatArray = v / np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), 1e-30)
    return unit


def _reach(sides: FloatArray) -> FloatArray:
    """tan of half the angle between the two normals of each crease, bounded; [C]."""
    cos = np.einsum("ij,ij->i", sides[:, 0], sides[:, 1])
    half = np.sqrt(np.maximum(1 - cos, 0) / np.maximum(1 + cos, 1e-9))
    reach: FloatArray = np.minimum(half, MOST_REACH)
    return reach


def _welded(corners: FloatArray) -> Any:
    """Corners [F, 3, 3] as numbers [F, 3], the same for those at one place."""
    cell = np.round(corners.reshape(-1, 3) / WELD_MM).astype(np.int64)
    # Three coordinates in one number: a sort of rows would take ten times as long.
    cell -= cell.min(axis=0, initial=0)
    mixed = cell[:, 0] + cell[:, 1] * 2654435761 + cell[:, 2] * 40503 * 2654435769
    return np.unique(mixed, return_inverse=True)[1].reshape(-1, 3)


def _convex_edges(solid: _Solid) -> Any:
    """One of the two edges of each convex crease, [C]."""
    edge = np.flatnonzero(solid.twin > np.arange(len(solid.twin)))
    twin = solid.twin[edge]
    bent = np.einsum("ij,ij->i", solid.normal(edge), solid.normal(twin)) < SHARP
    edge, twin = edge[bent], twin[bent]
    apex = solid.corners[twin // 3, (twin + 2) % 3]
    rise = np.einsum("ij,ij->i", solid.up(edge // 3), apex - solid.ends(edge)[0])
    convex = rise < 0
    return edge[convex]


def _near(solid: _Solid, edge: Any, reach: FloatArray) -> tuple[Any, Any, FloatArray]:
    """Pairs of a crease [C] and a face within reach of its fillet, and their distance, mm.

    From both faces of a crease the search walks over shared edges that are near enough, but over no
    other crease.
    """
    count = len(solid.corners)
    barred = np.zeros(len(solid.twin), dtype=bool)
    barred[edge] = barred[solid.twin[edge]] = True
    index = np.arange(len(edge))
    crease = np.concatenate([index, index])
    face = np.concatenate([edge // 3, solid.twin[edge] // 3])
    found = [(crease, face, np.zeros(len(crease)))]
    last = [np.zeros(0, dtype=np.int64), np.sort(crease * count + face)]
    for _ in range(MOST_STEPS):
        side = (3 * face[:, None] + np.arange(3)).ravel()
        of = np.repeat(crease, 3)
        free = (solid.twin[side] >= 0) & ~barred[side]
        side, of = side[free], of[free]
        gap = _distance(solid.ends(edge[of]), solid.ends(side))
        close = gap < MOST_MM * reach[of]
        key = of[close] * count + solid.twin[side[close]] // 3
        key, at = np.unique(key, return_index=True)
        # What a step comes back to was found by one of the two before it.
        new = ~np.isin(key, np.concatenate(last), kind="sort")
        last = [last[1], key[new]]
        crease, face = key[new] // count, key[new] % count
        found.append((crease, face, gap[close][at[new]]))
        if not len(crease):
            break
    crease, face, distance = (np.concatenate(column) for column in zip(*found, strict=True))
    return crease, face, distance


def _distance(a: tuple[FloatArray, FloatArray], b: tuple[FloatArray, FloatArray]) -> FloatArray:
    """Distance of segments a and b that do not cross: that of an end of one to the other; mm."""
    least: FloatArray = np.minimum.reduce(
        [_to_segment(a[0], b), _to_segment(a[1], b), _to_segment(b[0], a), _to_segment(b[1], a)]
    )
    return least


def _to_segment(p: FloatArray, segment: tuple[FloatArray, FloatArray]) -> FloatArray:
    """Distance of points [N, 3] to segments, [N]."""
    start, along = segment[0], segment[1] - segment[0]
    square = np.maximum(np.einsum("ij,ij->i", along, along), 1e-30)
    t = np.clip(np.einsum("ij,ij->i", p - start, along) / square, 0, 1)
    gap: FloatArray = np.linalg.norm(p - start - t[:, None] * along, axis=1)
    return gap

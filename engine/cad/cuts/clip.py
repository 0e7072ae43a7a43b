"""Intersection of half-spaces by clipping a box, one plane after the other.

Clipping keeps vertices shared between facets all the way, so that the result is closed by
construction, and vertices within a tolerance of a plane count as lying on it, so that facets that
should meet in a point do, without slivers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from engine.errors import GeometryError
from engine.types import FloatArray

Loop = list[int]  # vertex indices of one facet, counter-clockwise seen from outside


def clip(
    normals: FloatArray, offsets: FloatArray, tolerance: float, weld: float
) -> tuple[FloatArray, list[Loop]]:
    """Vertices and facets of the solid normals @ x <= offsets.

    normals, offsets : [P, 3] unit, [P] mm. tolerance : mm, vertices this close to a plane lie on
    it. weld : mm, edges shorter than this vanish, as far as the solid stays closed.
    Returns [V, 3] mm and P loops; the loop of a plane that touches no area is empty.
    Raises GeometryError when the planes leave the solid open, or leave nothing of it.
    """
    reach = 64.0 * float(np.abs(offsets).max(initial=0.0)) + 1.0
    points, loops = _box(reach)
    for plane, (normal, offset) in enumerate(zip(normals, offsets, strict=True)):
        loops = _cut_off(points, loops, plane, normal, float(offset), tolerance)
        if not loops:
            raise GeometryError("the planes leave nothing of the stone; check their offsets")
    if any(plane < 0 for plane in loops):
        raise GeometryError("the planes do not enclose a stone; a facet is missing")
    welded = _collapse(points, loops, weld)
    if welded and closed(list(welded.values())):
        loops = welded
    return _compact(points, loops, normals, offsets)


def closed(loops: list[Loop]) -> bool:
    """Whether each edge of a facet is, turned round, an edge of exactly one other facet."""
    edges = Counter(edge for loop in loops for edge in _edges(loop))
    return all(count == 1 and edges[b, a] == 1 for (a, b), count in edges.items())


def _edges(loop: Loop) -> Iterator[tuple[int, int]]:
    return zip(loop, loop[1:] + loop[:1], strict=True)


def _box(reach: float) -> tuple[list[FloatArray], dict[int, Loop]]:
    """Corners and faces of a cube; its planes are numbered -1 to -6."""
    corners = [np.array([x, y, z]) for x in (-reach, reach) for y in (-reach, reach)
               for z in (-reach, reach)]  # fmt: skip
    faces = ([0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3])
    return corners, {-1 - i: list(face) for i, face in enumerate(faces)}


def _cut_off(
    points: list[FloatArray],
    loops: dict[int, Loop],
    plane: int,
    normal: FloatArray,
    offset: float,
    tolerance: float,
) -> dict[int, Loop]:
    """Cut away what lies beyond the plane; new vertices are appended to `points`."""
    used = {v for loop in loops.values() for v in loop}
    height = {v: float(points[v] @ normal) - offset for v in used}
    side = {v: (0 if abs(h) <= tolerance else 1 if h > 0.0 else -1) for v, h in height.items()}
    if max(side.values()) <= 0:
        return loops
    crossings: dict[tuple[int, int], int] = {}

    def crossing(a: int, b: int) -> int:
        key = (min(a, b), max(a, b))
        if key not in crossings:
            t = height[key[0]] / (height[key[0]] - height[key[1]])
            points.append(points[key[0]] + t * (points[key[1]] - points[key[0]]))
            crossings[key] = len(points) - 1
            side[crossings[key]] = 0
        return crossings[key]

    kept: dict[int, Loop] = {}
    for number, loop in loops.items():
        shorter: Loop = []
        for a, b in _edges(loop):
            if side[a] <= 0:
                shorter.append(a)
            if side[a] * side[b] < 0:
                shorter.append(crossing(a, b))
        if len(shorter) >= 3 and any(side[v] < 0 for v in shorter):
            kept[number] = shorter
    rim = _rim(kept)
    if rim:
        kept[plane] = rim
    return kept


def _rim(loops: dict[int, Loop]) -> Loop:
    """The loop that closes the hole in `loops`; empty when there is none.

    Walking the open edges, instead of ordering the vertices on the plane by angle, closes the
    solid whatever the tolerance let through.
    """
    edges = {edge for loop in loops.values() for edge in _edges(loop)}
    follow = {b: a for a, b in edges if (b, a) not in edges}
    if not follow:
        return []
    start = min(follow)
    rim = [start]
    while (v := follow.pop(rim[-1])) != start:
        if v not in follow:
            raise GeometryError("facets meet too closely to tell; remove one")
        rim.append(v)
    if follow:
        raise GeometryError("facets meet too closely to tell; remove one")
    return rim


def _collapse(points: list[FloatArray], loops: dict[int, Loop], length: float) -> dict[int, Loop]:
    """Merge the two ends of every edge shorter than `length`, and drop facets that vanish."""
    target: dict[int, int] = {}

    def find(v: int) -> int:
        while v in target:
            v = target[v]
        return v

    for loop in loops.values():
        for a, b in _edges(loop):
            ra, rb = find(a), find(b)
            if ra != rb and np.linalg.norm(points[a] - points[b]) < length:
                target[max(ra, rb)] = min(ra, rb)
    merged: dict[int, Loop] = {}
    for plane, loop in loops.items():
        ends = [find(v) for v in loop]
        short = [a for a, b in _edges(ends) if a != b]
        if len(short) >= 3:
            merged[plane] = short
    return merged


def _compact(
    points: list[FloatArray], loops: dict[int, Loop], normals: FloatArray, offsets: FloatArray
) -> tuple[FloatArray, list[Loop]]:
    """Number the vertices in use from zero and put each where its planes meet best."""
    planes_at: dict[int, list[int]] = {}
    for plane, loop in loops.items():
        for v in loop:
            planes_at.setdefault(v, []).append(plane)
    number = {v: i for i, v in enumerate(sorted(planes_at))}
    vertices = np.empty((len(number), 3))
    for v, i in number.items():
        at = planes_at[v]
        residual = offsets[at] - normals[at] @ points[v]
        # The cut-off keeps nearly parallel planes from pulling the vertex along their edge.
        vertices[i] = points[v] + np.linalg.lstsq(normals[at], residual, rcond=1e-3)[0]
    return vertices, [[number[v] for v in loops.get(p, [])] for p in range(len(normals))]

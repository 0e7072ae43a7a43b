"""Small holes in a surface: found as loops of open sides, closed with a fan of triangles."""

from __future__ import annotations

import numpy as np

from engine.cad.solid import diagonal
from engine.cad.topology import boundary
from engine.types import FloatArray, IntArray

#: Holes whose rim is shorter than this share of the part's diagonal are filled ...
HOLE_SHARE = 0.25
#: ... when they have at most this many edges.
HOLE_EDGES = 64
#: Beyond this many open sides the part is a sheet, not a solid with holes.
MOST_SIDES = 20_000


def fill(vertices: FloatArray, faces: IntArray) -> tuple[FloatArray, IntArray, int]:
    """Close the small holes of an oriented surface: vertices, faces, number of holes closed."""
    sides = boundary(faces)
    if not 3 <= len(sides) <= MOST_SIDES:
        return vertices, faces, 0
    longest = HOLE_SHARE * diagonal(vertices)
    points, patches, filled = [vertices], [faces], 0
    fresh = len(vertices)
    for loop in loops(sides):
        ring = vertices[loop]
        rim = np.linalg.norm(np.roll(ring, -1, axis=0) - ring, axis=1).sum()
        if not 3 <= len(loop) <= HOLE_EDGES or rim > longest:
            continue
        following = np.roll(loop, -1)
        if len(loop) == 3:
            patches.append(loop[None].astype(np.int32))
        else:
            hub = np.full(len(loop), fresh)
            patches.append(np.stack([loop, following, hub], axis=1).astype(np.int32))
            points.append(ring.mean(axis=0, keepdims=True))
            fresh += 1
        filled += 1
    return np.concatenate(points), np.concatenate(patches), filled


def loops(sides: np.ndarray) -> list[np.ndarray]:
    """Directed sides ([B, 2]) as simple closed loops of vertex indices.

    Where a rim touches itself in a vertex it is cut into two loops. Sides that close no loop
    cannot occur on an oriented surface and are ignored.
    """
    following: dict[int, list[int]] = {}
    for start, end in sides.tolist():
        following.setdefault(start, []).append(end)
    found = []
    for start in list(following):
        path, at = [start], {start: 0}
        while following.get(path[-1]):
            step = following[path[-1]].pop()
            if step in at:
                cut = at[step]
                found.append(np.array(path[cut:], dtype=np.int64))
                for vertex in path[cut + 1 :]:
                    del at[vertex]
                path = path[: cut + 1]
            else:
                at[step] = len(path)
                path.append(step)
    return found

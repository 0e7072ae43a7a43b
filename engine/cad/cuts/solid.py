"""From planes to a mesh: each facet one planar polygon, vertices shared, outward, closed."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from engine.cad.cuts.clip import Loop, clip, closed
from engine.errors import GeometryError
from engine.types import FloatArray, Mesh

if TYPE_CHECKING:
    from engine.cad.cuts.cut import Cut

#: More planes than any stone has; a bound for files from outside.
MOST_PLANES = 2000

#: Vertices this close to a plane lie on it, as part of the stone's extent: 6 nm for a carat stone,
#: and above the 1e-8 to which GemCad writes distances.
TOLERANCE = 2e-6

#: Edges shorter than this part of the extent vanish: published designs round their angles,
#: so that facets meant to meet in a point miss it by 0.2 micrometres on a carat stone.
WELD = 1e-4


def facet_mesh(cut: Cut) -> Mesh:
    """The stone as triangles, flat, closed; facets that touch no area are left out.

    Raises GeometryError when the planes do not enclose a stone.
    """
    vertices, loops = polygons(cut)
    faces = [triangle for loop in loops if loop for triangle in fan(vertices, loop)]
    return Mesh(vertices, np.array(faces, np.int32), None, True)


def polygons(cut: Cut) -> tuple[FloatArray, list[Loop]]:
    """Vertices [V, 3] mm and one counter-clockwise loop of vertex indices per plane of the cut.

    A plane that does not touch the stone has an empty loop. Raises GeometryError as `facet_mesh`.
    """
    planes = len(cut.offsets)
    if not 4 <= planes <= MOST_PLANES:
        raise GeometryError(
            f"cut '{cut.name}' has {planes} planes; a stone has 4 to {MOST_PLANES} facets"
        )
    # The stone may lie far from the origin: count from the point nearest to all planes instead.
    middle = np.linalg.lstsq(cut.normals, cut.offsets, rcond=None)[0]
    offsets = cut.offsets - cut.normals @ middle
    extent = float(np.abs(offsets).max())
    try:
        vertices, loops = clip(cut.normals, offsets, TOLERANCE * extent, WELD * extent)
    except GeometryError as error:
        raise GeometryError(f"cut '{cut.name}': {error.message}") from None
    if not closed(loops):
        raise GeometryError(f"cut '{cut.name}': facets meet too closely to tell; remove one")
    return vertices + middle, loops


def complete(cut: Cut) -> Cut:
    """The cut, when each of its planes is a facet; girdle flats may be missing.

    The halves of a thin girdle meet in a knife edge between the mains and leave no flat there:
    such planes are dropped. Raises GeometryError naming any other facet that is cut away.
    """
    kept = []
    for i, (name, loop) in enumerate(zip(cut.facets, polygons(cut)[1], strict=True)):
        if loop:
            kept.append(i)
        elif not name.startswith("girdle"):
            raise GeometryError(
                f"{cut.name}: {name} is cut away by its neighbours; choose proportions closer "
                "to the usual ones"
            )
    facets = tuple(cut.facets[i] for i in kept)
    return replace(cut, normals=cut.normals[kept], offsets=cut.offsets[kept], facets=facets)


def fan(vertices: FloatArray, loop: Loop) -> list[tuple[int, int, int]]:
    """Triangles of a convex polygon, from the vertex that makes the smallest one largest."""
    best: list[tuple[int, int, int]] = []
    largest = -1.0
    for start in range(len(loop)):
        turned = loop[start:] + loop[:start]
        fan = [(turned[0], b, c) for b, c in pairwise(turned[1:])]
        a, b, c = np.moveaxis(vertices[np.array(fan)], 1, 0)
        smallest = float(np.linalg.norm(np.cross(b - a, c - a), axis=1).min())
        if smallest > largest * (1.0 + 1e-9):
            best, largest = fan, smallest
    return best

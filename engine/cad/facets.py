"""Planes of a faceted body, and whether a body looks like a cut stone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.cad.solid import face_vectors, hull_volume, signed_volume
from engine.cad.topology import linked, neighbours, summed
from engine.types import FloatArray, IntArray

#: Neighbouring triangles within this angle belong to one facet.
SAME_FACET_DEG = 1.5
#: Volume over volume of the convex hull: real melee has concave edges of 0.3 degrees.
LEAST_CONVEXITY = 0.97
#: A cut stone shows most of its area in few planes, and a third of it in none (as coins do).
COVERED_SHARE = 0.90
MOST_PLANES = 160
LARGEST_SHARE = (0.03, 0.30)
#: Fewer different tilts against the largest facet make a prism, a cone or a pyramid.
LEAST_TILTS = 4
#: Bodies with more triangles are sculpted, not cut; fewer cannot be a stone's facets.
TRIANGLES = (8, 20_000)


@dataclass(frozen=True, eq=False)
class Facets:
    """Planar groups of neighbouring triangles, largest first.

    normals : [P, 3] unit. areas : [P] mm2. label : [F] facet of each triangle.
    """

    normals: FloatArray
    areas: FloatArray
    label: np.ndarray


def facets(vertices: FloatArray, faces: IntArray) -> Facets:
    """Group neighbouring triangles whose normals agree within `SAME_FACET_DEG`."""
    vectors = face_vectors(vertices, faces)
    area = np.linalg.norm(vectors, axis=1)
    unit = vectors / np.maximum(area, 1e-300)[:, None]
    pairs = neighbours(faces).faces
    cosine = np.einsum("ij,ij->i", unit[pairs[:, 0]], unit[pairs[:, 1]])
    flat = cosine >= np.cos(np.radians(SAME_FACET_DEG))
    count, label = linked(len(faces), pairs[flat])
    total = summed(label, vectors, count)
    areas = np.linalg.norm(total, axis=1)
    order = np.argsort(-areas, kind="stable")
    rank = np.zeros(count, dtype=np.int64)
    rank[order] = np.arange(count)
    normals = total / np.maximum(areas, 1e-300)[:, None]
    return Facets(normals[order], areas[order], rank[label])


def looks_cut(vertices: FloatArray, faces: IntArray) -> bool:
    """Whether a closed, connected body looks like a cut stone: near-convex and made of facets.

    Balls (pearls, beads), rods, boxes, cones and plates are not; neither are briolettes and
    other cuts without one facet of 3 % of the surface - name those.
    """
    if not TRIANGLES[0] <= len(faces) <= TRIANGLES[1]:
        return False
    found = facets(vertices, faces)
    total = float(np.linalg.norm(face_vectors(vertices, faces), axis=1).sum())
    share = found.areas / total
    few = np.searchsorted(np.cumsum(share), COVERED_SHARE) + 1 <= MOST_PLANES
    if not few or not LARGEST_SHARE[0] <= share[0] <= LARGEST_SHARE[1]:
        return False
    return (
        _tilts(found) >= LEAST_TILTS
        and not _is_ball(vertices, len(faces))
        and convexity(vertices, faces) >= LEAST_CONVEXITY
    )


def convexity(vertices: FloatArray, faces: IntArray) -> float:
    """Volume over volume of the convex hull; above 1 where the surface overlaps itself."""
    hull = hull_volume(vertices)
    return float(signed_volume(vertices, faces).sum()) / hull if hull > 0 else 0.0


def _tilts(found: Facets) -> int:
    """Different angles (to 2 degrees) between the largest facet and those of the top 97 %."""
    enough = np.searchsorted(np.cumsum(found.areas), 0.97 * found.areas.sum()) + 1
    cosine = np.clip(found.normals[:enough] @ found.normals[0], -1.0, 1.0)
    tilt = np.sort(np.degrees(np.arccos(cosine)))
    return 1 + int((np.diff(tilt) > 2.0).sum())


def _is_ball(vertices: FloatArray, triangles: int) -> bool:
    """All vertices within 2 % of one distance from the centre, and too many for a plain solid."""
    radius = np.linalg.norm(vertices - 0.5 * (vertices.min(axis=0) + vertices.max(axis=0)), axis=1)
    return triangles > 60 and float(np.ptp(radius)) < 0.02 * float(radius.mean())

"""From a mesh to planes: triangles that mean the same facet are snapped onto one plane.

A stone is convex, and a convex solid has at most one facet for each outward normal. So triangles
are grouped by their normals alone; which of them are neighbours need not be known.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.cad.cuts.cut import Cut
from engine.cad.cuts.solid import MOST_PLANES
from engine.errors import GeometryError
from engine.types import FloatArray, IntArray, Mesh

#: A triangle smaller than this part of the surface has no normal to speak of.
NEGLIGIBLE_AREA = 1e-6

#: How far a vertex may stand out of a facet's plane, as part of the stone's extent, before the
#: group of triangles is no facet of a convex stone. Melee stands out by 1e-3 at concave edges.
STANDS_OUT = 5e-3


def from_mesh(mesh: Mesh, tolerance_deg: float = 1.0, name: str = "stone") -> tuple[Cut, float]:
    """The facets of a closed stone as planes, and the largest change of a normal in degrees.

    mesh : outward triangles, mm; the cut keeps the mesh's place and orientation.
    tolerance_deg : triangles within this angle of a facet's plane belong to it.
    Raises GeometryError when the mesh is not a convex, faceted solid.
    """
    normals, areas = _triangles(mesh)
    kept = np.flatnonzero(areas > NEGLIGIBLE_AREA * areas.sum())
    order = kept[np.argsort(-areas[kept], kind="stable")]
    group = np.full(len(areas), -1, np.int32)
    group[order] = _group(normals[order], np.cos(np.radians(tolerance_deg)))
    planes = [_plane(mesh, areas, np.flatnonzero(group == g)) for g in range(group.max() + 1)]
    unit, offset = np.array([n for n, _ in planes]), np.array([d for _, d in planes])
    extent = float(np.ptp(mesh.vertices, axis=0).max())
    out = (mesh.vertices @ unit.T).max(axis=0) - offset
    convex = out <= STANDS_OUT * extent
    share = np.bincount(group[order], areas[order], len(planes)) / areas.sum()
    if share[~convex].sum() > 0.01:
        raise GeometryError(
            f"the stone is not convex: {(~convex).sum()} of its facets cut into it, by up to "
            f"{out.max():.3f} mm; mend it or take its convex hull"
        )
    seen = order[convex[group[order]]]
    # The chord keeps its digits where the cosine is all ones.
    chord = np.linalg.norm(normals[seen] - unit[group[seen]], axis=1)
    change = float(np.degrees(2.0 * np.arcsin(np.minimum(chord / 2.0, 1.0))).max())
    facets = tuple(f"facet {i + 1}" for i in range(int(convex.sum())))
    return Cut(name, unit[convex], offset[convex], facets), change


def _triangles(mesh: Mesh) -> tuple[FloatArray, FloatArray]:
    """Unit normals [F, 3] (zero for a degenerate triangle) and areas [F] mm^2."""
    if not len(mesh.faces) or not np.isfinite(mesh.vertices).all():
        raise GeometryError("the stone has no faces, or vertices that are not finite; export again")
    a, b, c = np.moveaxis(mesh.vertices[mesh.faces], 1, 0)
    cross = np.cross(b - a, c - a)
    length = np.linalg.norm(cross, axis=1)
    if not length.sum() > 0.0:
        raise GeometryError("all triangles of the stone are degenerate; export it again")
    return cross / np.maximum(length, 1e-300)[:, None], length / 2.0


def _group(normals: FloatArray, cos_tolerance: float) -> IntArray:
    """Group number [N] of each normal; the first of a group is its largest triangle."""
    seeds = np.empty((0, 3))
    number = np.empty(len(normals), np.int32)
    for i, normal in enumerate(normals):
        cosine = seeds @ normal
        best = int(cosine.argmax()) if len(seeds) else -1
        if best < 0 or cosine[best] < cos_tolerance:
            if len(seeds) == MOST_PLANES:
                raise GeometryError(
                    f"the stone has more than {MOST_PLANES} facets; it is not a faceted stone"
                )
            best = len(seeds)
            seeds = np.vstack([seeds, normal])
        number[i] = best
    return number


def _plane(mesh: Mesh, areas: FloatArray, chosen: npt.NDArray[np.intp]) -> tuple[FloatArray, float]:
    """Least-squares plane of triangles by area: outward unit normal [3] and offset mm."""
    corners = mesh.vertices[mesh.faces[chosen]]  # (T, 3, 3)
    weight = areas[chosen] / areas[chosen].sum()
    middle = np.einsum("t,tij->j", weight, corners) / 3.0
    # Mid-edge points with weight 1/3 integrate second moments over a triangle exactly.
    spread = (corners + np.roll(corners, 1, axis=1)) / 2.0 - middle
    moment = np.einsum("t,tki,tkj->ij", weight, spread, spread)
    normal = np.linalg.eigh(moment)[1][:, 0]
    a, b, c = np.moveaxis(corners, 1, 0)
    if normal @ np.cross(b - a, c - a).sum(axis=0) < 0.0:
        normal = -normal
    return normal, float(normal @ middle)

"""Which way a stone of unknown origin stands: its axis, its girdle, its table.

Seen along its axis, the edge of a stone is its girdle, and the girdle lies in one level. Seen along
any other direction the edge climbs up and down. So of all directions the axis is the one whose edge
lies within the smallest height.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.spatial import ConvexHull, QhullError

from engine.cad.cuts.recognise_facets import Planar
from engine.cad.silhouette import plane_axes
from engine.cad.solid import moments
from engine.cad.topology import edges, neighbours
from engine.types import FloatArray

#: A facet within this angle of upright belongs to the girdle; within it of level, it is a flat.
UPRIGHT_DEG = 3.0
#: A girdle higher than this part of the stone's breadth is none.
MOST_GIRDLE = 0.25
#: Directions of so many facets, the largest, are tried.
TRIED = 80
#: A base lies this near to the girdle, as part of the breadth, and fills this part of the outline.
AT_GIRDLE, BASE_SHARE = 0.03, 0.80


@dataclass(frozen=True, eq=False)
class Pose:
    """A stone with its axis along z and its table up, the middle of the girdle at z = 0.

    planar    : its facets. low, top : z of the girdle's lower and upper edge, mm.
    rim       : [S, 2, 3] mm, edges of the mesh that are the outline seen from above, and more that
    lie within it.
    table     : the flat facet on top, or None. culet : the one below, or None.
    base      : whether the stone has no pavilion but lies on a flat base.
    """

    planar: Planar
    low: float
    top: float
    rim: FloatArray
    table: int | None
    culet: int | None
    base: bool

    @property
    def highest(self) -> float:
        return float(self.planar.vertices[:, 2].max())

    @property
    def lowest(self) -> float:
        return float(self.planar.vertices[:, 2].min())


def pose(planar: Planar) -> Pose | None:
    """The stone set upright; None when no direction shows a girdle."""
    mesh = _Edges(planar)
    spread = moments(planar.vertices, planar.faces).axes
    best, axis = min(
        ((mesh.climb(axis), tuple(axis)) for axis in [*planar.normals[:TRIED], *spread]),
        key=lambda scored: scored[0],
    )
    if best > MOST_GIRDLE:
        return None
    standing = _stand(planar, np.array(axis))
    return standing if _table_up(standing) else _stand(planar, -np.array(axis))


class _Edges:
    """The edges of a mesh and the normals on both sides of them."""

    def __init__(self, planar: Planar) -> None:
        table = edges(planar.faces)
        pairs = neighbours(planar.faces, table)
        self.vertices, self.faces = planar.vertices, planar.faces
        self.normals = planar.directions()
        self.pairs = pairs.faces
        self.ends = table.ends[pairs.edge]

    def rim(self, axis: FloatArray) -> npt.NDArray[np.int64]:
        """[S, 2] vertices of the edges that are the outline along an axis, or upright facets'."""
        steep = self.normals @ axis
        upright = np.abs(steep) < np.sin(np.radians(UPRIGHT_DEG))
        left, right = self.pairs.T
        turning = (steep[left] * steep[right] < 0.0) | upright[left] | upright[right]
        return np.asarray(self.ends[turning])

    def climb(self, axis: FloatArray) -> float:
        """Height of the outline along an axis, as part of the stone's breadth."""
        rim = self.rim(axis)
        if not len(rim):
            return np.inf
        breadth = np.ptp(self.vertices @ plane_axes(axis).T, axis=0).mean()
        return float(np.ptp(self.vertices[rim.ravel()] @ axis) / max(breadth, 1e-300))


def _stand(planar: Planar, axis: FloatArray) -> Pose:
    """The stone with this axis along z."""
    frame = np.vstack([plane_axes(axis), axis])
    rim = _Edges(planar).rim(axis)
    vertices = planar.vertices @ frame.T
    ends = vertices[rim]
    low, top = float(ends[:, :, 2].min()), float(ends[:, :, 2].max())
    middle = (vertices.min(axis=0) + vertices.max(axis=0)) / 2.0
    middle[2] = (low + top) / 2.0
    turned = replace(planar, vertices=vertices - middle, normals=planar.normals @ frame.T)
    table, culet = (_flat(turned, side) for side in (1.0, -1.0))
    breadth = float(np.ptp(vertices[:, :2], axis=0).mean())
    low, top = low - middle[2], top - middle[2]
    near = low - float(turned.vertices[:, 2].min()) < AT_GIRDLE * breadth
    base = near and culet is not None and turned.areas[culet] > BASE_SHARE * hull_area(ends)
    return Pose(turned, low, top, ends - middle, table, None if base else culet, bool(base))


def _flat(planar: Planar, side: float) -> int | None:
    """The largest level facet that faces up (side 1) or down (-1), where it is the outermost."""
    level = np.flatnonzero(side * planar.normals[:, 2] > np.cos(np.radians(UPRIGHT_DEG)))
    if not len(level):
        return None
    facet = int(level[0])
    height = side * planar.vertices[:, 2]
    near = (height.max() - side * planar.corners(facet)[:, 2].mean()) < 0.02 * np.ptp(height)
    return facet if near and planar.areas[facet] > 2e-4 * planar.areas.sum() else None


def _table_up(pose: Pose) -> bool:
    """Whether the stone stands right: dome over base, larger flat on top, else deeper below."""
    above, below = pose.highest - pose.top, pose.low - pose.lowest
    if pose.base:
        return True
    areas = pose.planar.areas
    table = 0.0 if pose.table is None else areas[pose.table]
    culet = 0.0 if pose.culet is None else areas[pose.culet]
    breadth = float(np.ptp(pose.planar.vertices[:, :2], axis=0).mean())
    if above < AT_GIRDLE * breadth < below and table > BASE_SHARE * hull_area(pose.rim):
        return False  # a base turned up
    return bool(table > culet) if table != culet else above <= below


def hull_area(rim: FloatArray) -> float:
    """Area of the convex outline of edges [S, 2, 3] seen from above, mm2."""
    try:
        return float(ConvexHull(rim[:, :, :2].reshape(-1, 2)).volume)
    except QhullError:
        return 0.0

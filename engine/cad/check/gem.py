"""A stone as the checks see it: which way it faces, its girdle, and how far points are from it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.spatial import ConvexHull

from engine.cad.check.surface import BoolArray, Columns, Samples, distances, fine
from engine.cad.facets import facets
from engine.cad.silhouette import plane_axes
from engine.cad.solid import face_vectors, signed_volume
from engine.types import FloatArray, IntArray

#: A facet of less of the surface is no table: the stone is a bead, a drop or a briolette.
LEAST_TABLE = 0.03
#: So many of the largest facets may be the table.
MOST_TABLES = 16
#: A table that fills this much of the outline is a flat base, and faces down.
BASE_SHARE = 0.9
#: Volume over that of the convex hull below which a stone is not convex (a heart).
CONVEX = 0.985
#: Planes of the hull that are enough to tell quickly what is far away.
COARSE_PLANES = 20
#: Outlines that differ by less of their size under a turn or a mirror are symmetric.
SYMMETRIC = 0.04


@dataclass(frozen=True, eq=False)
class Gem:
    """A stone in its mesh's frame.

    vertices, faces : welded. normals, offsets : [P, 3], [P] planes of the convex hull.
    axis : [3] unit, from the girdle to the table; None for beads, drops and briolettes.
    """

    vertices: FloatArray
    faces: IntArray
    normals: FloatArray
    offsets: FloatArray
    axis: FloatArray | None

    @classmethod
    def of(cls, vertices: FloatArray, faces: IntArray) -> Gem:
        """The stone of a closed mesh, outward."""
        hull = ConvexHull(vertices)
        planes = np.unique(np.round(hull.equations, 7), axis=0)
        return cls(vertices, faces, planes[:, :3], -planes[:, 3], _axis(vertices, faces))

    @cached_property
    def convex(self) -> bool:
        """Whether the hull's planes are the stone."""
        hull = float(ConvexHull(self.vertices).volume)
        return float(signed_volume(self.vertices, self.faces).sum()) > CONVEX * hull

    @cached_property
    def coarse(self) -> tuple[FloatArray, FloatArray]:
        """Normals [K, 3] and offsets [K] of a few planes that point all ways."""
        chosen = [int(np.abs(self.normals[:, 2]).argmax())]
        likeness = self.normals @ self.normals[chosen[0]]
        while len(chosen) < min(COARSE_PLANES, len(self.normals)):
            chosen.append(int(likeness.argmin()))
            likeness = np.maximum(likeness, self.normals @ self.normals[chosen[-1]])
        return self.normals[chosen], self.offsets[chosen]

    @cached_property
    def width(self) -> float:
        """The short way across, seen along the axis (of a bead or drop: of its box), mm."""
        extent = np.ptp(self.vertices, axis=0)
        return float(2.0 * self.half[0] if self.axis is not None else extent.min())

    @cached_property
    def frame(self) -> FloatArray:
        """[3, 3] rows: across the narrow way, along the long way, up."""
        axis = np.array([0.0, 0.0, 1.0]) if self.axis is None else self.axis
        plane = plane_axes(axis)
        rim = self.vertices @ plane.T
        rim = rim[ConvexHull(rim).vertices]
        turned = _upright(rim)
        return np.concatenate([turned @ plane, axis[None]])

    @cached_property
    def outline(self) -> FloatArray:
        """[N, 2] hull of the stone seen along its axis, in `frame`."""
        rim = self.vertices @ self.frame[:2].T
        found: FloatArray = rim[ConvexHull(rim).vertices]
        return found

    @cached_property
    def centre(self) -> FloatArray:
        """[2] middle of the outline's box, in `frame`."""
        low, high = self.outline.min(axis=0), self.outline.max(axis=0)
        middle: FloatArray = 0.5 * (low + high)
        return middle

    @cached_property
    def half(self) -> FloatArray:
        """[2] half of the short and of the long way across, mm."""
        size: FloatArray = 0.5 * np.ptp(self.outline, axis=0)
        return size

    @cached_property
    def girdle(self) -> float:
        """Height of the girdle along the axis: the middle of what reaches the outline."""
        out = self.beside(self.vertices)
        height = self.vertices @ self.frame[2]
        rim = height[out > -1e-3 * self.width]
        return float(0.5 * (rim.min() + rim.max()))

    @cached_property
    def half_turn(self) -> bool:
        """Whether the outline looks the same after half a turn; a pear's and a heart's do not."""
        return self.convex and self._same(np.roll(self._reach, 36))

    @cached_property
    def mirrors(self) -> tuple[float, ...]:
        """Azimuths, rad, of the axes of the outline across which it is a mirror image."""
        across = {0.5 * np.pi: 36, 0.0: 0}
        turned = {azimuth: np.roll(self._reach[::-1], 1 + k) for azimuth, k in across.items()}
        return tuple(azimuth for azimuth, reach in turned.items() if self._same(reach))

    @cached_property
    def _reach(self) -> FloatArray:
        """[72] mm from the middle to the tangents all around, every 5 degrees."""
        angle = np.linspace(0.0, 2.0 * np.pi, 72, endpoint=False)
        across = np.stack([np.cos(angle), np.sin(angle)])
        reach: FloatArray = ((self.outline - self.centre) @ across).max(axis=0)
        return reach

    def _same(self, reach: FloatArray) -> bool:
        return bool(np.abs(reach - self._reach).max() < SYMMETRIC * float(self.half.min()))

    def rim_point(self, azimuth: float) -> FloatArray:
        """[3] the girdle in the direction of an `azimuth`."""
        flat = self.half * np.array([np.cos(azimuth), np.sin(azimuth)])
        flat /= (
            self._rim[:, :2] @ flat / -(self._rim[:, :2] @ self.centre + self._rim[:, 2])
        ).max()
        point: FloatArray = np.append(self.centre + flat, self.girdle) @ self.frame
        return point

    @cached_property
    def _rim(self) -> FloatArray:
        return ConvexHull(self.outline).equations

    def height(self, points: FloatArray) -> FloatArray:
        """[N] mm over the girdle."""
        found: FloatArray = points @ self.frame[2] - self.girdle
        return found

    def beside(self, points: FloatArray) -> FloatArray:
        """[N] mm outside the outline seen along the axis; negative over or under the stone."""
        flat = points @ self.frame[:2].T
        found: FloatArray = (flat @ self._rim[:, :2].T + self._rim[:, 2]).max(axis=1, initial=-1e9)
        return found

    def azimuth(self, points: FloatArray) -> FloatArray:
        """[N] rad around the axis, with the outline's box stretched to a square."""
        flat = (points @ self.frame[:2].T - self.centre) / self.half
        return np.arctan2(flat[:, 1], flat[:, 0])

    @cached_property
    def _surface(self) -> Samples:
        return fine(self.vertices[self.faces], self.width / 50.0)

    @cached_property
    def _columns(self) -> Columns:
        return Columns(self.vertices[self.faces])

    def outside(self, points: FloatArray) -> tuple[FloatArray, FloatArray]:
        """[N] mm from the stone, negative inside, and [N, 3] normals of its nearest facets.

        Of a convex stone over an edge or a corner a little too small.
        """
        away = points @ self.normals.T - self.offsets
        nearest = away.argmax(axis=1) if len(points) else np.zeros(0, np.int64)
        hull: FloatArray = np.take_along_axis(away, nearest[:, None], axis=1)[:, 0]
        normals = self.normals[nearest]
        if self.convex:
            return hull, normals
        exact = distances(points, self._surface, self.width / 50.0)
        buried = self.contains(points)
        return np.where(buried, -exact, np.maximum(exact, hull)), normals

    def contains(self, points: FloatArray) -> BoolArray:
        """[N] whether the stone itself, not only its hull, holds a point."""
        return self._columns.holds(points)


def _axis(vertices: FloatArray, faces: IntArray) -> FloatArray | None:
    """Normal of the table, or of what lies over a flat base; None without either.

    It is the large facet that faces where the stone looks largest: a baguette's pavilion may have
    larger ones than its table.
    """
    found = facets(vertices, faces)
    area = np.linalg.norm(face_vectors(vertices, faces), axis=1)
    # A finely meshed dome is one group as well, but its triangles face many ways.
    flat = found.areas > 0.99 * np.bincount(found.label, area, minlength=len(found.areas))
    large = (flat & (found.areas > LEAST_TABLE * area.sum()))[:MOST_TABLES]
    if not large.any():
        return None
    normals = found.normals[:MOST_TABLES][large]
    # Of a polygon, the "volume" of the hull is its area.
    seen = np.array([ConvexHull(vertices @ plane_axes(n).T).volume for n in normals])
    table = int(np.flatnonzero(seen > 0.98 * seen.max())[0])
    base = found.areas[table] > BASE_SHARE * seen[table]
    axis: FloatArray = -normals[table] if base else normals[table]
    return axis


def _upright(rim: FloatArray) -> FloatArray:
    """[2, 2] rotation after which the long axis of a convex polygon [N, 2] is y.

    The axes are those of its area's second moments: an axis of symmetry is one of them.
    """
    rim = rim - rim.mean(axis=0)
    after = np.roll(rim, -1, axis=0)
    area = 0.5 * (rim[:, 0] * after[:, 1] - rim[:, 1] * after[:, 0])
    rim = rim - np.einsum("n,ni->i", area, rim + after) / (3.0 * area.sum())
    middles = 0.5 * np.stack([rim, np.roll(rim, -1, axis=0), rim + np.roll(rim, -1, axis=0)])
    second = np.einsum("n,kni,knj->ij", area, middles, middles)
    axes = np.linalg.eigh(second)[1].T
    turned: FloatArray = axes if np.linalg.det(axes) > 0.0 else axes * [[-1.0], [1.0]]
    return turned

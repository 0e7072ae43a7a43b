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
#: A largest facet that fills this much of the outline is a flat base, and faces down.
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
        """[3, 3] rows: across the short way, along the long way, up."""
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
        angle = np.linspace(0.0, 2.0 * np.pi, 72, endpoint=False)
        reach = ((self.outline - self.centre) @ np.stack([np.cos(angle), np.sin(angle)])).max(0)
        apart = np.abs(reach - np.roll(reach, 36)).max()
        return bool(self.convex and apart < SYMMETRIC * float(self.half.min()))

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
    """Normal of the table, or of what lies over a flat base; None without either."""
    found = facets(vertices, faces)
    total = float(np.linalg.norm(face_vectors(vertices, faces), axis=1).sum())
    if found.areas[0] < LEAST_TABLE * total:
        return None
    axis = found.normals[0]
    outline = float(ConvexHull(vertices @ plane_axes(axis).T).volume)  # of a polygon: its area
    up: FloatArray = -axis if found.areas[0] > BASE_SHARE * outline else axis
    return up


def _upright(rim: FloatArray) -> FloatArray:
    """[2, 2] rotation after which a polygon's least box is upright, its short side along x."""
    side = np.roll(rim, -1, axis=0) - rim
    along = side / np.linalg.norm(side, axis=1)[:, None]
    turns = np.stack([along, np.stack([-along[:, 1], along[:, 0]], axis=1)], axis=1)
    size = np.ptp(np.einsum("nij,mj->nim", turns, rim), axis=2)
    best = turns[size.prod(axis=1).argmin()]
    short, long = size[size.prod(axis=1).argmin()]
    return best if short <= long else np.stack([-best[1], best[0]])

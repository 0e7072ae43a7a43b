"""What every stone is to a setting: a closed surface, a girdle, and its height above and below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from engine.types import FloatArray, Mesh

#: One metric carat in grams, exactly (Fourth General Conference on Weights and Measures, 1907).
GRAMS_PER_CARAT = 0.2

#: Girdle points nearer to each other than this, mm, are one.
_SAME = 1e-6


@dataclass(frozen=True, eq=False)
class Girdle:
    """The outline of a stone seen from above.

    rim      : [M, 2] mm, the points of its upper and lower edge in order, counter-clockwise; a
    point that is on both comes twice. Every point of it is seen from the axis.
    low, top : z of the lower and the upper edge, mm.
    """

    rim: FloatArray
    low: float
    top: float

    @property
    def outline(self) -> FloatArray:
        """[N, 2] mm, counter-clockwise, no point twice; that of a heart is not convex."""
        apart = np.linalg.norm(self.rim - np.roll(self.rim, 1, axis=0), axis=1) > _SAME
        return np.asarray(self.rim[apart])

    @property
    def half(self) -> tuple[float, float]:
        """Half of the width and of the length, mm."""
        a, b = np.abs(self.rim).max(axis=0)
        return float(a), float(b)

    def radius(self, azimuth: float) -> float:
        """Distance from the axis to the girdle in a direction, mm."""
        a, b = self.rim, np.roll(self.rim, -1, axis=0)
        edge = b - a
        keep = np.linalg.norm(edge, axis=1) > 1e-9
        a, b, edge = a[keep], b[keep], edge[keep]
        towards = np.array([np.cos(azimuth), np.sin(azimuth)])
        out = np.stack([edge[:, 1], -edge[:, 0]], axis=1)
        steep, distance = out @ towards, np.einsum("ij,ij->i", out, a)
        # An edge counts as met up to its ends and a hair beyond: a ray may pass through a corner.
        aside = np.array([-towards[1], towards[0]])
        hair = 1e-9 * float(np.abs(a).max())
        met = (a @ aside <= hair) & (b @ aside >= -hair) & (steep > 1e-9 * steep.max())
        return float((distance[met] / steep[met]).min())


def girdle_of(points: FloatArray) -> Girdle:
    """The girdle with these points [N, 3] mm on its edges, in any order."""
    x, y = (points[:, :2] - (points.min(axis=0) + points.max(axis=0))[:2] / 2.0).T
    order = np.argsort(np.arctan2(y, x), kind="stable")
    return Girdle(points[order, :2], float(points[:, 2].min()), float(points[:, 2].max()))


class Shape(Protocol):
    """A stone: table or dome up, girdle around z = 0, axis z, length along y, lengths in mm."""

    @property
    def name(self) -> str:
        """Name of the cut, e.g. "round brilliant"."""

    def mesh(self) -> Mesh:
        """The closed surface; facets are flat, a smooth stone has normals."""

    def scaled(self, factor: float) -> Shape:
        """The same shape, `factor` times as large."""

    def moved(self, shift: FloatArray) -> Shape:
        """The shape moved by `shift`, [3] mm."""

    def grown(self, gap: float) -> Shape:
        """The shape with its surface `gap` mm farther out: the room that a seat leaves it."""

    def girdle(self) -> Girdle:
        """The outline seen from above."""

    def crown(self, x: float, y: float) -> float:
        """z of the upper surface, mm, above a point inside the outline."""

    def pavilion(self, x: float, y: float) -> float:
        """z of the lower surface, mm, below a point inside the outline."""


def to_mesh(shape: Shape) -> Mesh:
    """The closed surface of a stone."""
    return shape.mesh()


def volume(mesh: Mesh) -> float:
    """Volume inside a closed mesh, mm^3."""
    a, b, c = np.moveaxis(mesh.vertices[mesh.faces], 1, 0)
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6.0)


def carat(shape: Shape, density: float) -> float:
    """Weight in metric carats of a stone of `density` g/cm^3."""
    return volume(shape.mesh()) * 1e-3 * density / GRAMS_PER_CARAT

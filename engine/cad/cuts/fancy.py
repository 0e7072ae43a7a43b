"""Brilliant facets on any outline: every facet through the points where it meets its neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from engine.cad.cuts.brilliant import on_edge
from engine.cad.cuts.cut import Planes, check_ranges
from engine.cad.cuts.outline import Outline
from engine.types import FloatArray

_UP = np.array([0.0, 0.0, 1.0])


@dataclass(frozen=True)
class Style:
    """Proportions of a fancy brilliant; lengths are parts of the width.

    table        : width of the table.
    crown_deg    : angle of the crown mains at the sides, which sets the crown's height.
    pavilion_deg : the same of the pavilion, and of its depth.
    girdle       : thickness at the mains.
    star         : how far the stars reach from the table's edge to the girdle, seen from above.
    lower_half   : how far the lower halves reach from the girdle to the culet, seen from above.
    tips         : 0 leaves the table as far from a tip as from a side; 1 as much farther as the
    tip is.
    """

    table: float
    crown_deg: float
    pavilion_deg: float
    girdle: float = 0.035
    star: float = 0.50
    lower_half: float = 0.78
    tips: float = 0.5

    def check(self, cut: str) -> None:
        """Raise SceneError naming the field that is out of range."""
        check_ranges(
            cut,
            {
                "table": (self.table, 0.40, 0.75),
                "crown_deg": (self.crown_deg, 20.0, 50.0),
                "pavilion_deg": (self.pavilion_deg, 32.0, 55.0),
                "girdle": (self.girdle, 0.01, 0.12),
                "star": (self.star, 0.25, 0.75),
                "lower_half": (self.lower_half, 0.50, 0.95),
                "tips": (self.tips, 0.0, 1.0),
            },
        )


def lay_out(
    planes: Planes, outline: Outline, width: float, culet: FloatArray, style: Style
) -> None:
    """Add table, crown, girdle and pavilion to `planes`.

    width : mm. culet : [2] mm, where the pavilion comes to its point.
    """
    ring = _Ring(outline, culet)
    base = style.girdle * width / 2.0
    _crown(planes, ring, base, width, style)
    points = outline.points if outline.half else np.vstack([outline.points, outline.points[:1]])
    for a, b in pairwise(points):
        planes.through("girdle", np.append(a, 0.0), np.append(b, 0.0), np.append(a, 1.0))
    _pavilion(planes, ring, -base, width, style)


class _Ring:
    """Stations of an outline: mains and, in the gap after each, the point between two of them."""

    def __init__(self, outline: Outline, culet: FloatArray) -> None:
        points, normals = outline.stations
        self.culet = culet
        self.mains, self.facing, self.halves = points[::2], normals[::2], points[1::2]
        #: Distance of the outline's tangent at each main from the culet, mm.
        self.reach = np.einsum("ij,ij->i", self.mains - culet, self.facing)
        middle = np.array([a + b for a, b in self.beside(list(self.facing))])
        #: Unit vectors [G, 2] halfway between the directions of the mains beside a gap.
        self.between = middle / np.linalg.norm(middle, axis=1, keepdims=True)

    def beside(self, things: list[FloatArray]) -> list[tuple[FloatArray, FloatArray]]:
        """For each gap what is at the main before it and at the one after it."""
        return [(things[k], things[(k + 1) % len(things)]) for k in range(len(self.halves))]

    def rim(self, z: float) -> list[FloatArray]:
        """The mains' points of the girdle at height z, [3] mm each."""
        return [np.append(point, z) for point in self.mains]

    def meets(self, planes: list[FloatArray], reaches: list[float]) -> list[FloatArray]:
        """In each gap, the point of the edge between two mains at a distance from the axis."""
        levels = [np.append(level, 0.0) for level in self.between]
        return [
            on_edge(a, b, level, reach)
            for (a, b), level, reach in zip(self.beside(planes), levels, reaches, strict=True)
        ]

    def halve(self, planes: Planes, kind: str, ends: list[FloatArray], z: float) -> None:
        """Two facets in each gap, from the girdle to the point where the mains' edge ends."""
        for (a, b), half, end in zip(self.beside(self.rim(z)), self.halves, ends, strict=True):
            planes.through(kind, end, a, np.append(half, z))
            planes.through(kind, end, np.append(half, z), b)


def _crown(planes: Planes, ring: _Ring, base: float, width: float, style: Style) -> None:
    inset = (1.0 - style.table) * width / 2.0
    height = inset * np.tan(np.radians(style.crown_deg))
    insets = inset * (ring.reach / (width / 2.0)) ** style.tips
    rim = ring.rim(base)
    facing = list(ring.facing)
    corners = [
        np.append(ring.culet + (1.0 - d / reach) * (p[:2] - ring.culet), base + height)
        for p, d, reach in zip(rim, insets, ring.reach, strict=True)
    ]
    normals = [np.append(n * height / d, 1.0) for n, d in zip(facing, insets, strict=True)]
    mains = [np.append(n, n @ p) for n, p in zip(normals, rim, strict=True)]
    reaches = []
    gaps = zip(ring.beside(corners), ring.between, ring.halves, strict=True)
    for (a, b), level, middle in gaps:
        edge = float((a + b)[:2] @ level) / 2.0
        reaches.append(edge + style.star * (float(middle @ level) - edge))
    stars = ring.meets(mains, reaches)
    planes.add("table", _UP, corners[0])
    for (a, b), star in zip(ring.beside(corners), stars, strict=True):
        planes.through("star", a, b, star)
    for normal, point in zip(normals, rim, strict=True):
        planes.add("crown main", normal, point)
    ring.halve(planes, "upper half", stars, base)


def _pavilion(planes: Planes, ring: _Ring, base: float, width: float, style: Style) -> None:
    depth = width / 2.0 * np.tan(np.radians(style.pavilion_deg))
    tip = np.append(ring.culet, base - depth)
    normals = [np.append(n * depth / d, -1.0) for n, d in zip(ring.facing, ring.reach, strict=True)]
    mains = [np.append(n, n @ tip) for n in normals]
    for normal in normals:
        planes.add("pavilion main", normal, tip)
    reaches = []
    for level, middle in zip(ring.between, ring.halves, strict=True):
        start = float(ring.culet @ level)
        reaches.append(start + (1.0 - style.lower_half) * (float(middle @ level) - start))
    ring.halve(planes, "lower half", ring.meets(mains, reaches), base)

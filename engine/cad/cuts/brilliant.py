"""The round brilliant, and the layout of brilliant facets on any oval outline.

Proportions are those of the trade, as parts of the girdle diameter, heights at the main facets;
see https://www.gia.edu/diamond-cut/diamond-cut-anatomy-round-brilliant.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.cad.cuts.cut import Cut, Planes, check_ranges
from engine.cad.cuts.solid import complete
from engine.types import FloatArray

MAINS = 8

_UP = np.array([0.0, 0.0, 1.0])


@dataclass(frozen=True)
class Proportions:
    """What a certificate states of a brilliant; lengths are parts of the girdle width.

    table       : width of the table, corner to corner.
    crown_deg   : angle of the crown mains (bezels) to the girdle plane.
    pavilion_deg: angle of the pavilion mains, across the width.
    girdle      : thickness at the mains.
    star        : how far the stars reach from the table's edge to the girdle, seen from above.
    lower_half  : how far the lower halves reach from the girdle to the culet, seen from above.
    culet       : width of the culet; 0 is a point.
    sides       : flats of the girdle, a multiple of 16.
    """

    table: float = 0.57
    crown_deg: float = 34.0
    pavilion_deg: float = 40.75
    girdle: float = 0.025
    star: float = 0.50
    lower_half: float = 0.80
    culet: float = 0.0
    sides: int = 64

    def check(self, cut: str) -> None:
        """Raise SceneError naming the field that is out of range."""
        check_ranges(
            cut,
            {
                "table": (self.table, 0.40, 0.80),
                "crown_deg": (self.crown_deg, 15.0, 50.0),
                "pavilion_deg": (self.pavilion_deg, 30.0, 55.0),
                "girdle": (self.girdle, 0.005, 0.12),
                "star": (self.star, 0.25, 0.75),
                "lower_half": (self.lower_half, 0.50, 0.95),
                "culet": (self.culet, 0.0, 0.15),
                "sides": (self.sides, 16, 256),
                "sides modulo 16": (self.sides % 16, 0, 0),
            },
        )


def round_brilliant(
    diameter: float = 6.5,
    table: float = 0.57,
    crown_deg: float = 34.0,
    pavilion_deg: float = 40.75,
    girdle: float = 0.025,
    star: float = 0.50,
    lower_half: float = 0.80,
    culet: float = 0.0,
    sides: int = 64,
) -> Cut:
    """The standard round brilliant: 33 facets on the crown, 24 on the pavilion (25 with a culet).

    diameter : mm. The rest: see `Proportions`.
    Raises SceneError for a proportion out of range, GeometryError when facets do not all fit.

    >>> round_brilliant().kinds()["star"]
    8
    """
    shape = Proportions(table, crown_deg, pavilion_deg, girdle, star, lower_half, culet, sides)
    return brilliant("round brilliant", diameter, 1.0, shape)


def brilliant(name: str, width: float, ratio: float, shape: Proportions) -> Cut:
    """Brilliant facets on an ellipse, `width` mm across x and `ratio` times as long along y.

    Every facet is laid through the points at which it meets its neighbours, so that facets meet
    point to point for any proportions. The crown keeps its angle all around; the pavilion mains
    run to one point and are flatter along the length, as on any stone with one culet.
    """
    shape.check(name)
    check_ranges(name, {"width": (width, 0.3, 60.0), "length to width": (ratio, 1.0, 2.5)})
    half = np.array([width / 2.0, ratio * width / 2.0])
    planes = Planes()
    crown = np.tan(np.radians(shape.crown_deg))
    _crown(planes, half, shape, width * (1.0 - shape.table) / 2.0, crown)
    _girdle(planes, half, shape.sides)
    _pavilion(planes, half, shape, np.tan(np.radians(shape.pavilion_deg)))
    return complete(planes.cut(name))


def _rim(half: FloatArray, turn: float, z: float) -> FloatArray:
    """Girdle point at parameter `turn` rad of the ellipse, [3] mm."""
    return np.array([half[0] * np.cos(turn), half[1] * np.sin(turn), z])


def _outward(half: FloatArray, turn: float) -> FloatArray:
    """Unit normal of the ellipse at parameter `turn`, [3], level."""
    n = np.array([np.cos(turn) / half[0], np.sin(turn) / half[1], 0.0])
    return np.asarray(n / np.linalg.norm(n))


def on_edge(a: FloatArray, b: FloatArray, level: FloatArray, distance: float) -> FloatArray:
    """Where the edge between two planes is `distance` mm from the axis along `level`, [3] mm.

    a, b : [4] normal and offset. level : [3] unit vector in the girdle plane.
    """
    along = np.cross(a[:3], b[:3])
    start = np.linalg.lstsq(np.stack([a[:3], b[:3]]), np.array([a[3], b[3]]), rcond=None)[0]
    return np.asarray(start + along * ((distance - start @ level) / (along @ level)))


def _crown(
    planes: Planes, half: FloatArray, shape: Proportions, inset: float, tan_crown: float
) -> None:
    base = shape.girdle * half[0]  # half of the girdle's thickness
    step = 2.0 * np.pi / MAINS
    rim = [_rim(half, k * step, base) for k in range(MAINS)]
    normals = [_outward(half, k * step) * tan_crown + _UP for k in range(MAINS)]
    mains = [np.append(n, n @ p) for n, p in zip(normals, rim, strict=True)]
    corners = [
        p - inset * _outward(half, k * step) + inset * tan_crown * _UP for k, p in enumerate(rim)
    ]
    planes.add("table", _UP, corners[0])
    stars = []
    for k in range(MAINS):
        girdle = _rim(half, (k + 0.5) * step, base)
        level = _outward(half, (k + 0.5) * step)
        edge = float((corners[k] + corners[(k + 1) % MAINS]) @ level) / 2.0
        reach = edge + shape.star * (float(girdle @ level) - edge)
        stars.append(on_edge(mains[k], mains[(k + 1) % MAINS], level, reach))
    for k in range(MAINS):
        planes.through("star", corners[k], corners[(k + 1) % MAINS], stars[k])
    for k in range(MAINS):
        planes.add("crown main", normals[k], rim[k])
    for k in range(MAINS):
        middle = _rim(half, (k + 0.5) * step, base)
        planes.through("upper half", stars[k], rim[k], middle)
        planes.through("upper half", stars[k], middle, rim[(k + 1) % MAINS])


def _girdle(planes: Planes, half: FloatArray, sides: int) -> None:
    """Flats between points of the ellipse, so that the mains meet the girdle at its full width."""
    step = 2.0 * np.pi / sides
    for k in range(sides):
        a, b = _rim(half, k * step, 0.0), _rim(half, (k + 1) * step, 0.0)
        planes.through("girdle", a, b, a + _UP)


def _pavilion(planes: Planes, half: FloatArray, shape: Proportions, tan_pavilion: float) -> None:
    base = -shape.girdle * half[0]
    depth = half[0] * tan_pavilion
    step = 2.0 * np.pi / MAINS
    rim = [_rim(half, k * step, base) for k in range(MAINS)]
    tip = (base - depth) * _UP
    mains = []
    for k in range(MAINS):
        outward = _outward(half, k * step)
        # tan of the main's angle: the culet's depth over its distance from the girdle's tangent.
        normal = outward * depth / (rim[k] @ outward) - _UP
        mains.append(np.append(normal, normal @ tip))
        planes.add("pavilion main", normal, tip)
    for k in range(MAINS):
        middle = _rim(half, (k + 0.5) * step, base)
        level = _outward(half, (k + 0.5) * step)
        near = (1.0 - shape.lower_half) * float(middle @ level)
        low = on_edge(mains[k], mains[(k + 1) % MAINS], level, near)
        planes.through("lower half", low, rim[k], middle)
        planes.through("lower half", low, middle, rim[(k + 1) % MAINS])
    if shape.culet > 0.0:
        low_z = tip[2] + shape.culet * half[0] * tan_pavilion
        planes.add("culet", -_UP, low_z * _UP)

"""The princess cut: a square brilliant with chevrons that fan out from the corners."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from engine.cad.cuts.cut import Cut, Planes, check_ranges
from engine.cad.cuts.solid import complete
from engine.types import FloatArray

# Where the facets meet in the middle of a side: (part of the way from the table's edge, or from
# the axis, to the side; part of the height from the girdle to the table, or to the culet).
# Estimated by eye from the trade's two-chevron princess; both profiles are convex.
_CROWN = ((0.73, 0.42), (0.47, 0.74))
_PAVILION = ((0.80, 0.33), (0.50, 0.70))


def princess(
    width: float = 5.5,
    table: float = 0.70,
    crown: float = 0.11,
    pavilion: float = 0.58,
    girdle: float = 0.03,
    main: float = 0.22,
) -> Cut:
    """A square princess of 21 crown facets, 4 sides and 24 pavilion facets with two chevrons.

    width    : mm, side to side.
    table    : width of the table as part of the width.
    crown, pavilion, girdle : heights as parts of the width.
    main     : where the corner mains meet in the middle of a side, as part of the half width.

    Crown: table, a star on each of its sides, a bezel at each corner, two chevron halves and a
    girdle facet per side. Pavilion: a side facet, two pairs of chevron halves, a main per corner.
    Raises SceneError for a proportion out of range, GeometryError when facets do not all fit.
    """
    check_ranges(
        "princess cut",
        {
            "width": (width, 0.3, 60.0),
            "table": (table, 0.55, 0.80),
            "crown": (crown, 0.05, 0.18),
            "pavilion": (pavilion, 0.45, 0.75),
            "girdle": (girdle, 0.005, 0.12),
            "main": (main, 0.10, 0.35),
        },
    )
    half, base = width / 2.0, girdle * width / 2.0
    planes = Planes()
    _crown(planes, half, base, table, crown * width)
    for quarter in range(4):
        planes.add("girdle", _turn(quarter, 0.0, -1.0, 0.0), _turn(quarter, 0.0, -half, 0.0))
    _pavilion(planes, half, base, pavilion * width, main)
    return complete(planes.cut("princess cut"))


def _turn(quarter: int, x: float, y: float, z: float) -> FloatArray:
    """A point of the side facing -y, turned to side number `quarter`."""
    for _ in range(quarter):
        x, y = -y, x
    return np.array([x, y, z])


def _crown(planes: Planes, half: float, base: float, table: float, height: float) -> None:
    top = base + height
    planes.add("table", np.array([0.0, 0.0, 1.0]), np.array([0.0, 0.0, top]))
    edge = half * table
    low, high = ((edge + y * (half - edge), base + z * height) for y, z in _CROWN)
    for quarter in range(4):
        corner = _turn(quarter, half, -half, base)
        star = _turn(quarter, 0.0, -high[0], high[1])
        girdle = _turn(quarter, 0.0, -low[0], low[1])
        tips = [_turn(quarter, side * edge, -edge, top) for side in (-1.0, 1.0)]
        planes.through("star", tips[0], tips[1], star)
        planes.add("bezel", _turn(quarter, height, -height, 2.0 * (half - edge)), corner)
        planes.through("crown chevron", corner, star, girdle)
        planes.through("crown chevron", _turn(quarter, -half, -half, base), star, girdle)
        planes.through("upper girdle", corner, _turn(quarter, -half, -half, base), girdle)


def _pavilion(planes: Planes, half: float, base: float, depth: float, main: float) -> None:
    # A main runs from the corner to the culet, twice as far from the axis as the side's middle.
    last = (main, 1.0 - main / 2.0)
    profile = [(half * y, -base - z * depth) for y, z in (*_PAVILION, last)]
    for quarter in range(4):
        corners = [_turn(quarter, side * half, -half, -base) for side in (-1.0, 1.0)]
        middle = [_turn(quarter, 0.0, -y, z) for y, z in profile]
        planes.through("pavilion side", corners[0], corners[1], middle[0])
        for upper, lower in pairwise(middle):
            for corner in corners:
                planes.through("pavilion chevron", corner, upper, lower)
        tip = np.array([0.0, 0.0, -base - depth])
        planes.add("pavilion main", _turn(quarter, depth, -depth, -2.0 * half), tip)

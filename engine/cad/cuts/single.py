"""The single cut: eight facets above the girdle and eight below, for the smallest melee."""

from __future__ import annotations

import numpy as np

from engine.cad.cuts.cut import Cut, Planes, check_ranges, slope
from engine.cad.cuts.solid import complete

MAINS = 8


def single(
    diameter: float = 1.3,
    table: float = 0.60,
    crown_deg: float = 34.5,
    pavilion_deg: float = 42.0,
    girdle: float = 0.01,
    culet: float = 0.0,
    sides: int = 32,
) -> Cut:
    """A single cut of 17 facets (18 with a culet) on a round girdle.

    diameter : mm. table : corner to corner; girdle : thickness at the mains, where it is thinnest,
    as parts of the diameter. crown_deg, pavilion_deg : of the mains. culet : width as part of the
    diameter; 0 is a point. sides : flats of the girdle, a multiple of 8. The proportions are those
    of the brilliant with a larger table (estimated).
    Raises SceneError for a proportion out of range, GeometryError when facets do not all fit.
    """
    check_ranges(
        "single cut",
        {
            "diameter": (diameter, 0.3, 60.0),
            "table": (table, 0.40, 0.80),
            "crown_deg": (crown_deg, 15.0, 50.0),
            "pavilion_deg": (pavilion_deg, 30.0, 55.0),
            "girdle": (girdle, 0.002, 0.10),
            "culet": (culet, 0.0, 0.15),
            "sides": (sides, 16, 256),
            "sides modulo 8": (sides % 8, 0, 0),
        },
    )
    radius, base = diameter / 2.0, girdle * diameter / 2.0
    up = np.array([0.0, 0.0, 1.0])
    crown, pavilion = np.radians(crown_deg), np.radians(pavilion_deg)
    planes = Planes()
    planes.add("table", up, (base + radius * (1.0 - table) * np.tan(crown)) * up)
    for k in range(MAINS):
        turn = 2.0 * np.pi * k / MAINS
        planes.add("crown main", slope(turn, crown), radius * slope(turn, np.pi / 2) + base * up)
    for k in range(sides):
        a, b = (2.0 * np.pi * j / sides for j in (k, k + 1))
        start = radius * slope(a, np.pi / 2)
        planes.through("girdle", start, radius * slope(b, np.pi / 2), start + up)
    tip = -base - radius * np.tan(pavilion)
    for k in range(MAINS):
        planes.add("pavilion main", slope(2.0 * np.pi * k / MAINS, -pavilion), tip * up)
    if culet > 0.0:
        planes.add("culet", -up, (tip + culet * radius * np.tan(pavilion)) * up)
    return complete(planes.cut("single cut"))

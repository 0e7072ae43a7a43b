"""Baguettes, straight and tapered: two steps above and two below an outline of four sides."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from engine.cad.cuts.cut import Cut, Planes, check_ranges, slope
from engine.cad.cuts.solid import complete
from engine.types import FloatArray

_UP = np.array([0.0, 0.0, 1.0])


def baguette(
    width: float = 2.0,
    ratio: float = 2.0,
    taper: float = 1.0,
    table: float = 0.57,
    crown_deg: tuple[float, float] = (37.0, 32.0),
    pavilion_deg: tuple[float, float] = (46.5, 37.2),
    girdle: float = 0.04,
    keel: float = 0.55,
) -> Cut:
    """A baguette: table, two steps on each side of crown and pavilion, 4 sides, length along y.

    width     : mm, of the wide end, which lies towards +y; ratio : length over width.
    taper     : width of the narrow end over that of the wide one; 1 is a straight baguette.
    table     : width over that of the outline. crown_deg, pavilion_deg : angles of the long sides'
    steps, from the girdle on. girdle : thickness as part of the width. keel : its length as part
    of the stone's.

    The ends take the heights that the long sides have at half length, so that edges between two
    steps are level there. Proportions are estimated from stones in trade.
    Raises SceneError for a proportion out of range, GeometryError when facets do not all fit.
    """
    name = "baguette" if taper == 1.0 else "tapered baguette"
    check_ranges(
        name,
        {
            "width": (width, 0.3, 60.0),
            "length to width": (ratio, 1.2, 5.0),
            "taper": (taper, 0.4, 1.0),
            "table": (table, 0.40, 0.80),
            "girdle": (girdle, 0.005, 0.15),
            "keel": (keel, 0.10, 0.80),
            **{f"crown step {k + 1}": (a, 10.0, 60.0) for k, a in enumerate(crown_deg)},
            **{f"pavilion step {k + 1}": (a, 25.0, 75.0) for k, a in enumerate(pavilion_deg)},
        },
    )
    length = ratio * width
    lean = float(np.arctan((1.0 - taper) * width / 2.0 / length))
    across = (1.0 + taper) * width / 4.0 * np.cos(lean)  # from the axis to a long side
    outline = [(-lean, across), (np.pi / 2.0, length / 2.0),
               (np.pi + lean, across), (1.5 * np.pi, length / 2.0)]  # fmt: skip
    base = girdle * width / 2.0
    planes = Planes()
    inset = (1.0 - table) * across
    crown = _profile(inset, inset, crown_deg)
    planes.add("table", _UP, (base + crown[-1][2]) * _UP)
    _steps(planes, ("lower crown", "upper crown"), outline, crown, base, 1.0)
    for azimuth, distance in outline:
        planes.add("girdle", slope(azimuth, np.pi / 2.0), distance * slope(azimuth, np.pi / 2.0))
    pavilion = _profile(across, (1.0 - keel) * length / 2.0, pavilion_deg)
    _steps(planes, ("upper pavilion", "lower pavilion"), outline, pavilion, base, -1.0)
    return complete(planes.cut(name))


def _profile(side: float, end: float, angles: tuple[float, ...]) -> list[FloatArray]:
    """After each step: how far the long sides and the ends have moved inward, and the height, mm.

    side, end : in all. angles : of the long sides, degrees.
    """
    points = [np.zeros(3)]
    for angle in angles:
        step = np.array([side, end, side * np.tan(np.radians(angle))]) / len(angles)
        points.append(points[-1] + step)
    return points


def _steps(
    planes: Planes,
    kinds: tuple[str, ...],
    outline: list[tuple[float, float]],
    profile: list[FloatArray],
    base: float,
    up: float,
) -> None:
    """Facets of all sides between each level and the next; up is +1 for the crown, else -1."""
    for kind, (near, far) in zip(kinds, pairwise(profile), strict=True):
        for number, (azimuth, distance) in enumerate(outline):
            inward = number % 2  # 0 of a long side, 1 of an end
            angle = np.arctan2(far[2] - near[2], far[inward] - near[inward])
            point = slope(azimuth, np.pi / 2.0) * (distance - near[inward])
            planes.add(kind, slope(azimuth, up * angle), point + up * (base + near[2]) * _UP)

"""The emerald cut: rows of level steps around a rectangle with cut corners."""

from __future__ import annotations

import numpy as np

from engine.cad.cuts.cut import Cut, Planes, check_ranges, slope
from engine.cad.cuts.solid import complete
from engine.types import FloatArray

_SIDES = ((0.0, 0), (np.pi / 2, 1), (np.pi, 0), (3 * np.pi / 2, 1))  # azimuth, axis x or y


def emerald(
    width: float = 5.2,
    ratio: float = 1.40,
    table: float = 0.62,
    crown_deg: tuple[float, float, float] = (44.0, 36.0, 28.0),
    pavilion_deg: tuple[float, float, float] = (50.0, 43.0, 36.0),
    girdle: float = 0.03,
    corner: float = 0.14,
    keel: float = 0.30,
) -> Cut:
    """An emerald cut: table, 3 steps on the crown and 3 on the pavilion, 8 sides, length along y.

    width        : mm, across the short way; ratio : length over width. table : part of the width.
    crown_deg    : angles of the three steps of the long sides, from the girdle upwards.
    pavilion_deg : the same from the girdle downwards. The last row ends in a keel.
    girdle       : thickness; corner : what a corner takes from a side; as parts of the width.
    keel         : length of the keel as part of the length.

    The ends and corners take the heights of the long sides, so that every edge between two rows
    is level all around. Raises SceneError for a proportion out of range.
    """
    ranges = _ranges(width, ratio, table, girdle, corner) | _angles(crown_deg, pavilion_deg)
    check_ranges("emerald cut", ranges | {"keel": (keel, 0.02, 0.70)})
    sizes = (width, ratio, table, girdle, corner)
    return _stepped("emerald cut", sizes, crown_deg, pavilion_deg, keel)


def asscher(
    width: float = 5.2,
    ratio: float = 1.0,
    table: float = 0.58,
    crown_deg: tuple[float, float, float] = (48.0, 40.0, 32.0),
    pavilion_deg: tuple[float, float, float] = (46.5, 43.0, 37.2),
    girdle: float = 0.03,
    corner: float = 0.24,
) -> Cut:
    """An Asscher: the square emerald cut with wide corners, a high crown and a point for a culet.

    See `emerald` for the proportions; ratio : length over width, nearly 1. Raises as `emerald`.
    """
    ranges = _ranges(width, ratio, table, girdle, corner) | _angles(crown_deg, pavilion_deg)
    check_ranges("Asscher cut", ranges | {"length to width": (ratio, 1.0, 1.1)})
    return _stepped(
        "Asscher cut",
        (width, ratio, table, girdle, corner),
        crown_deg,
        pavilion_deg,
        1.0 - 1.0 / ratio,
    )


def _stepped(
    name: str,
    sizes: tuple[float, float, float, float, float],
    crown_deg: tuple[float, ...],
    pavilion_deg: tuple[float, ...],
    keel: float,
) -> Cut:
    """Three steps above and below; sizes : width, ratio, table, girdle, corner."""
    width, ratio, table, girdle, corner = sizes
    half = np.array([width / 2.0, ratio * width / 2.0])
    edge = corner * width
    planes = Planes()
    side = 0.5 * (1.0 - table) * width
    crown = _levels(half, edge, side, side, crown_deg)
    base = girdle * width / 2.0
    planes.add("table", np.array([0.0, 0.0, 1.0]), np.array([0.0, 0.0, base + crown[-1][3]]))
    _rows(planes, ("lower crown", "middle crown", "upper crown"), crown, base, 1.0)
    for azimuth, reach in _around(*crown[0][:3]):
        outward = slope(azimuth, np.pi / 2)
        planes.add("girdle", outward, outward * reach)
    pavilion = _levels(half, edge, half[0], half[1] * (1.0 - keel), pavilion_deg)
    names = ("upper pavilion", "middle pavilion", "lower pavilion")
    _rows(planes, names, pavilion, base, -1.0)
    return complete(planes.cut(name))


def _ranges(
    width: float, ratio: float, table: float, girdle: float, corner: float
) -> dict[str, tuple[float, float, float]]:
    return {
        "width": (width, 0.3, 60.0),
        "length to width": (ratio, 1.05, 2.5),
        "table": (table, 0.40, 0.80),
        "girdle": (girdle, 0.005, 0.12),
        "corner": (corner, 0.04, 0.25),
    }


def _angles(
    crown: tuple[float, ...], pavilion: tuple[float, ...]
) -> dict[str, tuple[float, float, float]]:
    return {f"crown step {k + 1}": (angle, 10.0, 60.0) for k, angle in enumerate(crown)} | {
        f"pavilion step {k + 1}": (angle, 25.0, 75.0) for k, angle in enumerate(pavilion)
    }


Level = tuple[float, float, float, float]  # distance of side, end, corner from the axis; height


def _levels(
    half: FloatArray, edge: float, side: float, end: float, angles: tuple[float, ...]
) -> list[Level]:
    """The outline at the girdle and after each step, heights counted from the girdle.

    side, end : how far the long sides and the ends move inward in all, mm. The corner's width
    shrinks with the width of the outline, so that it closes where the sides meet.
    """
    levels = []
    height = 0.0
    for row in range(len(angles) + 1):
        part = row / len(angles)
        x, y = half[0] - part * side, half[1] - part * end
        open_corner = edge * x / half[0]
        levels.append((x, y, (x + y - open_corner) / np.sqrt(2.0), height))
        if row < len(angles):
            height += side / len(angles) * np.tan(np.radians(angles[row]))
    return levels


def _around(side: float, end: float, corner: float) -> list[tuple[float, float]]:
    """(azimuth, distance) of the eight sides of an outline, in order of azimuth."""
    around = [(azimuth, (side, end)[axis]) for azimuth, axis in _SIDES]
    around += [(azimuth + np.pi / 4, corner) for azimuth, _ in _SIDES]
    return sorted(around)


def _rows(
    planes: Planes, kinds: tuple[str, ...], levels: list[Level], base: float, up: float
) -> None:
    """Facets between each level and the next; up is +1 for the crown, -1 for the pavilion."""
    for kind, near, far in zip(kinds, levels[:-1], levels[1:], strict=True):
        outer, inner = _around(*near[:3]), _around(*far[:3])
        for (azimuth, a), (_, b) in zip(outer, inner, strict=True):
            angle = np.arctan2(far[3] - near[3], a - b)
            point = slope(azimuth, np.pi / 2) * a + [0.0, 0.0, up * (base + near[3])]
            planes.add(kind, slope(azimuth, up * angle), point)

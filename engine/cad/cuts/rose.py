"""The rose cut: a flat base under a dome of triangles.

Six triangles, the stars, meet in the apex; on the base of each stands one that points down to the
girdle, and the room between two of those is shared by a pair: 24 facets in all. This is the full
rose of the Dutch cutters, as A. Ure describes it (A Dictionary of Arts, Manufactures and Mines,
"Lapidary"); ideally it is half as high as wide (antiquejewelleryinformationcenter.wordpress.com,
"Dutch rose cut"), and modern ones are lower.
"""

from __future__ import annotations

import numpy as np

from engine.cad.cuts.cut import Cut, Planes, check_ranges
from engine.cad.cuts.solid import complete
from engine.types import FloatArray

SECTORS = 6


def rose(
    width: float = 6.0,
    ratio: float = 1.0,
    height: float = 0.40,
    crown: float = 0.46,
    star: float = 0.74,
    girdle: float = 0.03,
    sides: int = 48,
) -> Cut:
    """A rose cut: 24 triangles, the base, and a round or oval girdle, its length along y.

    width  : mm, across the short way; ratio : length over width. height : of the dome over the
    girdle as part of the width. crown : width of the ring of stars as part of the width;
    star : its height as part of the dome's. girdle : thickness as part of the width.
    sides  : flats of the girdle, a multiple of 12. Proportions are estimated from stones in trade.
    Raises SceneError for a proportion out of range, GeometryError when facets do not all fit.
    """
    check_ranges(
        "rose cut",
        {
            "width": (width, 0.3, 60.0),
            "length to width": (ratio, 1.0, 2.0),
            "height": (height, 0.15, 0.60),
            "crown": (crown, 0.40, 0.80),
            "star": (star, 0.45, 0.90),
            "girdle": (girdle, 0.005, 0.12),
            "sides": (sides, 12, 240),
            "sides modulo 12": (sides % 12, 0, 0),
        },
    )
    half = np.array([width / 2.0, ratio * width / 2.0])
    base = girdle * width / 2.0
    up = np.array([0.0, 0.0, 1.0])
    step = 2.0 * np.pi / SECTORS

    def ring(part: float, turn: float, z: float) -> FloatArray:
        """A point on the outline, `part` times as wide, at a parameter of the ellipse."""
        return np.array([*(part * half * [np.cos(turn), np.sin(turn)]), z])

    apex = (base + height * width) * up
    corners = [ring(crown, k * step, base + star * height * width) for k in range(SECTORS + 1)]
    rim = [ring(1.0, k * step / 2.0, base) for k in range(2 * SECTORS + 1)]
    planes = Planes()
    for k in range(SECTORS):
        planes.through("star", apex, corners[k], corners[k + 1])
    for k in range(SECTORS):
        planes.through("tooth", corners[k], corners[k + 1], rim[2 * k + 1])
    for k in range(SECTORS):
        planes.through("pair", corners[k], rim[2 * k], rim[2 * k + 1])
        planes.through("pair", corners[k + 1], rim[2 * k + 1], rim[2 * k + 2])
    for k in range(sides):
        a, b = (ring(1.0, 2.0 * np.pi * j / sides, 0.0) for j in (k, k + 1))
        planes.through("girdle", a, b, a + up)
    planes.add("base", -up, -base * up)
    return complete(planes.cut("rose cut"))

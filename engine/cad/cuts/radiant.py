"""The radiant cut: a square or rectangle with cut corners under brilliant facets.

H. Grossbard's cut of 1977 joins the outline of the emerald cut with triangles above and below. The
layout here fans out from the corners, as in the princess: facets meet point to point.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from engine.cad.cuts.cut import Cut, Planes, check_ranges
from engine.cad.cuts.solid import complete
from engine.types import FloatArray

# Where the facets meet in the middle of a side of the pavilion: (part of the way from the culet to
# the side, part of the depth). Estimated from stones in trade; the profile is convex.
_PAVILION = ((0.83, 0.28), (0.58, 0.55), (0.30, 0.77))

# How far a star reaches from the table's edge to the girdle, seen from above, and how far it rises
# over the straight line there, as part of the crown's height (estimated).
_STAR, _BULGE = 0.48, 0.12

_UP = np.array([0.0, 0.0, 1.0])


def radiant(
    width: float = 5.5,
    ratio: float = 1.15,
    table: float = 0.61,
    crown: float = 0.13,
    pavilion: float = 0.54,
    girdle: float = 0.03,
    corner: float = 0.16,
) -> Cut:
    """A radiant of 25 crown facets, 8 sides and 32 pavilion facets, its length along y.

    width  : mm, across the short way; ratio : length over width. table : part of the width.
    crown, pavilion, girdle : heights as parts of the width.
    corner : what a corner takes from a side, as part of the width.

    Crown: table, and eight stars, kites and upper girdle facets. Pavilion: on each side a side
    facet and three pairs that fan out from its ends; a main per corner. Raises SceneError for a
    proportion out of range, GeometryError when facets do not fit.
    """
    check_ranges(
        "radiant cut",
        {
            "width": (width, 0.3, 60.0),
            "length to width": (ratio, 1.0, 2.0),
            "table": (table, 0.50, 0.78),
            "crown": (crown, 0.06, 0.20),
            "pavilion": (pavilion, 0.38, 0.60),
            "girdle": (girdle, 0.005, 0.12),
            "corner": (corner, 0.06, 0.25),
        },
    )
    half = np.array([width, ratio * width]) / 2.0
    base = girdle * width / 2.0
    rim = _outline(half, corner * width, base)
    planes = Planes()
    _crown(planes, rim, table, crown * width)
    for a, b in zip(rim, np.roll(rim, -1, axis=0), strict=True):
        planes.through("girdle", a, b, a + _UP)
    _pavilion(planes, rim - [0.0, 0.0, 2.0 * base], half, pavilion * width)
    return complete(planes.cut("radiant cut"))


def _outline(half: FloatArray, corner: float, z: float) -> FloatArray:
    """Eight points [8, 3] mm, counter-clockwise; the first edge is the side at +x."""
    (a, b), (c, d) = half, half - corner
    flat = [(a, -d), (a, d), (c, b), (-c, b), (-a, d), (-a, -d), (-c, -b), (c, -b)]
    return np.array([(x, y, z) for x, y in flat])


def _level(a: FloatArray, b: FloatArray) -> FloatArray:
    """Outward unit normal, [3], level, of the edge from a to b of an outline."""
    x, y, _ = b - a
    return np.asarray(np.array([y, -x, 0.0]) / np.hypot(x, y))


def _crown(planes: Planes, rim: FloatArray, table: float, height: float) -> None:
    inset = (1.0 - table) * rim[0, 0]
    levels = np.array([_level(a, b) for a, b in zip(rim, np.roll(rim, -1, axis=0), strict=True)])
    top = np.array([_inside(levels[k - 1], levels[k], inset) for k in range(8)])
    top = rim - top + height * _UP
    planes.add("table", _UP, top[0])
    tips = np.empty((8, 3))
    for k in range(0, 8, 2):  # on the sides: where facets meet is given
        low, high = (rim[k] + rim[k + 1]) / 2.0, (top[k] + top[k + 1]) / 2.0
        tips[k] = high + _STAR * (low - high) + _BULGE * height * _UP
    kites = []
    for k in range(8):
        side = tips[k - k % 2]
        normal = np.cross(top[k] - rim[k], side - rim[k])
        kites.append(normal if normal[2] > 0.0 else -normal)
    for k in range(1, 8, 2):  # at the corners: where the kites meet
        edge, reach = (float(p[k] @ levels[k]) for p in (top, rim))
        rows = np.stack([kites[k], kites[(k + 1) % 8], levels[k]])
        far = edge + _STAR * (reach - edge)
        right = [kites[k] @ rim[k], kites[(k + 1) % 8] @ rim[(k + 1) % 8], far]
        tips[k] = np.linalg.solve(rows, right)
    for k in range(8):
        planes.through("star", top[k], top[(k + 1) % 8], tips[k])
    for k in range(8):
        planes.add("kite", kites[k], rim[k])
    for k in range(8):
        planes.through("upper girdle", rim[k], rim[(k + 1) % 8], tips[k])


def _inside(before: FloatArray, after: FloatArray, inset: float) -> FloatArray:
    """How far, [3] mm, a corner moves when both its edges move inward by `inset`."""
    x, y = np.linalg.solve(np.stack([before[:2], after[:2]]), [inset, inset])
    return np.array([x, y, 0.0])


def _pavilion(planes: Planes, rim: FloatArray, half: FloatArray, depth: float) -> None:
    tip = np.array([0.0, 0.0, rim[0, 2] - depth])
    for side in range(4):
        ends = rim[2 * side], rim[2 * side + 1]
        out = _level(*ends) * half[side % 2]
        middle = [y * out + [0.0, 0.0, rim[0, 2] - z * depth] for y, z in _PAVILION]
        planes.through("pavilion side", *ends, middle[0])
        for upper, lower in pairwise([*middle, tip]):
            for end in ends:
                planes.through("pavilion fan", end, upper, lower)
        corner = rim[(2 * side + 2) % 8]
        planes.through("pavilion main", ends[1], corner, tip)

"""Which way up: rules for loose stones and for what hangs."""

from __future__ import annotations

import numpy as np
from scipy.spatial import ConvexHull, QhullError

from engine.cad.facets import facets
from engine.cad.silhouette import eyes, plane_axes
from engine.cad.solid import moments
from engine.types import FloatArray, IntArray

#: Facets within this share of the largest count as equally large.
TIE_SHARE = 0.05
#: A table lies across an axis of inertia, to so many degrees, and is no sliver.
LEVEL_DEG, LEAST_TABLE = 3.0, 0.1
#: A facet as large as the stone's outline is a base to lie on, not a table to look into.
BASE_SHARE = 0.9
#: Directions this close to an axis of the file were meant to lie on it, degrees.
SNAP_DEG = 5.0
#: An axis of the file this close to square to the piece's own axis was meant to be, degrees.
SQUARE_DEG = 0.1
#: Spreads that differ less than this show no long side.
LONGER = 1.1
#: The rectangles about a round outline differ by less than this.
ROUND_SHARE = 1.1
#: Why the end with the bail is up.
BAIL_UP = "the bail is up"
#: A bail lies within this share of the length from one end.
END_SHARE = 0.3


def stone_up(vertices: FloatArray, faces: IntArray, file_up: FloatArray) -> FloatArray | None:
    """[3] unit direction in which a loose stone's table faces; None when it has no table.

    The table is the largest facet across an axis of inertia (a large pavilion facet is not; a
    body as wide as high has no such axes, there any facet may be it); of several equally large
    ones the one nearest to the file's up. A facet as large as the stone's outline is the base of
    a rose cut and faces down.
    """
    found = facets(vertices, faces)
    spread = moments(vertices, faces)
    level = np.abs(found.normals @ spread.axes.T).max(axis=1) > np.cos(np.radians(LEVEL_DEG))
    level &= found.areas > LEAST_TABLE * found.areas[0]
    if spread.inertia[2] < LONGER * spread.inertia[0]:
        level[:] = True
    if not level.any():
        return None
    areas = np.where(level, found.areas, 0.0)
    equal = areas >= (1.0 - TIE_SHARE) * areas.max()
    best = int(np.argmax(np.where(equal, found.normals @ file_up, -2.0)))
    up: FloatArray = found.normals[best]
    outline = _hull_area(vertices @ plane_axes(up).T)
    return -up if found.areas[best] > BASE_SHARE * outline else up


def stone_right(vertices: FloatArray, up: FloatArray, wish: FloatArray) -> FloatArray:
    """[3] unit direction of the outline's long side, seen from the table; of an outline as broad
    as long, the side nearest to `wish`; `wish` if it is round.

    wish : direction that goes right in the file, made perpendicular to `up`.
    """
    plane = plane_axes(up)
    flat = (vertices - vertices.mean(axis=0)) @ plane.T
    try:
        flat = flat[ConvexHull(flat).vertices]
    except QhullError:
        return across(wish, up)
    spread, axes = np.linalg.eigh(_second_moments(flat))
    if spread[1] < LONGER**2 * spread[0]:
        side = _square_side(flat)
        if side is None:
            return across(wish, up)
        along = side @ plane
        sides = np.stack([along, np.cross(up, along), -along, -np.cross(up, along)])
        right: FloatArray = sides[(sides @ wish).argmax()]
        return right
    long: FloatArray = axes[:, 1] @ plane
    return snapped(long if long @ wish >= 0 else -long, up)


def _second_moments(outline: FloatArray) -> FloatArray:
    """[2, 2] second moments of a convex polygon's area about its centroid; [N, 2] in order.

    Of triangles from one corner, each by its three edge midpoints, which is exact.
    """
    a, b = outline[1:-1] - outline[0], outline[2:] - outline[0]
    area = 0.5 * (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])
    centroid = (area @ (a + b)) / (3.0 * area.sum())
    middles = np.stack([0.5 * a, 0.5 * b, 0.5 * (a + b)]) - centroid
    second: FloatArray = np.einsum("f,kfi,kfj->ij", area / 3.0, middles, middles)
    return second


def _square_side(outline: FloatArray) -> FloatArray | None:
    """[2] direction of a side of the smallest rectangle about an outline; None where all
    rectangles are about equal, as they are about a circle."""
    edges = np.roll(outline, -1, axis=0) - outline
    length = np.linalg.norm(edges, axis=1)
    along = edges[length > 1e-3 * length.max()]
    along /= np.linalg.norm(along, axis=1)[:, None]
    # A rectangle's diagonals stand for the worst fit, which need not follow an edge.
    between = (along + _left_of(along)) / np.sqrt(2.0)
    turned = np.concatenate([along, between])
    areas = np.ptp(outline @ turned.T, axis=0) * np.ptp(outline @ _left_of(turned).T, axis=0)
    if areas.max() < ROUND_SHARE * areas.min():
        return None
    best: FloatArray = along[areas[: len(along)].argmin()]
    return best


def _left_of(directions: FloatArray) -> FloatArray:
    """[N, 2] plane directions turned by 90 degrees, counter-clockwise."""
    return np.stack([-directions[:, 1], directions[:, 0]], axis=1)


def hanging(
    cloud: FloatArray, stones: FloatArray | None, file_up: FloatArray, file_front: FloatArray
) -> tuple[FloatArray, FloatArray, str]:
    """Up and front of a piece that hangs, and why that end is up.

    cloud : [N, 3] points spread over the whole surface. stones : [3] centroid of the stones, or
    None. The thin side faces the viewer, stones in front; the long side is vertical, the end
    with the only bail (an eye near one end) up, else the lighter end, as the heavy one hangs.
    """
    middle = cloud.mean(axis=0)
    spread, axes = np.linalg.eigh(np.cov((cloud - middle).T))
    thin, broad, long = axes.T
    if spread[2] < LONGER**2 * spread[1] and abs(file_up @ thin) < 0.9:
        long = across(file_up, thin)
    elif spread[1] < LONGER**2 * spread[0] and abs(file_front @ long) < 0.9:
        thin = across(file_front, long)
    broad = np.cross(long, thin)
    front = thin if thin @ file_front >= 0 else -thin
    if stones is not None and abs((stones - middle) @ thin) > 0.1 * np.sqrt(spread[0]):
        front = thin * np.sign((stones - middle) @ thin)
    up, reason = _upper_end(cloud - middle, long, (thin, broad), file_up)
    up = snapped(up, None)
    return up, snapped(across(front, up), up), reason


def _upper_end(
    local: FloatArray, long: FloatArray, views: tuple[FloatArray, FloatArray], file_up: FloatArray
) -> tuple[FloatArray, str]:
    """The end of the long side that goes up, and the reason in words."""
    along = local @ long
    low, high = float(along.min()), float(along.max())
    for view in views:
        flat = np.stack([along, local @ np.cross(view, long)], axis=1)
        ends = {
            1 if centre[0] > high - END_SHARE * (high - low) else -1
            for centre, _ in eyes(flat, float(np.ptp(flat, axis=0).max()))
            if not low + END_SHARE * (high - low) <= centre[0] <= high - END_SHARE * (high - low)
        }
        if len(ends) == 1:
            return long * ends.pop(), BAIL_UP
    lean = 0.5 * (low + high)
    if abs(lean) > 0.02 * (high - low):
        return long * np.sign(lean), "the heavier end hangs down"
    return (long if long @ file_up >= 0 else -long), "up as in the file"


def has_bail(cloud: FloatArray) -> bool:
    """Whether an eye at just one end of the long side tells a piece that hangs."""
    middle = cloud.mean(axis=0)
    _, axes = np.linalg.eigh(np.cov((cloud - middle).T))
    thin, broad, long = axes.T
    return _upper_end(cloud - middle, long, (thin, broad), long)[1] == BAIL_UP


def across(wish: FloatArray, axis: FloatArray) -> FloatArray:
    """[3] unit direction perpendicular to `axis` nearest to `wish`."""
    rest: FloatArray = wish - (wish @ axis) * axis
    length = np.linalg.norm(rest)
    unit: FloatArray = rest / length if length > 1e-6 else plane_axes(axis)[0]
    return unit


def snapped(direction: FloatArray, axis: FloatArray | None, within: float = SNAP_DEG) -> FloatArray:
    """The file axis that `direction` nearly follows, else `direction` itself.

    axis : given, `direction` is perpendicular to it, and only file axes that are too may be
    followed, and what lies square to them; a piece turned anyhow in its file follows none.
    """
    sides = np.concatenate([np.eye(3), -np.eye(3)])
    if axis is not None:
        level = sides[np.abs(sides @ axis) < np.sin(np.radians(SQUARE_DEG))]
        if not len(level):
            return direction
        square = np.cross(axis, level)
        square /= np.linalg.norm(square, axis=1)[:, None]
        sides = np.concatenate([np.cross(square, axis), square])
    nearest: FloatArray = sides[(sides @ direction).argmax()]
    return nearest if nearest @ direction > np.cos(np.radians(within)) else direction


def _hull_area(flat: FloatArray) -> float:
    try:
        return float(ConvexHull(flat).volume)
    except QhullError:
        return 0.0

"""Surfaces as small triangles, and what lies inside them: triangles are [F, 3, 3] corners, mm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.types import FloatArray

BoolArray = npt.NDArray[np.bool_]
LongArray = npt.NDArray[np.int64]

#: Vertical lines that meet no edge exactly: the plan is sheared by this much (estimated).
_SHEAR = (0.01371, 0.00713)
_MOST_AT_ONCE = 4_000_000


@dataclass(frozen=True, eq=False)
class Samples:
    """Middles of small triangles. points : [N, 3] mm. normals : [N, 3] unit, outward. source : [N]
    index of the triangle that each was a part of."""

    points: FloatArray
    normals: FloatArray
    source: LongArray

    def only(self, keep: BoolArray) -> Samples:
        """Those that a mask keeps."""
        return Samples(self.points[keep], self.normals[keep], self.source[keep])


def fine(
    triangles: FloatArray,
    step: float,
    near: Callable[[FloatArray, FloatArray], BoolArray] | None = None,
) -> Samples:
    """Halve triangles across their longest side until no side is longer than `step` mm.

    near : tells of middles [N, 3] and radii [N] mm which triangles may matter; the others are
    dropped as soon as that can be told.
    """
    left, source = triangles, np.arange(len(triangles))
    points, normals, sources = [np.zeros((0, 3))], [np.zeros((0, 3))], [np.zeros(0, np.int64)]
    while len(left):
        if near is not None:
            middle = left.mean(axis=1)
            radius = np.sqrt(_largest(_squares(left - middle[:, None])))
            kept = near(middle, radius)
            left, source = left[kept], source[kept]
        side = np.roll(left, -1, axis=1) - left
        length = _squares(side)
        small = _largest(length) <= step * step
        normal = np.cross(side[small, 0], side[small, 1])
        points.append(left[small].mean(axis=1))
        normals.append(normal / np.sqrt(np.maximum(_squares(normal), 1e-300))[:, None])
        sources.append(source[small])
        left, source, length = left[~small], source[~small], length[~small]
        longest = np.where(length[:, 1] > length[:, 0], 1, 0)
        longest[length[:, 2] > np.maximum(length[:, 0], length[:, 1])] = 2
        left = _halved(left, longest)
        source = np.concatenate([source, source])
    return Samples(np.concatenate(points), np.concatenate(normals), np.concatenate(sources))


def beside(points: FloatArray, reach: float) -> Callable[[FloatArray, FloatArray], BoolArray]:
    """For `fine`: what comes within `reach` mm of points [N, 3]."""
    tree = _tree(points)

    def near(middle: FloatArray, radius: FloatArray) -> BoolArray:
        if not len(points) or not len(middle):
            return np.zeros(len(middle), dtype=bool)
        away, _ = tree.query(middle, distance_upper_bound=reach + float(radius.max()))
        kept: BoolArray = away <= reach + radius
        return kept

    return near


def nearest(first: FloatArray, second: FloatArray, limit: float) -> float:
    """Least distance between points [N, 3] and [M, 3], mm; inf from `limit` on."""
    if not len(first) or not len(second):
        return float("inf")
    away, _ = _tree(second).query(first, distance_upper_bound=limit)
    return float(away.min())


def _tree(points: FloatArray) -> Any:
    """For the nearest of them; a balanced one takes long where many lie almost together."""
    from scipy.spatial import cKDTree

    return cKDTree(points, balanced_tree=False, compact_nodes=False)


def _squares(vectors: FloatArray) -> FloatArray:
    """Squared lengths over the last axis, of three."""
    total: FloatArray = np.einsum("...i,...i->...", vectors, vectors)
    return total


def _largest(values: FloatArray) -> FloatArray:
    """[N] of [N, 3]; numpy's own maximum is slow over so short an axis."""
    most: FloatArray = np.maximum(np.maximum(values[:, 0], values[:, 1]), values[:, 2])
    return most


def _halved(triangles: FloatArray, side: LongArray) -> FloatArray:
    """Both halves of each triangle, cut from the middle of side k (corners k, k + 1)."""
    turn = (side[:, None] + np.arange(3)) % 3
    a, b, c = np.moveaxis(np.take_along_axis(triangles, turn[:, :, None], axis=1), 1, 0)
    middle = 0.5 * (a + b)
    return np.concatenate([np.stack([a, middle, c], 1), np.stack([middle, b, c], 1)])


class Boxes:
    """The boxes of triangles [F, 3, 3], to be asked which of them meet another one."""

    def __init__(self, triangles: FloatArray) -> None:
        a, b, c = np.moveaxis(triangles, 1, 0)
        self._low = np.ascontiguousarray(np.minimum(np.minimum(a, b), c).T)
        self._high = np.ascontiguousarray(np.maximum(np.maximum(a, b), c).T)

    def meet(self, low: FloatArray, high: FloatArray) -> LongArray:
        """Indices of those that meet the box from corner to corner, [3] each."""
        found = np.flatnonzero((self._low[0] <= high[0]) & (self._high[0] >= low[0]))
        for k in (1, 2):
            meets = (self._low[k, found] <= high[k]) & (self._high[k, found] >= low[k])
            found = found[meets]
        return found


class Columns:
    """A closed, outward surface that is asked what lies inside it.

    triangles : [F, 3, 3] mm. Shells that overlap count as one; cavities as outside.
    """

    def __init__(self, triangles: FloatArray) -> None:
        self._corners = triangles[:, :, :2] + triangles[:, :, 2:] * np.array(_SHEAR)
        self._heights = triangles[:, :, 2]
        self._boxes = Boxes(np.concatenate([self._corners, self._heights[:, :, None]], axis=2))

    def holds(self, points: FloatArray) -> BoolArray:
        """[N] whether each point is inside: on the way up from there the surface is left more often
        than entered."""
        found = np.zeros(len(points), np.int64)
        if not len(points):
            return found > 0
        flat = points[:, :2] + points[:, 2:] * np.array(_SHEAR)
        meets = self._boxes.meet(
            np.append(flat.min(axis=0), points[:, 2].min()), np.append(flat.max(axis=0), np.inf)
        )
        corners, heights = self._corners[meets], self._heights[meets]
        step = max(1, _MOST_AT_ONCE // max(len(corners), 1))
        for start in range(0, len(points), step):
            part = slice(start, start + step)
            found[part] = _crossings(flat[part], points[part, 2], corners, heights)
        return found > 0


def _crossings(
    flat: FloatArray, z: FloatArray, corners: FloatArray, heights: FloatArray
) -> LongArray:
    """Signed crossings of the way up from each point ([N, 2] in plan, [N] high)."""
    a, b, c = np.moveaxis(corners, 1, 0)
    doubled = _cross(b - a, c - a)
    offset = flat[:, None] - a[None]
    second = _cross(offset, (c - a)[None])
    third = _cross((b - a)[None], offset)
    sign = np.sign(doubled)
    hit = (second * sign > 0) & (third * sign > 0) & ((second + third) * sign < np.abs(doubled))
    safe = np.where(doubled == 0.0, 1.0, doubled)
    rise = heights[:, 1:] - heights[:, :1]
    at = heights[:, 0] + (second * rise[:, 0] + third * rise[:, 1]) / safe
    total: LongArray = (np.where(hit & (at > z[:, None]), sign, 0.0)).sum(axis=1).astype(np.int64)
    return total


def _cross(a: FloatArray, b: FloatArray) -> FloatArray:
    product: FloatArray = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    return product


def distances(
    points: FloatArray, samples: Samples, step: float, limit: float = np.inf
) -> FloatArray:
    """[N] mm from points to a sampled surface, exact where it is flat over `step`; inf where
    nothing was sampled, and beyond about `limit`."""
    if not len(samples.points) or not len(points):
        return np.full(len(points), np.inf)
    away, index = _tree(samples.points).query(points, distance_upper_bound=limit + step)
    found = np.isfinite(away)
    index = np.where(found, index, 0)
    offset = points - samples.points[index]
    across = np.abs(np.einsum("ij,ij->i", offset, samples.normals[index]))
    beside = np.sqrt(np.maximum(_squares(offset) - across**2, 0.0))
    return np.where(found, np.hypot(across, np.maximum(beside - step, 0.0)), np.inf)

"""How far and how far sideways a camera must stand so that points fill its frame exactly.

A point (x, y, z) in the camera's axes (right, up, towards the camera) lies within a frame of half
tangent k around the axis of a camera at (c, ·, d) when |x - c| <= k (d - z). For all points:
max(x + k z) - k d <= c <= min(x - k z) + k d. So the nearest camera and its sideways shift follow
from two support values, without any search; where the other direction is looser, the k at which
it would be tight is found by bisection, and its shift is then the one that centres the points.
"""

from __future__ import annotations

from dataclasses import dataclass

from scipy.spatial import ConvexHull, QhullError

from engine.types import FloatArray


@dataclass(frozen=True)
class Fit:
    """Sideways shift and distance of the camera from the points' origin, mm."""

    x: float
    y: float
    distance: float


def fit(points: FloatArray, half: FloatArray) -> Fit:
    """The camera that frames `points` within half tangents `half` [2], centred, as near as can be.

    points : [N, 3] right, up, towards the camera.
    """
    sides = [hull(points[:, [axis, 2]]) for axis in (0, 1)]
    distance = max(_nearest(side, float(k)) for side, k in zip(sides, half, strict=True))
    # Never closer than the nearest point: a piece without extent has no distance of its own.
    distance = max(distance, float(points[:, 2].max()) + 1.0)
    x, y = (_centre(side, distance) for side in sides)
    return Fit(x, y, distance)


def hull(points: FloatArray) -> FloatArray:
    """The corners of the convex hull of [N, 2] points; all of them where they lie on a line."""
    try:
        return points[ConvexHull(points).vertices]
    except (QhullError, ValueError):
        return points


def _nearest(side: FloatArray, k: float) -> float:
    """The least distance at which a frame of half tangent k holds [N, 2] points."""
    x, z = side.T
    return float(((x + k * z).max() - (x - k * z).min()) / (2 * k))


def _centre(side: FloatArray, distance: float) -> float:
    """The shift at which [N, 2] points, projected from `distance`, reach equally far both ways."""
    low, high = 0.0, 1.0
    while _nearest(side, high) > distance:
        high *= 2
    for _ in range(200):
        k = (low + high) / 2
        if k in (low, high):
            break
        low, high = (k, high) if _nearest(side, k) > distance else (low, k)
    x, z = side.T
    return float(((x + high * z).max() + (x - high * z).min()) / 2)

"""Closed curves that run inside a body."""

import numpy as np

from engine.types import FloatArray, Part, Piece


def dense(corners: FloatArray, step: float = 0.1) -> FloatArray:
    """A closed polygon, [N, 3], with points every `step` mm."""
    out = []
    for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        count = max(int(np.linalg.norm(b - a) / step), 1)
        out.append(a + (b - a) * (np.arange(count) / count)[:, None])
    return np.concatenate(out)


def circle(radius: float, count: int = 24) -> FloatArray:
    """A circle in the xz plane around the origin, [count, 3] mm."""
    t = 2.0 * np.pi * np.arange(count) / count
    return np.column_stack([radius * np.cos(t), np.zeros(count), radius * np.sin(t)])


def placed(points: FloatArray, *moves: FloatArray) -> FloatArray:
    """[N, 3] after several rigid motions, the last of them first."""
    for move in moves[::-1]:
        points = points @ move[:3, :3].T + move[:3, 3]
    return points


def inside(piece: Piece, part: Part, points: FloatArray) -> bool:
    """Whether every point lies in the part: its surface turns once around it."""
    corners = piece.vertices(part)[piece.meshes[part.mesh].faces]
    for point in points:
        a, b, c = np.moveaxis(corners - point, 1, 0)
        x, y, z = (np.linalg.norm(v, axis=1) for v in (a, b, c))
        top = (a * np.cross(b, c)).sum(axis=1)
        low = x * y * z + (a * b).sum(1) * z + (b * c).sum(1) * x + (c * a).sum(1) * y
        if abs(2.0 * np.arctan2(top, low).sum() / (4.0 * np.pi) - 1.0) > 0.01:
            return False
    return True

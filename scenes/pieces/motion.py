"""Rigid motions as [4, 4] matrices."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from engine.types import FloatArray

#: From a stone's frame to that of an earring: the table faces the front, -y, and +y goes up.
FRONT: FloatArray = np.array(
    [[1.0, 0.0, 0.0, 0.0], [0.0, 0.0, -1.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]]
)


def shift(x: float = 0.0, y: float = 0.0, z: float = 0.0) -> FloatArray:
    """[4, 4] by so many mm."""
    move = np.eye(4)
    move[:3, 3] = x, y, z
    return move


def turn(axis: ArrayLike, angle: float) -> FloatArray:
    """[4, 4] around `axis`, [3] of any length, through the origin; `angle` in rad."""
    x, y, z = np.asarray(axis, np.float64) / np.linalg.norm(axis)
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    move = np.eye(4)
    move[:3, :3] += np.sin(angle) * cross + (1.0 - np.cos(angle)) * (cross @ cross)
    return move


def frame(x: ArrayLike, y: ArrayLike, z: ArrayLike, origin: ArrayLike) -> FloatArray:
    """[4, 4] that takes the unit vectors to `x`, `y`, `z` (a right-handed set) at `origin`, mm."""
    move = np.eye(4)
    move[:3] = np.column_stack([x, y, z, origin])
    return move

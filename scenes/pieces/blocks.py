"""Bars, blocks and eyes: the small parts of hinges and clasps."""

from __future__ import annotations

import numpy as np

from engine.types import FloatArray
from scenes.pieces.motion import turn
from scenes.pieces.solids import Solid, revolve, sweep, tube

Corner = tuple[float, float, float]


def bar(radius: float, length: float) -> Solid:
    """A round bar along y, its middle at the origin."""
    upright = revolve(np.array([[radius, -length / 2.0], [radius, length / 2.0]]), 40)
    return upright.moved(turn([1.0, 0.0, 0.0], np.pi / 2.0))


def block(low: Corner, high: Corner, edge: float = 0.0) -> Solid:
    """A block between two corners, mm, its edges rounded by `edge` mm."""
    a, b = np.array(low), np.array(high)
    if edge == 0.0:
        floor = np.array([a, [b[0], *a[1:]], [*b[:2], a[2]], [a[0], b[1], a[2]]])
        return sweep(np.stack([floor, floor + (b - a) * [0.0, 0.0, 1.0]]), closed=False)
    arc = np.linspace(0.0, np.pi / 2.0, 6)
    corner = [(1, 1), (-1, 1), (-1, -1), (1, -1)]
    sides = np.array([
        [[y * (np.cos(t + k * np.pi / 2.0) * y - 1.0), z * (np.sin(t + k * np.pi / 2.0) * z - 1.0)]
         for t in arc]
        for k, (y, z) in enumerate(corner)
    ])  # fmt: skip
    middle, half = (a + b)[1:] / 2.0, (b - a)[1:] / 2.0
    signs = np.repeat(np.array(corner), 6, axis=0)
    outline = sides.reshape(-1, 2)
    ends = edge * np.concatenate([1.0 - np.sin(arc), np.zeros(0)])
    x = np.concatenate([a[0] + edge * (1.0 - np.cos(arc)), b[0] - edge * (1.0 - np.cos(arc))[::-1]])
    rings = [
        np.column_stack([np.full(24, at), middle + signs * (half - inset) + edge * outline])
        for at, inset in zip(x, np.concatenate([ends, ends[::-1]]), strict=True)
    ]
    return sweep(np.stack(rings), closed=False)


def eye(start: float, end: float, hole: float, wire: float) -> Solid:
    """A closed loop of round wire in the xz plane, around everything from `start` to `end` on x.

    hole : radius of its round ends, inside. wire : radius of the wire; mm.
    """
    path = stadium(start, end, hole + wire)
    across = np.broadcast_to(np.array([0.0, 1.0, 0.0]), path.shape)
    return tube(path, np.full(len(path), wire), across, closed=True, points=24)


def stadium(start: float, end: float, radius: float) -> FloatArray:
    """Two half circles around (start, 0) and (end, 0) and what joins them; [N, 3] in the xz
    plane."""
    arc = np.linspace(-np.pi / 2.0, np.pi / 2.0, 25)
    right = np.column_stack([end + radius * np.cos(arc), radius * np.sin(arc)])
    left = np.column_stack([start - radius * np.cos(arc), -radius * np.sin(arc)])
    flat = np.concatenate([right, left])
    return np.column_stack([flat[:, 0], np.zeros(len(flat)), flat[:, 1]])

"""How closed curves are linked, and how near bodies are."""

from __future__ import annotations

import numpy as np

from engine.types import FloatArray
from scenes.pieces.laid import Strung
from scenes.pieces.solids import manifold


def linking(first: FloatArray, second: FloatArray) -> float:
    """Linking number of two closed polygons [N, 3], [M, 3]: Gauss's integral, segment by segment.

    Each pair of segments sees a solid angle over 4 pi; its sides are great circles (Klenin and
    Langowski, Biopolymers 54, 307, 2000, method 1a).
    """
    a, b = first[:, None], np.roll(first, -1, axis=0)[:, None]
    c, d = second[None], np.roll(second, -1, axis=0)[None]
    corners = [c - a, d - a, d - b, c - b]
    normals = []
    for i in range(4):
        n = np.cross(corners[i], corners[(i + 1) % 4])
        normals.append(n / np.maximum(np.linalg.norm(n, axis=-1, keepdims=True), 1e-300))
    angle = sum(
        np.arcsin(np.clip((normals[i] * normals[(i + 1) % 4]).sum(-1), -1.0, 1.0)) for i in range(4)
    )
    sign = np.sign((np.cross(d - c, b - a) * corners[0]).sum(-1))
    return float((angle * sign).sum() / (4.0 * np.pi))


def together(first: Strung, second: Strung) -> int:
    """How often two things are linked: rings through rings, whatever the sense."""
    total = 0
    for a in first.link.curves:
        for b in second.link.curves:
            number = linking(moved(a, first.transform), moved(b, second.transform))
            assert abs(number - round(number)) < 1e-6
            total += abs(round(number))
    return total


def moved(points: FloatArray, transform: FloatArray) -> FloatArray:
    return points @ transform[:3, :3].T + transform[:3, 3]


def gaps(row: list[Strung], ahead: int, reach: float = 0.5) -> FloatArray:
    """Distance from each thing to the one `ahead` places on, mm; the row is closed."""
    bodies = [manifold(thing.link.solid.moved(thing.transform)) for thing in row]
    return np.array([
        body.min_gap(bodies[(i + ahead) % len(row)], reach) for i, body in enumerate(bodies)
    ])  # fmt: skip

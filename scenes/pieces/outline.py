"""A stone's outline seen from above: its curve with normals, its tips, and places along it."""

from __future__ import annotations

import numpy as np
from scipy.interpolate import CubicSpline

from engine.cad.cuts import Girdle
from engine.types import FloatArray

# A corner sharper than this, degrees, is rounded by a fan of normals; others are smoothed.
_CORNER_DEG = 20.0

# A tip needs a prong of its own: the outline turns by so much, degrees, within so much of half its
# width. The corners of an emerald cut turn by 45 degrees, twice.
_TIP_DEG, _TIP_WITHIN = 55.0, 0.12


def contour(girdle: Girdle) -> tuple[FloatArray, FloatArray]:
    """Points of an outline in order and their unit normals, both [M, 2].

    Many small flats, as on a round girdle, become one curve; at a corner the point repeats while
    the normal turns.
    """
    outline = girdle.outline
    turning, before = _turning(outline)
    if np.degrees(turning.max()) < _CORNER_DEG:
        return _smooth(outline)
    points, normals = [], []
    for point, start, turn in zip(outline, before, turning, strict=True):
        for angle in start - np.pi / 2.0 + turn * np.linspace(0.0, 1.0, 13):
            points.append(point)
            normals.append([np.cos(angle), np.sin(angle)])
    return np.array(points), np.array(normals)


def tips(girdle: Girdle) -> FloatArray:
    """Azimuths, rad from 0 to 2 pi, of the sharp corners, in order."""
    outline = girdle.outline
    turning, _ = _turning(outline)
    at = _lengths(outline)
    whole, near = at[-1], _TIP_WITHIN * min(girdle.half)
    apart = np.abs(at[:-1, None] - at[None, :-1])
    close = np.minimum(apart, whole - apart) < near
    bend = (close * turning[None]).sum(axis=1)
    sharp = np.degrees(bend) > _TIP_DEG
    found: list[float] = []
    for k in np.flatnonzero(sharp):
        weight = close[k] * np.maximum(turning, 0.0)
        x, y = (weight[:, None] * outline).sum(axis=0) / weight.sum()
        azimuth = float(np.arctan2(y, x) % (2.0 * np.pi))
        if all(abs(azimuth - other) > 0.2 for other in found):
            found.append(azimuth)
    return np.sort(np.array(found))


def along(girdle: Girdle, start: float, part: FloatArray) -> FloatArray:
    """Azimuths, rad, that lie these parts of the way around from the azimuth `start`, [N]."""
    outline = girdle.outline
    edge = girdle.radius(start) * np.array([np.cos(start), np.sin(start)])
    first = int(np.argmin(np.linalg.norm(outline - edge, axis=1)))
    ring = np.roll(outline, -first, axis=0)
    at = _lengths(ring)
    closed = np.concatenate([ring, ring[:1]])
    x, y = (np.interp(part * at[-1], at, closed[:, k]) for k in range(2))
    return np.asarray(np.arctan2(y, x))


def around_tip(girdle: Girdle, azimuth: float, outward: float, arm: float) -> FloatArray:
    """[N, 2] mm: a path `outward` mm outside of the outline, `arm` mm to both sides of a tip."""
    points, normals = contour(girdle)
    path = points + outward * normals
    towards = np.array([np.cos(azimuth), np.sin(azimuth)])
    middle = int(np.argmax(path @ towards))
    path = np.roll(path, len(path) // 2 - middle, axis=0)
    step = np.linalg.norm(np.diff(path, axis=0), axis=1)
    keep = np.concatenate([[True], step > 1e-6])
    path = path[keep]
    at = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    here = at[int(np.argmax(path @ towards))]
    even = here + np.linspace(-arm, arm, 33)
    return np.column_stack([np.interp(even, at, path[:, k]) for k in range(2)])


def _turning(outline: FloatArray) -> tuple[FloatArray, FloatArray]:
    """By how much an outline turns at each of its points, and its heading before, [N] rad."""
    edge = np.roll(outline, -1, axis=0) - outline
    heading = np.arctan2(edge[:, 1], edge[:, 0])
    before = np.roll(heading, 1)
    return (heading - before + np.pi) % (2.0 * np.pi) - np.pi, before


def _lengths(outline: FloatArray) -> FloatArray:
    """[N + 1] mm along a closed outline to each point, and back to the first."""
    ring = np.concatenate([outline, outline[:1]])
    return np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(ring, axis=0), axis=1))])


def _smooth(outline: FloatArray) -> tuple[FloatArray, FloatArray]:
    """A closed cubic through the outline, three points for each of its own."""
    length = _lengths(outline)
    curve = CubicSpline(length, np.concatenate([outline, outline[:1]]), bc_type="periodic")
    at = np.linspace(0.0, length[-1], 3 * len(outline), endpoint=False)
    along = curve(at, 1)
    normals = np.column_stack([along[:, 1], -along[:, 0]])
    return curve(at), normals / np.linalg.norm(normals, axis=1, keepdims=True)

"""Equal meshes up to a rigid motion share one mesh: sixty melee are one stone set sixty times.

Mirror images stay apart. Candidates have the same triangle count, area, volume and moments; they
are the same when one rotation brings every vertex within tolerance of a vertex of the other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from engine.cad.solid import Moments, diagonal, moments
from engine.types import FloatArray, IntArray

#: Largest distance between corresponding vertices, as a share of the mesh's diagonal.
TOLERANCE = 1e-3
#: Most pairs of corners that are tried to bring two meshes with different numbering together.
MOST_TRIES = 600


@dataclass(frozen=True, eq=False)
class Instance:
    """Where a body is: `motion` [4, 4] brings the body numbered `model` onto it."""

    model: int
    motion: FloatArray


@dataclass(frozen=True, eq=False)
class _Shape:
    """A body's mesh with what is compared first."""

    vertices: FloatArray
    faces: IntArray
    moments: Moments
    size: float


def group(meshes: Sequence[tuple[FloatArray, IntArray]], keys: Sequence[str]) -> list[Instance]:
    """Find the first equal body for each body (itself, if it is new).

    meshes : (vertices [V, 3] mm, faces [F, 3]) each. keys : only bodies with equal keys (such as
    flat or smooth shading) may share a mesh.
    """
    shapes = [_Shape(v, f, moments(v, f), diagonal(v)) for v, f in meshes]
    models: dict[tuple[str, int], list[int]] = {}
    found = []
    for i, shape in enumerate(shapes):
        same = models.setdefault((keys[i], len(shape.faces)), [])
        for model in same:
            motion = align(shapes[model], shape) if _alike(shapes[model], shape) else None
            if motion is not None:
                found.append(Instance(model, motion))
                break
        else:
            same.append(i)
            found.append(Instance(i, np.eye(4)))
    return found


def _alike(a: _Shape, b: _Shape) -> bool:
    """Same vertex count, and area, volume and moments within what the tolerance allows."""
    one, two = a.moments, b.moments
    return (
        len(a.vertices) == len(b.vertices)
        and abs(a.size - b.size) < 0.5 * max(a.size, b.size)
        and math.isclose(one.area, two.area, rel_tol=5 * TOLERANCE)
        and math.isclose(one.volume, two.volume, rel_tol=10 * TOLERANCE, abs_tol=1e-6 * a.size**3)
        and np.allclose(
            one.inertia, two.inertia, rtol=20 * TOLERANCE, atol=4 * TOLERANCE * one.inertia[-1]
        )
    )


def align(a: _Shape, b: _Shape) -> FloatArray | None:
    """[4, 4] rigid motion that brings `a` onto `b` within the tolerance, or None."""
    reach = TOLERANCE * a.size
    if np.array_equal(a.faces, b.faces):
        motion = kabsch(a.vertices, b.vertices)
        if _distance(motion, a.vertices, b.vertices) <= reach:
            return motion
    centre_a, centre_b = a.vertices.mean(axis=0), b.vertices.mean(axis=0)
    here, there = a.vertices - centre_a, b.vertices - centre_b
    tree = cKDTree(there)
    probe = here[:: max(1, len(here) // 50)]
    for rotation in _rotations(here, there, reach):
        away, _ = tree.query(probe @ rotation.T)
        if np.max(away) > 4 * reach:
            continue
        _, partner = tree.query(here @ rotation.T)
        if len(np.unique(partner)) != len(here):
            continue
        motion = kabsch(a.vertices, b.vertices[partner])
        if _distance(motion, a.vertices, b.vertices[partner]) <= reach:
            return motion
    return None


def kabsch(a: FloatArray, b: FloatArray) -> FloatArray:
    """[4, 4] rotation and shift (never a mirror) with least squared distance from `a` to `b`.

    Both are [V, 3] in corresponding order; the rotation comes from the singular vectors of their
    covariance, the smallest one turned where the product would mirror.
    """
    centre_a, centre_b = a.mean(axis=0), b.mean(axis=0)
    u, _, vt = np.linalg.svd((a - centre_a).T @ (b - centre_b))
    sign = np.sign(np.linalg.det(u @ vt))
    rotation = (u * np.array([1.0, 1.0, sign])) @ vt
    motion = np.eye(4)
    motion[:3, :3] = rotation.T
    motion[:3, 3] = centre_b - rotation.T @ centre_a
    return motion


def _distance(motion: FloatArray, a: FloatArray, b: FloatArray) -> float:
    moved = a @ motion[:3, :3].T + motion[:3, 3]
    return float(np.linalg.norm(moved - b, axis=1).max())


def _rotations(here: FloatArray, there: FloatArray, reach: float) -> list[FloatArray]:
    """Rotations that bring two landmark vertices of `here` onto possible partners of `there`.

    The landmarks are vertices whose distance from the centroid few others share, so symmetric
    stones have few partners to try; unlike the axes of inertia, this does not care about
    degenerate moments.
    """
    radius = np.linalg.norm(here, axis=1)
    rare = _rarest(radius, radius > 0.3 * radius.max(), reach)
    across = np.linalg.norm(np.cross(here, here[rare]), axis=1) / max(radius[rare], 1e-300)
    second = _rarest(radius, across > 0.3 * across.max(), reach)
    frame = _frame(here[rare], here[second])
    radius_there = np.linalg.norm(there, axis=1)
    firsts = np.flatnonzero(np.abs(radius_there - radius[rare]) <= 2 * reach)
    seconds = np.flatnonzero(np.abs(radius_there - radius[second]) <= 2 * reach)
    apart = np.linalg.norm(here[rare] - here[second])
    gaps = np.linalg.norm(there[firsts][:, None] - there[seconds][None], axis=2)
    rows, columns = np.nonzero(np.abs(gaps - apart) <= 4 * reach)
    pairs = zip(rows[:MOST_TRIES], columns[:MOST_TRIES], strict=True)
    return [_frame(there[firsts[r]], there[seconds[c]]) @ frame.T for r, c in pairs]


def _rarest(radius: FloatArray, allowed: np.ndarray, reach: float) -> int:
    """The allowed vertex whose distance from the centroid the fewest others share."""
    ordered = np.sort(radius)
    crowd = np.searchsorted(ordered, radius + reach) - np.searchsorted(ordered, radius - reach)
    return int(np.where(allowed, crowd, len(radius) + 1).argmin())


def _frame(a: FloatArray, b: FloatArray) -> FloatArray:
    """[3, 3] right-handed unit axes as columns: along a, across it towards b, and normal."""
    x = a / np.linalg.norm(a)
    z = np.cross(a, b)
    length = np.linalg.norm(z)
    z = z / length if length > 0 else np.linalg.svd(x[None])[2][2]
    return np.stack([x, np.cross(z, x), z], axis=1)

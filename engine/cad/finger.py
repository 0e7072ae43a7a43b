"""The finger hole of a ring: found in silhouettes, then fitted to the surface around it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.cad.silhouette import CELLS, largest_gap, plane_axes, sample
from engine.cad.solid import face_vectors, moments
from engine.types import FloatArray, IntArray

#: A finger hole is at least this wide against the piece's silhouette (a bail is not) ...
LEAST_SHARE = 0.35
#: ... and metal surrounds it over at least this many degrees (an open cuff still does).
LEAST_COVER_DEG = 200.0
#: The wall of the hole looks at its axis: cosine between its normal and the way there.
LEAST_FACING = 0.8
#: Directions tried when neither the file's axes nor those of inertia show a hole.
DIRECTIONS = 48
#: ... of which only every eighth point is looked at, on a coarser grid.
COARSE_STEP, COARSE_CELLS = 8, 48


@dataclass(frozen=True, eq=False)
class Finger:
    """A finger hole. axis : [3] unit. centre : [3] mm, on the axis. radius : mm."""

    axis: FloatArray
    centre: FloatArray
    radius: float


@dataclass(frozen=True, eq=False)
class _Wall:
    """Face corners of the metal with their face's normal and a third of its area."""

    points: FloatArray
    normals: FloatArray
    weights: FloatArray


def find_finger(vertices: FloatArray, faces: IntArray) -> Finger | None:
    """The hole a finger goes through, or None when the piece is no ring.

    vertices, faces : all metal (of a ring without metal: all of it), mm.
    """
    cloud = sample(vertices, faces)
    wall = _wall(vertices, faces)
    for candidates, points, cells in (
        (_natural_axes(vertices, faces), cloud, CELLS),
        (_hemisphere(DIRECTIONS), cloud[::COARSE_STEP], COARSE_CELLS),
    ):
        seen = [_look(points, axis, cells) for axis in candidates]
        for finger in sorted((s for s in seen if s is not None), key=lambda f: -f.radius):
            fitted = _fit(wall, finger)
            if fitted is not None:
                return fitted
    return None


def _wall(vertices: FloatArray, faces: IntArray) -> _Wall:
    vectors = face_vectors(vertices, faces)
    area = np.linalg.norm(vectors, axis=1)
    solid = area > 0
    normals = vectors[solid] / area[solid, None]
    return _Wall(
        vertices[faces[solid]].reshape(-1, 3),
        np.repeat(normals, 3, axis=0),
        np.repeat(area[solid] / 3.0, 3),
    )


def _natural_axes(vertices: FloatArray, faces: IntArray) -> FloatArray:
    return np.concatenate([np.eye(3), moments(vertices, faces).axes])


def _hemisphere(count: int) -> FloatArray:
    """[count, 3] directions spread evenly over a hemisphere, along a golden spiral."""
    z = (np.arange(count) + 0.5) / count
    turn = np.arange(count) * np.pi * (3.0 - np.sqrt(5.0))
    across = np.sqrt(1 - z**2)
    return np.stack([across * np.cos(turn), across * np.sin(turn), z], axis=1)


def _look(cloud: FloatArray, axis: FloatArray, cells: int) -> Finger | None:
    """The largest empty disc in the silhouette along `axis`, if it could pass a finger."""
    plane = plane_axes(axis)
    flat = cloud @ plane.T
    span = float(np.ptp(flat, axis=0).max())
    found = largest_gap(flat, span, cells)
    if found is None or 2.0 * found[1] < LEAST_SHARE * span:
        return None
    centre = found[0] @ plane + axis * float((cloud @ axis).mean())
    return Finger(axis, centre, found[1])


def _fit(wall: _Wall, start: Finger) -> Finger | None:
    """Fit axis, centre and radius to the surface that faces the hole; None where it does not
    surround it."""
    axis, centre, radius = start.axis, start.centre, start.radius
    wall = _around(wall, start)
    for reach in (0.25, 0.2, 0.12, 0.08, 0.06):
        near, flat, trust = _facing(wall, axis, centre, radius, reach)
        if near.sum() < 8 or _cover_deg(flat) < LEAST_COVER_DEG:
            return None
        weights = wall.weights[near] * trust
        turned = _axis_of(wall.normals[near], weights, axis)
        plane = plane_axes(turned)
        shift, radius = _circle((wall.points[near] - centre) @ plane.T, weights)
        axis, centre = turned, centre + shift @ plane
    near, flat, _ = _facing(wall, axis, centre, radius, 0.12)
    if near.sum() < 8 or _cover_deg(flat) < LEAST_COVER_DEG:
        return None
    along = (wall.points[near] - centre) @ axis
    narrow = _narrowest(np.linalg.norm(flat, axis=1), along, wall.weights[near])
    return Finger(axis, centre + axis * 0.5 * float(along.min() + along.max()), narrow)


def _around(wall: _Wall, start: Finger) -> _Wall:
    """The part of the wall that the fit may come to, looking roughly at the axis."""
    offset = wall.points - start.centre
    across = offset - np.outer(offset @ start.axis, start.axis)
    away = np.linalg.norm(across, axis=1)
    near = (away > 0.5 * start.radius) & (away < 1.5 * start.radius)
    near[near] = np.einsum("ij,ij->i", wall.normals[near], across[near]) < -0.5 * away[near]
    return _Wall(wall.points[near], wall.normals[near], wall.weights[near])


def _facing(
    wall: _Wall, axis: FloatArray, centre: FloatArray, radius: float, reach: float
) -> tuple[np.ndarray, FloatArray, FloatArray]:
    """Mask of corners near the cylinder whose faces look at its axis, those corners in the plane
    across it ([N, 2]), and how far to trust them.

    Trust fades to nothing at the edge of the mask: a comfort fit curves away there, and with a
    sharp edge the side of it that happens to have a row of triangles more would tilt the axis.
    """
    plane = plane_axes(axis)
    flat = (wall.points - centre) @ plane.T
    away = np.linalg.norm(flat, axis=1)
    looks = -np.einsum("ij,ij->i", wall.normals @ plane.T, flat) / np.maximum(away, 1e-300)
    miss = np.abs(away - radius) / (reach * radius)
    near = (looks > LEAST_FACING) & (miss < 1.0)
    facing = (looks[near] - LEAST_FACING) / (1.0 - LEAST_FACING)
    return near, flat[near], facing**2 * np.minimum(2.0 - 2.0 * miss[near], 1.0)


def _cover_deg(flat: FloatArray) -> float:
    """How much of the circle the points surround: 360 minus the widest gap, degrees."""
    angle = np.sort(np.arctan2(flat[:, 1], flat[:, 0]))
    gaps = np.diff(np.append(angle, angle[0] + 2 * np.pi))
    return 360.0 - float(np.degrees(gaps.max()))


def _axis_of(normals: FloatArray, weights: FloatArray, axis: FloatArray) -> FloatArray:
    """Direction that the normals of a cylinder avoid; `axis` where they do not tell one."""
    values, vectors = np.linalg.eigh(np.einsum("n,ni,nj->ij", weights, normals, normals))
    found = vectors[:, 0] * np.sign(vectors[:, 0] @ axis)
    clear = values[0] < 0.5 * values[1] and found @ axis > np.cos(np.radians(20.0))
    result: FloatArray = found if clear else axis
    return result


def _circle(flat: FloatArray, weights: FloatArray) -> tuple[FloatArray, float]:
    """Centre and radius of the circle through weighted 2D points: least squares on
    x^2 + y^2 = 2 a x + 2 b y + c, three rounds, each trusting far points less."""
    trust = weights.copy()
    centre, radius = np.zeros(2), 0.0
    system = np.column_stack([2 * flat, np.ones(len(flat))])
    squares = (flat**2).sum(axis=1)
    for _ in range(4):
        weighted = system * trust[:, None]
        solved = np.linalg.lstsq(weighted.T @ system, weighted.T @ squares, rcond=None)[0]
        centre = solved[:2]
        radius = float(np.sqrt(max(solved[2] + centre @ centre, 0.0)))
        miss = np.linalg.norm(flat - centre, axis=1) - radius
        trust = weights / (1.0 + (miss / (0.01 * radius + 1e-300)) ** 2)
    return centre, radius


def _narrowest(away: FloatArray, along: FloatArray, weights: FloatArray) -> float:
    """Radius where the hole is narrowest: of ten slices along the axis, the least median
    distance among those that hold a fair share of the surface."""
    edges = np.linspace(along.min(), along.max(), 11)
    slice_ = np.clip(np.searchsorted(edges, along, side="right") - 1, 0, 9)
    held = np.bincount(slice_, weights, minlength=10)
    medians = []
    for k in np.flatnonzero(held > 0.05 * held.sum()):
        mine = slice_ == k
        order = np.argsort(away[mine])
        share = np.cumsum(weights[mine][order])
        medians.append(away[mine][order][np.searchsorted(share, 0.5 * share[-1])])
    return float(min(medians))

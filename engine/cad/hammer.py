"""Hammered metal: dimples in the mesh itself, so that silhouette, shadow and reflection show them.

Each blow of a planishing hammer with a round face leaves a shallow spherical dent; where dents
meet there is a ridge. Blows keep clear of stones and of whatever is thin, and on a ring fall on the
outside only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from engine.cad.axis import finger_centre
from engine.cad.split_edges import split_edges
from engine.types import FloatArray, IntArray, Mesh, Part, Piece
from materials import Finish

#: Depth of a dent over its width, and how much it may vary (estimated: .05 mm for 1.8 mm).
DEPTH, VARIES = 0.028, 0.35
#: How near two blows may fall, in widths: the ridges between them stay whole.
APART = 0.55
#: What blows keep clear of, mm: stones; and walls thinner than this.
STONE_MM, THIN_MM = 1.0, 0.9
#: Edges of the mesh, in widths, and faces that a part may come to have.
FINE, MOST_FACES = 0.09, 400_000
#: Cosine between the surface and the blow from which on it is dented, and fully so.
GRAZING, FULL = 0.2, 0.6
#: On a ring, how far a surface must look away from the finger to be struck.
OUTWARDS = 0.35


def hammered(piece: Piece, finishes: Mapping[str, Finish]) -> Piece:
    """The piece with the dimples of its hammered parts; itself where there are none.

    finishes : by part name.
    """
    struck = {p.name for p in piece.parts if finishes.get(p.name, Finish()).kind == "hammered"}
    if not struck:
        return piece
    meshes, parts = list(piece.meshes), []
    stones = _stones(piece)
    for part in piece.parts:
        if part.name in struck:
            meshes.append(_struck(piece, part, finishes[part.name], stones))
            part = replace(part, mesh=len(meshes) - 1)
        parts.append(part)
    return replace(piece, meshes=tuple(meshes), parts=tuple(parts))


def _stones(piece: Piece) -> cKDTree | None:
    """Points on all stones, a quarter of a millimetre apart or less."""
    points = []
    for part in piece.parts:
        if part.role != "metal":
            mesh = piece.meshes[part.mesh]
            v = piece.vertices(part)
            points.append(split_edges(v, mesh.faces, v[:, :0], 0.25, 100_000)[0])
    return cKDTree(np.concatenate(points)) if points else None


def _struck(piece: Piece, part: Part, finish: Finish, stones: cKDTree | None) -> Mesh:
    """The mesh of a part with its dents, in the mesh's own frame."""
    mesh, rotation = piece.meshes[part.mesh], part.transform[:3, :3]
    v, n, faces = _shaded(mesh, piece.vertices(part), rotation)
    v, faces, n = split_edges(v, faces, n, FINE * finish.size, MOST_FACES)
    n /= np.maximum(np.linalg.norm(n, axis=1, keepdims=True), 1e-30)
    blows = _blows(piece, v, n, faces, finish, stones)
    if len(blows) == 0:
        return mesh
    v, n = _dented(v, n, blows, finish.size / 2)
    local = (v - part.transform[:3, 3]) @ rotation
    return Mesh(local, faces, (n @ rotation).astype(np.float32), mesh.closed)


def _shaded(
    mesh: Mesh, v: FloatArray, rotation: FloatArray
) -> tuple[FloatArray, FloatArray, IntArray]:
    """Vertices, normals and faces; flat triangles have vertices of their own."""
    if mesh.normals is not None:
        return v, mesh.normals @ rotation.T, mesh.faces
    corners = v[mesh.faces]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    faces = np.arange(3 * len(corners), dtype=np.int32).reshape(-1, 3)
    return corners.reshape(-1, 3), np.repeat(normal, 3, axis=0), faces


def _blows(
    piece: Piece,
    v: FloatArray,
    n: FloatArray,
    faces: IntArray,
    finish: Finish,
    stones: cKDTree | None,
) -> FloatArray:
    """[B, 7] where the hammer fell: the point, the outward normal, and the depth, mm."""
    rng = np.random.default_rng([finish.seed, len(faces)])
    corners = v[faces]
    area = np.linalg.norm(
        np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1
    )
    apart = APART * finish.size
    count = min(int(12 * area.sum() / apart**2) + 1, 200_000)
    face = rng.choice(len(faces), size=count, p=area / area.sum())
    share = rng.dirichlet((1.0, 1.0, 1.0), size=count)[:, :, None]
    points, normals = (share * corners[face]).sum(axis=1), (share * n[faces[face]]).sum(axis=1)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-30)
    everywhere, facing = cKDTree(points), normals
    fit = np.ones(count, dtype=bool)
    if stones is not None:
        fit &= stones.query(points)[0] > STONE_MM + finish.size / 2
    finger = finger_centre(piece)
    if finger is not None:
        away = (points - finger)[:, [0, 2]]
        away /= np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-30)
        fit &= (away * normals[:, [0, 2]]).sum(axis=1) > OUTWARDS
    points, normals = points[fit], normals[fit]
    chosen = _spread(points, apart)
    points, normals = points[chosen], normals[chosen]
    solid = _solid(points, normals, everywhere, facing)
    points, normals = points[solid], normals[solid]
    depth = DEPTH * finish.size * rng.uniform(1 - VARIES, 1 + VARIES, len(points))
    return np.concatenate([points, normals, depth[:, None]], axis=1)


def _solid(
    points: FloatArray, normals: FloatArray, everywhere: cKDTree, facing: FloatArray
) -> npt.NDArray[np.int64]:
    """Which of the points have metal enough below them.

    everywhere, facing : a dense sample of the surface, and its normals.
    """
    near = everywhere.query_ball_point(points, THIN_MM)
    there = [(facing[o] @ n).min() > -GRAZING for n, o in zip(normals, near, strict=True)]
    return np.flatnonzero(there)


def _spread(points: FloatArray, apart: float) -> list[int]:
    """The first of the points, and each that has none of the chosen ones within `apart`."""
    if len(points) == 0:
        return []
    free = np.ones(len(points), dtype=bool)
    near = cKDTree(points).query_ball_point(points, apart)
    chosen = []
    for i, others in enumerate(near):
        if free[i]:
            chosen.append(i)
            free[others] = False
    return chosen


def _dented(
    v: FloatArray, n: FloatArray, blows: FloatArray, radius: float
) -> tuple[FloatArray, FloatArray]:
    """Vertices and normals after all blows: of several that reach a point, the deepest counts."""
    place, inverse = np.unique(v, axis=0, return_inverse=True)
    inverse = inverse.reshape(-1)
    facing = np.zeros_like(place)
    np.add.at(facing, inverse, n)
    facing /= np.maximum(np.linalg.norm(facing, axis=1, keepdims=True), 1e-30)
    deepest, by = np.zeros(len(place)), np.full(len(place), -1)
    reached = cKDTree(place).query_ball_point(blows[:, :3], radius)
    for number, (blow, found) in enumerate(zip(blows, reached, strict=True)):
        near = np.asarray(found, dtype=np.int64)
        x = ((place[near] - blow[:3]) ** 2).sum(axis=1) / radius**2
        met = np.clip((facing[near] @ blow[3:6] - GRAZING) / (FULL - GRAZING), 0, 1)
        depth = blow[6] * (1 - x) * met
        deeper = depth > deepest[near]
        deepest[near[deeper]], by[near[deeper]] = depth[deeper], number
    dented = by >= 0
    moved = place.copy()
    moved[dented] -= deepest[dented, None] * blows[by[dented], 3:6]
    struck = np.flatnonzero(dented[inverse])
    last = blows[by[inverse[struck]]]
    slope = -2 * last[:, 6:] * (v[struck] - last[:, :3]) / radius**2
    met = np.clip(((n[struck] * last[:, 3:6]).sum(axis=1) - GRAZING) / (FULL - GRAZING), 0, 1)
    slope -= (slope * n[struck]).sum(axis=1, keepdims=True) * n[struck]
    n = n.copy()
    n[struck] += met[:, None] * slope
    n /= np.maximum(np.linalg.norm(n, axis=1, keepdims=True), 1e-30)
    return moved[inverse], n

"""Swept solids and their union: the goldsmith's wire, tube and solder."""

from __future__ import annotations

from dataclasses import dataclass

import manifold3d
import numpy as np

from engine.cad.normals import crease_normals
from engine.errors import GeometryError
from engine.types import FloatArray, IntArray, Mesh

#: Edges sharper than this stay sharp, as when a file is loaded.
CREASE_DEG = 40.0

#: Edges shorter than this, mm, vanish where the shape allows.
FINEST = 3e-4

# Turns circles out of the planes of symmetry, where surfaces would meet exactly in an edge.
_OFF_GRID = 0.031


@dataclass(frozen=True, eq=False)
class Solid:
    """A closed surface: vertices [V, 3] mm, faces [F, 3], outward."""

    vertices: FloatArray
    faces: IntArray

    def moved(self, transform: FloatArray) -> Solid:
        """The solid after a rigid motion [4, 4]."""
        return Solid(self.vertices @ transform[:3, :3].T + transform[:3, 3], self.faces)


def sweep(rings: FloatArray, closed: bool) -> Solid:
    """Skin over cross-sections.

    rings : [N, M, 3] mm, N closed polygons of M points. closed : whether the last is followed by
    the first; otherwise both ends are capped by a fan around their middle.
    """
    count, around = rings.shape[:2]
    here = np.arange(count if closed else count - 1)[:, None] * around
    next_ring = (here + around) % (count * around)
    i, j = np.arange(around)[None], (np.arange(around)[None] + 1) % around
    a, b, c, d = here + i, here + j, next_ring + j, next_ring + i
    faces = [np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)]
    vertices = [rings.reshape(-1, 3)]
    if not closed:
        middle, last = count * around, (count - 1) * around
        vertices.append(np.stack([rings[0].mean(axis=0), rings[-1].mean(axis=0)]))
        fan = np.stack([np.arange(around), (np.arange(around) + 1) % around], -1)
        faces.append(np.column_stack([fan[:, ::-1], np.full(around, middle)]))
        faces.append(np.column_stack([fan + last, np.full(around, middle + 1)]))
    return _outward(Solid(np.concatenate(vertices), np.concatenate(faces).astype(np.int32)))


def tube(
    path: FloatArray, radius: FloatArray, across: FloatArray, closed: bool, points: int = 32
) -> Solid:
    """A round wire along a path.

    path : [N, 3] mm. radius : [N] mm. across : [N, 3] unit vectors square to the path, which fix
    where each circle begins. closed : whether the path runs into itself. points : per circle.
    """
    along = np.roll(path, -1, axis=0) - np.roll(path, 1, axis=0)
    if not closed:
        along[0], along[-1] = path[1] - path[0], path[-1] - path[-2]
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    side = np.cross(along, across)
    turn = np.linspace(0.0, 2.0 * np.pi, points, endpoint=False) + _OFF_GRID
    circle = (
        np.cos(turn)[None, :, None] * across[:, None]
        + np.sin(turn)[None, :, None] * (side[:, None])
    )
    return sweep(path[:, None] + radius[:, None, None] * circle, closed)


def round_ends(path: FloatArray, radius: FloatArray) -> tuple[FloatArray, FloatArray]:
    """A path [N, D] mm and its radii [N] mm, longer at both ends by what rounds off a wire."""
    cap = np.linspace(0.0, np.pi / 2.0, 9)[1:]
    cap[-1] -= 0.06  # a small flat keeps the last ring from shrinking to a point
    ends = []
    for tip, before in ((0, 1), (-1, -2)):
        ahead = path[tip] - path[before]
        ahead /= np.linalg.norm(ahead)
        ends.append((path[tip] + radius[tip] * np.sin(cap)[:, None] * ahead,
                     radius[tip] * np.cos(cap)))  # fmt: skip
    points = np.concatenate([ends[0][0][::-1], path, ends[1][0]])
    return points, np.concatenate([ends[0][1][::-1], radius, ends[1][1]])


def revolve(profile: FloatArray, points: int, closed: bool = False) -> Solid:
    """A turned solid about z.

    profile : [N, 2] mm, distance from the axis (above 0) and height. points : around the axis.
    closed  : whether the profile runs into itself, as of a washer; else its ends are capped flat.
    """
    turn = np.linspace(0.0, 2.0 * np.pi, points, endpoint=False) + _OFF_GRID
    circle = np.column_stack([np.cos(turn), np.sin(turn), np.zeros(points)])
    up = np.array([0.0, 0.0, 1.0])
    return sweep(profile[:, None, :1] * circle + profile[:, None, 1:] * up, closed)


def drill(solids: list[Solid], drills: list[Solid]) -> Solid:
    """The union of `solids` less everything that the `drills` take away."""
    whole, taken = (
        manifold3d.Manifold.batch_boolean([manifold(s) for s in group], manifold3d.OpType.Add)
        for group in (solids, drills)
    )
    return _solid(whole - taken)


def trim(solid: Solid, low: float, high: float) -> Solid:
    """What lies between two heights, mm."""
    body = manifold(solid).trim_by_plane((0.0, 0.0, 1.0), low)
    body = body.trim_by_plane((0.0, 0.0, -1.0), -high)
    return _solid(body.as_original().simplify(FINEST))


def merge(solids: list[Solid]) -> Solid:
    """The union of `solids` as one; they should touch."""
    parts = [manifold(solid) for solid in solids]
    whole = manifold3d.Manifold.batch_boolean(parts, manifold3d.OpType.Add)
    return _solid(whole.as_original().simplify(FINEST))


def join(solids: list[Solid], seats: list[Solid]) -> Mesh:
    """One metal body: the union of `solids` less the room that the stones take (`seats`).

    Returns a closed mesh with crease normals. Raises GeometryError when the parts do not all touch.
    """
    metal = manifold3d.Manifold.batch_boolean([manifold(s) for s in solids], manifold3d.OpType.Add)
    for seat in seats:
        metal -= manifold(seat)
    bodies = sorted(metal.decompose(), key=lambda body: -float(body.volume()))
    # A seat may cut a crumb off a prong; anything larger would be a floating part.
    if not bodies or sum(float(b.volume()) for b in bodies[1:]) > 1e-3 * float(bodies[0].volume()):
        raise GeometryError(
            "the parts of the mount do not touch; choose dimensions closer to usual"
        )
    # Without `as_original` seams between the parts would keep edges of a few nanometres.
    out = bodies[0].as_original().simplify(FINEST).to_mesh64()
    vertices, faces, normals = crease_normals(
        np.asarray(out.vert_properties, np.float64)[:, :3],
        np.asarray(out.tri_verts).astype(np.int32),
        CREASE_DEG,
    )
    return Mesh(vertices, faces, normals, True)


def manifold(solid: Solid) -> manifold3d.Manifold:
    """The solid for manifold3d; raises GeometryError when it is not closed."""
    mesh = manifold3d.Mesh64(solid.vertices, solid.faces.astype(np.uint64))
    made = manifold3d.Manifold(mesh)
    if made.status() != manifold3d.Error.NoError:
        raise GeometryError(f"a part of the mount is no closed solid ({made.status().name})")
    return made


def _solid(made: manifold3d.Manifold) -> Solid:
    out = made.to_mesh64()
    return Solid(  # a copy: what manifold3d gives out it does not take back
        np.array(out.vert_properties[:, :3], np.float64),
        np.asarray(out.tri_verts).astype(np.int32),
    )


def _outward(solid: Solid) -> Solid:
    a, b, c = np.moveaxis(solid.vertices[solid.faces], 1, 0)
    inside_out = np.einsum("ij,ij->", a - solid.vertices[0], np.cross(b - a, c - a)) < 0.0
    return Solid(solid.vertices, solid.faces[:, ::-1] if inside_out else solid.faces)

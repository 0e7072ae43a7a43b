"""Piece -> what rays meet: one mesh in one acceleration structure, and the facets of its stones.

Of the materials only which parts are gems matters here, so scenes of one piece in other metals,
other stones or other light share it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engine.trace.backend import mi, table
from engine.trace.creases import creases_of
from engine.trace.edges import Edges
from engine.trace.facets import Planes, planes_of
from engine.trace.polytope import Polytopes
from engine.types import Mesh, Piece

#: Mitsuba's own offset for float32: (1 + max |p|) 1500 ulp, some 0.1 µm per mm from the origin.
CLEARANCE = 1500 * 2.0**-24
#: Height over the ground, in such offsets, of a piece that rests on it.
LIFT = 2.0


@dataclass(frozen=True)
class Facets:
    """The facets of all stones, as the kernels read them; see `facets.Planes`.

    of_face : [F]. plane : [N * 4] flattened n, c. first : [P + 1]. convex : [P].
    flat    : [P] whether a part is a stone of flat facets, without shading normals.
    """

    of_face: Any
    plane: Any
    first: Any
    convex: Any
    flat: Any

    @staticmethod
    def create(found: Planes, flat: Any) -> Facets:
        # Dr.Jit does not gather from an empty array, not even under a mask of nothing.
        plane = np.concatenate([found.plane, np.zeros((1, 4))])
        return Facets(
            of_face=mi.UInt32(found.of_face.astype(np.uint32)),
            plane=table(plane),
            first=mi.UInt32(found.first.astype(np.uint32)),
            convex=mi.Bool(found.convex),
            flat=mi.Bool(flat),
        )


@dataclass(frozen=True)
class Geometry:
    """What rays meet.

    world     : Mitsuba scene that holds one mesh; ray intersection is all it is used for.
    mesh      : this mesh. face_part : [F] part of each triangle.
    closed    : [P] whether the part's surface is closed.
    edges     : of all parts but the stones.
    facets    : of the stones. polytopes : of those that are convex.
    """

    world: Any
    mesh: Any
    face_part: Any
    closed: Any
    edges: Edges
    facets: Facets
    polytopes: Polytopes


def compile_geometry(piece: Piece, gems: Sequence[bool]) -> Geometry:
    """Acceleration structure and facets of `piece`; call after `variant.activate`.

    gems : [P] whether each part is of a gem.
    A piece that rests on the ground, z = 0, is lifted off it by a few µm that nobody sees: a facet
    that lies in the very plane would let light out below the ground, or none at all.
    """
    piece = _lifted(piece)
    flat = [
        gem and piece.meshes[part.mesh].normals is None
        for gem, part in zip(gems, piece.parts, strict=True)
    ]
    vertices, normals, faces, face_part = _bake(piece)
    planes = planes_of(piece, flat)
    mesh = _mesh(vertices, normals, faces)
    creases = creases_of(vertices, normals, faces, ~np.array(gems, dtype=bool)[face_part])
    return Geometry(
        world=mi.load_dict({"type": "scene", "piece": mesh}),
        mesh=mesh,
        face_part=mi.UInt32(face_part),
        closed=mi.Bool([piece.meshes[part.mesh].closed for part in piece.parts]),
        edges=Edges(creases),
        facets=Facets.create(planes, flat),
        polytopes=Polytopes.create(piece, planes),
    )


def _bake(piece: Piece) -> tuple[Any, Any, Any, Any]:
    """All parts as one mesh: vertices [V, 3], normals [V, 3], faces [F, 3], part per face [F].

    Flat parts get three vertices per triangle, so that one kind of normal serves everything. A
    few thousand stones of a few hundred triangles fit easily; one mesh keeps every ray in one
    acceleration structure and every hit on one code path.
    """
    vertices, normals, faces, parts = [], [], [], []
    offset = 0
    for index, part in enumerate(piece.parts):
        mesh = piece.meshes[part.mesh]
        v, n, f = _shaded(mesh, piece.vertices(part), part.transform[:3, :3])
        vertices.append(v)
        normals.append(n)
        faces.append(f + offset)
        parts.append(np.full(len(f), index, dtype=np.uint32))
        offset += len(v)
    return (
        np.concatenate(vertices),
        np.concatenate(normals),
        np.concatenate(faces),
        np.concatenate(parts),
    )


def _shaded(mesh: Mesh, world: Any, rotation: Any) -> tuple[Any, Any, Any]:
    """Vertices in the piece's frame, their shading normals, and faces."""
    if mesh.normals is not None:
        return world, mesh.normals @ rotation.T, mesh.faces
    corners = world[mesh.faces]  # [F, 3, 3]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-30)
    faces = np.arange(3 * len(corners)).reshape(-1, 3)
    return corners.reshape(-1, 3), np.repeat(normal, 3, axis=0), faces


def _mesh(vertices: Any, normals: Any, faces: Any) -> Any:
    """A Mitsuba mesh; the only place that knows how its buffers are named."""
    mesh = mi.Mesh("piece", len(vertices), len(faces), has_vertex_normals=True)
    buffers = mi.traverse(mesh)
    buffers["vertex_positions"] = table(vertices)
    buffers["vertex_normals"] = table(normals)
    buffers["faces"] = mi.UInt32(faces.astype(np.uint32).ravel())
    buffers.update()
    return mesh


def _lifted(piece: Piece) -> Piece:
    """`piece`, a hair above the ground where it rests on it."""
    low, high = piece.bounds()
    height = LIFT * CLEARANCE * (1 + float(np.abs([low, high]).max()))
    if abs(low[2]) >= height:
        return piece
    up = np.eye(4)
    up[2, 3] = height - low[2]
    parts = tuple(replace(part, transform=up @ part.transform) for part in piece.parts)
    return replace(piece, parts=parts)

"""Triangles of one Rhino object."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from engine.cad.readers.polygons import triangulate
from engine.cad.readers.source import Blob
from engine.cad.readers.tidy import check_indices
from engine.types import FloatArray, IntArray

#: A SubD is subdivided this often, each time into four times the faces, ...
_SUBDIVISIONS = 3
#: ... unless it grows beyond this many faces.
_SUBDIVIDED_FACES = 400_000


class Unmeshed(Exception):
    """The object has a surface, but no mesh of it is in the file."""


def mesh_arrays(blob: Blob, part: str, geometry: Any) -> tuple[FloatArray, IntArray]:
    """Vertices [V, 3] and triangles [F, 3] of a mesh, brep, extrusion or SubD, in file units.

    Raises Unmeshed where a brep or an extrusion carries no render mesh, FileError for indices
    that lead nowhere.
    """
    vertices: list[FloatArray] = [np.zeros((0, 3))]
    faces: list[IntArray] = [np.zeros((0, 3), dtype=np.int32)]
    offset = 0
    for mesh in _meshes(geometry):
        if mesh is None:
            raise Unmeshed
        points, triangles = _one(blob, part, mesh)
        vertices.append(points)
        faces.append(triangles + np.int32(offset))
        offset += len(points)
    return np.concatenate(vertices), np.concatenate(faces)


def _meshes(geometry: Any) -> Iterator[Any]:
    """The meshes of an object, None where one is missing."""
    import rhino3dm

    kind = geometry.ObjectType.name
    if kind == "Mesh":
        yield geometry
    elif kind == "Brep":
        faces = geometry.Faces
        for index in range(len(faces)):
            yield faces[index].GetMesh(rhino3dm.MeshType.Any)
    elif kind == "Extrusion":
        yield geometry.GetMesh(rhino3dm.MeshType.Any)
    else:
        yield _control_net(geometry)


def _control_net(subd: Any) -> Any:
    """Mesh of a SubD: its control net, subdivided until it is close to the smooth surface."""
    import rhino3dm

    finer = subd.Duplicate()
    levels = _SUBDIVISIONS
    while levels and finer.FaceCount * 4**levels > _SUBDIVIDED_FACES:
        levels -= 1
    if levels:
        finer.Subdivide(levels)
    create: Any = rhino3dm.Mesh.CreateFromSubDControlNet  # the stub lacks an argument
    return create(finer, False)


def _one(blob: Blob, part: str, mesh: Any) -> tuple[FloatArray, IntArray]:
    points = [(p.X, p.Y, p.Z) for p in mesh.Vertices.ToPoint3dArray()]
    vertices = np.array(points, dtype=np.float64).reshape(-1, 3)
    faces = mesh.Faces
    corners = np.array([faces[i] for i in range(len(faces))], dtype=np.int64).reshape(-1, 4)
    check_indices(blob, part, corners, len(vertices))
    quad = corners[:, 2] != corners[:, 3]  # a triangle repeats its last corner
    keep = np.ones(corners.shape, dtype=bool)
    keep[:, 3] = quad
    return vertices, triangulate(vertices, corners[keep], np.where(quad, 4, 3))

"""The frame of a stone: table, length and breadth, however the file has turned it."""

from __future__ import annotations

import numpy as np

from engine.cad.cuts.recognise_facets import planar
from engine.cad.cuts.recognise_pose import pose
from engine.types import FloatArray, Mesh

#: A stone is longer than broad when its spread along both differs by more than this part.
ROUND = 0.02


def stone_frame(mesh: Mesh) -> FloatArray:
    """[3, 3] rows: unit vectors along the length, the breadth and out of the table, in the frame of
    the mesh.

    Where no table is found the frame's own z serves, and where no side is longer the frame's own x.
    """
    z = _upright(mesh)
    x = _across(np.array([1.0, 0.0, 0.0]), z)
    y = np.cross(z, x)
    points = mesh.vertices - mesh.vertices.mean(axis=0)
    spread = np.cov(np.stack([points @ x, points @ y]))
    value, vector = np.linalg.eigh(spread)
    if value[1] > (1 + ROUND) ** 2 * value[0]:
        a, b = vector[:, 1] * np.sign(vector[np.abs(vector[:, 1]).argmax(), 1])
        x = a * x + b * y
    return np.stack([x, np.cross(z, x), z])


def _upright(mesh: Mesh) -> FloatArray:
    """Unit vector out of the table."""
    found = planar(mesh.vertices, mesh.faces)
    standing = None if found is None else pose(found)
    if found is None or standing is None:
        return np.array([0.0, 0.0, 1.0])
    # The facets' normals before and after the stone was set upright.
    z = np.linalg.lstsq(found.normals, standing.planar.normals[:, 2], rcond=None)[0]
    return np.asarray(z / np.linalg.norm(z))


def _across(v: FloatArray, z: FloatArray) -> FloatArray:
    """Unit vector across z, near v; near y where v is along z."""
    if abs(v @ z) > 0.9:
        v = np.array([0.0, 1.0, 0.0])
    v = v - (v @ z) * z
    return np.asarray(v / np.linalg.norm(v))

"""PLY, ASCII and binary of either byte order: one mesh without names."""

from __future__ import annotations

import numpy as np

from engine.cad.raw import RawPart
from engine.cad.readers.ply_body import Table, read_body
from engine.cad.readers.ply_header import read_header
from engine.cad.readers.polygons import triangulate
from engine.cad.readers.source import MAX_TRIANGLES, Blob, Content
from engine.cad.readers.tidy import check_indices
from engine.types import FloatArray, IntArray


def read_ply(blob: Blob) -> Content:
    """A PLY file: one unnamed part. Colours, stored normals and other properties are not used.

    Raises FileError where it is cut off, and for triangle strips, point clouds and splats.
    """
    tables = read_body(blob, read_header(blob))
    if "tristrips" in tables:
        raise blob.error("triangle strips are not read; export the mesh as plain triangles.")
    if "vertex" not in tables or "face" not in tables:
        raise blob.error("it holds no faces (a point cloud?); export the piece as a mesh.")
    vertices = _vertices(blob, tables["vertex"])
    faces = _faces(blob, tables["face"], vertices)
    return Content((RawPart(blob.path.stem, vertices, faces),), named=False)


def _vertices(blob: Blob, table: Table) -> FloatArray:
    try:
        columns = [table.scalars[axis] for axis in "xyz"]
    except KeyError:
        raise blob.error("its vertices have no x, y and z; export the file again.") from None
    with np.errstate(invalid="ignore"):  # a signalling NaN is still a NaN: mending names its part
        return np.stack([column.astype(np.float64) for column in columns], axis=1)


def _faces(blob: Blob, table: Table, vertices: FloatArray) -> IntArray:
    found = table.lists.get("vertex_indices") or table.lists.get("vertex_index")
    if found is None or found[0].dtype.kind == "f":
        raise blob.error("its faces name no vertices; export the file again.")
    loops, sizes = found[0].astype(np.int64), found[1].astype(np.int64)
    if (sizes < 3).any():
        raise blob.error("a face has fewer than three corners; export the file again.")
    if len(loops) - 2 * len(sizes) > MAX_TRIANGLES:
        raise blob.error(
            f"it holds more than the {MAX_TRIANGLES} triangles that are read; export with a "
            "coarser mesh."
        )
    check_indices(blob, blob.path.stem, loops, len(vertices))
    return triangulate(vertices, loops, sizes)

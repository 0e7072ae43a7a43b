"""STL and PLY: triangles only, all parts in one."""

from __future__ import annotations

import numpy as np

from engine.cad.statement import statement
from engine.types import FloatArray, IntArray, Piece

_STL = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
_FACE = np.dtype([("count", "u1"), ("corners", "<i4", 3)])


def stl_bytes(piece: Piece) -> bytes:
    """Binary STL in millimetres, z up."""
    vertices, faces = _joined(piece)
    corners = vertices[faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    records = np.zeros(len(faces), dtype=_STL)
    records["normal"] = normals / np.where(lengths > 0, lengths, 1.0)
    records["corners"] = corners
    # A header that began with "solid" would pass for an ASCII file.
    header = f"culet: {statement(piece)}; millimetres".encode().ljust(80, b" ")
    return header + len(faces).to_bytes(4, "little") + records.tobytes()


def ply_bytes(piece: Piece) -> bytes:
    """Binary PLY in millimetres, z up."""
    vertices, faces = _joined(piece)
    header = (
        "ply\nformat binary_little_endian 1.0\ncomment culet: "
        f"{statement(piece)}; millimetres\n"
        f"element vertex {len(vertices)}\n"
        "property float x\nproperty float y\nproperty float z\n"
        f"element face {len(faces)}\nproperty list uchar int vertex_indices\nend_header\n"
    )
    records = np.zeros(len(faces), dtype=_FACE)
    records["count"] = 3
    records["corners"] = faces
    return header.encode() + vertices.astype("<f4").tobytes() + records.tobytes()


def _joined(piece: Piece) -> tuple[FloatArray, IntArray]:
    """Vertices [V, 3] and faces [F, 3] of all parts together."""
    vertices: list[FloatArray] = [np.zeros((0, 3))]
    faces: list[IntArray] = [np.zeros((0, 3), dtype=np.int32)]
    offset = 0
    for part in piece.parts:
        vertices.append(piece.vertices(part))
        faces.append(piece.meshes[part.mesh].faces + np.int32(offset))
        offset += len(vertices[-1])
    return np.concatenate(vertices), np.concatenate(faces)

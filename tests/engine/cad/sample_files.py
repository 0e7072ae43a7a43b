"""Small valid files of every format, made from scratch."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np

from engine.types import FloatArray, IntArray

#: A unit cube: corners [8, 3], and its six sides as quads [6, 4], outward.
CORNERS: FloatArray = np.array([[i & 1, i >> 1 & 1, i >> 2] for i in range(8)], dtype=np.float64)
QUADS: IntArray = np.array(
    [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]],
    dtype=np.int32,
)
TRIANGLES: IntArray = QUADS[:, [0, 1, 2, 0, 2, 3]].reshape(-1, 3)


def volume(vertices: FloatArray, faces: IntArray) -> float:
    """Signed volume: positive where a closed surface is oriented outward."""
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6)


def stl_binary(count: int | None = None, header: bytes = b"solid cube") -> bytes:
    """A cube; count overrides the declared number of triangles."""
    body = b"".join(struct.pack("<12fH", 0, 0, 0, *CORNERS[face].ravel(), 0) for face in TRIANGLES)
    return header.ljust(80) + struct.pack("<I", 12 if count is None else count) + body


def stl_ascii(name: str = "cube") -> bytes:
    """A cube as text."""
    facet = "facet normal 0 0 0\n outer loop\n{}{}{} endloop\nendfacet\n"
    rows = ["  vertex {:g} {:g} {:g}\n".format(*corner) for corner in CORNERS]
    facets = "".join(facet.format(*(rows[i] for i in face)) for face in TRIANGLES)
    return f"solid {name}\n{facets}endsolid {name}\n".encode()


def obj(head: str = "", faces: str | None = None) -> bytes:
    """A cube of quads, with `head` before its vertices and `faces` instead of its own."""
    points = "".join("v {:g} {:g} {:g}\n".format(*corner) for corner in CORNERS)
    quads = "".join("f {} {} {} {}\n".format(*(quad + 1)) for quad in QUADS)
    return (head + points + (quads if faces is None else faces)).encode()


def ply(order: str = "", triangle: bool = False) -> bytes:
    """A cube of quads (one of them as two triangles): order "" is ASCII, "<" or ">" binary."""
    name = {"": "ascii", "<": "binary_little_endian", ">": "binary_big_endian"}[order]
    loops = [list(map(int, quad)) for quad in QUADS]
    if triangle:
        a, b, c, d = loops.pop()
        loops += [[a, b, c], [a, c, d]]
    head = (
        f"ply\nformat {name} 1.0\ncomment cube\nelement vertex 8\n"
        "property float x\nproperty float y\nproperty float z\nproperty uchar red\n"
        f"element face {len(loops)}\nproperty list uchar int vertex_indices\nend_header\n"
    ).encode()
    if not order:
        rows = ["{:g} {:g} {:g} 255\n".format(*corner) for corner in CORNERS]
        rows += [" ".join(map(str, [len(loop), *loop])) + "\n" for loop in loops]
        return head + "".join(rows).encode()
    points = b"".join(struct.pack(f"{order}3fB", *corner, 255) for corner in CORNERS)
    faces = [struct.pack(f"{order}B{len(loop)}i", len(loop), *loop) for loop in loops]
    return head + points + b"".join(faces)


def gltf_model() -> tuple[dict[str, Any], bytes]:
    """The JSON of a cube under one node, and its binary data."""
    data = CORNERS.astype("<f4").tobytes() + TRIANGLES.astype("<u2").tobytes()
    model = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"name": "cube", "mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1, "material": 0}]}],
        "materials": [{"name": "Yellow Gold"}],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": 8, "type": "VEC3"},
            {"bufferView": 1, "componentType": 5123, "count": 36, "type": "SCALAR"},
        ],
        "bufferViews": [
            {"buffer": 0, "byteOffset": 0, "byteLength": 96},
            {"buffer": 0, "byteOffset": 96, "byteLength": 72},
        ],
        "buffers": [{"byteLength": len(data)}],
    }
    return model, data


def glb(model: dict[str, Any] | None = None, data: bytes | None = None) -> bytes:
    """The GLB of `model` with `data`; of `gltf_model` where they are left out."""
    own_model, own_data = gltf_model()
    text = json.dumps(own_model if model is None else model).encode()
    text += b" " * (-len(text) % 4)
    data = own_data if data is None else data
    data += b"\0" * (-len(data) % 4)
    length = 12 + 8 + len(text) + 8 + len(data)
    return (
        struct.pack("<4sII", b"glTF", 2, length)
        + struct.pack("<I4s", len(text), b"JSON")
        + text
        + struct.pack("<I4s", len(data), b"BIN\0")
        + data
    )


def gltf_with_buffer(uri: str) -> bytes:
    """A .gltf of that cube whose binary data lie at `uri`."""
    model, _ = gltf_model()
    model["buffers"][0]["uri"] = uri
    return json.dumps(model).encode()

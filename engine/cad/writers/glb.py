"""GLB: metres, y up; parts are named nodes under a node per layer; equal meshes are shared.

Source: Khronos, glTF 2.0 Specification (https://registry.khronos.org/glTF/specs/2.0/).
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.cad.statement import GENERATOR, KEY, statement
from engine.cad.writers.common import COLOURS, material_name
from engine.types import FloatArray, Mesh, Part, Piece, Role

_FLOAT, _UINT = 5126, 5125
_ARRAY_BUFFER, _ELEMENT_BUFFER = 34962, 34963
_METRES = 0.001
#: (x, y, z) with z up to (x, z, -y) with y up.
_Y_UP = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])


def glb_bytes(piece: Piece) -> bytes:
    """The piece as one GLB."""
    builder = _Builder(piece)
    for part in piece.parts:
        builder.add(part)
    return builder.finish()


class _Builder:
    """Collects the JSON and the binary chunk."""

    def __init__(self, piece: Piece) -> None:
        self.piece = piece
        self.binary = bytearray()
        self.views: list[dict[str, Any]] = []
        self.accessors: list[dict[str, Any]] = []
        self.meshes: list[dict[str, Any]] = []
        self.materials: list[dict[str, Any]] = []
        self.nodes: list[dict[str, Any]] = []
        self.roots: list[int] = []
        self.layers: dict[str, int] = {}
        self.geometry: dict[int, tuple[dict[str, int], int]] = {}  # attributes, indices
        self.mesh_ids: dict[tuple[int, int], int] = {}
        self.material_ids: dict[tuple[str, Role], int] = {}

    def add(self, part: Part) -> None:
        """One node that places the part's mesh."""
        matrix = np.eye(4)
        matrix[:3, :3] = _Y_UP @ part.transform[:3, :3] @ _Y_UP.T
        matrix[:3, 3] = _METRES * (_Y_UP @ part.transform[:3, 3])
        node = {"name": part.name, "mesh": self.mesh(part), "matrix": matrix.T.ravel().tolist()}
        siblings = self.siblings(part.layer)  # may append the node of the layer
        siblings.append(len(self.nodes))
        self.nodes.append(node)

    def siblings(self, layer: str) -> list[int]:
        """The list of nodes that a part of `layer` belongs to."""
        if not layer:
            return self.roots
        if layer not in self.layers:
            self.layers[layer] = len(self.nodes)
            self.roots.append(len(self.nodes))
            self.nodes.append({"name": layer, "children": []})
        children: list[int] = self.nodes[self.layers[layer]]["children"]
        return children

    def mesh(self, part: Part) -> int:
        """Index of the part's mesh in the part's material; geometry is shared."""
        material = self.material(part)
        key = (part.mesh, material)
        if key not in self.mesh_ids:
            if part.mesh not in self.geometry:
                self.geometry[part.mesh] = self.arrays(self.piece.meshes[part.mesh])
            attributes, indices = self.geometry[part.mesh]
            primitive = {"attributes": attributes, "indices": indices, "material": material}
            self.mesh_ids[key] = len(self.meshes)
            self.meshes.append({"name": f"mesh {part.mesh}", "primitives": [primitive]})
        return self.mesh_ids[key]

    def arrays(self, mesh: Mesh) -> tuple[dict[str, int], int]:
        """Accessors of a mesh: its attributes and its indices."""
        points = self.array(_METRES * (mesh.vertices @ _Y_UP.T), "<f4", _ARRAY_BUFFER)
        positions = np.frombuffer(bytes(self.binary[-mesh.vertices.size * 4 :]), "<f4")
        corners = positions.reshape(-1, 3)
        self.accessors[points] |= {
            "type": "VEC3",
            "min": corners.min(axis=0).tolist(),
            "max": corners.max(axis=0).tolist(),
        }
        attributes = {"POSITION": points}
        if mesh.normals is not None:
            turned = mesh.normals.astype(np.float64) @ _Y_UP.T
            attributes["NORMAL"] = self.array(turned, "<f4", _ARRAY_BUFFER)
            self.accessors[-1]["type"] = "VEC3"
        return attributes, self.array(mesh.faces.reshape(-1), "<u4", _ELEMENT_BUFFER)

    def array(self, values: FloatArray | npt.NDArray[np.int32], code: str, target: int) -> int:
        """A buffer view and an accessor for `values`."""
        data = values.astype(code).tobytes()
        self.views.append(
            {
                "buffer": 0,
                "byteOffset": len(self.binary),
                "byteLength": len(data),
                "target": target,
            }
        )
        self.binary += data
        self.accessors.append(
            {
                "bufferView": len(self.views) - 1,
                "componentType": _FLOAT if code == "<f4" else _UINT,
                "count": len(values),
                "type": "SCALAR",
            }
        )
        return len(self.accessors) - 1

    def material(self, part: Part) -> int:
        """A material of the part's name, in a colour guessed from its role."""
        key = (material_name(part), part.role)
        if key not in self.material_ids:
            metal = part.role == "metal"
            item: dict[str, Any] = {
                "pbrMetallicRoughness": {
                    "baseColorFactor": [*COLOURS[part.role], 1.0],
                    "metallicFactor": 1.0 if metal else 0.0,
                    "roughnessFactor": 0.1 if part.role in ("metal", "stone") else 0.4,
                }
            }
            if key[0]:
                item["name"] = key[0]
            self.material_ids[key] = len(self.materials)
            self.materials.append(item)
        return self.material_ids[key]

    def finish(self) -> bytes:
        """The container: header, JSON chunk, binary chunk, each padded to four bytes."""
        model = {
            "asset": {
                "version": "2.0",
                "generator": GENERATOR,
                "extras": {KEY: statement(self.piece)},
            },
            "scene": 0,
            "scenes": [{"name": self.piece.name, "nodes": self.roots}],
            "nodes": self.nodes,
            "meshes": self.meshes,
            "materials": self.materials,
            "accessors": self.accessors,
            "bufferViews": self.views,
            "buffers": [{"byteLength": len(self.binary)}],
        }
        text = json.dumps(model, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 4)
        binary = bytes(self.binary)  # float32 and uint32 only: already a multiple of four
        chunks = (
            len(text).to_bytes(4, "little") + b"JSON" + text,
            len(binary).to_bytes(4, "little") + b"BIN\0" + binary,
        )
        length = 12 + sum(map(len, chunks))
        return b"glTF" + (2).to_bytes(4, "little") + length.to_bytes(4, "little") + b"".join(chunks)

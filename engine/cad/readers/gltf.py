"""glTF 2.0 and GLB: the triangles of all nodes of the default scene."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.cad.looks import Look
from engine.cad.raw import RawPart
from engine.cad.readers.gltf_data import Accessors, compressed, split_glb
from engine.cad.readers.gltf_look import read_look
from engine.cad.readers.gltf_model import Gltf, Node, Primitive, parse_model
from engine.cad.readers.source import MAX_DEPTH, Blob, Content, Indices, skipped
from engine.cad.readers.tidy import check_indices, check_total, compact, placed
from engine.cad.statement import GENERATOR, KEY, NOTHING, parse
from engine.types import FloatArray, IntArray

#: Required extensions that do not change the triangles, beside all materials (KHR_materials_*).
_HARMLESS = {
    "KHR_lights_punctual",
    "KHR_mesh_quantization",
    "KHR_texture_basisu",
    "KHR_texture_transform",
    "EXT_texture_webp",
    "EXT_texture_avif",
    "KHR_xmp_json_ld",
}
_COMPRESSIONS = {"KHR_draco_mesh_compression": "Draco", "EXT_meshopt_compression": "meshopt"}
_TRIANGLES, _STRIP, _FAN = 4, 5, 6


def read_gltf(blob: Blob) -> Content:
    """A glTF or GLB file; one part for each primitive of each node's mesh.

    Vertices are in metres, y up, with the transforms of all nodes above applied. A part is named
    after its node or else its mesh; its layer is the path of the named nodes above it, joined by
    "::". Points and lines are skipped with a note; skins, morph targets and textures are not used.

    Raises FileError for compressed geometry and unknown required extensions, and for buffers
    outside the file's folder.
    """
    text, binary = split_glb(blob)
    model = parse_model(blob, text)
    if not model.asset.version.startswith("2."):
        raise blob.error(f"it is glTF {model.asset.version[:20]!r}; export it as glTF 2.0.")
    for name in model.extensionsRequired:
        if name in _COMPRESSIONS:
            raise compressed(blob, _COMPRESSIONS[name])
        if name not in _HARMLESS and not name.startswith("KHR_materials_"):
            raise blob.error(
                f"it requires the extension {name[:60]!r}, which is not read; export it without."
            )
    walker = _Walker(blob, model, Accessors(blob, model, binary))
    parts = walker.walk()
    said = model.asset.extras.get(KEY) if isinstance(model.asset.extras, dict) else None
    return Content(
        tuple(parts),
        unit="m",
        up="y",
        stated=parse(said) if isinstance(said, str) else NOTHING,
        notes=skipped(
            walker.skipped,
            "set of points or lines",
            "sets of points or lines",
            "nothing of the piece is lost",
        ),
    )


@dataclass(frozen=True, eq=False)
class _Visit:
    """A node that is to be visited. matrix : [4, 4] of the nodes above. path : their names."""

    node: int
    matrix: FloatArray
    path: tuple[str, ...]
    depth: int


class _Walker:
    """Walks through the tree of nodes and collects parts."""

    def __init__(self, blob: Blob, model: Gltf, accessors: Accessors) -> None:
        self.blob = blob
        self.model = model
        self.accessors = accessors
        self.meshes: dict[int, list[tuple[FloatArray, IntArray] | None]] = {}
        self.parts = 0
        self.triangles = 0  # of all instances
        self.unique = 0  # of all meshes
        self.skipped = 0

    def walk(self) -> list[RawPart]:
        """Parts in the order of the nodes. Every node has one parent at most: glTF 2.0, 3.5.2."""
        parts: list[RawPart] = []
        seen: set[int] = set()
        stack = [_Visit(node, np.eye(4), (), 0) for node in reversed(self.roots())]
        while stack:
            visit = stack.pop()
            if visit.node >= len(self.model.nodes):
                raise self.bad(f"node {visit.node} does not exist")
            if visit.node in seen or visit.depth > MAX_DEPTH:
                raise self.bad("a node contains itself, or nodes are nested too deeply")
            seen.add(visit.node)
            node = self.model.nodes[visit.node]
            with np.errstate(over="ignore", invalid="ignore"):  # mending names what is not finite
                matrix = visit.matrix @ _local(node)
            if node.mesh is not None:
                parts += self.mesh(node, matrix, "::".join(visit.path))
            path = (*visit.path, node.name) if node.name else visit.path
            stack += [_Visit(c, matrix, path, visit.depth + 1) for c in reversed(node.children)]
        return parts

    def roots(self) -> list[int]:
        """Nodes of the default scene; without scenes, all nodes that are nobody's child."""
        scenes = self.model.scenes
        if scenes:
            return scenes[min(self.model.scene, len(scenes) - 1)].nodes
        children = {child for node in self.model.nodes for child in node.children}
        return [index for index in range(len(self.model.nodes)) if index not in children]

    def mesh(self, node: Node, matrix: FloatArray, layer: str) -> list[RawPart]:
        """One part for each primitive with triangles of the mesh that `node` places."""
        assert node.mesh is not None
        if node.mesh >= len(self.model.meshes):
            raise self.bad(f"mesh {node.mesh} does not exist")
        if "EXT_mesh_gpu_instancing" in node.extensions:
            raise self.blob.error(
                "it uses EXT_mesh_gpu_instancing, which is not read; export it without instancing."
            )
        if node.mesh not in self.meshes:
            primitives = self.model.meshes[node.mesh].primitives
            self.meshes[node.mesh] = [self.primitive(primitive) for primitive in primitives]
        mesh = self.model.meshes[node.mesh]
        parts: list[RawPart] = []
        for primitive, found in zip(mesh.primitives, self.meshes[node.mesh], strict=True):
            if found is None:
                self.skipped += 1
                continue
            vertices, faces = placed(*found, matrix)
            material = self.material(primitive)
            name = node.name or mesh.name or layer.rpartition("::")[2] or material or "mesh"
            self.parts += 1
            self.triangles += len(faces)
            check_total(self.blob, self.parts, self.triangles)
            parts.append(RawPart(name, vertices, faces, layer, material, self.look(primitive)))
        return parts

    def material(self, primitive: Primitive) -> str | None:
        if primitive.material is None:
            return None
        if primitive.material >= len(self.model.materials):
            raise self.bad(f"material {primitive.material} does not exist")
        return self.model.materials[primitive.material].name or None

    def look(self, primitive: Primitive) -> Look | None:
        """How the primitive's material looks; in files of ours colours only show the roles."""
        if primitive.material is None or self.model.asset.generator == GENERATOR:
            return None
        material = self.model.materials[primitive.material]
        return read_look(material.pbrMetallicRoughness, material.extensions)

    def primitive(self, primitive: Primitive) -> tuple[FloatArray, IntArray] | None:
        """Vertices and faces of a primitive, None for points and lines."""
        if primitive.mode not in (_TRIANGLES, _STRIP, _FAN):
            return None
        position = primitive.attributes.get("POSITION")
        if position is None:
            raise self.bad("a mesh has no positions")
        for name, method in _COMPRESSIONS.items():
            if name in primitive.extensions and not self.plain(position):
                raise compressed(self.blob, method)
        values = self.accessors.array(position, "VEC3")
        if primitive.indices is None:
            count = len(values)
        else:
            order: Indices = self.accessors.array(primitive.indices, "SCALAR")[:, 0]
            if order.dtype.kind == "f":
                raise self.bad("indices of a mesh are no whole numbers")
            count = len(order)
        triangles = count // 3 if primitive.mode == _TRIANGLES else count - 2
        self.unique += max(triangles, 0)
        check_total(self.blob, self.parts, self.unique)
        if primitive.indices is None:
            order = np.arange(count)
        faces = _triangles(order, primitive.mode)
        check_indices(self.blob, f"accessor {position}", faces, len(values))
        own, local = compact(values, faces)
        with np.errstate(invalid="ignore"):
            scale = self.accessors.scale(position)
            points = own / np.float64(scale)
        # Normalised integers: glTF 2.0, 3.6.2.2.
        return np.maximum(points, -1.0) if scale > 1.0 else points, local

    def plain(self, accessor: int) -> bool:
        """Whether the accessor holds data of its own (a fallback beside the compressed form)."""
        accessors = self.model.accessors
        return accessor < len(accessors) and accessors[accessor].bufferView is not None

    def bad(self, what: str) -> Exception:
        return self.blob.error(f"{what}: the file is damaged; export it again.")


def _triangles(order: Indices, mode: int) -> Indices:
    """[F, 3] of a run of indices: glTF 2.0, 3.7.2.1."""
    count = max(len(order) - 2, 0)
    if mode == _TRIANGLES:
        return order[: len(order) // 3 * 3].reshape(-1, 3)
    step = np.arange(count)
    if mode == _FAN:
        corners = np.stack([step + 1, step + 2, np.zeros_like(step)], axis=1)
    else:
        odd = step % 2
        corners = np.stack([step, step + 1 + odd, step + 2 - odd], axis=1)
    return order[corners]


def _local(node: Node) -> FloatArray:
    """[4, 4] transform of a node: its matrix, or T R S."""
    if node.matrix is not None:
        return np.array(node.matrix).reshape(4, 4).T
    x, y, z, w = np.array(node.rotation) / (np.linalg.norm(node.rotation) or 1.0)
    rotation = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    matrix = np.eye(4)
    matrix[:3, :3] = rotation * np.array(node.scale)
    matrix[:3, 3] = node.translation
    return matrix

"""The parts of glTF 2.0's JSON that geometry needs, checked field by field.

Source: Khronos, glTF 2.0 Specification (https://registry.khronos.org/glTF/specs/2.0/).
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from engine.cad.readers.source import Blob, printable

Index = Annotated[int, Field(ge=0)]
Count = Annotated[int, Field(ge=0, le=2**40)]


class _Item(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False)


class Buffer(_Item):
    uri: str | None = None
    byteLength: Count


class BufferView(_Item):
    buffer: Index
    byteOffset: Count = 0
    byteLength: Count
    byteStride: Annotated[int, Field(ge=1, le=252)] | None = None
    extensions: dict[str, Any] = {}


class SparseIndices(_Item):
    bufferView: Index
    byteOffset: Count = 0
    componentType: int


class SparseValues(_Item):
    bufferView: Index
    byteOffset: Count = 0


class Sparse(_Item):
    count: Count
    indices: SparseIndices
    values: SparseValues


class Accessor(_Item):
    bufferView: Index | None = None
    byteOffset: Count = 0
    componentType: int
    normalized: bool = False
    count: Count
    type: str
    sparse: Sparse | None = None


class Primitive(_Item):
    attributes: dict[str, Index] = {}
    indices: Index | None = None
    material: Index | None = None
    mode: int = 4
    extensions: dict[str, Any] = {}


class MeshItem(_Item):
    name: str = ""
    primitives: list[Primitive] = []


class Material(_Item):
    name: str = ""
    pbrMetallicRoughness: Any = None
    extensions: Any = None


class Node(_Item):
    name: str = ""
    mesh: Index | None = None
    children: list[Index] = []
    matrix: Annotated[list[float], Field(min_length=16, max_length=16)] | None = None
    translation: tuple[float, float, float] = (0.0, 0.0, 0.0)
    rotation: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 1.0)
    scale: tuple[float, float, float] = (1.0, 1.0, 1.0)
    extensions: dict[str, Any] = {}


class SceneItem(_Item):
    nodes: list[Index] = []


class Asset(_Item):
    version: str
    generator: Any = None
    extras: Any = None


class Gltf(_Item):
    asset: Asset
    accessors: list[Accessor] = []
    buffers: list[Buffer] = []
    bufferViews: list[BufferView] = []
    materials: list[Material] = []
    meshes: list[MeshItem] = []
    nodes: list[Node] = []
    scenes: list[SceneItem] = []
    scene: Index = 0
    extensionsRequired: list[str] = []


def parse_model(blob: Blob, text: bytes) -> Gltf:
    """The model that the JSON describes. Raises FileError with the first wrong field."""
    try:
        return Gltf.model_validate_json(text)
    except ValidationError as problem:
        first = problem.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(step) for step in first["loc"]) or "its JSON"
        reason = first["msg"].replace("\n", " ")[:120]
        raise blob.error(
            f"it is no sound glTF 2.0: {printable(where)[:80]}: {reason}; export it again."
        ) from None

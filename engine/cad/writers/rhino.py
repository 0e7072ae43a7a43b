"""Rhino 3DM: one mesh object per part, in millimetres, with layers, names and materials."""

from __future__ import annotations

import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

from engine.cad.statement import KEY, statement
from engine.cad.writers.common import COLOURS, material_name
from engine.errors import FileError
from engine.types import Part, Piece, Role

#: Rhino 7 and later read it, and with them most programs that import 3DM.
_VERSION = 7


def rhino_bytes(piece: Piece) -> bytes:
    """The piece as a 3DM; parts without a layer go to one named after their role.

    Instances are written as separate meshes. Raises FileError where rhino3dm cannot write.
    """
    rhino3dm = _library()
    model = rhino3dm.File3dm()
    model.Settings.ModelUnitSystem = rhino3dm.UnitSystem.Millimeters
    model.Strings[KEY] = statement(piece)
    layers: dict[str, int] = {}
    materials: dict[tuple[str, Role], int] = {}
    for part in piece.parts:
        attributes = rhino3dm.ObjectAttributes()
        attributes.Name = part.name
        attributes.LayerIndex = _layer(model, layers, part.layer or part.role.capitalize())
        if name := material_name(part):
            attributes.MaterialIndex = _material(model, materials, name, part.role)
            attributes.MaterialSource = rhino3dm.ObjectMaterialSource.MaterialFromObject
        model.Objects.AddMesh(_mesh(piece, part), attributes)
    with tempfile.TemporaryDirectory(prefix="culet-") as folder:
        path = Path(folder) / "piece.3dm"
        if not model.Write(str(path), _VERSION):
            raise FileError("the 3DM could not be made; check the space on the disk.", file=path)
        return path.read_bytes()


def _library() -> Any:
    """rhino3dm, untyped: its stubs declare what can be set as read-only."""
    return import_module("rhino3dm")


def _mesh(piece: Piece, part: Part) -> Any:
    mesh = piece.meshes[part.mesh]
    result = _library().Mesh()
    result.Vertices.UseDoublePrecisionVertices = True
    for x, y, z in piece.vertices(part).tolist():
        result.Vertices.AddPoint3d(x, y, z)
    for a, b, c in mesh.faces.tolist():
        result.Faces.AddFace(a, b, c)
    if mesh.normals is not None:
        for x, y, z in (mesh.normals @ part.transform[:3, :3].T).tolist():
            result.Normals.Add(x, y, z)
    return result


def _layer(model: Any, layers: dict[str, int], path: str) -> int:
    """Index of the layer with this full path ("Ring::Stones"), made with all layers above it."""
    if path not in layers:
        above, _, name = path.rpartition("::")
        layer = _library().Layer()
        layer.Name = name
        if above:
            layer.ParentLayerId = model.Layers[_layer(model, layers, above)].Id
        layers[path] = model.Layers.Add(layer)
    return layers[path]


def _material(model: Any, materials: dict[tuple[str, Role], int], name: str, role: Role) -> int:
    if (name, role) not in materials:
        material = _library().Material()
        material.Name = name
        red, green, blue = (round(255 * value) for value in COLOURS[role])
        material.DiffuseColor = (red, green, blue, 255)
        materials[name, role] = model.Materials.Add(material)
    return materials[name, role]

"""Rhino 3DM: meshes, render meshes of breps and extrusions, SubDs, blocks; layers, materials."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engine.cad.raw import RawPart
from engine.cad.readers.isolate import isolated
from engine.cad.readers.rhino_mesh import Unmeshed, mesh_arrays
from engine.cad.readers.source import MAX_DEPTH, Blob, Content, skipped
from engine.cad.readers.tidy import check_total, placed
from engine.cad.statement import KEY, parse
from engine.types import FloatArray, IntArray, Note

#: Millimetres of the file units that have no name of their own in `RawModel.unit`.
_MILLIMETRES = {
    "Microns": 0.001,
    "Decimeters": 100.0,
    "Kilometers": 1e6,
    "Microinches": 25.4e-6,
    "Mils": 0.0254,
    "Feet": 304.8,
    "Yards": 914.4,
}
_UNITS = {"Millimeters": "mm", "Centimeters": "cm", "Meters": "m", "Inches": "inch"}
_MESHED = {"Mesh", "Brep", "Extrusion", "SubD"}
_SAVE_AGAIN = "save it again in Rhino, or export the piece as STL or OBJ."


def read_rhino(blob: Blob) -> Content:
    """A 3DM file; one part per object, one per object of every block instance.

    Objects and layers that are hidden, and what has no surface (curves, points, lights,
    annotations), are skipped with a note. SubDs come as their control net, subdivided.

    Raises FileError where a brep or extrusion carries no render mesh, and for damaged files.
    """
    return isolated(blob, "3dm", 30.0 + 2.0 * len(blob.data) / 1e6, _SAVE_AGAIN)


def parse_rhino(blob: Blob) -> Content:
    """`read_rhino` in this process; a damaged file may end or hang it."""
    import rhino3dm

    parse: Any = rhino3dm.File3dm.FromByteArray  # the stub asks for a list
    model = parse(blob.data)
    if model is None:
        raise blob.error(f"the file is damaged or from a newer Rhino than 8; {_SAVE_AGAIN}")
    return _Reader(blob, model).content()


@dataclass(frozen=True, eq=False)
class _Thing:
    """One object of the file, as it stands there."""

    key: str  # its id
    kind: str  # of geometry, as rhino3dm names it
    name: str
    layer: str  # full path
    hidden: bool
    material: str | None
    inherits: bool  # whether a block instance lends it its material
    geometry: Any
    block: str = ""  # id of the block that an instance places, ...
    matrix: FloatArray | None = None  # ... and how, [4, 4]


@dataclass(frozen=True, eq=False)
class _Place:
    """Where the walk through nested blocks stands."""

    matrix: FloatArray  # [4, 4] from the block to the model
    blocks: tuple[str, ...] = ()  # ids of the blocks around
    name: str = ""  # of the instance or its block
    material: str | None = None


class _Reader:
    """Walks through the objects of one model."""

    def __init__(self, blob: Blob, model: Any) -> None:
        self.blob = blob
        self.model = model
        self.layers = {layer.Index: layer for layer in model.Layers}
        self.parents = {str(layer.Id): layer for layer in model.Layers}
        self.materials = [material.Name for material in model.Materials]
        blocks = model.InstanceDefinitions
        self.blocks = {str(b.Id): (b.Name, [str(i) for i in b.GetObjectIds()]) for b in blocks}
        self.things: dict[str, _Thing] = {}
        self.meshes: dict[str, tuple[FloatArray, IntArray]] = {}
        self.skipped: Counter[str] = Counter()
        self.visits = 0
        self.triangles = 0

    def content(self) -> Content:
        top: list[_Thing] = []
        for item in self.model.Objects:
            thing = self.thing(item)
            self.things[thing.key] = thing
            if not item.Attributes.IsInstanceDefinitionObject:
                top.append(thing)
        place = _Place(np.eye(4))
        parts = tuple(part for thing in top for part in self.walk(thing, place))
        unit, factor, notes = self.unit()
        if factor != 1.0:
            parts = tuple(replace(part, vertices=part.vertices * factor) for part in parts)
        stated = parse(str(self.model.Strings[KEY] or ""))
        return Content(parts, unit=unit, notes=notes + self.notes(), stated=stated)

    def thing(self, item: Any) -> _Thing:
        """What the walk needs to know of an object, taken out of rhino3dm once."""
        attributes, geometry = item.Attributes, item.Geometry
        kind = "None" if geometry is None else geometry.ObjectType.name
        layer = self.layers.get(attributes.LayerIndex)
        source = attributes.MaterialSource.name
        index = attributes.MaterialIndex
        if source == "MaterialFromLayer":
            index = -1 if layer is None else layer.RenderMaterialIndex
        found = 0 <= index < len(self.materials) and source != "MaterialFromParent"
        instance = kind == "InstanceReference"
        return _Thing(
            key=str(attributes.Id),
            kind=kind,
            name=attributes.Name,
            layer="" if layer is None else str(layer.FullPath or layer.Name or ""),
            hidden=not attributes.Visible or attributes.Mode.name == "Hidden" or self.off(layer),
            material=(self.materials[index] or None) if found else None,
            inherits=source == "MaterialFromParent",
            geometry=geometry,
            block=str(geometry.ParentIdefId) if instance else "",
            matrix=np.array(geometry.Xform.ToFloatArray(True)).reshape(4, 4) if instance else None,
        )

    def off(self, layer: Any) -> bool:
        """Whether the layer, or one above it, is switched off."""
        for _ in range(MAX_DEPTH):
            if layer is None:
                return False
            if not layer.Visible:
                return True
            layer = self.parents.get(str(layer.ParentLayerId))
        return False

    def walk(self, thing: _Thing, place: _Place) -> Iterator[RawPart]:
        """Parts of one object: one, none, or all of a block instance."""
        self.visits += 1
        check_total(self.blob, self.visits, self.triangles)
        if thing.hidden:
            self.skipped["hidden"] += 1
        elif thing.kind == "InstanceReference":
            yield from self.instance(thing, place)
        elif thing.kind in _MESHED:
            yield self.part(thing, place)
        else:
            self.skipped["other"] += 1

    def instance(self, thing: _Thing, place: _Place) -> Iterator[RawPart]:
        """All parts of the block that `thing` places."""
        name, members = self.blocks.get(thing.block, ("", []))
        if not members or thing.matrix is None:
            self.skipped["linked"] += 1
            return
        if thing.block in place.blocks or len(place.blocks) >= MAX_DEPTH:
            raise self.blob.error(
                "the block contains itself, or blocks are nested too deeply; explode it in Rhino "
                "and save again.",
                part=name,
            )
        with np.errstate(over="ignore", invalid="ignore"):  # mending names what is not finite
            matrix = place.matrix @ thing.matrix
        inner = _Place(
            matrix=matrix,
            blocks=(*place.blocks, thing.block),
            name=thing.name or name or place.name,
            material=place.material if thing.inherits else thing.material,
        )
        for member in members:
            if member in self.things:
                yield from self.walk(self.things[member], inner)

    def part(self, thing: _Thing, place: _Place) -> RawPart:
        """The part that one object with a surface makes."""
        name = thing.name or place.name or thing.layer.rpartition("::")[2] or "object"
        if thing.key not in self.meshes:
            try:
                self.meshes[thing.key] = mesh_arrays(self.blob, name, thing.geometry)
            except Unmeshed:
                raise self.blob.error(
                    f"the object on layer '{thing.layer}' carries no render mesh; in Rhino switch "
                    "the viewport to Shaded, so that meshes are made, and save without 'Save "
                    "small' (or export the piece as STL).",
                    part=name,
                ) from None
        vertices, faces = self.meshes[thing.key]
        self.triangles += len(faces)
        check_total(self.blob, self.visits, self.triangles)
        vertices, faces = placed(vertices, faces, place.matrix)
        material = place.material if thing.inherits else thing.material
        return RawPart(name, vertices, faces, thing.layer, material)

    def unit(self) -> tuple[str | None, float, tuple[Note, ...]]:
        """The unit, the factor that brings vertices to it, and a note where it is unusual."""
        name = self.model.Settings.ModelUnitSystem.name
        if name in _UNITS:
            return _UNITS[name], 1.0, ()
        if name in _MILLIMETRES:
            note = Note("scale", f"the file's unit, {name.lower()}, was converted to millimetres")
            return "mm", _MILLIMETRES[name], (note,)
        return None, 1.0, (Note("scale", "the file names no unit that a piece could have"),)

    def notes(self) -> tuple[Note, ...]:
        count = self.skipped
        show = "show them in Rhino and save again if they belong to the piece"
        return (
            *skipped(count["hidden"], "hidden object", "hidden objects", show),
            *skipped(
                count["other"],
                "object without a surface (curve, point, light, text)",
                "objects without a surface (curves, points, lights, text)",
                "nothing of the piece is lost",
            ),
            *skipped(
                count["linked"],
                "instance of an empty or linked block",
                "instances of empty or linked blocks",
                "embed the block in Rhino if it belongs to the piece",
            ),
        )

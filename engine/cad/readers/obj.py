"""Wavefront OBJ: objects, groups, material names; polygons of any size."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

import numpy as np

from engine.cad.raw import RawPart
from engine.cad.readers.polygons import triangulate
from engine.cad.readers.source import (
    MAX_PARTS,
    MAX_TRIANGLES,
    MAX_VERTICES,
    Blob,
    Content,
    neighbour,
    printable,
)
from engine.cad.readers.tidy import compact
from engine.types import FloatArray, Note

_Key = tuple[str, str, str]  # object, group, material


@dataclass
class _Section:
    """Polygons under one object, group and material."""

    loops: array[int] = field(default_factory=lambda: array("q"))
    sizes: array[int] = field(default_factory=lambda: array("q"))


class _Parser:
    """The state that the lines of an OBJ file build up."""

    def __init__(self, blob: Blob) -> None:
        self.blob = blob
        self.coordinates = array("d")
        self.sections: dict[_Key, _Section] = {}
        self.key: _Key = ("", "", "")
        self.notes: list[Note] = []
        self.highest = (-1, 0)  # highest vertex index used, and its line
        self.triangles = 0

    def vertex(self, fields: list[bytes], line: int) -> None:
        try:
            x, y, z = map(float, fields[1:4])  # what follows may be a weight or a colour
        except ValueError:
            raise self.blob.error(
                "a vertex needs three numbers; export the file again.", line=line
            ) from None
        self.coordinates.extend((x, y, z))
        if len(self.coordinates) > 3 * MAX_VERTICES:
            raise self.blob.error(
                f"it holds more than the {MAX_VERTICES} vertices that are read; export with "
                "coarser meshes.",
                line=line,
            )

    def face(self, fields: list[bytes], line: int) -> None:
        count = len(self.coordinates) // 3
        try:
            corners = [int(corner.partition(b"/")[0]) for corner in fields[1:]]
        except ValueError:
            raise self.blob.error(
                "a face names a corner that is no number; export the file again.", line=line
            ) from None
        if len(corners) < 3:
            raise self.blob.error(
                "a face has fewer than three corners; export the file again.", line=line
            )
        # 1 is the first vertex of the file, -1 the latest one so far.
        corners = [i - 1 if i > 0 else count + i if i < 0 else -1 for i in corners]
        top = max(corners)
        if min(corners) < 0 or top >= 2**31 - 1:
            raise self.blob.error(_missing_vertex(), line=line)
        if top > self.highest[0]:
            self.highest = (top, line)
        self.triangles += len(corners) - 2
        if self.triangles > MAX_TRIANGLES:
            raise self.blob.error(
                f"it holds more than the {MAX_TRIANGLES} triangles that are read; export with "
                "coarser meshes.",
                line=line,
            )
        section = self.section(line)
        section.loops.extend(corners)
        section.sizes.append(len(corners))

    def section(self, line: int) -> _Section:
        found = self.sections.get(self.key)
        if found is None:
            if len(self.sections) >= MAX_PARTS:
                raise self.blob.error(
                    f"it holds more than the {MAX_PARTS} objects that are read; join some.",
                    line=line,
                )
            found = self.sections[self.key] = _Section()
        return found

    def state(self, word: bytes, name: str) -> None:
        thing, group, material = self.key
        if word == b"o":
            self.key = (name, group, material)
        elif word == b"g":
            self.key = (thing, "" if name == "default" else name, material)
        elif word == b"usemtl":
            self.key = (thing, group, name)
        elif word == b"mtllib":
            self.library(name)

    def library(self, name: str) -> None:
        """Only the material's name matters here, so its library need not even be there."""
        if not neighbour(self.blob, name, "material library").is_file():
            text = f"the material library '{printable(name)}' is missing; material names are kept"
            self.notes.append(Note("warning", text))


def read_obj(blob: Blob) -> Content:
    """An OBJ file: one part for each object, group and material that has faces.

    The part's name is the object's, or else the group's, or else the material's; its layer is
    the group's name when there is an object's name beside it. Lines, points and free-form
    surfaces are left out; stored normals and the contents of the MTL file are not used.
    """
    parser = _Parser(blob)
    surfaces = 0
    # A backslash joins lines; from there on, line numbers in errors count them as one.
    joined = Blob(blob.path, blob.data.replace(b"\\\r\n", b"  ").replace(b"\\\n", b"  "))
    for line, text in enumerate(joined.lines(), 1):
        fields = text.split()
        word = fields[0] if fields else b""
        if word == b"v":
            parser.vertex(fields, line)
        elif word == b"f":
            parser.face(fields, line)
        elif word in (b"o", b"g", b"usemtl", b"mtllib"):
            name = text.strip()[len(word) :].decode("utf-8", "replace").strip()
            parser.state(word, name)
        elif word in (b"surf", b"curv2"):
            surfaces += 1
    vertices = np.frombuffer(parser.coordinates, dtype=np.float64).reshape(-1, 3)
    if parser.highest[0] >= len(vertices):
        raise blob.error(_missing_vertex(), line=parser.highest[1])
    if surfaces and not parser.sections:
        raise blob.error("it holds free-form surfaces only; export it with polygon meshes.")
    parts = [
        _part(vertices, key, section, blob.path.stem) for key, section in parser.sections.items()
    ]
    return Content(tuple(parts), up="y", notes=tuple(parser.notes))


def _part(vertices: FloatArray, key: _Key, section: _Section, stem: str) -> RawPart:
    thing, group, material = key
    loops = np.frombuffer(section.loops, dtype=np.int64)
    sizes = np.frombuffer(section.sizes, dtype=np.int64)
    own, local = compact(vertices, loops)
    return RawPart(
        name=thing or group or material or stem,
        vertices=own,
        faces=triangulate(own, local, sizes),
        layer=group if thing and group != thing else "",
        material=material or None,
    )


def _missing_vertex() -> str:
    return "a face names a vertex that does not exist; export the file again."

"""Which reader a file needs: its content decides, its suffix only where that says nothing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

from engine.cad.cuts.gemcad_binary import is_gem
from engine.cad.raw import RawModel, RawPart
from engine.cad.readers.source import Blob, Content, load_blob
from engine.cad.readers.stl import is_ascii, is_binary
from engine.cad.readers.tidy import tidy
from engine.cad.statement import find
from engine.types import Note

#: What the suffixes of the formats that are read mean.
SUFFIXES = {
    ".stl": "stl",
    ".obj": "obj",
    ".ply": "ply",
    ".glb": "glb",
    ".gltf": "gltf",
    ".step": "step",
    ".stp": "step",
    ".3dm": "3dm",
    ".asc": "asc",
    ".gem": "gem",
}
_KNOWN = "STL, OBJ, PLY, GLB, glTF, STEP, 3DM or GemCad .asc and .gem"

#: First bytes of what people pass by mistake.
_OTHERS = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a ZIP archive (or 3MF)",
    b"\x1f\x8b": "a gzip archive",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"BLENDER": "a Blender file",
    b"Kaydara FBX": "an FBX file",
    b"\x7fELF": "a program",
    b"MZ": "a program",
    b"<!DOCTYPE": "a web page",
    b"<html": "a web page",
    b"<?xml": "an XML file",
}


def read(path: str | Path) -> RawModel:
    """Everything that a CAD file says about its parts, in the file's units and axes.

    path : STL, OBJ, PLY, GLB, glTF, STEP, 3DM or GemCad .asc or .gem.

    Raises FileError with one sentence for whatever is wrong with the file.
    """
    blob = load_blob(Path(path))
    format = _format(blob)
    content = tidy(blob, _reader(format)(blob))
    notes = content.notes
    declared = SUFFIXES.get(blob.path.suffix.lower())
    if declared is not None and declared != format:
        text = f"the name ends in '{blob.path.suffix}', but the content is {format}: read as such"
        notes = (Note("warning", text), *notes)
    return RawModel(
        path=blob.path,
        format=format,
        sha256=hashlib.sha256(blob.data).hexdigest(),
        unit=content.unit,
        up=content.up,
        parts=content.parts,
        named=content.named,
        notes=notes,
        stated=find(blob.data) if format in ("obj", "ply", "stl") else content.stated,
    )


def _format(blob: Blob) -> str:
    """The format of the file. Raises FileError where it is none that is read."""
    found = _by_content(blob.data)
    if found is not None:
        return found
    for magic, what in _OTHERS.items():
        if blob.data[: len(magic)].lower() == magic.lower():
            raise blob.error(f"this is {what}, no CAD file; export the piece as {_KNOWN}.")
    suffix = blob.path.suffix.lower()
    declared = SUFFIXES.get(suffix)
    if declared is None:
        raise blob.error(f"files of this kind are not read; export the piece as {_KNOWN}.")
    if declared in ("3dm", "step", "glb", "ply"):
        raise blob.error(
            f"the content is not {declared.upper()}, whatever the name says; export it again as "
            f"{_KNOWN}."
        )
    return declared


def _by_content(data: bytes) -> str | None:
    """The format that the content gives away, if any."""
    if data.startswith(b"3D Geometry File Format "):
        return "3dm"
    if data.startswith(b"glTF"):
        return "glb"
    if re.match(rb"ply\s", data):
        return "ply"
    head = data[:4096]
    if b"ISO-10303-21" in head:
        return "step"
    if re.match(rb"(\xef\xbb\xbf)?\s*\{", head) and b'"asset"' in data:
        return "gltf"
    if head.startswith(b"GemCad"):
        return "asc"
    if is_gem(data):
        return "gem"
    if is_binary(data) or is_ascii(data):
        return "stl"
    if re.search(rb"^v[ \t]+\S+[ \t]+\S+[ \t]+\S+", head, re.MULTILINE) and b"\0" not in head:
        return "obj"
    return None


def _reader(format: str) -> Callable[[Blob], Content]:
    """The function that reads `format`; each brings its own libraries along."""
    if format == "stl":
        from engine.cad.readers.stl import read_stl as reader
    elif format == "obj":
        from engine.cad.readers.obj import read_obj as reader
    elif format == "ply":
        from engine.cad.readers.ply import read_ply as reader
    elif format in ("glb", "gltf"):
        from engine.cad.readers.gltf import read_gltf as reader
    elif format == "step":
        from engine.cad.readers.step import read_step as reader
    elif format == "3dm":
        from engine.cad.readers.rhino import read_rhino as reader
    else:
        reader = _read_cut
    return reader


def _read_cut(blob: Blob) -> Content:
    """A GemCad cut: one stone."""
    from engine.cad.cuts import read_asc, read_gem, to_mesh

    cut = (read_asc if blob.data[:6] == b"GemCad" else read_gem)(blob.path)
    mesh = to_mesh(cut)
    return Content((RawPart(cut.name or blob.path.stem, mesh.vertices, mesh.faces),), unit="mm")

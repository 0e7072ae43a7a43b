"""`write`: a piece as a CAD file, whole or not at all."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

from engine.errors import FileError, GeometryError
from engine.types import Piece

#: What `write` can make; the first keeps most.
SUFFIXES = (".3dm", ".glb", ".obj", ".stl", ".ply")


def write(piece: Piece, path: str | Path) -> Path:
    """Write `piece` to `path`; the suffix chooses the format.

    .stl  binary, one file for all parts, mm, z up
    .ply  binary, one mesh for all parts, mm, z up
    .obj  with a .mtl beside it: objects named after parts, groups after layers, mm, y up
    .glb  nodes named after parts under nodes of layers, shared meshes, metres, y up
    .3dm  layers (or roles), object names, material names, mm, z up

    The material written is the part's own, or else the hint of the file it came from.

    Returns the path. Raises FileError for another suffix and where the file cannot be written,
    GeometryError for a piece without triangles. A file that was there is replaced in one step.
    """
    target = Path(path)
    for name, data in _files(piece, target).items():
        _replace(target.with_name(name), data)
    return target


def _files(piece: Piece, path: Path) -> dict[str, bytes]:
    """Contents by file name; the file that refers to others comes last."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise FileError(
            f"pieces are not written as '{suffix}'; choose {', '.join(SUFFIXES)}.", file=path
        )
    if not any(len(piece.meshes[part.mesh].faces) for part in piece.parts):
        raise GeometryError("the piece has no triangles to write; add a part to it.", file=path)
    if suffix in (".stl", ".ply"):
        from engine.cad.writers.plain import ply_bytes, stl_bytes

        return {path.name: stl_bytes(piece) if suffix == ".stl" else ply_bytes(piece)}
    if suffix == ".obj":
        from engine.cad.writers.obj import mtl_text, obj_text

        library = path.with_suffix(".mtl").name
        return {
            library: mtl_text(piece).encode(),
            path.name: obj_text(piece, library).encode(),
        }
    if suffix == ".glb":
        from engine.cad.writers.glb import glb_bytes

        return {path.name: glb_bytes(piece)}
    from engine.cad.writers.rhino import rhino_bytes

    return {path.name: rhino_bytes(piece)}


def _replace(path: Path, data: bytes) -> None:
    """Put `data` at `path` in one step: under another name first, then moved."""
    draft = path.with_name(f".{uuid.uuid4().hex}.part")
    try:
        try:
            with draft.open("xb") as stream:
                stream.write(data)
            os.replace(draft, path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as problem:
        raise FileError(
            f"the file cannot be written ({problem.strerror}); choose a folder that exists and "
            "that you may write to.",
            file=path,
        ) from None

"""What a file says before anybody interprets it: parts in the file's own units and axes.

`engine.cad.readers.read` makes a `RawModel`; mending, posing, units and roles come after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.cad.looks import Look
from engine.cad.statement import NOTHING, Statement
from engine.types import FloatArray, IntArray, Note


@dataclass(frozen=True, eq=False)
class RawPart:
    """One thing of a file, as it stands there.

    name     : unique within the model.
    vertices : [V, 3] float64 in file units and file axes; the transforms of all nodes and
               instances above it are applied. May hold NaN where the file does.
    faces    : [F, 3] int32, indices into `vertices`; counter-clockwise seen from outside also
               under a transform that mirrors.
    layer    : layer (full path) or group that holds it, or "".
    material : the material name the file gives, verbatim, or None.
    look     : how the file says that it looks, or None.
    """

    name: str
    vertices: FloatArray
    faces: IntArray
    layer: str = ""
    material: str | None = None
    look: Look | None = None


@dataclass(frozen=True, eq=False)
class RawModel:
    """All parts of a file.

    path   : as given. sha256 : of its bytes, hexadecimal.
    format : "stl", "obj", "ply", "glb", "gltf", "step", "3dm", "asc", "gem".
    unit   : "mm", "cm", "m" or "inch"; None where the format does not say.
    up     : "y" or "z": what the format means by up.
    parts  : at least one.
    named  : False where the format knows no parts (STL, PLY): one part holds everything, and
             whoever interprets it splits connected components.
    stated : what the file says of its piece.
    notes  : what was skipped or guessed while reading.
    """

    path: Path
    format: str
    sha256: str
    unit: str | None
    up: str
    parts: tuple[RawPart, ...]
    named: bool
    notes: tuple[Note, ...] = ()
    stated: Statement = NOTHING

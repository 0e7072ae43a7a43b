"""What flows through the loader between the file and the piece."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.cad.looks import Look
from engine.types import FloatArray, IntArray, Role


@dataclass(frozen=True)
class Repairs:
    """How often each step of mending had something to do in one part."""

    welded: int = 0
    degenerate: int = 0
    duplicate: int = 0
    turned: int = 0
    inside_out: int = 0
    filled: int = 0
    open_edges: int = 0
    crowded_edges: int = 0
    twisted: bool = False


@dataclass(frozen=True, eq=False)
class Body:
    """A part on its way: mended, in millimetres, along the file's axes.

    vertices : [V, 3] welded. faces : [F, 3], outward. closed : no open edge.
    name, layer, hint : as `engine.types.Part`. role, material, finish : once known. look : as the
    file says, its lengths in mm.
    """

    name: str
    vertices: FloatArray
    faces: IntArray
    closed: bool
    layer: str = ""
    hint: str | None = None
    role: Role = "metal"
    material: str | None = None
    look: Look | None = None
    finish: str | None = None
    repairs: Repairs = field(default_factory=Repairs)

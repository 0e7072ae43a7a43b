"""Sizes that jewelry does not have, and the piece at the size that was probably meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from engine.cad import scale
from engine.cad.check.report import Finding
from engine.types import Piece

#: No stone that is set is smaller, mm: the trade's smallest melee measure 0.7 mm (estimated).
SMALLEST_STONE_MM = 0.5


def wrong_scale(piece: Piece) -> Iterator[Finding]:
    """What the loader warns of, and stones too small to be seen."""
    sizes = _stone_sizes(piece)
    largest = max(sizes.values(), default=None)
    for note in scale.warnings(_span(piece), largest, piece.inside_mm, _unit(piece)):
        yield Finding("wrong-scale", "error", (), note.text)
    small = [name for name, size in sizes.items() if size < SMALLEST_STONE_MM]
    if small:
        least = min(sizes.values())
        more = f" and {len(small) - 1} more" if len(small) > 1 else ""
        text = (
            f"Stone '{small[0]}'{more} measures {least:.2g} mm, too small to be set; check the "
            "unit or choose a larger one."
        )
        yield Finding(
            "wrong-scale",
            "error",
            tuple(small),
            text,
            value=round(least, 4),
            limit=SMALLEST_STONE_MM,
        )


def as_meant(piece: Piece) -> tuple[Piece, float]:
    """The piece at its likely size, and the factor that brings it there; 1 where it is right."""
    factor = scale.likely_factor(_span(piece), piece.inside_mm, _unit(piece))
    if factor == 1.0:
        return piece, factor
    meshes = tuple(replace(mesh, vertices=mesh.vertices * factor) for mesh in piece.meshes)
    parts = []
    for part in piece.parts:
        place = part.transform.copy()
        place[:3, 3] *= factor
        parts.append(replace(part, transform=place))
    return replace(piece, meshes=meshes, parts=tuple(parts)), factor


def _unit(piece: Piece) -> str:
    return "mm" if piece.source is None else piece.source.unit


def _span(piece: Piece) -> float:
    return float(np.ptp(piece.bounds(), axis=0).max())


def _stone_sizes(piece: Piece) -> dict[str, float]:
    """Longest side of the box of each stone, mm, by the name of its part."""
    of_mesh = {
        part.mesh: float(np.ptp(piece.meshes[part.mesh].vertices, axis=0).max())
        for part in piece.parts
        if part.role == "stone"
    }
    return {part.name: of_mesh[part.mesh] for part in piece.parts if part.role == "stone"}

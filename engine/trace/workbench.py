"""Geometry that is kept from one scene to the next: other metals, stones and lights, one piece.

Nothing heavy is imported before a piece is compiled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.types import Piece
from materials import Finish

if TYPE_CHECKING:
    from engine.trace.geometry import Geometry


@dataclass(frozen=True, eq=False)
class _Made:
    """A geometry and what it was made of."""

    piece: Piece
    gems: tuple[bool, ...]
    dents: Mapping[str, Finish]
    variant: str
    geometry: Geometry


class Workbench:
    """Holds the geometry that was compiled last; see `engine.trace.trace`."""

    def __init__(self) -> None:
        self._made: _Made | None = None

    def geometry(
        self, piece: Piece, gems: Sequence[bool], dents: Mapping[str, Finish], variant: str
    ) -> Geometry:
        """See `compile_geometry`; made anew for another piece (not this very record), where other
        parts are gems or hammered, and for another variant, which must be the active one.

        dents : the finishes of hammered parts, by their names.
        """
        made, wanted = self._made, tuple(gems)
        if (
            made is None
            or made.piece is not piece
            or made.gems != wanted
            or made.dents != dents
            or made.variant != variant
        ):
            from engine.cad.hammer import hammered
            from engine.trace.geometry import compile_geometry

            self._made = None  # two large pieces need not fit into memory together
            geometry = compile_geometry(hammered(piece, dents), wanted)
            made = self._made = _Made(piece, wanted, dents, variant, geometry)
        return made.geometry

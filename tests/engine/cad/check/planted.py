"""Clean pieces, and the same with a fault planted in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from engine.cad.cuts import Shape
from engine.types import FloatArray, Kind, Mesh, Part, Piece
from scenes.pieces.assembly import GAP, Body, Placed, assemble, rooms
from scenes.pieces.ring import Setting
from scenes.pieces.solids import Solid, drill, join
from scenes.pieces.solitaire import Solitaire
from scenes.pieces.stones import stone

STONE_MM = 5.0


Corner = Sequence[float] | FloatArray


def shifted(x: float = 0.0, y: float = 0.0, z: float = 0.0) -> FloatArray:
    """[4, 4] motion by so many mm."""
    move = np.eye(4)
    move[:3, 3] = [x, y, z]
    return move


def block(low: Corner, high: Corner) -> Solid:
    """An upright box between two corners, mm."""
    corners = np.array([[i & 1, i >> 1 & 1, i >> 2] for i in range(8)], float)
    quads = [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]]
    faces = [[a, b, c] for q in quads for a, b, c in ((q[0], q[1], q[2]), (q[0], q[2], q[3]))]
    low_, high_ = np.array(low, float), np.array(high, float)
    return Solid(low_ + corners * (high_ - low_), np.array(faces, np.int32))


def solitaire(
    prongs: int = 4,
    missing: Sequence[int] = (),
    seat: float = GAP,
    more: Callable[[FloatArray], list[Solid]] | None = None,
    less: Callable[[Shape], list[Solid]] | None = None,
) -> Piece:
    """A solitaire of 5 mm.

    missing : prongs that are left out. seat : mm between stone and metal; negative cuts none.
    more : solids that are added in the piece's frame, from the place of the girdle's middle.
    less : solids that are taken from the mount, in the frame of the cut.
    """
    design = Solitaire(stone_mm=STONE_MM, prongs=prongs)
    shank, cut = design.shank(), stone("round", STONE_MM)
    setting = Setting("centre stone", cut, design.head(cut, STONE_MM, shank.outside))
    move = setting.transform()
    made = setting.head.solids(cut)
    kept = [solid.moved(move) for i, solid in enumerate(made) if i not in missing]
    solids = [shank.solid().moved(shifted(z=shank.outside)), *kept]
    if more is not None:
        solids += more(move[:3, 3])
    if less is not None:
        solids = [drill(solids, [solid.moved(move) for solid in less(cut)])]
    placed = Placed("centre stone", cut, move)
    taken = [] if seat < 0 else rooms([replace(placed, cut=cut.grown(seat - GAP))])
    return assemble("solitaire", "ring", [Body("metal", join(solids, taken))], [placed], 17.2)


@cache
def clean_solitaire(prongs: int = 4) -> Piece:
    """As it should be."""
    return solitaire(prongs)


def with_part_moved(piece: Piece, name: str, move: FloatArray) -> Piece:
    """The piece with one part moved by a motion [4, 4]."""
    parts = [replace(p, transform=move @ p.transform) if p.name == name else p for p in piece.parts]
    return replace(piece, parts=tuple(parts))


def with_metal(piece: Piece, name: str, mesh: Mesh, move: FloatArray | None = None) -> Piece:
    """The piece with one more metal part."""
    place = np.eye(4) if move is None else move
    part = Part(name, len(piece.meshes), place, "metal", layer="metal")
    return replace(piece, meshes=(*piece.meshes, mesh), parts=(*piece.parts, part))


def stones(*places: FloatArray, width: float = STONE_MM) -> Piece:
    """Loose stones."""
    cut = stone("round", width)
    placed = [Placed(f"stone {k}", cut, move) for k, move in enumerate(places, start=1)]
    return assemble("stones", "stone", [], placed)


def of_metal(*bodies: Body, kind: Kind = "other") -> Piece:
    """A piece without stones."""
    return assemble("metal", kind, bodies, [])

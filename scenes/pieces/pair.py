"""One earring or two: how they stand beside each other in a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from engine.cad.cuts import to_mesh
from engine.types import FloatArray, Piece
from scenes.pieces.assembly import Body, Placed, assemble
from scenes.pieces.motion import shift, turn

#: Air between two earrings, as part of the width of one.
_AIR = 0.25

_Thing = TypeVar("_Thing", Body, Placed)


def earrings(
    name: str, bodies: Sequence[Body], stones: Sequence[Placed], pair: bool, yaw_deg: float = 0.0
) -> Piece:
    """The earring, or with `pair` two of them side by side, sharing their meshes.

    bodies, stones : of one earring at rest, front to -y; it must be its own mirror image, as
    earrings that hang straight are. yaw_deg : how far its front turns to +x; those of a pair turn
    towards each other.
    """
    yaw = turn([0.0, 0.0, 1.0], np.radians(yaw_deg))
    if not pair:
        return assemble(name, "earring", *moved(yaw, bodies, stones))
    x = _across(moved(yaw, bodies, stones))
    aside = (1.0 + _AIR) * float(np.ptp(x)) / 2.0
    moves = {
        "left": shift(-aside - (x.min() + x.max()) / 2.0) @ yaw,
        "right": shift(aside + (x.min() + x.max()) / 2.0) @ np.linalg.inv(yaw),
    }
    return assemble(
        name,
        "earring",
        [_named(b, side, move) for side, move in moves.items() for b in bodies],
        [_named(s, side, move) for side, move in moves.items() for s in stones],
    )


def _across(things: tuple[list[Body], list[Placed]]) -> FloatArray:
    """x of all vertices, mm."""
    bodies, stones = things
    meshes = {id(s.cut): to_mesh(s.cut) for s in {id(s.cut): s for s in stones}.values()}
    placed = [(b.mesh, b.transform) for b in bodies]
    placed += [(meshes[id(s.cut)], s.transform) for s in stones]
    return np.concatenate([mesh.vertices @ move[0, :3] + move[0, 3] for mesh, move in placed])


def moved(
    move: FloatArray, bodies: Sequence[Body], stones: Sequence[Placed]
) -> tuple[list[Body], list[Placed]]:
    """All of them after a rigid motion, [4, 4]."""
    return ([replace(b, transform=move @ b.transform) for b in bodies],
            [replace(s, transform=move @ s.transform) for s in stones])  # fmt: skip


def _named(thing: _Thing, side: str, move: FloatArray) -> _Thing:
    return replace(thing, name=f"{side} {thing.name}", transform=move @ thing.transform)

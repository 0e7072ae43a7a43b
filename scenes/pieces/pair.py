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
_AIR = 0.35

_Thing = TypeVar("_Thing", Body, Placed)


def earrings(
    name: str, bodies: Sequence[Body], stones: Sequence[Placed], pair: bool, yaw_deg: float = 0.0
) -> Piece:
    """The earring, or with `pair` two of them side by side, sharing their meshes.

    bodies, stones : of one earring at rest, front to -y; it must be its own mirror image, as
    earrings that hang straight are. yaw_deg : how far a pair turns its fronts towards each other.
    """
    if not pair:
        return assemble(name, "earring", bodies, stones)
    yaw = turn([0.0, 0.0, 1.0], np.radians(yaw_deg))
    x = np.concatenate([
        b.mesh.vertices @ (yaw @ b.transform)[0, :3] + (yaw @ b.transform)[0, 3] for b in bodies
    ] + [to_mesh(s.cut).vertices @ (yaw @ s.transform)[0, :3] + (yaw @ s.transform)[0, 3]
         for s in stones])  # fmt: skip
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


def moved(
    move: FloatArray, bodies: Sequence[Body], stones: Sequence[Placed]
) -> tuple[list[Body], list[Placed]]:
    """All of them after a rigid motion, [4, 4]."""
    return ([replace(b, transform=move @ b.transform) for b in bodies],
            [replace(s, transform=move @ s.transform) for s in stones])  # fmt: skip


def _named(thing: _Thing, side: str, move: FloatArray) -> _Thing:
    return replace(thing, name=f"{side} {thing.name}", transform=move @ thing.transform)

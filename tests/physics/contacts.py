"""Stones and metal that touch, overlap or hide each other, as they do in files from CAD."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import trimesh

from engine.scene import Ground, Scene, View
from engine.types import Mesh, Piece, Role
from tests.engine.trace.pieces import brilliant, joined, placed, scene, smooth, studio

#: Pixels that are compared, and of the larger picture that is traced for each (per side).
PIXELS, SIDE = 16, 12

#: Height at which the pieces float, so that no part reaches the ground, mm.
UP = 4.5


def flat(solid: trimesh.Trimesh, name: str, role: Role, x: float, y: float = 0.0) -> Piece:
    """A solid with flat faces."""
    mesh = Mesh(np.array(solid.vertices), np.array(solid.faces, dtype=np.int32))
    return placed(mesh, name, role, (x, y, UP))


def cube(name: str, x: float, side: float = 4.0) -> Piece:
    """A stone with its faces along the axes, 4 mm in size.

    Stones that overlap are not of one size: where faces coincide, it depends on the processor
    which of them a ray is said to meet.
    """
    return flat(trimesh.creation.box((side, side, side)), name, "stone", x)


def gem(name: str, x: float, y: float = 0.0, z: float = UP) -> Piece:
    """A brilliant of 6.5 mm, girdle at height z."""
    return placed(brilliant().meshes[0], name, "stone", (x, y, z))


def corner(name: str, x: float) -> Piece:
    """A stone like an L seen from above, 4 mm in size: its inner corner is not convex."""
    block = trimesh.creation.box((4.0, 4.0, 4.0))
    gap = trimesh.creation.box((4.0, 4.0, 6.0))
    gap.apply_translation((1.5, -1.5, 0.0))
    return flat(trimesh.boolean.difference([block, gap]), name, "stone", x)


def cabochon(name: str, x: float) -> Piece:
    """A smooth stone, 6 by 5 by 3 mm."""
    ball = trimesh.creation.icosphere(4)
    ball.apply_scale((3.0, 2.5, 1.5))
    return placed(smooth(ball), name, "stone", (x, 0.0, UP))


def pin(x: float) -> Piece:
    """An upright metal wire, 0.8 mm thick: a prong without its seat."""
    return flat(trimesh.creation.cylinder(0.4, 5.0, sections=24), "pin", "metal", x)


CONTACTS: dict[str, Callable[[], Piece]] = {
    "a stone behind a stone": lambda: joined(gem("one", 0.0), gem("two", 0.5, 7.5)),
    "stones face to face": lambda: joined(cube("one", 0.0), cube("two", 4.0)),
    "cubes that overlap": lambda: joined(cube("one", 0.0), cube("two", 3.9, 3.9)),
    "stones that overlap": lambda: joined(gem("one", 0.0), gem("two", 6.3, 0.2)),
    "a hollow stone that overlaps": lambda: joined(corner("one", 0.0), cube("two", 3.75, 3.9)),
    "a prong that cuts in": lambda: joined(gem("one", 0.0), pin(3.6)),
    "a smooth stone": lambda: cabochon("one", 0.0),
    "a prong that holds a smooth stone": lambda: joined(cabochon("one", 0.0), pin(3.3)),
    "a prong between two stones": lambda: joined(gem("one", 0.0), gem("two", 6.4), pin(3.2)),
}


def lit(piece: Piece, colours: Sequence[str] = ("diamond", "ruby")) -> Scene:
    """The piece on a ground, its stones of different colours."""
    left = iter(colours)
    made_of = {
        part.name: "gold-18k-yellow" if part.role == "metal" else next(left) for part in piece.parts
    }
    return scene(
        piece,
        made_of,
        studio=studio(),
        ground=Ground("sweep", 0.4),
        view=View(25.0, 45.0, name="test"),
        size=(PIXELS * SIDE, PIXELS * SIDE),
    )

"""From bodies of metal and stones in their places to a piece."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from engine.cad.cuts import Shape
from engine.types import FloatArray, Kind, Mesh, Part, Piece, Role
from scenes.pieces.solids import Solid

#: Room between a stone and its seat, mm.
GAP = 0.015


def _here() -> FloatArray:
    return np.eye(4)


@dataclass(frozen=True, eq=False)
class Body:
    """A body of metal, or of what its role says: name of its part, mesh, [4, 4] to its place,
    layer in files.

    Bodies that are the same `Mesh` object, such as the links of a chain, share it in the piece.
    """

    name: str
    mesh: Mesh
    transform: FloatArray = field(default_factory=_here)
    layer: str = "metal"
    role: Role = "metal"


@dataclass(frozen=True, eq=False)
class Placed:
    """A stone or pearl in its place: name of its part, cut, [4, 4] from the cut's frame, role."""

    name: str
    cut: Shape
    transform: FloatArray
    role: Role = "stone"
    layer: str = "stones"


def rooms(stones: Sequence[Placed]) -> list[Solid]:
    """The room that the metal leaves to each stone."""
    made: dict[int, Solid] = {}
    for stone in stones:
        if id(stone.cut) not in made:
            mesh = stone.cut.grown(GAP).mesh()
            made[id(stone.cut)] = Solid(mesh.vertices, mesh.faces)
    return [made[id(stone.cut)].moved(stone.transform) for stone in stones]


def assemble(
    name: str,
    kind: Kind,
    bodies: Sequence[Body],
    stones: Sequence[Placed],
    inside: float | None = None,
) -> Piece:
    """The piece; what is the same `Mesh` or `Shape` object shares its mesh.

    inside : mm, inside diameter of a ring.
    """
    meshes: dict[int, tuple[int, Mesh]] = {}

    def number(thing: Mesh | Shape) -> int:
        if id(thing) not in meshes:
            mesh = thing if isinstance(thing, Mesh) else thing.mesh()
            meshes[id(thing)] = (len(meshes), mesh)
        return meshes[id(thing)][0]

    parts = [Part(b.name, number(b.mesh), b.transform, b.role, layer=b.layer) for b in bodies]
    parts += [Part(s.name, number(s.cut), s.transform, s.role, layer=s.layer) for s in stones]
    shared = tuple(mesh for _, mesh in meshes.values())
    return Piece(shared, tuple(parts), kind, name, inside_mm=inside)

"""A piece taken apart for the checks: its bodies (connected shells) and its stones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.cad.check.gem import Gem
from engine.cad.check.loops import Loops, find_loops
from engine.cad.check.surface import BoolArray, Boxes, Columns, distances, fine
from engine.cad.solid import signed_volume
from engine.cad.topology import boundary, components
from engine.types import FloatArray, IntArray, Mesh, Part, Piece


@dataclass(frozen=True, eq=False)
class Shell:
    """A connected surface of a mesh, in the mesh's frame.

    vertices : [V, 3] mm, welded. faces : [F, 3]. closed : no open edge. volume : mm3, negative
    where it bounds a cavity (or is inside out).
    """

    vertices: FloatArray
    faces: IntArray
    closed: bool
    volume: float

    @cached_property
    def loops(self) -> Loops:
        """What may be linked with others, in the mesh's frame."""
        return find_loops(self.vertices, self.faces) if self.closed else Loops(())


@dataclass(frozen=True, eq=False)
class Body:
    """A shell in its place: what could be picked up by itself, were it not held by others.

    part : it belongs to. shell : its surface. number, of : which of the part's shells it is.
    """

    part: Part
    shell: Shell
    number: int
    of: int

    @cached_property
    def vertices(self) -> FloatArray:
        """[V, 3] mm in the piece's frame."""
        return moved(self.shell.vertices, self.part.transform)

    @cached_property
    def triangles(self) -> FloatArray:
        """[F, 3, 3] mm in the piece's frame."""
        corners: FloatArray = self.vertices[self.shell.faces]
        return corners

    @cached_property
    def bounds(self) -> FloatArray:
        """[2, 3] lowest and highest corner."""
        return np.stack([self.vertices.min(axis=0), self.vertices.max(axis=0)])

    @cached_property
    def _boxes(self) -> Boxes:
        return Boxes(self.triangles)

    def near(self, bounds: FloatArray, reach: float) -> FloatArray:
        """[F, 3, 3] triangles that come within `reach` mm of a box [2, 3]."""
        low, high = bounds[0] - reach, bounds[1] + reach
        if (self.bounds[0] > high).any() or (self.bounds[1] < low).any():
            return np.zeros((0, 3, 3))
        found: FloatArray = self.triangles[self._boxes.meet(low, high)]
        return found

    @cached_property
    def _columns(self) -> Columns:
        return Columns(self.triangles)

    def holds(self, points: FloatArray) -> BoolArray:
        """[N] whether points lie inside."""
        found: BoolArray = ((points >= self.bounds[0]) & (points <= self.bounds[1])).all(axis=1)
        if found.any():
            found[found] = self._columns.holds(points[found])
        return found

    @property
    def middle(self) -> FloatArray:
        """[3] of its box."""
        centre: FloatArray = self.bounds.mean(axis=0)
        return centre

    @cached_property
    def loops(self) -> tuple[FloatArray, ...]:
        """Closed ways through it, [N, 3] mm each in the piece's frame."""
        return tuple(moved(way, self.part.transform) for way in self.shell.loops.closed)

    @property
    def title(self) -> str:
        """Name for sentences."""
        name = f"'{self.part.name}'"
        return name if self.of == 1 else f"body {self.number} of the {self.of} in {name}"


@dataclass(frozen=True, eq=False)
class Stone:
    """A stone in its place; `gem` is shared by equal ones."""

    part: Part
    gem: Gem

    @cached_property
    def vertices(self) -> FloatArray:
        """[V, 3] mm in the piece's frame."""
        return moved(self.gem.vertices, self.part.transform)

    @cached_property
    def bounds(self) -> FloatArray:
        """[2, 3] lowest and highest corner."""
        return np.stack([self.vertices.min(axis=0), self.vertices.max(axis=0)])

    @property
    def middle(self) -> FloatArray:
        """[3] of its box."""
        centre: FloatArray = self.bounds.mean(axis=0)
        return centre


@dataclass(frozen=True, eq=False)
class Survey:
    """What the checks look at. metal, others : bodies of metal; of pearls and all else but stones.
    stones : in the order of the file."""

    piece: Piece
    metal: tuple[Body, ...]
    others: tuple[Body, ...]
    stones: tuple[Stone, ...]

    @classmethod
    def of(cls, piece: Piece) -> Survey:
        """Take a piece apart; each mesh once."""
        used = {part.mesh for part in piece.parts if part.role != "stone"}
        shells = {mesh: _shells(piece.meshes[mesh]) for mesh in used}
        set_ = {part.mesh for part in piece.parts if part.role == "stone"}
        gems = {mesh: Gem.of(*welded(piece.meshes[mesh])) for mesh in set_}
        bodies = [
            Body(part, shell, number, len(shells[part.mesh]))
            for part in piece.parts
            if part.role != "stone"
            for number, shell in enumerate(shells[part.mesh], start=1)
        ]
        return cls(
            piece,
            tuple(body for body in bodies if body.part.role == "metal"),
            tuple(body for body in bodies if body.part.role != "metal"),
            tuple(Stone(p, gems[p.mesh]) for p in piece.parts if p.role == "stone"),
        )


def moved(points: FloatArray, transform: FloatArray) -> FloatArray:
    """Points [..., 3] after a rigid motion [4, 4]."""
    result: FloatArray = points @ transform[:3, :3].T + transform[:3, 3]
    return result


def inverse(transform: FloatArray) -> FloatArray:
    """The rigid motion [4, 4] that takes another back."""
    back = np.eye(4)
    back[:3, :3] = transform[:3, :3].T
    back[:3, 3] = -transform[:3, :3].T @ transform[:3, 3]
    return back


def gap(triangles: FloatArray, bodies: Sequence[Body]) -> float:
    """mm between triangles [F, 3, 3] and the nearest body, to a hundredth of its size."""
    low, high = triangles.min(axis=(0, 1)), triangles.max(axis=(0, 1))
    points = fine(triangles, 0.02 * float(np.linalg.norm(high - low))).points
    best = np.inf
    for body in bodies:
        apart = np.maximum(np.maximum(body.bounds[0] - high, low - body.bounds[1]), 0.0)
        if np.linalg.norm(apart) < best:
            step = 0.02 * float(np.linalg.norm(np.ptp(body.bounds, axis=0)))
            away = distances(points, fine(body.triangles, step), step)
            best = min(best, float(away.min()))
    return best


def welded(mesh: Mesh) -> tuple[FloatArray, IntArray]:
    """Vertices and faces with every point once, faces without area left out."""
    points = np.ascontiguousarray(mesh.vertices) + 0.0
    order = np.lexsort(points.T)
    first = np.ones(len(points), dtype=bool)
    first[1:] = (points[order[1:]] != points[order[:-1]]).any(axis=1)
    index = np.empty(len(points), np.int32)
    index[order] = np.cumsum(first) - 1
    faces = index[mesh.faces]
    a, b, c = faces.T
    return points[order[first]], faces[(a != b) & (b != c) & (c != a)]


def _shells(mesh: Mesh) -> tuple[Shell, ...]:
    """Connected shells, the largest first."""
    vertices, faces = welded(mesh)
    _, label = components(faces)
    order = np.argsort(label, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(label[order])) + 1)
    made = []
    for group in groups:
        used, index = np.unique(faces[group], return_inverse=True)
        local, own = vertices[used], index.reshape(-1, 3).astype(np.int32)
        volume = float(signed_volume(local, own).sum())
        made.append(Shell(local, own, not len(boundary(own)), volume))
    return tuple(sorted(made, key=lambda shell: -abs(shell.volume)))

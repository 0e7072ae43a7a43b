"""Where a ray leaves a convex stone, without a tree and without looking at every facet.

Seen from a point inside, a convex stone is the set g(x) <= 1 of its gauge (Minkowski functional)
g(x) = max_i m_i·x, facet i lying in the plane m_i·x = 1. Along a ray g is convex and piecewise
linear, so Newton's method from a point beyond the stone comes down to the exit in a few steps and
stops there exactly: every step takes the facet that is largest at the present point and moves to
its plane. Which facets can be largest depends on the direction from the centre alone; a map over
the faces of a cube lists them, one or two in most cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.trace.backend import dr, mi, table
from engine.trace.facets import Planes
from engine.types import FloatArray, Piece

#: Cells along the side of a cube's face.
SIDE = 32
CELLS = 6 * SIDE * SIDE
#: Steps after which a ray that rounding keeps at an edge takes what it has.
MOST_STEPS = 16
#: No facet.
NONE = 0xFFFFFFFF
#: Least step, of the stone's radius.
LEAST_STEP = 1e-7
#: How much smaller than the largest a facet may be and still be listed: what float32 may confuse.
SLACK = 1e-5


@dataclass(frozen=True)
class Polytopes:
    """The convex stones of a piece as the kernels read them.

    gauge : [N * 4] flattened m_i, in the piece's directions, per facet as in `compile.Facets`.
    frame : [P * 16] flattened rows: three axes of the map of each part, and its centre and radius.
    base  : [P] where the map of each part begins in `first`; parts of one mesh share one.
    first : where each cell's list begins. listed : facets of the mesh, cell by cell.
    """

    gauge: Any
    frame: Any
    base: Any
    first: Any
    listed: Any

    @staticmethod
    def create(piece: Piece, found: Planes) -> Polytopes:
        count = len(piece.parts)
        gauge = np.zeros((len(found.plane) + 1, 4))
        frame, base = np.zeros((count, 4, 4)), np.zeros(count)
        of_mesh: dict[int, int] = {}
        sizes, listed = [np.zeros(0, dtype=np.int64)], [np.zeros(1, dtype=np.int64)]
        for index in np.flatnonzero(found.convex):
            part = piece.parts[index]
            own = slice(found.first[index], found.first[index + 1])
            turn, vertices = part.transform[:3, :3], piece.vertices(part)
            centre = vertices.mean(axis=0)
            n, c = found.plane[own, :3], found.plane[own, 3]
            # A triangle without area has no plane: its term is never the largest.
            m = np.divide(n, (c - n @ centre)[:, None], out=np.zeros_like(n), where=n != 0)
            gauge[own, :3] = m
            frame[index, :3, :3] = turn.T
            frame[index, 3] = *centre, np.linalg.norm(vertices - centre, axis=1).max()
            if part.mesh not in of_mesh:
                of_mesh[part.mesh] = CELLS * len(of_mesh)
                cells = largest(m @ turn)
                sizes.append(cells.sum(axis=1))
                listed.append(np.nonzero(cells)[1])
            base[index] = of_mesh[part.mesh]
        # What stands before the first list keeps the array from being empty.
        first = 1 + np.concatenate([[0], np.cumsum(np.concatenate(sizes))])
        return Polytopes(
            gauge=table(gauge),
            frame=table(frame),
            base=mi.UInt32(base.astype(np.uint32)),
            first=mi.UInt32(first.astype(np.uint32)),
            listed=mi.UInt32(np.concatenate(listed).astype(np.uint32)),
        )


def largest(m: FloatArray) -> Any:
    """[CELLS, N] which of the gauge's terms m [N, 3] may be the largest in each cell of the map.

    Over a cell every term is linear in the cell's coordinates, so a term that is smaller than some
    other at all four corners is smaller everywhere.
    """
    edge = np.linspace(-1, 1, SIDE + 1)
    v, u = np.meshgrid(edge, edge, indexing="ij")
    kept = []
    for axis in range(3):
        for sign in (1.0, -1.0):
            x = np.stack([u, v, np.ones_like(u)], axis=-1)
            # (u, v, major axis) to (x, y, z): see `_cell`.
            x = np.roll(x, axis + 1, axis=-1)
            x[..., axis] *= sign
            value = x @ m.T
            corners = np.stack(
                [value[:-1, :-1], value[:-1, 1:], value[1:, :-1], value[1:, 1:]]
            ).reshape(4, SIDE * SIDE, -1)
            winners = np.concatenate(
                [corners.argmax(axis=2), corners.mean(axis=0).argmax(axis=1)[None]]
            )
            slack = SLACK * np.abs(corners).max()
            may = np.ones(corners.shape[1:], dtype=bool)
            for winner in winners:
                best = np.take_along_axis(corners, winner[None, :, None], axis=2)
                may &= (corners > best - slack).any(axis=0)
            kept.append(may)
    return np.concatenate(kept)


def _cell(x: Any) -> Any:
    """Cell of the map that the direction x lies in."""
    a = dr.abs(x)
    on_z = (a.z >= a.x) & (a.z >= a.y)
    on_y = ~on_z & (a.y >= a.x)
    major = dr.select(on_z, x.z, dr.select(on_y, x.y, x.x))
    u = dr.select(on_z, x.x, dr.select(on_y, x.z, x.y))
    v = dr.select(on_z, x.y, dr.select(on_y, x.x, x.z))
    axis = dr.select(on_z, mi.UInt32(2), dr.select(on_y, mi.UInt32(1), 0))
    face = 2 * axis + dr.select(major < 0, mi.UInt32(1), 0)
    scale = dr.rcp(dr.abs(major))
    column = dr.clip((u * scale + 1) * (SIDE / 2), 0, SIDE - 1)
    row = dr.clip((v * scale + 1) * (SIDE / 2), 0, SIDE - 1)
    return (face * SIDE + mi.UInt32(row)) * SIDE + mi.UInt32(column)


class Locator:
    """Finds exits from the convex stone that each walk is in.

    A plain class: Dr.Jit takes dataclasses for loop state, and nothing of this changes.
    """

    def __init__(self, tables: Polytopes, first: Any, part: Any, active: Any) -> None:
        rows = [dr.gather(mi.Vector4f, tables.frame, 4 * part + i, active) for i in range(4)]
        self.axes = [mi.Vector3f(row.x, row.y, row.z) for row in rows[:3]]
        self.centre, self.radius = mi.Point3f(rows[3].x, rows[3].y, rows[3].z), rows[3].w
        self.first = dr.gather(mi.UInt32, first, part, active)
        self.base = dr.gather(mi.UInt32, tables.base, part, active)
        self.least = LEAST_STEP * self.radius
        self.tables = tables

    def exit(self, o: Any, w: Any, hint: Any, active: Any) -> tuple[Any, Any]:
        """Facet through which the ray from o along w leaves, and its distance.

        hint : a facet to begin with, where it faces the ray; NONE is none. The distance is -1 where
        nothing is known: of rays that are not active, and of those that start on the far side of
        the facets that they face, by rounding.
        """
        o = mi.Vector3f(o - self.centre)
        b = dr.dot(o, w)
        t = dr.sqrt(dr.fmax(dr.square(b) - dr.dot(o, o) + dr.square(self.radius), 0)) - b
        hinted = active & (hint != NONE)
        _, guess = self._crossing(o, w, hint, hinted)
        better = hinted & (guess < t)
        facet = dr.select(better, hint, mi.UInt32(NONE))
        facet, t = self._newton(o, w, facet, dr.select(better, guess, t), active)
        return facet, dr.select(active & (facet != NONE), dr.fmax(t, 0), -1)

    def _crossing(self, x: Any, w: Any, facet: Any, active: Any) -> tuple[Any, Any]:
        """A facet's term of the gauge at x, and the distance to its plane along w; infinite where
        it does not face the ray."""
        m = dr.gather(mi.Vector4f, self.tables.gauge, facet, active)
        g = m.x * x.x + m.y * x.y + m.z * x.z
        along = m.x * w.x + m.y * w.y + m.z * w.z
        return g, dr.select(along > 0, (1 - g) / along, dr.inf)

    @dr.syntax
    def _newton(self, o: Any, w: Any, facet: Any, t: Any, active: Any) -> tuple[Any, Any]:
        """From the point at t, beyond the stone, back to where the ray leaves it."""
        steps = mi.UInt32(0)
        going = mi.Bool(active)
        while going:
            x = o + t * w
            there = mi.Vector3f([dr.dot(axis, x) for axis in self.axes])
            cell = self.base + _cell(there)
            k = dr.gather(mi.UInt32, self.tables.first, cell, going)
            end = dr.gather(mi.UInt32, self.tables.first, cell + 1, going)
            most = mi.Float(0)
            best = mi.UInt32(NONE)
            step = mi.Float(dr.inf)
            while k < end:
                i = self.first + dr.gather(mi.UInt32, self.tables.listed, k)
                g, to = self._crossing(x, w, i, mi.Bool(True))
                more = g > most
                most = dr.select(more, g, most)
                best = dr.select(more, i, best)
                step = dr.select(more, to, step)
                k += 1
            # Beyond the stone the largest facet faces the ray and lies behind: the step is back.
            known = dr.isfinite(step)
            nearer = known & ((facet == NONE) | ((best != facet) & (step < -self.least)))
            facet = dr.select(nearer, best, facet)
            t += dr.select(nearer, step, 0)
            steps += 1
            going &= nearer & (steps < MOST_STEPS)
        return facet, t

"""Which way each part is brushed: a frame per part, and coordinates along and across its lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.cad.axis import finger_centre
from engine.trace.backend import dr, mi, table
from engine.types import FloatArray, Part, Piece
from materials import Finish

#: How the lines of a part run: straight, in circles about an axis, away from it.
STRAIGHT, AROUND, AWAY = range(3)
#: A part whose hole is at least this wide against its own width is brushed around (estimated).
LEAST_HOLE = 0.4


@dataclass(frozen=True)
class Brush:
    """rows : [P * 16] flattened e1, e2, e3 with the part's centre along each, and the kind of lines
    with the radius, mm, at which a turn is measured. Straight lines run along e3, circles about
    it."""

    rows: Any

    @staticmethod
    def create(piece: Piece, finishes: Sequence[Finish]) -> Brush:
        """finishes : one per part."""
        rows = [_row(piece, p, f) for p, f in zip(piece.parts, finishes, strict=True)]
        return Brush(table(np.stack(rows)))

    def _local(self, p: Any, part: Any, active: Any) -> tuple[Any, ...]:
        """Axes, coordinates of p along them from the centre, kind and radius."""
        rows = [dr.gather(mi.Vector4f, self.rows, 4 * part + i, active) for i in range(4)]
        axes = [mi.Vector3f(row.x, row.y, row.z) for row in rows[:3]]
        x = [dr.dot(axis, mi.Vector3f(p)) - row.w for axis, row in zip(axes, rows, strict=False)]
        return (*axes, *x, rows[3].x, rows[3].y)

    def tangent(self, p: Any, n: Any, part: Any, active: Any) -> Any:
        """Unit vector along the lines on a surface of normal n at p; 0 where they run into it."""
        e1, e2, e3, x, y, _, kind, _ = self._local(p, part, active)
        around, away = y * e1 - x * e2, x * e1 + y * e2
        d = dr.select(kind == STRAIGHT, e3, dr.select(kind == AROUND, around, away))
        d = dr.normalize(mi.Vector3f(d))
        n = mi.Vector3f(n)
        d -= dr.dot(n, d) * n
        long = dr.squared_norm(d)
        return mi.Vector3f(dr.select(long > 1e-6, d * dr.rsqrt(dr.fmax(long, 1e-6)), 0))

    def coordinates(self, p: Any, part: Any, active: Any) -> tuple[Any, Any, Any]:
        """Two coordinates of p across the lines and one along them, mm."""
        _, _, _, x, y, z, kind, radius = self._local(p, part, active)
        r = dr.sqrt(dr.square(x) + dr.square(y))
        turn = dr.atan2(x, y) * radius  # the seam is opposite to e2: where a ring stands
        straight, around = kind == STRAIGHT, kind == AROUND
        return (
            dr.select(straight, x, dr.select(around, r, turn)),
            dr.select(straight, y, z),
            dr.select(straight, z, dr.select(around, turn, r)),
        )


def _row(piece: Piece, part: Part, finish: Finish) -> FloatArray:
    """[4, 4] numbers of a part."""
    if finish.kind != "brushed":
        return np.zeros((4, 4))
    v, finger = piece.vertices(part), finger_centre(piece)
    if not isinstance(finish.way, str):
        kind, axes, centre = STRAIGHT, _axes(np.array(finish.way)), np.zeros(3)
    elif finger is not None:
        kind, axes, centre = _on_ring(finger, finish.way)
    else:
        kind, axes, centre = _by_shape(v, finish.way)
    local = (v - centre) @ axes.T
    radius = float(np.median(np.hypot(local[:, 0], local[:, 1])))
    rows = np.zeros((4, 4))
    rows[:3, :3], rows[:3, 3], rows[3, :2] = axes, axes @ centre, (kind, radius)
    return rows


def _axes(e3: FloatArray) -> FloatArray:
    """Right-handed unit axes, the last along e3."""
    e3 = e3 / np.linalg.norm(e3)
    e1 = np.cross(np.eye(3)[np.argmin(np.abs(e3))], e3)
    e1 /= np.linalg.norm(e1)
    return np.stack([e1, np.cross(e3, e1), e3])


def _on_ring(finger: FloatArray, way: str) -> tuple[int, FloatArray, FloatArray]:
    """Around the finger; or away from the upright axis, as a signet's face is brushed."""
    if way == "radial":
        return AWAY, np.eye(3), finger
    return AROUND, np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]]), finger


def _by_shape(v: FloatArray, way: str) -> tuple[int, FloatArray, FloatArray]:
    """Around a part with a hole, else along its longest axis; or away from its thinnest one."""
    _, directions = np.linalg.eigh(np.cov((v - v.mean(axis=0)).T))
    local = v @ directions
    centre = directions @ (local.min(axis=0) / 2 + local.max(axis=0) / 2)
    thinnest, longest = directions[:, np.argsort(np.ptp(local, axis=0))[[0, 2]]].T
    axes = _axes(thinnest)
    if way == "radial":
        return AWAY, axes, centre
    r = np.hypot(*((v - centre) @ axes[:2].T).T)
    if r.min() > LEAST_HOLE * r.max():
        return AROUND, axes, centre
    return STRAIGHT, _axes(longest), centre

"""Inclusions in stones: small ellipsoids that dim the light that crosses them.

The optical depth of a straight way is exact: in the space in which an ellipsoid is the unit ball,
the way is straight too, and what of it lies in the ball is the chord, cut at the way's ends. Depths
of the parts of a way add up to that of the whole. What an inclusion scatters is left out: it takes
light away, the same of every wavelength, and sends none back, so bright, glittering feathers and
the sheen of silk are not seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine import optics
from engine.cad.clarity import grade_of
from engine.cad.inclusions import Body, inclusions
from engine.optics.dispersion import LINE_D
from engine.trace.backend import dr, mi, table
from engine.types import FloatArray, Piece
from materials import Material

#: What tells corundum from all other gems, as gemmologists do: specific gravity and ordinary index.
CORUNDUM = ((3.9, 4.1), (1.755, 1.785))


@dataclass(frozen=True)
class Inclusions:
    """The inclusions of a piece, as the kernels read them.

    rows    : [B * 12] flattened: three coordinates of a point, in the space in which the ellipsoid
    is the unit ball, as a direction and an offset. density : [B] optical depth per mm.
    first   : [P + 1] where those of each part begin.
    """

    rows: Any
    density: Any
    first: Any

    @staticmethod
    def create(
        piece: Piece,
        made_of: Sequence[Material],
        frames: Sequence[FloatArray],
        stones: Sequence[FloatArray],
        clarity: Mapping[str, str],
    ) -> Inclusions | None:
        """made_of : [P] material of each part. frames : [P] unit vectors along alpha, beta and the
        optic axis; stones : [P] those of the stone's own frame. clarity : see `Scene.clarity`.
        None where nothing is included."""
        rows: list[FloatArray] = []
        density: list[float] = []
        first = [0]
        for part, material, frame, stone in zip(piece.parts, made_of, frames, stones, strict=True):
            grade = grade_of(clarity, part.name)
            if not grade.flawless:
                points = piece.vertices(part) @ stone.T
                silk = is_corundum(material)
                found = inclusions(points, frame @ stone.T, grade, silk, part.name)
                rows += [_rows(body, stone) for body in found]
                density += [body.density for body in found]
            first.append(len(density))
        if not density:
            return None
        return Inclusions(table(rows), table(density), mi.UInt32(first))


class Bodies:
    """The inclusions of the stone that each walk is in; a plain class, as `Stone` is."""

    def __init__(self, all_: Inclusions, part: Any, active: Any) -> None:
        self.all = all_
        self.first = dr.gather(mi.UInt32, all_.first, part, active)
        self.end = dr.gather(mi.UInt32, all_.first, part + 1, active)

    @dr.syntax
    def depth(self, o: Any, w: Any, t: Any) -> Any:
        """Optical depth of t mm from o along w."""
        o, w = mi.Vector3f(o), mi.Vector3f(w)
        found = mi.Float(0)
        i = mi.UInt32(self.first)
        while i < self.end:
            rows = [dr.gather(mi.Vector4f, self.all.rows, 3 * i + k) for k in range(3)]
            across = [mi.Vector3f(row.x, row.y, row.z) for row in rows]
            P = mi.Vector3f([dr.dot(across[k], o) + rows[k].w for k in range(3)])
            D = mi.Vector3f([dr.dot(x, w) for x in across])
            D2 = dr.squared_norm(D)
            middle = -dr.dot(P, D) / D2
            half = dr.sqrt(dr.fmax((1 - dr.squared_norm(P + middle * D)) / D2, 0))
            chord = dr.fmin(middle + half, t) - dr.fmax(middle - half, 0)
            found += dr.gather(mi.Float, self.all.density, i) * dr.fmax(chord, 0)
            i += 1
        return found


def is_corundum(material: Material) -> bool:
    """Whether a gem is ruby or sapphire, and so may have silk."""
    crystal = optics.crystal_table(material)
    if crystal is None:
        return False
    n = float(np.interp(LINE_D, optics.WAVELENGTHS, crystal.n[0]))
    (light, heavy), (low, high) = CORUNDUM
    return light < material.density < heavy and low < n < high


def _rows(body: Body, stone: FloatArray) -> FloatArray:
    """[3, 4] of `Inclusions.rows`; the body is in the frame of the stone."""
    to_ball = body.axes / body.half[:, None]
    return np.concatenate([to_ball @ stone, -(to_ball @ body.centre)[:, None]], axis=1)

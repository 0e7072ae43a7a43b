"""Zones of colour in stones: how much of a way through a stone lies in its second colour.

The share f of the second colour is linear between nodes along one coordinate, so its integral along
a straight way is known exactly. Around a prism the coordinate is the largest of six, each linear
along the way: it is cut where another one takes over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np

from engine.trace.backend import dr, mi, table
from engine.types import FloatArray, Piece
from materials import Material
from materials.zoning import Zoning

#: Nodes of a profile; the stone's middle is the one in the middle. Beyond the ends they hold.
NODES = 256
#: Sides of the hexagon that a straight way can cross.
PIECES = 4
#: Ways shorter than this, in nodes, are taken at the share in their middle.
SHORT = 1e-2
NOWHERE = -1e9


@dataclass(frozen=True)
class Zones:
    """The zoned stones of a piece, as the kernels read them.

    profile : [P * NODES * 2] flattened: f at each node, and its integral from the middle. lines :
    [P * 12] flattened: three coordinates of a point, in nodes, as a direction and an offset.
    planar, zoned : [P] whether only the first of the three counts; whether there are zones at all.
    prisms  : whether any stone has a hexagonal pattern.
    """

    profile: Any
    lines: Any
    planar: Any
    zoned: Any
    prisms: bool

    @staticmethod
    def create(
        piece: Piece, made_of: Sequence[Material], frames: Sequence[FloatArray], length: Any
    ) -> Zones | None:
        """made_of : [P] material of each part. frames : [P] unit vectors along alpha, beta and the
        optic axis. length : [P] along the stone's length. None where nothing is zoned."""
        zonings = [material.zoning for material in made_of]
        if all(zoning is None for zoning in zonings):
            return None
        profiles, lines = [], []
        for part, zoning, frame, along in zip(piece.parts, zonings, frames, length, strict=True):
            profiles.append(_profile(zoning, crc32(part.name.encode())))
            lines.append(_lines(zoning, frame, along, piece.vertices(part)))
        return Zones(
            profile=table(profiles),
            lines=table(lines),
            planar=mi.Bool([z is None or z.pattern != "hexagonal" for z in zonings]),
            zoned=mi.Bool([z is not None for z in zonings]),
            prisms=any(z is not None and z.pattern == "hexagonal" for z in zonings),
        )

    def second(self, part: Any, o: Any, w: Any, t: Any, active: Any) -> Any:
        """Millimetres of the way from o, t along w, that lie in the second colour."""
        active = active & dr.gather(mi.Bool, self.zoned, part, active)
        rows = [dr.gather(mi.Vector4f, self.lines, 3 * part + i, active) for i in range(3)]
        across = [mi.Vector3f(r.x, r.y, r.z) for r in rows]
        start = [dr.dot(x, mi.Vector3f(o)) + r.w for x, r in zip(across, rows, strict=True)]
        slope = [dr.dot(x, w) for x in across]
        t = dr.select(active, t, 0)
        if not self.prisms:
            return self._piece(part, start[0], slope[0], t, active)
        planar = dr.gather(mi.Bool, self.planar, part, active)
        a, b = [start[0]], [slope[0]]
        for sign, i in ((-1, 0), (1, 1), (-1, 1), (1, 2), (-1, 2)):
            a.append(dr.select(planar, NOWHERE, sign * start[i]))
            b.append(dr.select(planar, 0, sign * slope[i]))
        return self._around(part, a, b, t, active)

    def _around(self, part: Any, a: list[Any], b: list[Any], t: Any, active: Any) -> Any:
        """As `second`, of the largest of the coordinates a + b s."""
        here, rise = a[0], b[0]
        for ai, bi in zip(a[1:], b[1:], strict=True):
            larger = (ai > here) | ((ai == here) & (bi > rise))
            here, rise = dr.select(larger, ai, here), dr.select(larger, bi, rise)
        s, found = mi.Float(0), mi.Float(0)
        for _ in range(PIECES):
            end, next_a, next_b = mi.Float(t), here, rise
            for ai, bi in zip(a, b, strict=True):
                cut = (here - ai) / dr.fmax(bi - rise, 1e-9)
                sooner = (bi > rise + 1e-7) & (cut < end)
                end = dr.select(sooner, dr.fmax(cut, s), end)
                next_a, next_b = dr.select(sooner, ai, next_a), dr.select(sooner, bi, next_b)
            found += self._piece(part, here + rise * s, rise, end - s, active)
            s, here, rise = end, next_a, next_b
        return found

    def _piece(self, part: Any, u: Any, rise: Any, t: Any, active: Any) -> Any:
        """As `second`, over a way along which the coordinate is u + rise s."""
        end = u + rise * t
        _, low = self._at(part, u, active)
        middle, _ = self._at(part, 0.5 * (u + end), active)
        _, high = self._at(part, end, active)
        short = dr.abs(end - u) < SHORT
        return dr.select(short, middle * t, (high - low) / dr.select(short, 1, rise))

    def _at(self, part: Any, u: Any, active: Any) -> tuple[Any, Any]:
        """Share of the second colour at the coordinate u, and its integral from 0."""
        x = dr.clip(u + NODES // 2, 0, NODES - 1)
        i = dr.minimum(mi.UInt32(x), NODES - 2)
        at = part * NODES + i
        low = dr.gather(mi.Vector2f, self.profile, at, active)
        high = dr.gather(mi.Vector2f, self.profile, at + 1, active)
        δ = x - mi.Float(i)
        f = dr.lerp(low.x, high.x, δ)
        beyond = u + NODES // 2 - x
        return f, low.y + δ * (low.x + 0.5 * δ * (high.x - low.x)) + beyond * f


def _profile(zoning: Zoning | None, seed: int) -> FloatArray:
    """[NODES, 2] share of the second colour, and its integral from the middle."""
    f = np.zeros(NODES)
    if zoning is not None and zoning.pattern == "ends":
        f = np.where(np.arange(NODES) < NODES // 2, -0.5, 0.5)
    elif zoning is not None:
        strength = np.random.default_rng(seed).uniform(0.3, 1.0, NODES)
        f = 0.5 * strength * (-1.0) ** np.arange(NODES)
    f = f * (0.0 if zoning is None else zoning.contrast) + 0.5
    integral = np.concatenate([[0.0], np.cumsum((f[1:] + f[:-1]) / 2)])
    return np.stack([f, integral - integral[NODES // 2]], axis=1)


def _lines(
    zoning: Zoning | None, frame: FloatArray, along: FloatArray, vertices: FloatArray
) -> FloatArray:
    """[3, 4] directions and offsets of the coordinates, in nodes from the stone's middle."""
    if zoning is None:
        return np.zeros((3, 4))
    turns = np.radians([0.0, 60.0, 120.0])[:, None]
    across = np.cos(turns) * frame[0] + np.sin(turns) * frame[1]
    if zoning.pattern == "ends":
        across[0] = along
    across = across / zoning.spacing_mm
    middle = (vertices.min(axis=0) + vertices.max(axis=0)) / 2
    offset = -across @ middle
    if zoning.pattern == "ends":
        offset[0] -= 0.5  # the colours meet in the middle, half-way between two nodes
    return np.column_stack([across, offset])

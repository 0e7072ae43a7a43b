"""The head: prongs and rails that hold one stone, in the frame of its cut (girdle at z = 0)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.cad.cuts import Girdle, Shape
from engine.types import FloatArray
from scenes.pieces.outline import along, around_tip, tips
from scenes.pieces.solids import Solid, round_ends, tube

#: How far the girdle sinks into a prong, as part of the prong's radius; the seat is cut there.
BITE = 0.45

#: Height of a prong's axis above the crown it lies on, as part of the tip's radius: the rest is
#: cut away by the seat, so that the tip rests on the crown with a flat.
LIFT = 0.50

# A V prong's wire as part of a prong's, and how much of its radius lies over the girdle.
_CLAW, _OVER = 0.9, 0.62

# Where prongs stand beside the tips of a stone with one tip or two: parts of the way around.
_BESIDE = {
    1: np.array([0.24, 0.41, 0.59, 0.76]),
    2: np.array([0.17, 0.33, 0.67, 0.83]),
}


@dataclass(frozen=True)
class Head:
    """A basket of prongs.

    prongs : 4 or 6. prong : mm, diameter of their wire. rails : gallery rails between the base
    and the girdle, 0 to 2. reach : mm that the tips lie over the crown. foot : z of the shank's
    top below the girdle, mm. ring : mm, outer radius of the shank, which falls away to the sides.
    spread : size of the base as part of the girdle.
    """

    prongs: int
    prong: float
    rails: int
    reach: float
    foot: float
    ring: float
    spread: float = 0.52

    def solids(self, cut: Shape) -> list[Solid]:
        """Prongs, then rails."""
        girdle = cut.girdle()
        base = self._base(girdle)
        sharp = tips(girdle)
        prongs = []
        for turn in self.azimuths(girdle):
            if _near(turn, sharp):
                prongs += self._claw(girdle, turn, base)
            else:
                prongs.append(self._prong(cut, girdle, turn, base))
        return prongs + self.rail_solids(girdle)

    def rail_solids(self, girdle: Girdle) -> list[Solid]:
        """The base rail first, then the gallery rails from below."""
        base, wire = self._base(girdle), self.prong / 2.0
        rails = [_rail(girdle, self.spread, base, 0.95 * wire)]
        for k in range(self.rails):
            part = (k + 1.15) / (self.rails + 1.35)  # from the base to the girdle
            size = self.spread + (1.0 - self.spread) * part
            # Higher up, where the prongs stand farther out, a rail goes farther into the corners.
            soft = 4.0 if part < 0.5 else 2.0
            rails.append(_rail(girdle, size, base * (1.0 - part), 0.62 * wire, soft))
        return rails

    def azimuths(self, girdle: Girdle) -> FloatArray:
        """Where the prongs stand, rad: at the corners, or evenly around the outline.

        A stone with one tip, as a pear, has a prong there and four more; one with two has six.
        """
        a, b = girdle.half
        sharp = tips(girdle)
        if len(sharp) == 4:
            return sharp
        if len(sharp) in _BESIDE:
            return np.concatenate([sharp, along(girdle, sharp[0], _BESIDE[len(sharp)])])
        if self.prongs == 4:
            turn = np.pi * (np.arange(4) + 0.5) / 2.0
        else:
            turn = np.pi * (np.arange(6) + (0.5 if abs(a - b) < 0.02 * a else 0.0)) / 3.0
        return np.asarray(np.arctan2(b * np.sin(turn), a * np.cos(turn)))

    def _base(self, girdle: Girdle) -> float:
        """z of the base rail's axis: low enough to be soldered where the shank falls away."""
        wire = self.prong / 2.0
        aside = min(self.spread * girdle.half[0], 0.9 * self.ring)
        drop = self.ring - np.sqrt(self.ring**2 - aside**2)
        return float(self.foot - drop + 0.35 * wire)

    def _prong(self, cut: Shape, girdle: Girdle, azimuth: float, base: float) -> Solid:
        """One prong: straight up from the base, past the girdle, bent onto the crown."""
        edge = girdle.radius(azimuth)
        wire, tip = self.prong / 2.0, 0.40 * self.prong
        over = (edge - self.reach) * np.array([np.cos(azimuth), np.sin(azimuth)])
        rise = cut.crown(*over) - girdle.top
        crown = np.arctan2(rise, self.reach)
        start = np.array([self.spread * edge, base])
        up = np.array([np.sin(crown), np.cos(crown)])  # away from the crown
        rest = np.array([edge, girdle.top]) + LIFT * tip * up
        arc = _bend(start, edge + (1.0 - BITE) * wire, rest, up, 1.1 * wire)
        inward = np.array([-np.cos(crown), np.sin(crown)])
        more = max((arc[-1, 0] - (edge - self.reach + tip * np.cos(crown))) / np.cos(crown), 0.05)
        path = np.concatenate([start + (arc[0] - start) * np.linspace(0.0, 1.0, 6)[:-1, None],
                               arc, arc[-1:] + inward * more])  # fmt: skip
        length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
        radius = np.interp(length, length[[0, 4, 5, -1]], [0.62 * wire, wire, wire, tip])
        return _wire(path, radius, azimuth)

    def _claw(self, girdle: Girdle, azimuth: float, base: float) -> list[Solid]:
        """A V prong: a wire up to a tip of the stone, and one around the tip, over both edges."""
        edge, wire = girdle.radius(azimuth), self.prong / 2.0
        thick = _CLAW * wire
        level = girdle.top + 0.3 * thick
        path = np.array([[self.spread * edge, base], [edge + 0.2 * wire, level]])
        part = np.linspace(0.0, 1.0, 8)[:, None]
        path = path[0] + part * (path[1] - path[0])
        post = _wire(path, np.interp(part[:, 0], [0.0, 0.5, 1.0], [0.62, 1.0, 0.9]) * wire, azimuth)
        flat = around_tip(girdle, azimuth, (1.0 - _OVER) * thick, 1.5 * self.prong)
        flat, size = round_ends(flat, np.full(len(flat), thick))
        around = np.column_stack([flat, np.full(len(flat), level)])
        up = np.broadcast_to(np.array([0.0, 0.0, 1.0]), around.shape)
        return [post, tube(around, size, up, closed=False)]


def _near(azimuth: float, sharp: FloatArray) -> bool:
    """Whether a tip lies there."""
    return bool((np.cos(sharp - azimuth) > np.cos(0.05)).any())


def _bend(
    start: FloatArray, beside: float, rest: FloatArray, up: FloatArray, radius: float
) -> FloatArray:
    """An arc [15, 2] (from the axis, up) that carries on from a straight wire.

    start : where the wire begins. beside : how far from the axis the arc passes the girdle, mm.
    rest, up : the arc ends at this height above the crown and runs along it: (p - rest) @ up = 0.
    """
    end = np.pi / 2.0 + np.arctan2(up[1], up[0])
    lean = np.pi / 3.0
    for _ in range(8):  # the lean of the wire and the place of the arc settle together
        angles = np.linspace(lean, end, 15)
        arc = radius * np.stack([np.sin(angles), -np.cos(angles)], axis=1)
        arc[:, 1] += ((rest - arc[-1]) @ up) / up[1]
        for _ in range(8):
            ahead = np.concatenate([start[None], arc])
            arc[:, 0] += beside - np.interp(0.0, ahead[:, 1], ahead[:, 0])
            arc[:, 1] += ((rest - arc[-1]) @ up) / up[1]
        lean = np.arctan2(*(arc[0] - start)[::-1])
    return np.asarray(arc)


def _wire(path: FloatArray, radius: FloatArray, azimuth: float) -> Solid:
    """A wire with round ends along a path [N, 2] (from the axis, up) in an upright plane."""
    flat, size = round_ends(path, radius)
    outward = np.array([np.cos(azimuth), np.sin(azimuth), 0.0])
    points = flat[:, :1] * outward + flat[:, 1:] * np.array([0.0, 0.0, 1.0])
    side = np.array([-np.sin(azimuth), np.cos(azimuth), 0.0])
    return tube(points, size, np.broadcast_to(side, points.shape), closed=False)


def _rail(girdle: Girdle, size: float, z: float, radius: float, soft: float = 4.0) -> Solid:
    """A closed wire that follows the outline at `size` times its width.

    soft : how much its corners are rounded, in 96ths of a turn.
    """
    turn = np.linspace(0.0, 2.0 * np.pi, 96, endpoint=False) + 0.0137
    reach = np.array([girdle.radius(t) for t in turn])
    blur = np.exp(-0.5 * (np.arange(-16, 17) / soft) ** 2)
    wide = np.concatenate([reach[-16:], reach, reach[:16]])
    smooth = size * np.convolve(wide, blur / blur.sum(), "valid")
    flat = smooth[:, None] * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    path = np.column_stack([flat, np.full(len(flat), z)])
    up = np.broadcast_to(np.array([0.0, 0.0, 1.0]), path.shape)
    return tube(path, np.full(len(path), radius), up, closed=True, points=20)

"""The plain band: a wedding ring, with a groove or rims of milgrain where asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from engine.errors import GeometryError
from engine.types import FloatArray, Piece
from scenes.pieces.assembly import Body, assemble
from scenes.pieces.chance import between, maybe, pick, ring_size
from scenes.pieces.design import choice, ranged, switch
from scenes.pieces.ring import Finger, standing
from scenes.pieces.shank import PROFILES
from scenes.pieces.solids import Solid, drill, join, sweep, tube

#: The least that a groove may leave of the band, mm.
WALL = 0.8

# Rise of the domes as part of the width, and at most as part of the thickness; estimated from
# drawings of wedding ring profiles. A flat ring's outside is flat.
_OUTER, _OUTER_MOST = 0.20, 0.52
_INNER, _INNER_MOST = 0.055, 0.18

# Radius of the edges as part of the thickness: outer, inner.
_EDGES = (0.10, 0.14)

# Width and depth of a groove, mm; diameter of the grains of a milgrain rim and what of it lies
# outside of the band's edge; estimated from rings at hand.
_GROOVE = (0.55, 0.28)
_GRAIN, _GRAIN_INSET = 0.40, 0.34

_STATIONS = 240


@dataclass(frozen=True, kw_only=True)
class PlainBand(Finger):
    """A wedding ring; see `Finger` for its size.

    profile      : "court" (domed outside and inside), "d" (domed outside), "flat".
    width_mm, thickness_mm : of the band, the same all around.
    comfort      : inside domed, so that it slides over the knuckle; a court ring always is.
    decoration   : "none", "groove" (one around the middle) or "milgrain" (a rim of grains on
                   either side).

    Raises SceneError naming a field that is out of range; `build` raises GeometryError for a
    decoration that finds no room.

    >>> PlainBand(width_mm=5.0, profile="flat").build().kind
    'ring'
    """

    profile: str = choice("court", tuple(PROFILES), "section of the band")
    width_mm: float = ranged(4.0, 1.5, 12.0, "width of the band")
    thickness_mm: float = ranged(1.7, 1.0, 3.0, "thickness of the band")
    comfort: bool = switch(False, "inside domed; a court ring always is")
    decoration: str = choice("none", ("none", "groove", "milgrain"), "groove or milgrain rims")

    def build(self) -> Piece:
        """The ring: one metal part."""
        section = self._section()
        band = turned(section, self.inside / 2.0)
        out = self.inside / 2.0 + self.thickness_mm
        if self.decoration == "groove":
            band = drill([band], [self._groove(out)])
        rims = self._milgrain(section) if self.decoration == "milgrain" else []
        highest = max(float(np.abs(solid.vertices[:, 2]).max()) for solid in [band, *rims])
        stand = standing(highest)
        metal = join([solid.moved(stand) for solid in [band, *rims]], [])
        return assemble("plain-band", "ring", [Body("metal", metal)], [], self.inside)

    def _section(self) -> FloatArray:
        """Across the ring and outward from the finger, [M, 2] mm."""
        w, t = self.width_mm, self.thickness_mm
        outer = 0.0 if self.profile == "flat" else min(_OUTER * w, _OUTER_MOST * t)
        domed = self.comfort or self.profile == "court"
        inner = min(_INNER * w, _INNER_MOST * t) if domed else 0.0
        edge = (_EDGES[0] * t, _EDGES[1] * t)
        top = _half(w / 2.0, t, outer, edge[0])
        low = _half(w / 2.0, t, inner, edge[1]) * [1.0, -1.0] + [0.0, t]
        right = np.concatenate([top, low[::-1]])
        return np.concatenate([right, right[-2:0:-1] * [-1.0, 1.0]])

    def _groove(self, out: float) -> Solid:
        """What a graver takes out around the middle of the band."""
        half, depth = _GROOVE[0] / 2.0, _GROOVE[1]
        if self.thickness_mm - depth < WALL or self.width_mm < 6.0 * half:
            raise GeometryError(
                f"a groove {2.0 * half:g} mm wide and {depth:g} mm deep needs a band at least "
                f"{6.0 * half:g} mm wide and {WALL + depth:g} mm thick; choose a larger band"
            )
        turn = np.linspace(0.0, np.pi, 17)
        round_ = np.column_stack([half * np.cos(turn), -depth * np.sin(turn)])
        above = np.array([[-half, 1.0], [half, 1.0]])
        return turned(np.concatenate([round_, above]), out)

    def _milgrain(self, section: FloatArray) -> list[Solid]:
        """A rim of grains on either edge of the outside."""
        y = self.width_mm / 2.0 - _GRAIN_INSET
        if y < 2.0 * _GRAIN:
            raise GeometryError(
                f"two rims of milgrain need a band at least {2.0 * (_GRAIN_INSET + 2 * _GRAIN):g} "
                "mm wide; choose a wider one"
            )
        upper = section[section[:, 1] > self.thickness_mm / 2.0]
        upper = upper[np.argsort(upper[:, 0], kind="stable")]
        radius = self.inside / 2.0 + float(np.interp(y, upper[:, 0], upper[:, 1]))
        return [grains(radius - 0.05 * _GRAIN, side * y) for side in (-1.0, 1.0)]

    @classmethod
    def draw(cls, rng: np.random.Generator, cuts: Sequence[str]) -> Self:
        """A band of 2 to 7 mm; one in three is decorated."""
        decorated = maybe(rng, 0.33)
        return cls(
            size=ring_size(rng),
            profile=pick(rng, tuple(PROFILES)),
            width_mm=between(rng, 3.0 if decorated else 2.0, 7.0, 0.5),
            thickness_mm=between(rng, 1.4, 2.2),
            comfort=maybe(rng, 0.4),
            decoration=pick(rng, ("groove", "milgrain")) if decorated else "none",
        )


def turned(section: FloatArray, radius: float) -> Solid:
    """A section turned around the finger: [M, 2] mm, across and outward from `radius`."""
    turn = np.linspace(0.0, 2.0 * np.pi, _STATIONS, endpoint=False)
    out = radius + section[None, :, 1]
    x, z = out * np.sin(turn)[:, None], out * np.cos(turn)[:, None]
    y = np.broadcast_to(section[None, :, 0], x.shape)
    return sweep(np.stack([x, y, z], axis=-1), closed=True)


def grains(radius: float, y: float, size: float = _GRAIN) -> Solid:
    """A ring of grains around the finger, as a milgrain wheel leaves them: each runs into the next.

    radius : mm from the finger's axis to the middles of the grains, at `y`. size : diameter, mm.
    """
    count = round(2.0 * np.pi * radius / (0.92 * size))
    steps = 6
    part = np.arange(count * steps)
    turn = 2.0 * np.pi * part / len(part)
    height = np.abs(np.sin(np.pi * part / steps))
    across = np.column_stack([np.zeros_like(turn), np.ones_like(turn), np.zeros_like(turn)])
    path = np.column_stack([radius * np.sin(turn), np.full_like(turn, y), radius * np.cos(turn)])
    return tube(path, size / 2.0 * (0.45 + 0.55 * height**0.7), across, closed=True, points=12)


def _half(half: float, thickness: float, dome: float, edge: float) -> FloatArray:
    """The outside from the middle to the side, [M, 2] mm: a dome, then a rounded edge.

    half : half of the width. dome : how far the outside falls to its edges, 0 for a flat one.
    edge : radius of the edge. All in mm.
    """
    middle = half - edge
    if dome > 0.0:
        radius = (half**2 + dome**2) / (2.0 * dome)
        centre = thickness - radius
        level = centre + np.sqrt((radius - edge) ** 2 - middle**2)
        lean = np.arcsin(middle / (radius - edge))
        turn = np.linspace(0.0, lean, 17)
        top = np.column_stack([radius * np.sin(turn), centre + radius * np.cos(turn)])
    else:
        level, lean = thickness - edge, 0.0
        top = np.array([[0.0, thickness], [middle, thickness]])
    turn = np.linspace(lean, np.pi / 2.0, 9)[1:]
    corner = np.column_stack([middle + edge * np.sin(turn), level + edge * np.cos(turn)])
    return np.concatenate([top, corner])

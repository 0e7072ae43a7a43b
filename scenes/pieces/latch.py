"""How a hoop opens and closes: a wire that slides into a tube, or a post between two pins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.types import FloatArray, Mesh
from scenes.pieces.blocks import bar, block
from scenes.pieces.motion import turn
from scenes.pieces.oval import Oval, section
from scenes.pieces.solids import Solid, drill, join

#: Room for the ear between the ends, mm along the middle of the band.
_LOBE = 8.5

#: Diameter of the part that goes through the ear, mm: posts and ear wires are 0.7 to 0.9.
_WIRE = 0.85

#: Air between what moves and what holds it, mm.
_AIR = 0.04

#: From the end of the band to the pin; radius of the pin, and of the eye around it; thickness of
#: the eye; mm.
_BACK, _PIN, _EYE, _FLAT = 1.05, 0.30, 0.80, 0.64

#: How deep a wire slides into the tube, mm.
_DEEP = 2.5


@dataclass(frozen=True)
class Ends:
    """The two ends of a hoop's band, and what joins them.

    oval : inside of the band. width, thickness : of the band, mm.
    """

    oval: Oval
    width: float
    thickness: float

    @property
    def radius(self) -> float:
        """Of the band's middle line, mm."""
        return self.oval.a + self.thickness / 2.0

    @property
    def angle(self) -> float:
        """Of the ends, to both sides of the top, rad."""
        return _LOBE / 2.0 / self.radius

    def wire(self) -> tuple[list[Solid], list[Solid]]:
        """What is added to the band and taken from it where a wire slides into its other end."""
        into = self.angle + _DEEP / self.radius
        wire = self._arc(_WIRE, -into, self.angle + 1.0 / self.radius)
        hole = self._arc(_WIRE + 2.0 * _AIR, -into - 0.5 / self.radius, -self.angle + 0.02)
        return [wire], [hole]

    def hinge(self) -> tuple[list[Solid], list[Solid]]:
        """The two pins, and the slots around them."""
        pins = [bar(_PIN, 0.95 * self.width).moved(place) for place in self.pins()]
        slot = _FLAT / 2.0 + _AIR
        tall = 0.5 * self.thickness + 0.5
        slots = [
            block((-2.5, -slot, -tall), (_EYE + 0.15, slot, tall)).moved(place)
            for place in self.pins()
        ]
        return pins, slots

    def post(self) -> Mesh:
        """The post: an eye around one pin, a notch over the other."""
        bore = _PIN + _AIR
        first, last = self.pins()
        pin = self.angle + _BACK / self.radius
        wire = self._arc(_WIRE, -pin, pin)
        side = [
            block((-_BACK - 0.15, s, -2.0), (2.0, s + 2.0, 2.0)).moved(place)
            for place in (first, last)
            for s in (_FLAT / 2.0, -_FLAT / 2.0 - 2.0)
        ]
        # The mouth of the notch is narrower than the pin: it snaps.
        mouth = block((-0.9 * _PIN, -1.0, -2.0), (0.9 * _PIN, 1.0, 0.0)).moved(last)
        eyes = [bar(_EYE, _FLAT).moved(place) for place in (first, last)]
        bores = [bar(bore, 2.0).moved(place) for place in (first, last)]
        flat = drill([wire], side)
        return join([drill([flat, *eyes], [*bores, mouth])], [])

    def pins(self) -> tuple[FloatArray, FloatArray]:
        """[4, 4] to the pins: y along the pin, x away from the gap, z outward for the first."""
        at = self.angle + _BACK / self.radius
        half = self.thickness / 2.0
        mirror = turn([0.0, 0.0, 1.0], np.pi)
        return self.oval.place(at, half), self.oval.place(-at, half) @ mirror

    def _arc(self, diameter: float, start: float, end: float) -> Solid:
        """A round wire along the middle of the band."""
        middle = Oval(self.radius - diameter / 2.0, self.radius - diameter / 2.0)
        return middle.open_band(section("round", diameter, diameter), start, end)

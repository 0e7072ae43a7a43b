"""The link of a tennis bracelet: a stone in its setting, an eye around the next link's bar.

Frame: that of the stone; x runs along the bracelet, y across it. The lowest wire of the setting is
a closed ring; where it crosses -x it is the bar on which the link before turns.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from engine.cad.clean import clean, weld
from engine.cad.cuts import Shape
from engine.types import FloatArray, Mesh
from scenes.pieces.assembly import Placed, rooms
from scenes.pieces.blocks import block, eye, stadium
from scenes.pieces.collet import Collet
from scenes.pieces.head import Head
from scenes.pieces.links import finished
from scenes.pieces.motion import shift
from scenes.pieces.solids import Solid, drill, join, revolve

#: Radius of the eye's wire, air around the bar in it, air between the eye and the stone; mm.
EYE, AIR, _UNDER = 0.25, 0.06, 0.08

#: How deep the eye is soldered into its own link's wire, mm.
_SOLDER = 0.24

#: The lowest wire as part of the girdle.
_SPREAD = 0.72

#: Corners nearer to each other than this are made one, mm: a reader that welds what is closer than
#: some 1e-5 of the piece, each link where it lies, must find the same triangles in all of them.
_FINEST = 1e-3

#: Radius of a head that stands on no shank, mm: so large that nothing falls away to the sides.
_FLAT = 1e4


@dataclass(frozen=True, eq=False)
class TennisLink:
    """One link. cut : its stone. setting : "prongs" or "bezel". gap : mm, to the next link."""

    cut: Shape
    setting: str
    gap: float

    @property
    def wire(self) -> float:
        """Diameter of the prongs, mm. Estimated: 0.52 mm for stones of 2 mm, 0.68 mm for 4 mm."""
        return float(0.36 + 0.08 * 2.0 * self.cut.girdle().half[0])

    @property
    def bar(self) -> float:
        """Radius of the bar, mm."""
        return 0.95 * self.wire / 2.0

    @property
    def reach(self) -> float:
        """From the bar's axis to the outside of the eye around it, mm."""
        return self.bar + AIR + 2.0 * EYE

    @cached_property
    def hinge(self) -> FloatArray:
        """x and z of the bar, mm; that of the next link is at x = pitch + this."""
        x = -_SPREAD * self.cut.girdle().half[0]
        mesh = self.cut.mesh()
        a, b, c = np.moveaxis(mesh.vertices[mesh.faces], 1, 0)
        n = np.cross(b - a, c - a)
        n /= np.linalg.norm(n, axis=1, keepdims=True)
        below = n[:, 2] < -1e-3
        n, d = n[below], np.einsum("ij,ij->i", n, a)[below]
        # As high as the eye, turning on the bar, stays clear of the pavilion.
        z = (self.reach + _UNDER + d - n[:, 0] * x) / n[:, 2]
        return np.array([x, float(z.max())])

    @cached_property
    def pitch(self) -> float:
        """From one link to the next, mm."""
        points = np.concatenate([solid.vertices for solid in self._setting])
        wide = max(float(points[:, 0].max()), self.cut.girdle().half[0])
        return 2.0 * wide + self.gap

    @cached_property
    def side(self) -> float:
        """From the middle to the outermost point across the bracelet, mm."""
        points = np.concatenate([self.cut.mesh().vertices, self.mesh.vertices])
        return float(np.abs(points[:, 1]).max())

    @property
    def beyond(self) -> float:
        """From the bar to the outermost point of the link before it, mm, laid straight."""
        return float(self.pitch / 2.0 + self.hinge[0])

    def eye(self) -> Solid:
        """The eye, soldered to this link's wire, around the next link's bar."""
        return eye(*self._eye_ends(), self.bar + AIR, EYE).moved(shift(z=self.hinge[1]))

    def eye_curve(self) -> FloatArray:
        """The middle line of the eye's wire, [N, 3] mm."""
        around = stadium(*self._eye_ends(), self.bar + AIR + EYE)
        return np.asarray(around + np.array([0.0, 0.0, self.hinge[1]]))

    def bar_curve(self) -> FloatArray:
        """The middle line of the ring that the bar belongs to, [N, 3] mm."""
        turn = np.linspace(0.0, 2.0 * np.pi, 96, endpoint=False)
        girdle = self.cut.girdle()
        out = _SPREAD * np.array([girdle.radius(float(t)) for t in turn])
        return np.column_stack([out * np.cos(turn), out * np.sin(turn), np.full(96, self.hinge[1])])

    def _eye_ends(self) -> tuple[float, float]:
        """x around which the eye's round ends turn."""
        x = self.hinge[0]
        return -x + AIR + _SOLDER, self.pitch + x

    @cached_property
    def mesh(self) -> Mesh:
        """The link's metal."""
        held = Placed("stone", self.cut, np.eye(4))
        cast = join([*self._setting, self.eye()], rooms([held]))
        vertices, faces = weld(cast.vertices, cast.faces, _FINEST)
        faces, _, _ = clean(vertices, faces, _FINEST)
        return finished(Solid(vertices, faces))

    @cached_property
    def _setting(self) -> list[Solid]:
        """What holds the stone, with the ring at its foot."""
        _, z = self.hinge
        foot = z - 0.35 * self.wire / 2.0
        head = Head(4, self.wire, 0, 0.6 * self.wire, foot, _FLAT, _SPREAD)
        girdle = self.cut.girdle()
        if self.setting == "bezel":
            return [self._collar(), *head.rail_solids(girdle)]
        # A gallery wire over the eye, within the stone's outline.
        wire = 0.75 * self.wire
        size = 1.0 - 0.5 * wire / girdle.half[0]
        rise = z + self.reach + AIR + 0.3 * wire
        gallery = replace(head, prong=wire, foot=rise, spread=size)
        return [*head.solids(self.cut), *gallery.rail_solids(girdle)]

    def _collar(self) -> Solid:
        """A collar down to the ring, open below and where the eye goes in."""
        x, z = self.hinge
        culet = float(self.cut.mesh().vertices[:, 2].min())
        collet = Collet(wall=0.6, lip=0.22, rise=culet - z - 0.5, back=0.5, taper=0.72)
        inner = -x - self.bar
        through = revolve(np.array([[inner, z - 1.0], [inner, 0.45 * z]]), 64)
        slot = EYE + _UNDER + AIR
        mouth = block((4.0 * x, -slot, z - 1.0), (0.0, slot, z + self.reach + 0.15))
        return drill([collet.solid(self.cut)], [through, mouth])

"""The melee ring: a centre brilliant in a halo, and shoulders set with small stones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from engine.cad.cuts import round_brilliant
from engine.errors import GeometryError, SceneError
from engine.types import FloatArray, Piece
from scenes.pieces.assembly import Body, Placed, assemble, rooms
from scenes.pieces.chance import between, pick, ring_size
from scenes.pieces.design import counted, ranged
from scenes.pieces.head import Head
from scenes.pieces.pave import SINK, Lattice, bead, seat
from scenes.pieces.ring import Finger, standing
from scenes.pieces.shank import Band
from scenes.pieces.solids import Solid, drill, join, revolve

#: Rows of stones on a shoulder.
ROWS = 2

#: Room between the girdles of the centre stone and of the halo, seen from above, mm.
_ROOM = 0.30

#: Room between a bead's axis and the girdles of the halo, and metal outside of the halo, mm.
_BEAD, _EDGE = 0.17, 0.24

#: The angle around the finger, rad, beyond which the shank narrows and carries no stones.
_LAST = 2.1


@dataclass(frozen=True, kw_only=True)
class MeleeRing(Finger):
    """A brilliant in a halo of melee with set shoulders; see `Finger` for the ring's size.

    centre_mm   : diameter of the centre stone.
    halo        : stones around it, a multiple of 4 (the prongs stand between them); their size
                  follows from their number.
    drop_mm     : of the halo's girdles below that of the centre stone.
    shoulder    : stones in each of the two rows of each shoulder. shoulder_mm : their diameter.
    gap_mm      : between small stones. thickness_mm : of the shank.
    rise_mm     : from the shank to the culet of the centre stone.

    Raises SceneError naming a field that is out of range; `build` raises GeometryError when the
    melee finds no room.

    >>> sum(part.role == "stone" for part in MeleeRing().build().parts)
    61
    """

    centre_mm: float = ranged(6.5, 3.5, 9.0, "diameter of the centre stone")
    halo: int = counted(20, 8, 40, "stones around it, a multiple of 4")
    drop_mm: float = ranged(0.6, 0.3, 1.2, "from the centre stone's girdle down to the halo's")
    shoulder: int = counted(10, 1, 14, "stones in each of the two rows of a shoulder")
    shoulder_mm: float = ranged(1.1, 0.8, 1.8, "diameter of the stones on the shoulders")
    gap_mm: float = ranged(0.10, 0.05, 0.15, "between small stones")
    thickness_mm: float = ranged(1.7, 1.4, 3.5, "thickness of the shank")
    rise_mm: float = ranged(0.3, 0.2, 3.0, "from the shank to the culet of the centre stone")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.halo % 4:
            raise SceneError(f"MeleeRing: halo is {self.halo}; give a multiple of 4")
        if not 0.8 <= self.halo_mm <= 2.2:
            raise SceneError(
                f"MeleeRing: {self.halo} stones around {self.centre_mm:g} mm would be "
                f"{self.halo_mm:.2f} mm wide, not 0.8 to 2.2; change halo or centre_mm"
            )

    @property
    def halo_mm(self) -> float:
        """Diameter of the halo's stones, which leave `gap_mm` between them."""
        sine = np.sin(np.pi / self.halo)
        near = self.centre_mm / 2.0 + _ROOM
        return float((2.0 * near * sine - self.gap_mm) / (1.0 - sine))

    def build(self) -> Piece:
        """The ring: one metal part, the centre stone, the halo, the shoulders."""
        centre, small, side = (
            round_brilliant(d) for d in (self.centre_mm, self.halo_mm, self.shoulder_mm)
        )
        lattice, start = self._lattice()
        band = Band(self.inside, self.thickness_mm, lattice.width + 0.7, foot=0.75)
        culet = float(centre.mesh().vertices[:, 2].min())
        head = Head(4, 0.62, 1, 0.45, culet - self.rise_mm, band.outside)
        self._check(head.foot, float(small.mesh().vertices[:, 2].min()))
        stand = standing(band.outside)
        top = stand @ standing(band.outside - head.foot)

        halo, halo_beads = self._halo()
        shoulders, shoulder_beads = _both(lattice, start, self.shoulder)
        stones = [Placed("centre stone", centre, top)]
        stones += [Placed(f"halo stone {k + 1}", small, top @ m) for k, m in enumerate(halo)]
        stones += [Placed(f"shoulder stone {k + 1}", side, stand @ m)
                   for k, m in enumerate(shoulders)]  # fmt: skip

        plate = self._plate()
        holes = {id(small): seat(small, 2.0), id(side): seat(side, self.thickness_mm + 0.5)}
        drills = [holes[id(s.cut)].moved(s.transform) for s in stones[1:]]
        body = drill([band.solid().moved(stand), plate.moved(top)], drills)
        dot, grain = bead(_BEAD, self.halo_mm), lattice.bead()
        metal = join(
            [body, *(solid.moved(top) for solid in head.solids(centre)),
             *(dot.moved(top @ m) for m in halo_beads),
             *(grain.moved(stand @ m) for m in shoulder_beads)],
            rooms(stones),
        )  # fmt: skip
        return assemble("melee-ring", "ring", [Body("metal", metal)], stones, self.inside)

    @classmethod
    def draw(cls, rng: np.random.Generator, cuts: Sequence[str]) -> Self:
        """A ring with a centre stone of half a carat to one and a quarter."""
        return cls(
            size=ring_size(rng),
            centre_mm=between(rng, 5.0, 6.9),
            halo=pick(rng, (16, 20)),
            drop_mm=between(rng, 0.4, 0.8),
            shoulder=pick(rng, range(4, 11)),
            shoulder_mm=between(rng, 1.0, 1.2),
            gap_mm=between(rng, 0.07, 0.14, 0.01),
            thickness_mm=between(rng, 1.4, 2.0),
        )

    def _check(self, foot: float, culet: float) -> None:
        """Raise GeometryError where melee lies in the shank or runs down to the foot.

        foot : z of the shank's top, culet : of a halo stone under its girdle, mm.
        """
        if culet - self.drop_mm < foot:
            raise GeometryError("the halo would lie in the shank; lower drop_mm or raise rise_mm")
        lattice, start = self._lattice()
        if start + (self.shoulder + 0.5) * lattice.turn > _LAST:
            raise GeometryError(
                f"{self.shoulder} stones in a row run down to the foot; lower shoulder or "
                "shoulder_mm"
            )

    def _lattice(self) -> tuple[Lattice, float]:
        """The stones of a shoulder and the angle, rad, at which they begin: under the halo."""
        outside = self.inside / 2.0 + self.thickness_mm
        radius = outside - SINK * self.shoulder_mm
        lattice = Lattice(radius, self.shoulder_mm, self.gap_mm, ROWS)
        return lattice, float(np.arcsin(min(self._ring_mm / radius, 0.7)))

    @property
    def _ring_mm(self) -> float:
        """Radius of the circle on which the halo's stones stand."""
        return self.centre_mm / 2.0 + _ROOM + self.halo_mm / 2.0

    def _halo(self) -> tuple[list[FloatArray], list[FloatArray]]:
        """[4, 4] of the halo's stones and of its beads; the centre stone's girdle is at z = 0."""
        step = 2.0 * np.pi / self.halo
        first = np.pi / 4.0 + step / 2.0
        middle = self._ring_mm * np.cos(step / 2.0)
        aside = self._ring_mm * np.sin(step / 2.0)
        out = np.sqrt((self.halo_mm / 2.0 + _BEAD) ** 2 - aside**2)
        stones, beads = [], []
        for k in range(self.halo):
            stones.append(_upright(self._ring_mm, first + k * step, -self.drop_mm))
            beads += [_upright(middle + side * out, first + (k + 0.5) * step, -self.drop_mm)
                      for side in (-1, 1)]  # fmt: skip
        return stones, beads

    def _plate(self) -> Solid:
        """The ring of metal that carries the halo and lies around the centre stone's pavilion."""
        inner, outer = self.centre_mm / 2.0 - 0.25, self._ring_mm + self.halo_mm / 2.0 + _EDGE
        top = SINK * self.halo_mm - self.drop_mm
        side, low = top - 0.5, top - 0.95 * self.halo_mm
        arc = np.linspace(0.0, np.pi / 2.0, 9)
        rim = np.column_stack([outer - 0.15 + 0.15 * np.sin(arc), top - 0.15 + 0.15 * np.cos(arc)])
        part = np.linspace(0.0, 1.0, 9)
        under = np.column_stack([
            outer - (outer - inner) * 0.55 * part**2,
            side + (low - side) * np.sin(part * np.pi / 2.0),
        ])  # fmt: skip
        return revolve(np.concatenate([[[inner, low], [inner, top]], rim, under]), 192, closed=True)


def _both(lattice: Lattice, start: float, count: int) -> tuple[list[FloatArray], list[FloatArray]]:
    """[4, 4] of the stones and the beads of both shoulders, the left one turned by 180 degrees."""
    half_turn = np.diag([-1.0, -1.0, 1.0, 1.0])
    stones = lattice.stones(start, [count] * lattice.rows)
    beads = lattice.beads(start, [count] * lattice.rows)
    return stones + [half_turn @ m for m in stones], beads + [half_turn @ m for m in beads]


def _upright(radius: float, azimuth: float, z: float) -> FloatArray:
    """[4, 4] to a place around the centre stone, turned to face away from it."""
    c, s = np.cos(azimuth), np.sin(azimuth)
    move = np.eye(4)
    move[:2, :2] = [[c, -s], [s, c]]
    move[:3, 3] = [radius * c, radius * s, z]
    return move

"""The halo ring: a centre stone within melee that follows its outline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from engine.cad.cuts import Shape, make
from engine.types import FloatArray, Piece
from scenes.pieces.assembly import Body, Placed, assemble, rooms
from scenes.pieces.chance import between, maybe, pick
from scenes.pieces.design import choice, ranged
from scenes.pieces.frame import Frame
from scenes.pieces.head import Head
from scenes.pieces.pave import SINK, Lattice, seat
from scenes.pieces.ring import StoneRing, drawn_shank, standing
from scenes.pieces.shank import Band
from scenes.pieces.solids import Solid, drill, join
from scenes.pieces.stones import CUTS, drawn_ratio

#: Cuts with an outline that melee can follow.
HALO_CUTS = tuple(
    cut for cut in CUTS if cut not in ("heart", "baguette", "tapered-baguette", "rose")
)

# Between small stones of the shoulders, mm, and metal beside them; the angle around the finger,
# rad, down to which they go.
_GAP, _BESIDE, _LAST = 0.1, 0.42, 1.35

# The prongs of the centre stone: diameter, and reach over the crown as part of it.
_PRONG, _REACH = 0.62, 0.72


@dataclass(frozen=True, kw_only=True)
class Halo(StoneRing):
    """A ring with a stone in a halo of melee; see `StoneRing` and `Ring` for the other fields.

    cut      : one of `HALO_CUTS`, or any `Shape` with a convex outline.
    melee_mm : diameter of the halo's stones; they differ by some per cent, so that they close up.
    drop_mm  : of the halo's girdles below that of the centre stone. A shallow stone is raised
               until its halo is clear of the shank.
    style    : of the shank, "plain", or "pave" with a row of stones on each shoulder; its profile
               and width are then those of a pave band.

    Raises SceneError naming a field that is out of range; `build` raises GeometryError when the
    halo finds no room.

    >>> Halo(cut="oval", stone_mm=5.0).build().name
    'halo'
    """

    cut: str | Shape = choice("round", HALO_CUTS, "cut of the centre stone")
    stone_mm: float = ranged(6.0, 3.5, 12.0, "width of the stone, its short way")
    prong_mm: float | None = ranged(None, 0.4, 0.8, "diameter of the prong wire")
    melee_mm: float = ranged(1.3, 0.9, 1.8, "diameter of the halo's stones, about")
    drop_mm: float = ranged(0.6, 0.4, 1.2, "from the centre stone's girdle down to the halo's")
    style: str = choice("plain", ("plain", "pave"), "shank without or with stones")

    def build(self) -> Piece:
        """The ring: one metal part, the centre stone, the halo, and stones on a pave shank."""
        cut, _ = self.gem()
        out = self.inside / 2.0 + self.thickness_mm
        frame = Frame.around(cut, self.melee_mm, self.drop_mm)
        melee = make("round", width=frame.melee)
        head = self._basket(cut, out, _clear(frame, melee, out))
        stand = standing(out)
        top = stand @ standing(out - head.foot)
        stones = [Placed("centre stone", cut, top, layer="centre stone")]
        stones += [
            Placed(f"halo stone {k + 1}", melee, top @ place, layer="melee")
            for k, place in enumerate(frame.stones())
        ]
        solids = [frame.plate().moved(top)]
        above = [solid.moved(top) for solid in [*head.solids(cut), *frame.beads()]]
        hole = seat(melee, 2.0)
        drills = [hole.moved(s.transform) for s in stones[1:]]
        if self.style == "plain":
            solids.append(self.shank().solid().moved(stand))
        else:
            row = self._row(frame, out)
            solids.append(row.band.solid().moved(stand))
            more = row.stones(stand)
            drills += [row.hole.moved(s.transform) for s in more]
            above += [bead.moved(stand) for bead in row.beads]
            stones += more
        metal = join([drill(solids, drills), *above], rooms(stones))
        return assemble("halo", "ring", [Body("metal", metal)], stones, self.inside)

    def _basket(self, cut: Shape, ring: float, highest: float) -> Head:
        """The prongs, thin ones that pass between centre stone and halo.

        ring : outer radius of the shank. highest : z of its top at which the halo is clear of it.
        """
        wire = _PRONG if self.prong_mm is None else self.prong_mm
        culet = float(cut.mesh().vertices[:, 2].min())
        foot = min(culet - self.rise_mm, highest)
        return Head(self.prongs, wire, self.rails, _REACH * wire, foot, ring)

    def _row(self, frame: Frame, out: float) -> _Shoulders:
        """One row on each shoulder, from under the halo downwards."""
        lattice = Lattice(out - SINK * self.melee_mm, self.melee_mm, _GAP, 1)
        reach = float(np.abs(frame.places[:, 0]).max())
        start = float(np.arcsin(min(reach / lattice.radius, 0.75)))
        count = int((_LAST - start) / lattice.turn)
        half_turn = np.diag([-1.0, -1.0, 1.0, 1.0])
        places, beads = lattice.stones(start, [count]), lattice.beads(start, [count])
        side, grain = make("round", width=self.melee_mm), lattice.bead()
        return _Shoulders(
            Band(self.inside, self.thickness_mm, self.melee_mm + 2.0 * _BESIDE, foot=0.85),
            side,
            seat(side, self.thickness_mm + 0.5),
            places + [half_turn @ place for place in places],
            [grain.moved(move) for move in beads + [half_turn @ bead for bead in beads]],
        )

    @classmethod
    def draw(cls, rng: np.random.Generator, cuts: Sequence[str]) -> Self:
        """A ring with a centre stone of half a carat to two."""
        cut = pick(rng, [c for c in cuts if c in HALO_CUTS])
        return cls(
            cut=cut,
            stone_mm=between(rng, 4.0, 7.0),
            ratio=drawn_ratio(rng, cut),
            melee_mm=between(rng, 1.1, 1.4),
            drop_mm=between(rng, 0.5, 0.8),
            rails=pick(rng, (1, 2)),
            rise_mm=between(rng, 0.4, 0.8),
            style="pave" if maybe(rng, 0.5) else "plain",
            **drawn_shank(rng),
        )


@dataclass(frozen=True, eq=False)
class _Shoulders:
    """A band with a row on each shoulder: the stones, what is drilled for each, their places
    [4, 4], and the beads."""

    band: Band
    cut: Shape
    hole: Solid
    places: list[FloatArray]
    beads: list[Solid]

    def stones(self, stand: FloatArray) -> list[Placed]:
        """The stones of the ring, which stands by [4, 4] `stand`."""
        return [
            Placed(f"shoulder stone {k + 1}", self.cut, stand @ place, layer="melee")
            for k, place in enumerate(self.places)
        ]


def _clear(frame: Frame, melee: Shape, ring: float) -> float:
    """z of the shank's top, mm, that leaves 0.1 mm under the culets of the halo at its sides."""
    culet = float(melee.mesh().vertices[:, 2].min())
    aside = min(float(np.abs(frame.places[:, 0]).max()), ring)
    return float(culet - frame.drop - 0.1 + ring - np.sqrt(ring**2 - aside**2))

"""The pave band: rows of small brilliants around the finger, half of the way or all of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from engine.cad.cuts import round_brilliant
from engine.cad.cuts.cut import check_ranges
from engine.types import Piece
from scenes.pieces.assembly import Body, Placed, assemble, rooms
from scenes.pieces.chance import between, pick, ring_size
from scenes.pieces.design import counted, ranged
from scenes.pieces.pave import SINK, Lattice, seat, tilt
from scenes.pieces.ring import Finger, standing
from scenes.pieces.shank import Band
from scenes.pieces.solids import drill, join


@dataclass(frozen=True, kw_only=True)
class PaveBand(Finger):
    """A band set with rows of round stones; see `Finger` for its size.

    stone_mm  : diameter of the stones. gap_mm : between the girdles of a row at the closest; to
                the next row it is a hair less, for the stones lean towards each other.
    rows      : of stones, each half a stone beside its neighbour.
    coverage  : part of the circumference that carries stones; 1 is a full eternity band.
    edge_mm   : metal beside the outermost girdles. thickness_mm : of the band.

    Raises SceneError naming a field that is out of range.

    >>> PaveBand(rows=1, coverage=0.3).build().name
    'pave-band'
    """

    stone_mm: float = ranged(1.3, 0.8, 2.5, "diameter of the stones")
    gap_mm: float = ranged(0.10, 0.05, 0.15, "between the girdles of a row")
    rows: int = counted(3, 1, 5, "rows of stones")
    coverage: float = ranged(0.5, 0.1, 1.0, "part of the circumference with stones", "")
    edge_mm: float = ranged(0.40, 0.3, 1.5, "metal beside the outermost girdles")
    thickness_mm: float = ranged(1.7, 0.98, 3.5, "thickness of the band")

    def __post_init__(self) -> None:
        super().__post_init__()
        # Under the culets some metal must be left.
        least = 0.6 * self.stone_mm + 0.5
        check_ranges(type(self).__name__, {"thickness_mm": (self.thickness_mm, least, 3.5)})

    def build(self) -> Piece:
        """The ring: one metal part and stones of one mesh."""
        lattice, counts = self._lattice()
        start = -lattice.turn * (counts[0] - 1) / 2.0
        cut, bead = round_brilliant(self.stone_mm), lattice.bead()
        beads = lattice.beads(start, counts, self.coverage == 1.0)
        band = Band(self.inside, self.thickness_mm, lattice.width + 2.0 * self.edge_mm)
        # A band with stones at its foot stands on their beads.
        low = min(float(bead.moved(place).vertices[:, 2].min()) for place in beads)
        stand = standing(max(band.outside, -low))
        stones = [
            Placed(f"stone {k + 1}", cut, stand @ place)
            for k, place in enumerate(lattice.stones(start, counts))
        ]
        hole = seat(cut, self.thickness_mm + 0.5)
        body = drill([band.solid().moved(stand)], [hole.moved(s.transform) for s in stones])
        metal = join([body, *(bead.moved(stand @ place) for place in beads)], rooms(stones))
        return assemble("pave-band", "ring", [Body("metal", metal)], stones, self.inside)

    @classmethod
    def draw(cls, rng: np.random.Generator, cuts: Sequence[str]) -> Self:
        """A band of one to three rows, half set or all around."""
        return cls(
            size=ring_size(rng),
            stone_mm=between(rng, 1.1, 1.6),
            gap_mm=between(rng, 0.07, 0.14, 0.01),
            rows=pick(rng, (1, 2, 3)),
            coverage=pick(rng, (0.4, 0.5, 1.0)),
            edge_mm=between(rng, 0.35, 0.6),
            thickness_mm=between(rng, 1.5, 2.0),
        )

    def _lattice(self) -> tuple[Lattice, list[int]]:
        """The pattern and the number of stones in each row."""
        radius = self.inside / 2.0 + self.thickness_mm - SINK * self.stone_mm
        step = tilt(radius, self.stone_mm, self.gap_mm)
        count = int(2.0 * np.pi * self.coverage / step)
        full = self.coverage == 1.0
        if full:
            step = 2.0 * np.pi / count
        lattice = Lattice(radius, self.stone_mm, self.gap_mm, self.rows, step)
        return lattice, [count if full else count - row % 2 for row in range(self.rows)]

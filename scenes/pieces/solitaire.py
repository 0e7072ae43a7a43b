"""The solitaire: one stone in a prong head on a plain shank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from engine.types import Piece
from scenes.pieces.chance import between, maybe, pick
from scenes.pieces.design import switch
from scenes.pieces.ring import Setting, StoneRing, drawn_shank, mount
from scenes.pieces.shoulders import cathedral
from scenes.pieces.stones import CUTS, ROUND_CUTS, drawn_ratio


@dataclass(frozen=True, kw_only=True)
class Solitaire(StoneRing):
    """A ring with one stone; see `StoneRing` and `Ring` for the other fields.

    cathedral : whether the shoulders rise in arches to the head's gallery rail.

    Raises SceneError naming a field that is out of range.

    >>> Solitaire(cut="oval", stone_mm=5.5, size=52).build().name
    'solitaire'
    """

    cathedral: bool = switch(False, "shoulders that rise in an arch to the head")

    def build(self) -> Piece:
        """The ring: one metal part and the centre stone.

        Raises GeometryError where cathedral shoulders find no gallery rail to end in.
        """
        shank = self.shank()
        cut, width = self.gem()
        head = self.head(cut, width, shank.outside)
        arches = cathedral(shank, head, cut) if self.cathedral else []
        return mount("solitaire", shank, [Setting("centre stone", cut, head)], arches)

    @classmethod
    def draw(cls, rng: np.random.Generator, cuts: Sequence[str]) -> Self:
        """A ring with a stone of half a carat to two."""
        cut = pick(rng, [c for c in cuts if c in CUTS])
        arched = maybe(rng, 0.3)
        return cls(
            cut=cut,
            stone_mm=between(rng, 3.5, 7.5),
            ratio=drawn_ratio(rng, cut),
            prongs=pick(rng, (4, 6)) if cut in ROUND_CUTS else 4,
            rails=pick(rng, (1, 2) if arched else (0, 1, 2)),
            cathedral=arched,
            rise_mm=between(rng, 0.3, 0.8),
            **drawn_shank(rng),
        )

"""The solitaire: one stone in a prong head on a plain shank."""

from __future__ import annotations

from dataclasses import dataclass

from engine.types import Piece
from scenes.pieces.ring import Setting, StoneRing, mount
from scenes.pieces.stones import stone


@dataclass(frozen=True, kw_only=True)
class Solitaire(StoneRing):
    """A ring with one stone; see `StoneRing` and `Ring` for the fields.

    Raises SceneError naming a field that is out of range.

    >>> Solitaire(cut="oval", stone_mm=5.5, size=52).build().name
    'solitaire'
    """

    def build(self) -> Piece:
        """The ring: one metal part and the centre stone."""
        shank = self.shank()
        cut = stone(self.cut, self.stone_mm, self.ratio)
        head = self.head(cut, self.stone_mm, shank.outside)
        return mount("solitaire", shank, [Setting("centre stone", cut, head)])

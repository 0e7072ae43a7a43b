"""Optical constants of the elements that alloys are mixed from.

These files (elements/*.yaml) are not materials to choose: an alloy's `per_mille` names them by
symbol, and `engine.optics` mixes them.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from materials.files import read_record
from materials.schema import (
    Fraction,
    IndexPart,
    Quantity,
    Record,
    Spectral,
    Symbol,
    TableIndex,
    Text,
)

_ROOT = Path(__file__).parent / "elements"


class Element(Record):
    """One metal: its atomic weight in g/mol, and n, k."""

    symbol: Symbol
    label: Text
    atomic_weight: Quantity
    index: TableIndex


class Composition(Record):
    """n and k at one atomic fraction of gold."""

    gold: Fraction
    n: Annotated[tuple[IndexPart, ...], Field(min_length=2)]
    k: Annotated[tuple[IndexPart, ...], Field(min_length=2)]


class GoldSilver(Spectral):
    """n, k of gold-silver from pure silver to pure gold, by atomic fraction of gold."""

    compositions: Annotated[tuple[Composition, ...], Field(min_length=2)]

    @model_validator(mode="after")
    def _complete(self) -> GoldSilver:
        for composition in self.compositions:
            self._same_length("n", composition.n)
            self._same_length("k", composition.k)
        fractions = [c.gold for c in self.compositions]
        if fractions[0] != 0.0 or fractions[-1] != 1.0:
            raise ValueError("compositions must begin at gold 0 and end at gold 1")
        if any(b <= a for a, b in pairwise(fractions)):
            raise ValueError("compositions must be in order of increasing gold")
        return self


@cache
def element(symbol: Symbol) -> Element:
    """The element by its chemical symbol."""
    return read_record(_ROOT / f"{symbol.lower()}.yaml", Element)


@cache
def gold_silver() -> GoldSilver:
    """The gold-silver series."""
    return read_record(_ROOT / "gold-silver.yaml", GoldSilver)

"""Optical constants of the elements that alloys are mixed from, and what mixing does to them.

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
    Oscillator,
    Quantity,
    Record,
    Sourced,
    Spectral,
    Symbol,
    TableIndex,
    Text,
)

_ROOT = Path(__file__).parent / "elements"


class Element(Record):
    """One metal: its atomic weight in g/mol, and n, k; zinc has none, it is known from brass."""

    symbol: Symbol
    label: Text
    atomic_weight: Quantity
    index: TableIndex | None = None


class Composition(Record):
    """n and k at one share of the series' first metal among the atoms."""

    share: Fraction
    n: Annotated[tuple[IndexPart, ...], Field(min_length=2)]
    k: Annotated[tuple[IndexPart, ...], Field(min_length=2)]


class Series(Spectral):
    """n, k of the alloys of two metals; ends with the pure first one."""

    compositions: Annotated[tuple[Composition, ...], Field(min_length=2)]

    @model_validator(mode="after")
    def _complete(self) -> Series:
        for composition in self.compositions:
            self._same_length("n", composition.n)
            self._same_length("k", composition.k)
        shares = [c.share for c in self.compositions]
        if shares[-1] != 1.0:
            raise ValueError("compositions must end at share 1")
        if any(b <= a for a, b in pairwise(shares)):
            raise ValueError("compositions must be in order of increasing share")
        return self


class Term(Sourced):
    """What an alloy's permittivity has beyond the sum of its metals'.

    Grows with the product of the shares of atoms, those of `of` together times those of `among`
    together.
    """

    of: Annotated[tuple[Symbol, ...], Field(min_length=1)]
    among: Annotated[tuple[Symbol, ...], Field(min_length=1)]
    oscillators: Annotated[tuple[Oscillator, ...], Field(min_length=1, max_length=8)]


class Alloying(Record):
    """The terms of all pairs that are known to need one."""

    terms: tuple[Term, ...]


@cache
def element(symbol: Symbol) -> Element:
    """The element by its chemical symbol."""
    return read_record(_ROOT / f"{symbol.lower()}.yaml", Element)


@cache
def gold_silver() -> Series:
    """Gold-silver from pure silver to pure gold."""
    return read_record(_ROOT / "gold-silver.yaml", Series)


@cache
def copper_zinc() -> Series:
    """Brass, up to 30 % of zinc by weight."""
    return read_record(_ROOT / "copper-zinc.yaml", Series)


@cache
def alloying() -> tuple[Term, ...]:
    """What alloys have beyond the sum of their metals."""
    return read_record(_ROOT / "alloying.yaml", Alloying).terms

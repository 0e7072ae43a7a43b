"""A design: a frozen record of parameters with their ranges, from which a piece is built.

A parameter is a field of a dataclass, declared with its range or its choices:

    stone_mm: float = ranged(6.5, 2.5, 14.0, "width of the stone", unit="mm")
    profile: str = choice("court", tuple(PROFILES), "section of the shank")
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import MISSING, dataclass, field, fields
from numbers import Real
from typing import Any, ClassVar, Literal, Self

import numpy as np

from engine.errors import SceneError
from engine.types import Piece

Family = Literal["ring", "earring", "pendant", "necklace", "bracelet"]

_KEY = "culet"


@dataclass(frozen=True)
class Parameter:
    """What a parameter may be.

    name : of the field. default : None where it follows from others. what : in words.
    low, high : its range, of numbers. whole : whether only whole numbers make sense.
    unit : "mm", "deg", "ct" or "". choices : of words; empty for numbers and switches.
    """

    name: str
    default: Any
    what: str
    low: float | None = None
    high: float | None = None
    whole: bool = False
    unit: str = ""
    choices: tuple[str, ...] = ()

    def check(self, value: Any, owner: str) -> None:
        """Raise SceneError unless `value` may stand here; None may where it is the default."""
        if value is None and self.default is None:
            return
        start = f"{owner}: {self.name} is {value!r}"
        if self.choices:
            if isinstance(value, str) and value not in self.choices:
                raise SceneError(f"{start}; choose one of {', '.join(self.choices)}")
        elif self.low is not None and self.high is not None:
            number = isinstance(value, Real) and not isinstance(value, bool)
            if not number or not self.low <= value <= self.high:
                shown = f"{value:g}" if number else repr(value)
                raise SceneError(
                    f"{owner}: {self.name} is {shown}; give a value from {self.low:g} to "
                    f"{self.high:g}{' ' + self.unit if self.unit else ''}"
                )
            if self.whole and int(value) != value:
                raise SceneError(f"{start}; give a whole number")
        elif not isinstance(value, bool):
            raise SceneError(f"{start}; give true or false")


def ranged(default: float | None, low: float, high: float, what: str, unit: str = "mm") -> Any:
    """A field for a number from `low` to `high`; a default of None follows from other fields."""
    return _declared(default, what, low=low, high=high, unit=unit)


def counted(default: int | None, low: int, high: int, what: str) -> Any:
    """A field for a whole number from `low` to `high`."""
    return _declared(default, what, low=low, high=high, whole=True)


def choice(default: Any, choices: Sequence[str], what: str) -> Any:
    """A field for one of some words; what is no word, such as a `Shape`, is not looked at."""
    return _declared(default, what, choices=tuple(choices))


def switch(default: bool, what: str) -> Any:
    """A field that is true or false."""
    return _declared(default, what)


def _declared(default: Any, what: str, **rest: Any) -> Any:
    return field(default=default, metadata={_KEY: {"what": what, **rest}})


@dataclass(frozen=True, kw_only=True)
class Design(ABC):
    """Parameters of a piece; a subclass adds its own and says how it is built.

    Raises SceneError naming a parameter that is out of range.
    """

    family: ClassVar[Family]

    def __post_init__(self) -> None:
        for parameter in self.parameters():
            parameter.check(getattr(self, parameter.name), type(self).__name__)

    @classmethod
    def parameters(cls) -> tuple[Parameter, ...]:
        """What can be set, in the order of the fields."""
        return tuple(
            Parameter(f.name, None if f.default is MISSING else f.default, **f.metadata[_KEY])
            for f in fields(cls)
            if _KEY in f.metadata
        )

    @abstractmethod
    def build(self) -> Piece:
        """The piece, resting on z = 0.

        Raises GeometryError when parameters, each in its range, do not go together.
        """

    @classmethod
    @abstractmethod
    def draw(cls, rng: np.random.Generator, cuts: Sequence[str]) -> Self:
        """A random design as shops sell it: one that a goldsmith could make and that can be built.

        cuts : names of the cuts of `engine.cad.cuts` that may be used; "round" is always one.
        The same state of `rng` gives the same design.
        """

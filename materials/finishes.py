"""How the surface of a metal was left: polished, brushed, hammered, worn ...; a short text each.

    finish("satin")            finish("brushed:radial")    finish("brushed:0,0,1")
    finish("hammered:2")       finish("worn:0.4")          finish("worn:0.4#7")

After the colon stands what the kind is asked for: which way the brush went, how wide the hammer's
dimples are (mm), how much a piece was worn (0 to 1). After the # stands a seed: another one moves
scratches, dimples and the polisher's hand. What a finish means to light is `engine.trace`'s affair,
what it does to the shape `engine.cad.hammer`'s.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import Literal, get_args

from materials.errors import MaterialError

FinishKind = Literal[
    "polished", "mirror", "satin", "brushed", "matte", "sandblasted", "hammered", "worn"
]
Way = Literal["along", "radial"]
KINDS: tuple[FinishKind, ...] = get_args(FinishKind)

#: What a kind is asked for, and what it has where nothing is said. Dimples as wide as a planishing
#: hammer leaves them on a ring; half worn: some years of daily wear (both estimated).
DIMPLE_MM, LEAST_MM, MOST_MM = 1.8, 0.8, 6.0
WORN = 0.5
LARGEST_SEED = 2**16 - 1

#: Radius of the edges, mm: as cast metal has them, and as the most worn piece does (estimated).
EDGE_MM, WORN_EDGE_MM = 0.05, 0.15


@dataclass(frozen=True)
class Finish:
    """The finish of a part.

    kind   : "polished" is done by hand, so it waves a little; "mirror" does not. The polish of the
             material itself (its roughness) is below all finishes.
    way    : of brushed metal: "along" the part (around a ring), "radial", or a direction, which is
             projected onto the surface.
    size   : of hammered metal: width of the dimples, mm. Of worn metal: how much, 0 to 1. Else 0.
    seed   : of everything random, 0 to 65535.
    """

    kind: FinishKind = "polished"
    way: Way | tuple[float, float, float] = "along"
    size: float = 0.0
    seed: int = 0

    @property
    def edge_mm(self) -> float:
        """Radius to which sharp edges are rounded, mm."""
        if self.kind == "mirror":
            return 0.0
        worn = self.size if self.kind == "worn" else 0.0
        return EDGE_MM + worn * (WORN_EDGE_MM - EDGE_MM)

    def __str__(self) -> str:
        """The text that `finish` reads as this very finish."""
        told = ""
        if self.kind == "brushed" and self.way != "along":
            told = self.way if isinstance(self.way, str) else ",".join(map(repr, self.way))
        elif self.kind in SIZES:
            told = repr(self.size)
        seed = f"#{self.seed}" if self.seed else ""
        return self.kind + (f":{told}" if told else "") + seed


#: Kinds that have a size: what it is where nothing is said, the least, the most, and what it means.
SIZES: Mapping[str, tuple[float, float, float, str]] = MappingProxyType(
    {
        "hammered": (DIMPLE_MM, LEAST_MM, MOST_MM, "the width of its dimples in mm"),
        "worn": (WORN, 0.0, 1.0, "how much it was worn"),
    }
)

POLISHED = Finish()
MIRROR = Finish("mirror")


def finish(text: str | Finish) -> Finish:
    """The finish that a text means.

    Raises MaterialError: with the nearest names for an unknown kind; with what may follow it.

    >>> finish("worn:0.4").size, finish("brushed").way
    (0.4, 'along')
    """
    if isinstance(text, Finish):
        return text
    match = re.fullmatch(r"\s*([^:#]*?)\s*(?::([^#]*))?(?:#([0-9]{1,5}))?\s*", text)
    if match is None or int(match[3] or 0) > LARGEST_SEED:
        raise MaterialError(
            f"the finish {text!r:.60} does not end in a seed such as #7, up to #{LARGEST_SEED}"
        )
    kind, told, seed = _kind(match[1]), match[2], int(match[3] or 0)
    if kind == "brushed":
        return Finish(kind, "along" if told is None else _way(told), 0.0, seed)
    if kind in SIZES:
        return Finish(kind, "along", _size(kind, told), seed)
    if told is not None:
        raise MaterialError(f"nothing may follow the finish {kind!r}, so drop {told!r:.40}")
    return Finish(kind, seed=seed)


def _kind(name: str) -> FinishKind:
    wanted = name.casefold()
    for kind in KINDS:
        if wanted == kind:
            return kind
    close = get_close_matches(wanted, KINDS, n=3, cutoff=0.5)
    raise MaterialError(f"unknown finish {name!r:.40}; choose one of {', '.join(close or KINDS)}")


def _way(told: str) -> Way | tuple[float, float, float]:
    """The way of the brush."""
    if told in ("along", "radial"):
        return told  # type: ignore[return-value]
    try:
        x, y, z = (float(number) for number in told.split(","))
    except ValueError:
        x = y = z = math.nan
    if not 1e-6 < math.hypot(x, y, z) < 1e6:
        raise MaterialError(
            f"metal is brushed 'along', 'radial' or in a direction such as 0,0,1, not {told!r:.40}"
        )
    return (x, y, z)


def _size(kind: str, told: str | None) -> float:
    usual, low, high, meaning = SIZES[kind]
    if told is None:
        return usual
    try:
        size = float(told)
    except ValueError:
        size = math.nan
    if not low <= size <= high:
        raise MaterialError(
            f"after {kind!r} stands {meaning}, from {low:g} to {high:g}, not {told!r:.40}"
        )
    return size

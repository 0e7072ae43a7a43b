"""The cuts by name: which there are, how long they usually are, and one of a width or weight."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.cad.cuts.baguette import baguette
from engine.cad.cuts.brilliant import round_brilliant
from engine.cad.cuts.cut import check_ranges
from engine.cad.cuts.fancies import cushion, marquise, pear
from engine.cad.cuts.heart import heart
from engine.cad.cuts.old_european import old_european
from engine.cad.cuts.oval import oval
from engine.cad.cuts.princess import princess
from engine.cad.cuts.radiant import radiant
from engine.cad.cuts.rose import rose
from engine.cad.cuts.shape import Shape, carat
from engine.cad.cuts.single import single
from engine.cad.cuts.smooth import bead, cabochon, drop
from engine.cad.cuts.step import asscher, emerald
from engine.errors import SceneError

#: Density of diamond, g/cm^3: materials/gems/diamond.yaml, rounded as the trade does.
DIAMOND = 3.52

_NORTH, _SOUTH = float(np.pi / 2.0), float(3.0 * np.pi / 2.0)
_CORNERS = tuple(float(k * np.pi / 4.0) for k in (1, 3, 5, 7))

# Width, mm, of the stone that is weighed before it is scaled to a weight.
_WEIGHED = 5.0


@dataclass(frozen=True)
class CutKind:
    """A cut of the trade.

    name   : as given to `make`. title : in words.
    build  : from width, mm, and length over width, to the stone of usual proportions.
    ratio  : lowest, usual and highest length over width; None where it is always 1.
    round  : the outline has no corners. smooth : no facets.
    points : azimuths, rad from +x, of tips that need a prong of their own.
    """

    name: str
    title: str
    build: Callable[[float, float], Shape]
    ratio: tuple[float, float, float] | None = None
    round: bool = False
    smooth: bool = False
    points: tuple[float, ...] = ()


KINDS: dict[str, CutKind] = {
    kind.name: kind
    for kind in (
        CutKind("round", "round brilliant", lambda w, _: round_brilliant(w), round=True),
        CutKind("princess", "princess", lambda w, _: princess(w), points=_CORNERS),
        CutKind("emerald", "emerald cut", emerald, (1.05, 1.4, 2.5)),
        CutKind("oval", "oval brilliant", oval, (1.0, 1.4, 2.5), round=True),
        CutKind("radiant", "radiant", radiant, (1.0, 1.15, 2.0)),
        CutKind("asscher", "Asscher", asscher, (1.0, 1.0, 1.1)),
        CutKind("cushion", "cushion brilliant", cushion, (1.0, 1.0, 1.3), round=True),
        CutKind("pear", "pear brilliant", pear, (1.25, 1.5, 1.9), points=(_NORTH,)),
        CutKind(
            "marquise",
            "marquise brilliant",
            marquise,
            (1.5, 2.0, 2.5),
            points=(_NORTH, _SOUTH),
        ),
        CutKind("heart", "heart brilliant", heart, (0.85, 1.0, 1.2), points=(_SOUTH,)),
        CutKind("baguette", "baguette", baguette, (1.2, 2.0, 5.0)),
        CutKind(
            "tapered-baguette",
            "tapered baguette",
            lambda w, r: baguette(w, r, taper=0.7),
            (1.2, 1.8, 5.0),
        ),
        CutKind("single", "single cut", lambda w, _: single(w), round=True),
        CutKind("rose", "rose cut", rose, (1.0, 1.0, 2.0), round=True),
        CutKind("old-european", "old European cut", lambda w, _: old_european(w), round=True),
        CutKind("cabochon", "cabochon", cabochon, (1.0, 1.0, 2.2), round=True, smooth=True),
        CutKind("bead", "bead", bead, (0.6, 1.0, 2.2), round=True, smooth=True),
        CutKind("drop", "drop", drop, (1.2, 1.5, 2.6), round=True, smooth=True),
    )
}


def make(
    name: str,
    *,
    width: float | None = None,
    ratio: float | None = None,
    carat: float | None = None,
    density: float = DIAMOND,
) -> Shape:
    """The stone of a cut by its size or its weight.

    name    : one of KINDS. width : mm, across x. ratio : length, along y, over width; None takes
    the usual. carat : metric carats, in place of the width, of a stone of `density` g/cm^3.
    Raises SceneError for an unknown name, a value out of range, or not exactly one size.

    >>> make("round", carat=1.0).girdle().half[0]  # doctest: +ELLIPSIS
    3.2...
    """
    if name not in KINDS:
        near = difflib.get_close_matches(name, KINDS, n=3, cutoff=0.5) or list(KINDS)
        raise SceneError(f"no cut is called '{name}'; choose one of {', '.join(near)}")
    kind = KINDS[name]
    if (width is None) == (carat is None):
        both = "both width and carat are" if width is not None else "neither width nor carat is"
        raise SceneError(f"{kind.title}: {both} given; give one of them")
    long = _ratio(kind, ratio)
    if width is not None:
        check_ranges(kind.title, {"width": (width, 0.3, 60.0)})
        return kind.build(width, long)
    assert carat is not None
    check_ranges(kind.title, {"carat": (carat, 1e-4, 2000.0), "density": (density, 0.5, 25.0)})
    return _weighing(kind.build(_WEIGHED, long), carat, density)


def _ratio(kind: CutKind, ratio: float | None) -> float:
    if kind.ratio is None:
        if ratio is not None:
            raise SceneError(
                f"ratio is {ratio:g}, but a {kind.title} is as long as it is wide; leave it out"
            )
        return 1.0
    low, usual, high = kind.ratio
    if ratio is None:
        return usual
    check_ranges(kind.title, {"length to width": (ratio, low, high)})
    return ratio


def _weighing(shape: Shape, weight: float, density: float) -> Shape:
    """The shape in the size that weighs so many carats."""
    return shape.scaled(float(np.cbrt(weight / carat(shape, density))))

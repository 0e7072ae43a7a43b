"""Stones by the name of their cut."""

from __future__ import annotations

import numpy as np

from engine.cad.cuts import KINDS, Shape, carat, make
from scenes.pieces.chance import between

#: Cuts that are set in metal; the others are pierced.
CUTS = tuple(name for name in KINDS if name not in ("bead", "drop"))

#: Cuts without corners, which six prongs may hold.
ROUND_CUTS = tuple(name for name in CUTS if KINDS[name].round)


def stone(cut: str | Shape, width: float, ratio: float | None = None) -> Shape:
    """The stone of a cut, `width` mm across.

    cut   : a name of `engine.cad.cuts.KINDS`, or any stone, which is scaled to the width across
    its short way. ratio : length over width; None takes the usual. Raises SceneError for an
    unknown name or a ratio that the cut does not come in.
    """
    if isinstance(cut, str):
        return make(cut, width=width, ratio=ratio)
    return cut.scaled(width / float(np.ptp(cut.girdle().outline, axis=0).min()))


def weighing(cut: str | Shape, weight: float, density: float, ratio: float | None = None) -> Shape:
    """The stone of a cut that weighs `weight` carats at `density` g/cm^3; see `stone`."""
    if isinstance(cut, str):
        return make(cut, carat=weight, density=density, ratio=ratio)
    return cut.scaled(float(np.cbrt(weight / carat(cut, density))))


def drawn_ratio(rng: np.random.Generator, cut: str) -> float | None:
    """Length over width of a stone for a random design; None where the cut has but one."""
    span = KINDS[cut].ratio
    if span is None:
        return None
    low, usual, high = span
    return between(rng, max(low, 0.9 * usual), min(high, 1.1 * usual), 0.01)

"""Stones by the name of their cut."""

from __future__ import annotations

import numpy as np

from engine.cad.cuts import Shape, make
from scenes.pieces.chance import between

CUTS = ("round", "oval", "emerald", "princess")

#: Cuts without corners, which six prongs may hold.
ROUND_CUTS = ("round", "oval")

# Cuts that are longer than wide.
_LONG = ("oval", "emerald")


def stone(cut: str | Shape, width: float, ratio: float | None = None) -> Shape:
    """The stone of a cut, `width` mm across.

    cut   : a name of `engine.cad.cuts.KINDS`, or any stone, which is scaled to the width across
    its short way. ratio : length over width; None takes the usual. Raises SceneError for an
    unknown name or a ratio that the cut does not come in.
    """
    if isinstance(cut, str):
        return make(cut, width=width, ratio=ratio)
    return cut.scaled(width / float(np.ptp(cut.girdle().outline, axis=0).min()))


def drawn_ratio(rng: np.random.Generator, cut: str) -> float | None:
    """Length over width of a stone for a random design; None where the cut has but one."""
    return between(rng, 1.25, 1.55) if cut in _LONG else None

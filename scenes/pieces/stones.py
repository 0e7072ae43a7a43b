"""Stones by the name of their cut."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.cad.cuts import Cut, emerald, oval, princess, round_brilliant, to_mesh
from engine.errors import SceneError
from scenes.pieces.chance import between

_EVEN: dict[str, Callable[[float], Cut]] = {"round": round_brilliant, "princess": princess}
_LONG: dict[str, Callable[[float, float], Cut]] = {"oval": oval, "emerald": emerald}

CUTS = ("round", "oval", "emerald", "princess")

#: Cuts without corners, which six prongs may hold.
ROUND_CUTS = ("round", "oval")


def stone(cut: str | Cut, width: float, ratio: float | None = None) -> Cut:
    """The stone of a cut, `width` mm across its short way.

    cut   : one of CUTS, or any cut, which is scaled. ratio : length over width of an oval or
    emerald; None takes 1.4. Raises SceneError for an unknown name.
    """
    if isinstance(cut, Cut):
        extent = np.ptp(to_mesh(cut).vertices[:, :2], axis=0)
        return cut.scaled(width / float(extent.min()))
    if cut in _LONG:
        return _LONG[cut](width, 1.4 if ratio is None else ratio)
    if cut not in _EVEN:
        raise SceneError(f"no cut is called '{cut}'; choose one of {', '.join(CUTS)}")
    if ratio is not None:
        raise SceneError(f"ratio is {ratio:g}, but a {cut} is as long as it is wide; leave it out")
    return _EVEN[cut](width)


def drawn_ratio(rng: np.random.Generator, cut: str) -> float | None:
    """Length over width of a stone for a random design; None where the cut has but one."""
    return between(rng, 1.25, 1.55) if cut in _LONG else None

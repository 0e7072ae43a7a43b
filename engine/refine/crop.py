"""A part of a frame, as a frame."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any, TypeVar

import numpy as np

from engine.refine.tiles import Area
from engine.types import Behind, Caustics, Features, Frame, Sketch

Owner = TypeVar("Owner", bound=Frame | Features | Behind | Sketch | Caustics)


def mapped(owner: Owner, change: Callable[[Any], Any]) -> Owner:
    """A frame, or a record of one, with every image of it changed alike.

    The camera stays that of the whole picture.
    """
    told = {}
    for field in fields(owner):
        value = getattr(owner, field.name)
        if isinstance(value, np.ndarray):
            told[field.name] = change(value)
        elif isinstance(value, Features | Behind | Sketch | Caustics):
            told[field.name] = mapped(value, change)
    return replace(owner, **told)


def cropped(frame: Frame, area: Area) -> Frame:
    """The rows and columns of an area."""
    return mapped(frame, lambda image: image[area])


def area_of(mask: Any, reach: int = 0, step: int = 1) -> Area | None:
    """The rows and columns within `reach` pixels of a mask, [H, W]; None where that is empty.

    They begin at multiples of `step`, and end there where the picture goes on.
    """
    if not mask.any():
        return None
    found = []
    for axis, length in enumerate(mask.shape):
        shown = np.flatnonzero(mask.any(axis=1 - axis))
        first = max(0, int(shown[0]) - reach) // step * step
        last = -(-(int(shown[-1]) + 1 + reach) // step) * step
        found.append(slice(first, min(length, last)))
    return found[0], found[1]

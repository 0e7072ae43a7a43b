"""Which views of a piece are near enough to each other to be refined together."""

from __future__ import annotations

import math
from collections.abc import Sequence

from engine.scene.model import View

#: Most neighbours of a view, and how far away in the list they may stand: bounds memory.
MOST, REACH = 4, 4
#: Largest distance, degrees: a degree apart views take a quarter off their error, 10 apart nothing
#: (`benchmarks.consistency`); between them estimated.
NEAR_DEG = 6.0


def neighbours(views: Sequence[View]) -> tuple[tuple[int, ...], ...]:
    """For each view the indices of the few that are nearest to it, the nearest first.

    The list is taken for a ring: the last view of a turn is a neighbour of the first. Views under a
    light that is turned by itself (`View.light_deg`) are none: there the light is the subject. Nor
    are views that are the same: they err alike.
    """
    count = len(views)
    found = []
    for index, view in enumerate(views):
        places = {(index + step) % count for step in range(-REACH, REACH + 1)} - {index}
        apart = sorted((_apart_deg(view, views[place]), place) for place in places)
        near = [place for distance, place in apart if 0 < distance <= NEAR_DEG]
        found.append(tuple(near[:MOST]))
    return tuple(found)


def _apart_deg(one: View, other: View) -> float:
    """By how much two views differ; the studio's lights may turn with the azimuth."""
    if one.light_deg != other.light_deg:
        return math.inf
    turn = math.remainder(one.azimuth_deg - other.azimuth_deg, 360.0)
    return math.hypot(turn, one.elevation_deg - other.elevation_deg)

"""How a chain of rigid links hangs between two points, with a weight on it or without."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import root

from engine.errors import GeometryError
from engine.types import FloatArray


@dataclass(frozen=True, eq=False)
class Hanging:
    """A row of links at rest, in the upright plane (x, z).

    slopes : [N] rad, of each link above +x. joints : [N + 1, 2] mm, from the first held point to
    the last. pull : [N + 1, 2] force at each joint upon what comes before it, in the unit of the
    weights.
    """

    slopes: FloatArray
    joints: FloatArray
    pull: FloatArray


def hang(reaches: FloatArray, weights: FloatArray, span: float, rise: float = 0.0) -> Hanging:
    """The catenary of rigid links without friction.

    reaches : [N, 2] mm, from the middle of each link, where its weight acts, to the joint before
    and to the joint after it. weights : [N]. span, rise : mm, from the first held point to the
    last, along x and z.

    Each link is at rest when the pulls of its neighbours and its weight balance and turn it
    neither way: the pull along x, H, is the same throughout, the pull along z grows by each weight,
    and tan(slope) is the mean of the latter at its two joints, weighed by their reaches, over H.
    With ever shorter links this is the catenary a cosh(x / a), a = H over weight per length.

    Raises GeometryError where the row is too short for the span, or hangs straight down.
    """
    chords = reaches.sum(axis=1)
    length, load = float(chords.sum()), float(weights.sum())
    if np.hypot(span, rise) > 0.995 * length or span < 0.02 * length:
        raise GeometryError(
            f"a chain of {length:.0f} mm cannot hang between points {np.hypot(span, rise):.0f} mm "
            "apart; choose a span of 0.02 to 0.99 of its length"
        )
    before = np.concatenate([[0.0], np.cumsum(weights)])
    lean = (before[:-1] * reaches[:, 0] + before[1:] * reaches[:, 1]) / chords

    def slopes(unknown: FloatArray) -> FloatArray:
        return np.asarray(np.arctan2(unknown[1] + lean / load, np.exp(unknown[0])))

    def miss(unknown: FloatArray) -> FloatArray:
        angle = slopes(unknown)
        across, up = chords @ np.cos(angle) - span, chords @ np.sin(angle) - rise
        return np.array([across, up]) / length

    start = np.array([np.log(0.5 * span / np.sqrt(length**2 - span**2 - rise**2)), -0.5])
    found = root(miss, start, tol=1e-13)
    if np.abs(miss(found.x)).max() > 1e-9:
        raise GeometryError("no way was found for the chain to hang; choose a wider span")
    angle = slopes(found.x)
    steps = chords[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    joints = np.concatenate([np.zeros((1, 2)), np.cumsum(steps, axis=0)])
    pull = load * np.column_stack(
        [np.full(len(before), np.exp(found.x[0])), found.x[1] + before / load]
    )
    return Hanging(angle, joints, pull)

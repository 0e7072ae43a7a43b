"""Weaves of chains: which link, how each is turned against the one before, how far it stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scenes.pieces.course import stood
from scenes.pieces.links import TAUT, Link, apart, box, curb, gap, stadium, strip

#: Links of a chain come no closer than this, mm.
LEAST = 0.01

# How far and how finely it is tried how a chain bends, radians.
_MOST_BEND, _BEND_STEP = np.radians(30.0), np.radians(1.0)


@dataclass(frozen=True, eq=False)
class Weave:
    """A chain of equal links.

    link : of which it is made. start, step : turn of the first link about the chain and of each
    against the one before, rad, as the chain lies. room : mm between links then; flat strip needs
    more to turn. rest : mm, the least height of a link's middle over the ground, where it lies in
    its neighbours and not on the ground. swings : whether, where the chain hangs, every other link
    is a round in that plane, in which its neighbours swing freely.
    """

    link: Link
    start: float
    step: float
    room: float = 0.06
    rest: float = 0.0
    swings: bool = False

    @property
    def tight(self) -> float:
        """Room between links when the chain hangs, mm: links without rounds must still turn."""
        return TAUT if self.swings else self.room

    def pitch(self, room: float) -> float:
        """From link to link where `room` mm stay between them, mm."""
        return apart(self.link, self.link, self.step, room)

    def bend(self, room: float) -> float:
        """The most that a link, `room` mm from the next, turns aside without touching it, rad."""
        most, pitch = 0.0, self.pitch(room)
        while most < _MOST_BEND and self._clear(pitch, most + _BEND_STEP):
            most += _BEND_STEP
        return most

    def _clear(self, pitch: float, bend: float) -> bool:
        """Whether the second link, and the third from it, stay clear when they turn aside."""
        pivot = self.link.pivot
        between = (pitch - 2.0 * pivot) * np.array([np.cos(bend / 2.0), np.sin(bend / 2.0)])
        for index in (0, 1):
            a, b = np.eye(4), np.eye(4)
            a[:3, :3] = stood(0.0, 0.0, self.roll(index))
            b[:3, :3] = stood(bend, 0.0, self.roll(index + 1))
            b[:2, 3] = [pivot, 0.0] + between + pivot * b[:2, 0]
            a[2, 3], b[2, 3] = self.height(index), self.height(index + 1)
            solid = self.link.solid
            if gap(solid.moved(a), solid.moved(b), 2.0 * LEAST) < LEAST:
                return False
        return True

    def roll(self, index: int) -> float:
        """Turn of a link about the chain, rad."""
        return self.start + index * self.step

    def height(self, index: int) -> float:
        """Of the middle of a link over the ground on which the chain lies, mm."""
        return max(self.link.depth(self.roll(index)), self.rest)


def _cable(width: float, wire: float, long: float) -> Weave:
    """Straight links, each a quarter turn from the next; laid, all lean by half of that."""
    link = stadium(wire * width, width, long * width)
    return Weave(link, -np.pi / 4.0, np.pi / 2.0, swings=True)


def _curb(width: float, wire: float, long: float) -> Weave:
    """Twisted links that nest flat, filed above and below."""
    return Weave(curb(wire * width, width, long * width, 0.4), 0.0, 0.0)


def _box(width: float, wire: float, long: float) -> Weave:
    """Square links of strip, standing and lying in turn."""
    thin, high = strip(width)
    return Weave(box(width), np.pi / 2.0, np.pi / 2.0, 0.1, thin + high / 2.0 + TAUT)


#: How to weave by the name of a style: from width in mm, wire and length of a link as parts of it.
WEAVES: dict[str, Callable[[float, float, float], Weave]] = {
    "cable": _cable,
    "curb": _curb,
    "box": _box,
}

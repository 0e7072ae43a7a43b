"""Silk: the thread of a strand, its knots, and the loops that tie it to a clasp."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.types import FloatArray
from scenes.pieces.solids import Solid, merge, revolve, tube

# Points around a thread, of a knot's coil, and around a loop.
_AROUND, _COIL, _TURN = 10, 30, 25

# Room between a loop and the wire that it goes around, mm.
_EASE = 0.06


@dataclass(frozen=True)
class Silk:
    """Silk for holes of this diameter, mm: thin enough to pass, its knots too thick to."""

    hole: float

    @property
    def radius(self) -> float:
        """Of the thread, mm."""
        return 0.26 * self.hole

    @property
    def knot(self) -> float:
        """Radius of a knot, mm."""
        return 0.58 * self.hole

    def thread(
        self, knots: FloatArray, after: FloatArray, before: FloatArray, wire: float
    ) -> Solid:
        """From the first knot to the last, tied at both to an eye of a clasp, as one body.

        knots : [N, 3] mm. after, before : [3] mm, middle of the wire of the eye beside the last and
        of that beside the first. wire : mm, thickness of the eyes' wire.
        """
        solids = [self._line(knots)]
        for knot, towards in zip(knots, _headings(knots), strict=True):
            solids.append(_turned(self._knot(), knot, towards))
        for knot, eye in ((knots[-1], after), (knots[0], before)):
            solids.append(self._tie(knot, eye, wire))
        return merge(solids)

    def _line(self, path: FloatArray) -> Solid:
        across = np.cross(_headings(path), [0.0, 0.0, 1.0])
        across /= np.linalg.norm(across, axis=1, keepdims=True)
        return tube(path, np.full(len(path), self.radius), across, closed=False, points=_AROUND)

    def _knot(self) -> Solid:
        """A ball with the coils of an overhand knot, a trefoil, showing on it; thread along z."""
        t = np.linspace(0.0, 2.0 * np.pi, _COIL, endpoint=False)
        coil = 0.3 * self.knot
        ring, tilt = 0.47 * self.knot, 0.21 * self.knot
        out = ring + tilt * np.cos(3.0 * t)
        path = np.column_stack(
            [out * np.cos(2.0 * t), out * np.sin(2.0 * t), tilt * np.sin(3.0 * t)]
        )
        along = np.roll(path, -1, axis=0) - np.roll(path, 1, axis=0)
        across = np.cross(along, path + np.array([0.0, 0.0, 0.01]))
        across /= np.linalg.norm(across, axis=1, keepdims=True)
        wound = tube(path, np.full(_COIL, coil), across, closed=True, points=8)
        turned = np.linspace(np.pi, 0.0, 9)[1:-1]
        core = 0.85 * self.knot * np.column_stack([np.sin(turned), np.cos(turned)])
        return merge([wound, revolve(core, 14)])

    def _tie(self, knot: FloatArray, eye: FloatArray, wire: float) -> Solid:
        """A level loop from a knot around the wire of an upright eye."""
        away = eye - knot
        far = float(np.linalg.norm(away))
        along = away / far
        side = np.cross([0.0, 0.0, 1.0], along)
        side /= np.linalg.norm(side)
        bow = wire / 2.0 + self.radius + _EASE
        lean = np.arccos(bow / far)  # where the thread leaves the wire for the knot
        turn = np.linspace(np.pi - lean, lean - np.pi, _TURN)
        round_ = eye + bow * (np.cos(turn)[:, None] * along + np.sin(turn)[:, None] * side)
        path = np.concatenate([knot[None], round_])
        up = np.broadcast_to(np.cross(along, side), path.shape)
        return tube(path, np.full(len(path), self.radius), up, closed=True, points=_AROUND)


def _headings(path: FloatArray) -> FloatArray:
    """[N, 3] unit vectors along a path."""
    along = np.gradient(path, axis=0)
    return np.asarray(along / np.linalg.norm(along, axis=1, keepdims=True))


def _turned(solid: Solid, place: FloatArray, axis: FloatArray) -> Solid:
    """The solid with its z along `axis`, [3] unit and not upright, at `place`."""
    side = np.cross([0.0, 0.0, 1.0], axis)
    side /= np.linalg.norm(side)
    move = np.eye(4)
    move[:3] = np.column_stack([side, np.cross(axis, side), axis, place])
    return solid.moved(move)

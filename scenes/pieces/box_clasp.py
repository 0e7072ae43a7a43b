"""The box clasp: a tongue folded from sheet springs open in a box and catches behind its lips.

Frame: the bracelet runs along x, its hinges lie along y at z = 0. The tongue enters the box
towards +x; a thumb press on it stands out of the box.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.types import FloatArray, Mesh
from scenes.pieces.blocks import bar, block, eye, stadium
from scenes.pieces.solids import Solid, drill, join, sweep
from scenes.pieces.tennis_link import AIR, EYE

#: Thickness of the box's walls and of the tongue's sheet, air around the tongue; mm.
_WALL, _SHEET, _ROOM = 0.75, 0.35, 0.05

#: Height of the lips behind which the tongue catches, mm, and half the width of the thumb press.
_LIP, _THUMB = 0.32, 0.25


@dataclass(frozen=True)
class BoxClasp:
    """A clasp. half : half of its width; bar : radius of the hinges; low, high : z of the box's
    floor and roof outside; beyond : how far the next link reaches over its bar; length : of the
    box; mm."""

    half: float
    bar: float
    low: float
    high: float
    beyond: float
    length: float = 6.5

    @property
    def mouth(self) -> float:
        """x of the box's mouth; the tongue's bar is at x = 0."""
        return self.bar + 1.9

    @property
    def span(self) -> float:
        """From the tongue's bar to that which the box's eye holds, mm."""
        return self.mouth + self.length + self.beyond + 0.7

    def box(self) -> Mesh:
        """The box and its eye."""
        x, end, lip = self.mouth, self.mouth + self.length, self.mouth + _WALL
        y = self.half - _WALL
        floor, roof = self.low + _WALL, self.high - _WALL
        outer = block((x, -self.half, self.low), (end, self.half, self.high), 0.25)
        cavity = block((lip, -y, floor), (end - _WALL, y, roof))
        mouth = block((x - 1.0, -y, floor), (lip + 0.1, y, roof - _LIP))
        notch = block((x - 1.0, -_THUMB - _ROOM, roof - _LIP - 0.1),
                      (x + 2.4, _THUMB + _ROOM, self.high + 1.0))  # fmt: skip
        ring = eye(*self._eye_ends(), self.bar + AIR, EYE)
        return join([drill([outer], [cavity, mouth, notch]), ring], [])

    def tongue(self) -> Mesh:
        """Bar, cheeks, end plate, and the sheet with its thumb press."""
        x, y = self.mouth, self.half - _WALL - _ROOM
        wide = self.half - 0.05
        cheek = 0.45 * self.half
        plate = block((x - 0.9, -wide, self.low), (x - 0.02, wide, self.high), 0.2)
        cheeks = [
            block((-self.bar, s, -self.bar - 0.15), (x - 0.4, s + wide - cheek, self.bar + 0.15),
                  0.15)
            for s in (cheek, -wide)
        ]  # fmt: skip
        sheet = self._sheet(y)
        press = block((x + _WALL + _ROOM, -_THUMB, self.high - _WALL - _ROOM - _SHEET),
                      (x + 1.9, _THUMB, self.high + 0.45), 0.12)  # fmt: skip
        return join([plate, *cheeks, bar(self.bar, 2.0 * wide - 0.2), sheet, press], [])

    def _sheet(self, half: float) -> Solid:
        """The sheet: along the floor, folded at its end, back and up to the lips."""
        x, t = self.mouth, _SHEET / 2.0
        floor, roof = self.low + _WALL + _ROOM + t, self.high - _WALL - _ROOM - t
        far = x + self.length - _WALL - _ROOM - t
        fold = 0.32
        turn = np.linspace(-np.pi / 2.0, np.pi / 2.0, 13)
        bend = np.column_stack([
            far - fold + fold * np.cos(turn), floor + fold + fold * np.sin(turn)
        ])  # fmt: skip
        back = np.array([[x + _WALL + _ROOM, roof]])
        middle = np.concatenate([[[x - 0.5, floor]], bend, back])
        along = np.gradient(middle, axis=0)
        along /= np.linalg.norm(along, axis=1, keepdims=True)
        along[-1] = [-1.0, 0.0]
        off = np.column_stack([-along[:, 1], along[:, 0]])
        corners = [(-half, t), (half, t), (half, -t), (-half, -t)]
        rings = [np.column_stack([middle[:, 0] + d * off[:, 0], np.full(len(middle), y),
                                  middle[:, 1] + d * off[:, 1]]) for y, d in corners]  # fmt: skip
        return sweep(np.stack(rings, axis=1), closed=False)

    def eye_curve(self) -> FloatArray:
        """The middle line of the box's eye, [N, 3] mm."""
        return stadium(*self._eye_ends(), self.bar + AIR + EYE)

    def bar_curve(self) -> FloatArray:
        """Once through the tongue's bar, cheeks and plate, [4, 3] mm."""
        y, x = 0.72 * self.half, self.mouth - 0.5
        return np.array([[0.0, -y, 0.0], [0.0, y, 0.0], [x, y, 0.0], [x, -y, 0.0]])

    def _eye_ends(self) -> tuple[float, float]:
        return self.mouth + self.length + EYE + AIR, self.span

"""Traced frames that several refined ones need, kept no longer than that."""

from __future__ import annotations

from collections.abc import Sequence

from engine.types import Frame, Frames


class Held:
    """Frames with their neighbours; taken in order, each is traced once.

    A frame stays in memory until the last one that needs it has been taken: of an orbit that
    closes, a few at its ends and a few around the present one, however many there are.
    """

    def __init__(self, frames: Frames, neighbours: Sequence[Sequence[int]]) -> None:
        self._frames, self._neighbours = frames, neighbours
        self._kept: dict[int, Frame] = {}
        self._last = list(range(len(neighbours)))
        for index, row in enumerate(neighbours):
            for other in row:
                self._last[other] = max(self._last[other], index)

    def taken(self, index: int) -> tuple[Frame, list[Frame]]:
        """The frame, and its neighbours in their order."""
        frame, others = self._frame(index), [self._frame(i) for i in self._neighbours[index]]
        self._kept = {i: f for i, f in self._kept.items() if self._last[i] > index}
        return frame, others

    def _frame(self, index: int) -> Frame:
        if index not in self._kept:
            self._kept[index] = self._frames[index]
        return self._kept[index]

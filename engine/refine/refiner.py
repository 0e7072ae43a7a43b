"""What a refiner is, and which ones there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from engine.types import Frame


class Refiner(Protocol):
    """Makes one frame better, on a device of its own choice or the caller's.

    A refiner weighs and moves the light that was traced. It leaves alpha, parts, camera and all
    other features as they are, and converges to its input as the variance vanishes.
    """

    @property
    def name(self) -> str:
        """For the provenance."""

    def told(self) -> Mapping[str, Any]:
        """What the provenance says beside the name: JSON values."""

    def __call__(self, frame: Frame) -> Frame:
        """The refined frame; `frame` itself is not changed.

        What there is to say of it stands in its provenance, under "refine".
        """


def _neural(device: str) -> Refiner:
    from engine.refine.neural import Neural

    return Neural(device)


def _welch(device: str) -> Refiner:
    from engine.refine.welch import Welch

    return Welch(device)


#: Refiners by name; each is made with the name of a torch device.
REFINERS: dict[str, Callable[[str], Refiner]] = {"neural": _neural, "welch": _welch}

"""The bangle: a closed oval or round band for the wrist, or an open cuff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from engine.cad.cuts import round_brilliant
from engine.errors import SceneError
from engine.types import FloatArray, Piece
from scenes.pieces.assembly import Body, Placed, assemble, rooms
from scenes.pieces.chance import between, maybe, pick
from scenes.pieces.design import Design, Family, choice, ranged
from scenes.pieces.motion import shift, turn
from scenes.pieces.oval import SECTIONS, Oval, Row, section
from scenes.pieces.pair import moved
from scenes.pieces.pave import SINK, seat
from scenes.pieces.solids import Solid, drill, join

#: Metal beside the girdles of a row, mm, at the least.
_EDGE = 0.35


@dataclass(frozen=True, kw_only=True)
class Bangle(Design):
    """A bangle, closed or as a cuff that opens below; it stands as rings do, or lies on its side.

    Raises SceneError naming a field that is out of range.

    >>> Bangle(style="cuff").build().kind
    'bracelet'
    """

    family: ClassVar[Family] = "bracelet"

    inside_mm: float = ranged(62.0, 48.0, 72.0, "inside width")
    roundness: float = ranged(1.0, 0.75, 1.0, "inside height over width", unit="")
    style: str = choice("closed", ("closed", "cuff"), "whether it is closed")
    opening_mm: float = ranged(26.0, 18.0, 34.0, "opening of a cuff")
    profile: str = choice("court", tuple(SECTIONS), "section of the band")
    width_mm: float = ranged(4.0, 1.6, 12.0, "width of the band")
    thickness_mm: float = ranged(2.2, 1.2, 5.0, "thickness of the band")
    coverage: float = ranged(0.0, 0.0, 0.5, "part of the turn that is set, on top", unit="")
    stone_mm: float = ranged(1.8, 1.0, 3.0, "diameter of the stones")
    gap_mm: float = ranged(0.1, 0.05, 0.2, "between the girdles of the stones")
    rest: str = choice("standing", ("standing", "lying"), "how it is shown")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.profile == "round" and self.width_mm != self.thickness_mm:
            raise SceneError(
                f"Bangle: width_mm is {self.width_mm:g} and thickness_mm {self.thickness_mm:g}; "
                "give the same for round wire"
            )
        if self.coverage == 0.0:
            return
        if self.profile != "flat":
            raise SceneError(f"Bangle: profile is '{self.profile}'; give 'flat' to set stones in")
        if self.width_mm < self.stone_mm + 2.0 * _EDGE:
            raise SceneError(
                f"Bangle: width_mm is {self.width_mm:g}; give at least "
                f"{self.stone_mm + 2.0 * _EDGE:g} for stones of {self.stone_mm:g} mm"
            )
        if self.thickness_mm < 0.6 * self.stone_mm + 0.5:
            raise SceneError(
                f"Bangle: thickness_mm is {self.thickness_mm:g}; give at least "
                f"{0.6 * self.stone_mm + 0.5:g} for stones of {self.stone_mm:g} mm"
            )

    @classmethod
    def draw(cls, rng: np.random.Generator, cuts: Sequence[str]) -> Self:
        """A bangle of usual size, plain or set with diamonds on top; see `Design.draw`."""
        style = pick(rng, ("closed", "closed", "cuff"))
        wrist: dict[str, Any] = {
            "inside_mm": between(rng, 56.0, 66.0, 1.0),
            "roundness": pick(rng, (1.0, 1.0, 0.85, 0.8)) if style == "closed" else 0.78,
            "style": style,
            "rest": pick(rng, ("standing", "standing", "lying")),
        }
        if maybe(rng, 0.5):
            stone = between(rng, 1.3, 2.4, 0.1)
            return cls(
                **wrist,
                profile="flat",
                stone_mm=stone,
                width_mm=round(stone + 2.0 * between(rng, 0.4, 0.7), 2),
                thickness_mm=round(0.6 * stone + between(rng, 0.6, 1.0), 2),
                coverage=between(rng, 0.25, 0.45),
            )
        profile = pick(rng, tuple(SECTIONS))
        thick = between(rng, 1.8, 2.4, 0.2)
        wide = thick if profile == "round" else between(rng, 3.0, 8.0, 0.5)
        return cls(**wrist, profile=profile, width_mm=wide, thickness_mm=thick)

    def build(self) -> Piece:
        """The bangle in one body, and its stones."""
        half = self.inside_mm / 2.0
        oval = Oval(half, self.roundness * half)
        row = Row(oval, self.thickness_mm - SINK * self.stone_mm, self.stone_mm, self.gap_mm)
        end = np.pi * self.coverage
        stones_at, beads_at = row.angles(-end, end) if end else (np.empty(0), np.empty(0))
        cut = round_brilliant(self.stone_mm)
        stones = [
            Placed(f"stone {k + 1}", cut, place) for k, place in enumerate(row.stones(stones_at))
        ]
        hole = seat(cut, self.thickness_mm + 0.5)
        band = drill([self._band(oval)], [hole.moved(s.transform) for s in stones])
        metal = join([band, *row.beads(beads_at)], rooms(stones))
        lay = self._lay(metal.vertices)
        bodies, stones = moved(lay, [Body("metal", metal)], stones)
        return assemble("bangle", "bracelet", bodies, stones)

    def _band(self, oval: Oval) -> Solid:
        shape = section(self.profile, self.width_mm, self.thickness_mm)
        if self.style == "closed":
            return oval.band(shape)
        fine = np.linspace(np.pi / 2.0, np.pi, 2000)
        half = fine[np.argmax(oval.points(fine)[:, 0] < self.opening_mm / 2.0)]
        return oval.open_band(shape, -half, half, rounded=True)

    def _lay(self, points: FloatArray) -> FloatArray:
        """[4, 4] that stands it on z = 0, or lays it on its side."""
        lie = turn([1.0, 0.0, 0.0], np.pi / 2.0) if self.rest == "lying" else np.eye(4)
        return shift(z=-float((points @ lie[2, :3]).min())) @ lie

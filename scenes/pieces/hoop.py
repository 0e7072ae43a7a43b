"""The hoop: a ring through the ear, plain or set with stones, endless or with a hinged post."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from engine.cad.cuts import round_brilliant
from engine.errors import SceneError
from engine.types import Mesh, Piece
from scenes.pieces.assembly import Body, Placed, rooms
from scenes.pieces.chance import between, maybe, pick
from scenes.pieces.design import Design, Family, choice, ranged, switch
from scenes.pieces.latch import Ends
from scenes.pieces.motion import shift, turn
from scenes.pieces.oval import SECTIONS, Oval, Row, section
from scenes.pieces.pair import earrings, moved
from scenes.pieces.pave import SINK, seat
from scenes.pieces.solids import drill, join

#: Metal beside the girdles of a row, mm, at the least.
_EDGE = 0.35

#: From the end of the band to the first stone, mm: behind slot and pin.
_CLEAR = 2.3


@dataclass(frozen=True, kw_only=True)
class Hoop(Design):
    """A hoop earring, or a pair, standing on its lowest point as rings are shown, or lying flat.

    The band is open on top, where the ear is: an "endless" hoop closes with a wire that slides
    into the other end, a "hinged" one with a post that turns on a pin and snaps over another.

    Raises SceneError naming a field that is out of range.

    >>> Hoop(style="endless").build().kind
    'earring'
    """

    family: ClassVar[Family] = "earring"

    outside_mm: float = ranged(18.0, 11.0, 60.0, "outside diameter")
    style: str = choice("hinged", ("hinged", "endless"), "how it closes")
    profile: str = choice("round", tuple(SECTIONS), "section of the band")
    width_mm: float = ranged(2.0, 1.4, 6.0, "width of the band")
    thickness_mm: float = ranged(2.0, 1.4, 3.5, "thickness of the band")
    setting: str = choice("plain", ("plain", "outside", "inside-out"), "where stones are set")
    stone_mm: float = ranged(1.3, 0.9, 2.5, "diameter of the stones")
    gap_mm: float = ranged(0.1, 0.05, 0.2, "between the girdles of the stones")
    rest: str = choice("standing", ("standing", "lying"), "how it is shown")
    turn_deg: float = ranged(50.0, 0.0, 90.0, "turn: 0 as worn, 90 shows the circle", unit="deg")
    pair: bool = switch(False, "two of them, side by side")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.profile == "round" and self.width_mm != self.thickness_mm:
            raise SceneError(
                f"Hoop: width_mm is {self.width_mm:g} and thickness_mm {self.thickness_mm:g}; "
                "give the same for round wire"
            )
        if self.style == "hinged" and min(self.width_mm, self.thickness_mm) < 1.8:
            raise SceneError(
                f"Hoop: the band is {self.width_mm:g} by {self.thickness_mm:g} mm; "
                "give at least 1.8 both ways for a hinge"
            )
        if self.setting == "plain":
            return
        if self.profile != "flat":
            raise SceneError(f"Hoop: profile is '{self.profile}'; give 'flat' to set stones in")
        least = (self.stone_mm + 2.0 * _EDGE, 0.6 * self.stone_mm + 0.5)
        if self.width_mm < least[0] or self.thickness_mm < least[1]:
            raise SceneError(
                f"Hoop: the band is {self.width_mm:g} by {self.thickness_mm:g} mm; give at least "
                f"{least[0]:g} by {least[1]:g} for stones of {self.stone_mm:g} mm"
            )

    @classmethod
    def draw(cls, rng: np.random.Generator, cuts: Sequence[str]) -> Self:
        """From a huggie to a large thin hoop; see `Design.draw`."""
        shown: dict[str, Any] = {
            "pair": maybe(rng, 0.5),
            "turn_deg": between(rng, 30.0, 80.0, 5.0),
            "rest": pick(rng, ("standing", "standing", "standing", "lying")),
        }
        if maybe(rng, 0.5):
            stone = between(rng, 1.1, 1.8, 0.1)
            return cls(
                **shown,
                outside_mm=between(rng, 13.0, 30.0, 1.0),
                profile="flat",
                setting=pick(rng, ("outside", "inside-out")),
                stone_mm=stone,
                width_mm=round(stone + 2.0 * between(rng, 0.4, 0.6), 2),
                thickness_mm=between(rng, 1.8, 2.0, 0.1),
            )
        style = pick(rng, ("hinged", "endless"))
        profile = "round" if style == "endless" else pick(rng, tuple(SECTIONS))
        thick = between(rng, 1.4 if style == "endless" else 1.8, 2.2, 0.1)
        return cls(
            **shown,
            outside_mm=between(rng, 14.0, 40.0, 1.0),
            style=style,
            profile=profile,
            width_mm=thick if profile == "round" else between(rng, 2.0, 4.0, 0.5),
            thickness_mm=thick,
        )

    def build(self) -> Piece:
        """The hoop: its band, the post of a hinged one, the stones."""
        stones = self._stones()
        bodies = [Body("hoop", self._hoop(stones))]
        if self.style == "hinged":
            bodies.append(Body("post", self._ends().post()))
        # The hoop lies in the xz plane with its front at -x: turned, it is as worn.
        place = turn([0.0, 0.0, 1.0], np.pi / 2.0)
        if self.rest == "lying":
            place = turn([0.0, 1.0, 0.0], np.pi / 2.0) @ place
        low = min(float((b.mesh.vertices @ place[2, :3]).min()) for b in bodies)
        bodies, stones = moved(shift(z=-low) @ place, bodies, stones)
        return earrings("hoop", bodies, stones, self.pair, self.turn_deg)

    def _oval(self) -> Oval:
        inside = self.outside_mm / 2.0 - self.thickness_mm
        return Oval(inside, inside)

    def _ends(self) -> Ends:
        return Ends(self._oval(), self.width_mm, self.thickness_mm)

    def _hoop(self, stones: list[Placed]) -> Mesh:
        """The band with its ends, its seats and its beads."""
        ends = self._ends()
        shape = section(self.profile, self.width_mm, self.thickness_mm)
        open_ = ends.angle
        band = self._oval().open_band(shape, open_, 2.0 * np.pi - open_, self.style == "hinged")
        added, taken = ends.hinge() if self.style == "hinged" else ends.wire()
        hole = seat(round_brilliant(self.stone_mm), self.thickness_mm + 0.5)
        taken = [*taken, *(hole.moved(s.transform) for s in stones)]
        beads = [bead for row, start, end in self._rows()
                 for bead in row.beads(row.angles(start, end)[1])]  # fmt: skip
        return join([drill([band], taken), *added, *beads], rooms(stones))

    def _stones(self) -> list[Placed]:
        """In front outside, behind inside."""
        cut = round_brilliant(self.stone_mm)
        places = [place for row, start, end in self._rows()
                  for place in row.stones(row.angles(start, end)[0])]  # fmt: skip
        return [Placed(f"stone {k + 1}", cut, place) for k, place in enumerate(places)]

    def _rows(self) -> list[tuple[Row, float, float]]:
        """Rows of stones, each from one angle to another."""
        oval, sunk = self._oval(), SINK * self.stone_mm
        open_ = self._ends().angle + _CLEAR / oval.a
        outside = Row(oval, self.thickness_mm - sunk, self.stone_mm, self.gap_mm)
        inside = Row(oval, sunk, self.stone_mm, self.gap_mm, inward=True)
        front = (outside, 1.08 * np.pi, 2.0 * np.pi - open_)
        behind = (inside, open_, 0.92 * np.pi)
        return {"plain": [], "outside": [front], "inside-out": [front, behind]}[self.setting]

"""The eternity ring: one row of stones around the finger, in shared prongs, a channel or pave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from engine.errors import SceneError
from engine.types import Piece
from scenes.pieces.assembly import Body, Placed, assemble, rooms
from scenes.pieces.chance import between, maybe, pick, ring_size
from scenes.pieces.design import choice, ranged
from scenes.pieces.pave_band import PaveBand
from scenes.pieces.ring import Finger, standing
from scenes.pieces.row import Row
from scenes.pieces.shank import Band
from scenes.pieces.solids import Solid, drill, join
from scenes.pieces.stones import stone

#: What a wall or a floor has at least, mm.
WALL = 0.8

#: Which cuts go into which setting.
SETTINGS = {
    "prong": ("round", "princess", "oval", "emerald", "cushion", "radiant", "asscher"),
    "channel": ("round", "princess", "baguette", "emerald"),
    "pave": ("round",),
}

# From the finger to the culet, at least, mm.
_UNDER = 0.3

# How far a girdle sinks into a prong, as part of the prong's radius.
_BITE = 0.45

# Metal of a channel's lip over the crown, mm.
_LIP = 0.16


@dataclass(frozen=True, kw_only=True)
class Eternity(Finger):
    """A band of equal stones; see `Finger` for its size.

    setting  : "prong" (two stones share each pair of prongs), "channel" (between two walls) or
               "pave" (shared beads).
    cut      : "round", or what `SETTINGS` has for the setting. stone_mm : width of the stones,
               around the finger. ratio : their length over that; None is the usual.
    extent   : "full" or "half".
    gap_mm   : between the stones; around a full ring it grows to what their number leaves.
    wall_mm  : of a channel, beside the girdles.

    Raises SceneError naming a field that is out of range.

    >>> Eternity(setting="channel", cut="princess").build().name
    'eternity'
    """

    setting: str = choice("prong", tuple(SETTINGS), "how the stones are held")
    cut: str = choice("round", SETTINGS["prong"] + ("baguette",), "cut of the stones")
    stone_mm: float = ranged(2.2, 1.2, 4.5, "width of the stones, around the finger")
    ratio: float | None = ranged(None, 0.8, 3.0, "length of the stones over their width", "")
    extent: str = choice("full", ("full", "half"), "how far around the stones go")
    gap_mm: float = ranged(0.08, 0.05, 0.15, "between the stones")
    wall_mm: float = ranged(0.85, WALL, 1.5, "wall of a channel beside the girdles")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.cut not in SETTINGS[self.setting]:
            raise SceneError(
                f"Eternity: cut is {self.cut!r}; for a {self.setting} setting choose one of "
                f"{', '.join(SETTINGS[self.setting])}"
            )
        if self.setting == "pave" and self.stone_mm > 2.5:
            raise SceneError(
                f"Eternity: stone_mm is {self.stone_mm:g}; give at most 2.5 for pave, or prongs"
            )

    def build(self) -> Piece:
        """The ring: one metal part and stones of one mesh."""
        if self.setting == "pave":
            return self._pave()
        row, body, prongs = self._prongs() if self.setting == "prong" else self._channel()
        # A ring with stones at its foot stands on their prongs, or their tables.
        table = row.cut.mesh().vertices
        low = [solid.vertices[:, 2].min() for solid in [body, *prongs]]
        low += [(table @ place[:3, :3].T + place[:3, 3])[:, 2].min() for place in row.places()]
        stand = standing(-float(min(low)))
        stones = [
            Placed(f"stone {k + 1}", row.cut, stand @ place) for k, place in enumerate(row.places())
        ]
        solids = [solid.moved(stand) for solid in [body, *prongs]]
        metal = join(solids, rooms(stones))
        return assemble("eternity", "ring", [Body("metal", metal)], stones, self.inside)

    def _row(self, under: float) -> Row:
        """The stones, their girdles `under` mm over the finger."""
        cut = stone(self.cut, self.stone_mm, self.ratio)
        return Row.of(cut, self.inside / 2.0 + under, self.gap_mm, self.extent == "full")

    def _pave(self) -> Piece:
        band = PaveBand(
            size=self.size,
            inside_mm=self.inside_mm,
            stone_mm=self.stone_mm,
            gap_mm=self.gap_mm,
            rows=1,
            coverage=1.0 if self.extent == "full" else 0.5,
            thickness_mm=max(0.6 * self.stone_mm + 0.5, 1.5),
        )
        return replace(band.build(), name="eternity")

    def _channel(self) -> tuple[Row, Solid, list[Solid]]:
        """The stones between two walls, which their girdles reach into."""
        cut = stone(self.cut, self.stone_mm, self.ratio)
        deep, half = -float(cut.mesh().vertices[:, 2].min()), cut.girdle().half[1]
        bite = float(np.clip(0.14 * half, 0.10, 0.20))
        lip = cut.crown(0.0, half - bite) + _LIP
        row = self._row(max(deep + _UNDER, WALL + 0.25))
        floor = max(min(0.6 * deep, row.radius - self.inside / 2.0 - WALL - 0.05), 0.1)
        thickness = row.radius - self.inside / 2.0 + lip
        band = Band(self.inside, thickness, 2.0 * (half + self.wall_mm), edge=0.2)
        body = drill([band.solid()], [row.groove(half - bite, floor), *row.pilots()])
        return row, body, []

    def _prongs(self) -> tuple[Row, Solid, list[Solid]]:
        """The stones on saddles, each corner or shoulder under a prong that it shares."""
        cut = stone(self.cut, self.stone_mm, self.ratio)
        deep, width = -float(cut.mesh().vertices[:, 2].min()), self.stone_mm
        arch = 0.34 * width
        row = self._row(max(deep + _UNDER, WALL + 0.08 + arch))
        wire = float(np.clip(0.14 * width, 0.22, 0.45))
        aside = row.aside((1.0 - _BITE) * wire)
        sink = 0.09 * width
        band = Band(
            self.inside,
            row.radius - sink - self.inside / 2.0,
            2.0 * max(aside + 0.85 * wire, 0.8 * cut.girdle().half[1]),
            edge=0.1,
        )
        body = drill([band.solid()], [*row.windows(arch), *row.pilots()])
        # A little under the tables, so that the tips do not catch.
        tip = max(0.85 * float(cut.mesh().vertices[:, 2].max()), cut.girdle().top + 0.22)
        return row, body, row.prongs(wire, aside, -0.45 * width, tip)

    @classmethod
    def draw(cls, rng: np.random.Generator, cuts: Sequence[str]) -> Self:
        """A ring with stones of 1.5 to 3 mm."""
        setting = pick(rng, tuple(SETTINGS))
        cut = pick(rng, [c for c in cuts if c in SETTINGS[setting]])
        return cls(
            size=ring_size(rng),
            setting=setting,
            cut=cut,
            stone_mm=between(rng, 1.5, 2.3 if setting == "pave" else 3.0, 0.1),
            extent="half" if maybe(rng, 0.4) else "full",
            gap_mm=between(rng, 0.06, 0.1, 0.01),
            wall_mm=between(rng, 0.8, 1.0),
        )

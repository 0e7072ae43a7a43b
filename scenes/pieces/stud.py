"""The stud: a stone in prongs or a collet on a post, and its butterfly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from engine.cad.cuts import Girdle, Shape
from engine.errors import SceneError
from engine.types import FloatArray, Piece
from scenes.pieces.assembly import Body, Placed, rooms
from scenes.pieces.butterfly import Butterfly, Post
from scenes.pieces.chance import between, maybe, pick
from scenes.pieces.collet import Collet
from scenes.pieces.design import Design, Family, choice, counted, ranged, switch
from scenes.pieces.head import Head
from scenes.pieces.motion import FRONT, shift
from scenes.pieces.pair import earrings, moved
from scenes.pieces.rest import settle
from scenes.pieces.solids import Solid, join, revolve
from scenes.pieces.stones import CUTS, ROUND_CUTS, drawn_ratio, stone

#: Radius of a head that stands on no shank, mm: so large that nothing falls away to the sides.
_FLAT = 1e4

#: The base of the basket as part of the girdle: it closes into a small cup.
_SPREAD = 0.36

#: From the culet to the base's top, and thickness of the plate that closes the base, mm.
_RISE, _CUP = 0.35, 0.7


@dataclass(frozen=True)
class StudHead(Head):
    """A head with 3, 4 or 6 prongs; of three, one stands on top."""

    def azimuths(self, girdle: Girdle) -> FloatArray:
        """Where the prongs stand, rad."""
        if self.prongs != 3:
            return super().azimuths(girdle)
        a, b = girdle.half
        even = np.pi / 2.0 + 2.0 * np.pi * np.arange(3) / 3.0
        return np.asarray(np.arctan2(b * np.sin(even), a * np.cos(even)))


@dataclass(frozen=True, kw_only=True)
class Stud(Design):
    """A stud earring, or a pair. It lies as studs do on a table: with its butterfly on, on two
    prongs and the scrolls, facing the front; without, on prongs and the tip of its post, facing
    the front and up.

    Raises SceneError naming a field that is out of range.

    >>> Stud(cut="princess", stone_mm=4.0).build().kind
    'earring'
    """

    family: ClassVar[Family] = "earring"

    cut: str | Shape = choice("round", CUTS, "cut of the stone")
    stone_mm: float = ranged(5.0, 2.5, 10.0, "width of the stone, its short way")
    ratio: float | None = ranged(None, 0.8, 2.5, "length over width; usual if left out", unit="")
    setting: str = choice("prongs", ("prongs", "bezel"), "what holds the stone")
    prongs: int = counted(4, 3, 6, "prongs: 3 or 6 on a stone without corners, or 4")
    prong_mm: float | None = ranged(None, 0.4, 1.6, "diameter of the prong wire; fits if left out")
    post_mm: float = ranged(9.5, 8.0, 12.0, "length of the post")
    back: str = choice("butterfly", ("butterfly", "none"), "what holds it behind the ear")
    pair: bool = switch(False, "two of them, side by side")

    def __post_init__(self) -> None:
        super().__post_init__()
        corners = self.cut in CUTS and self.cut not in ROUND_CUTS
        if self.prongs == 5 or (self.prongs != 4 and corners):
            name = self.cut if isinstance(self.cut, str) else self.cut.name
            raise SceneError(
                f"Stud: prongs is {self.prongs}; give 4, or 3 or 6 for a stone without corners "
                f"(the cut is {name})"
            )

    @classmethod
    def draw(cls, rng: np.random.Generator, cuts: Sequence[str]) -> Self:
        """A stud of 0.1 to 2 ct; see `Design.draw`."""
        cut = pick(rng, [c for c in cuts if c in CUTS])
        width = between(rng, 3.0, 8.0)
        bare = width < 6.0 and maybe(rng, 0.3)  # a large stone without its butterfly falls over
        return cls(
            cut=cut,
            stone_mm=width,
            ratio=drawn_ratio(rng, cut),
            setting=pick(rng, ("prongs", "prongs", "bezel")),
            prongs=pick(rng, (3, 4, 4, 6)) if cut in ROUND_CUTS else 4,
            back="none" if bare else "butterfly",
            pair=maybe(rng, 0.6),
        )

    def build(self) -> Piece:
        """The stud: head and post in one, the butterfly, the stone."""
        cut = stone(self.cut, self.stone_mm, self.ratio)
        mount, back = self._mount(cut)
        post = Post(self.post_mm)
        metal = join([*mount, post.solid().moved(back)], rooms([Placed("stone", cut, np.eye(4))]))
        bodies = [Body("metal", metal, FRONT)]
        if self.back == "butterfly":
            bodies.append(Body("butterfly", Butterfly(post).mesh(), FRONT @ back))
        stones = [Placed("stone", cut, FRONT)]
        bodies, stones = moved(settle([*bodies, *stones]), bodies, stones)
        return earrings("stud", bodies, stones, self.pair)

    def _mount(self, cut: Shape) -> tuple[list[Solid], FloatArray]:
        """What holds the stone, and [4, 4] to where the post begins."""
        if self.setting == "bezel":
            collet = Collet()
            return [collet.solid(cut)], shift(z=collet.foot(cut))
        head = self._head(cut)
        return [*head.solids(cut), _cup(cut, head)], shift(z=head.foot - _CUP)

    def _head(self, cut: Shape) -> StudHead:
        """The basket."""
        wire = self.prong_mm
        if wire is None:
            # Estimated from trade heads: as for rings, and a little stouter where there are three.
            few = {3: 1.1, 4: 1.0, 6: 0.85}[self.prongs]
            wire = few * min(max(0.35 + 0.085 * self.stone_mm, 0.45), 1.3)
        culet = float(cut.mesh().vertices[:, 2].min())
        return StudHead(self.prongs, wire, 1, 0.7 * wire, culet - _RISE, _FLAT, _SPREAD)


def _cup(cut: Shape, head: StudHead) -> Solid:
    """The plate that closes the base of the basket and carries the post."""
    a, b = (head.spread * half for half in cut.girdle().half)
    arc = np.linspace(0.0, np.pi / 2.0, 7)
    edge = np.column_stack([0.8 + 0.2 * np.sin(arc), -_CUP + 0.25 * (1.0 - np.cos(arc))])
    turned = revolve(np.concatenate([edge, [[1.0, 0.3 * head.prong]]]), 64)
    return Solid(turned.vertices * [a, b, 1.0] + [0.0, 0.0, head.foot], turned.faces)

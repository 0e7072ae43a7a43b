"""The chain: cable, curb, box or rope, laid down as a closed loop or hung up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from engine.errors import SceneError
from engine.types import Piece
from scenes.pieces.assembly import Body, assemble
from scenes.pieces.chance import between, pick
from scenes.pieces.course import Sway
from scenes.pieces.design import Design, Family, choice, counted, ranged
from scenes.pieces.hung import Hung, hang_up
from scenes.pieces.laid import Strung, lay
from scenes.pieces.motion import shift
from scenes.pieces.rope import lay_rope
from scenes.pieces.stand import Stand
from scenes.pieces.weave import WEAVES, Weave

#: How links are shaped and joined.
STYLES = (*WEAVES, "rope")

#: From the ground to what hangs lowest on a stand, mm.
CLEAR = 10.0


@dataclass(frozen=True, kw_only=True)
class Chain(Design):
    """A necklace of equal links, closed by a barrel clasp.

    Laid, it lies on z = 0 as a hand lays it down: every link touches the ground and hangs in its
    neighbours with a little play; the clasp is at the back, +y. On a stand it hangs open, in the
    plane y = 0, by rings at its ends from two pegs: the catenary of its rigid links. A rope is a
    spiral without end and without a clasp, and is always laid.

    >>> Chain(length_mm=180.0, width_mm=2.0).build().kind
    'necklace'
    """

    family: ClassVar[Family] = "necklace"

    style: str = choice("cable", STYLES, "how the links are shaped and joined")
    length_mm: float = ranged(420.0, 60.0, 900.0, "length once around, the clasp with it")
    width_mm: float = ranged(2.8, 1.2, 8.0, "width of a link")
    wire: float = ranged(0.25, 0.18, 0.27, "wire as a part of the width; box links have strip", "")
    long: float = ranged(1.4, 1.1, 2.5, "length of a link as a part of its width", "")
    display: str = choice("laid", ("laid", "stand"), "laid down, closed; or hung up by its ends")
    sway: int = counted(0, 0, 9999, "which of the ways to lie, each a little different")
    span: float = ranged(0.5, 0.1, 0.9, "between the pegs of the stand, part of the length", "")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.style == "rope" and self.display != "laid":
            raise SceneError(f"Chain: display is {self.display!r}, but a rope is endless; lay it")

    def build(self) -> Piece:
        """The necklace: links and clasp, each a metal part; or links, two rings and the stand."""
        sway = Sway.drawn(np.random.default_rng(self.sway))
        if self.style == "rope":
            rings = lay_rope(self.width_mm, self.length_mm, sway)
            return assemble("chain", "necklace", _links(rings), [])
        if self.display == "laid":
            row = lay(self.weave(), self.length_mm, sway)
            return assemble("chain", "necklace", laid_bodies(row), [])
        span = self.span * self.length_mm
        hung = hang_up(self.weave(), self.length_mm, span)
        lowest = min(float(t.link.solid.moved(t.transform).vertices[:, 2].min()) for t in hung.row)
        return assemble("chain", "necklace", hung_bodies(hung, span, CLEAR - lowest), [])

    def weave(self) -> Weave:
        """Its links and how they are joined; not of a rope."""
        return WEAVES[self.style](self.width_mm, self.wire, self.long)

    @classmethod
    def draw(cls, rng: np.random.Generator, cuts: Sequence[str]) -> Self:
        """A necklace of usual length."""
        style = pick(rng, STYLES)
        return cls(
            style=style,
            length_mm=pick(rng, (380.0, 400.0, 420.0, 450.0, 500.0)),
            width_mm=between(rng, 1.8, 3.0 if style == "box" else 4.0, 0.1),
            wire=between(rng, 0.2, 0.26, 0.01),
            long=between(rng, 1.25, 1.8),
            display="laid" if style == "rope" else pick(rng, ("laid", "laid", "laid", "stand")),
            sway=int(rng.integers(10000)),
            span=between(rng, 0.35, 0.7),
        )


def laid_bodies(row: Sequence[Strung]) -> list[Body]:
    """Numbered links, then the clasp, of a laid chain."""
    return [*_links(row[:-1]), Body("clasp", row[-1].link.mesh, row[-1].transform)]


def _links(row: Sequence[Strung]) -> list[Body]:
    """Numbered links."""
    return [Body(f"link {i}", thing.link.mesh, thing.transform, "chain")
            for i, thing in enumerate(row, 1)]  # fmt: skip


def hung_bodies(hung: Hung, span: float, height: float) -> list[Body]:
    """Numbered links and the end rings of a hanging chain, and its stand.

    span : mm, between the pegs. height : mm, of the pegs over the ground.
    """
    names = ["end ring 1", *(f"link {i}" for i in range(1, len(hung.row) - 1)), "end ring 2"]
    up = shift(z=height)
    row = [Body(name, thing.link.mesh, up @ thing.transform, "chain")
           for name, thing in zip(names, hung.row, strict=True)]  # fmt: skip
    return [*row, Body("stand", Stand(span, height).mesh(), layer="stand", role="other")]

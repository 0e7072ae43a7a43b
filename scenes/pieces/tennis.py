"""The tennis bracelet: a line of equal stones, each in a link that turns on the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import ClassVar, Self

import numpy as np
from scipy.optimize import brentq

from engine.types import FloatArray, Piece
from scenes.pieces.assembly import Body, Placed, assemble
from scenes.pieces.box_clasp import BoxClasp
from scenes.pieces.chance import between, pick
from scenes.pieces.design import Design, Family, choice, ranged
from scenes.pieces.motion import frame, shift
from scenes.pieces.pair import moved
from scenes.pieces.stones import stone
from scenes.pieces.tennis_link import TennisLink

#: Cuts that stand side by side without a gap.
TENNIS_CUTS = ("round", "princess")


@dataclass(frozen=True, kw_only=True)
class Tennis(Design):
    """A tennis bracelet. Closed, it stands on its edge as an oval with the stones outward, each
    link on the ground; as a line it lies straight on its back, its clasp open.

    Raises SceneError naming a field that is out of range.

    >>> Tennis(stone_mm=4.0).build().kind
    'bracelet'
    """

    family: ClassVar[Family] = "bracelet"

    cut: str = choice("round", TENNIS_CUTS, "cut of the stones")
    stone_mm: float = ranged(3.0, 2.4, 5.0, "width of the stones")
    setting: str = choice("prongs", ("prongs", "bezel"), "what holds the stones")
    length_mm: float = ranged(180.0, 150.0, 210.0, "length from end to end, closed")
    gap_mm: float = ranged(0.18, 0.1, 0.4, "between the settings of neighbours, laid straight")
    roundness: float = ranged(0.82, 0.7, 1.0, "depth over width of the oval", unit="")
    rest: str = choice("oval", ("oval", "line"), "how it is shown")

    @classmethod
    def draw(cls, rng: np.random.Generator, cuts: Sequence[str]) -> Self:
        """Two to twelve carats around a wrist; see `Design.draw`."""
        return cls(
            cut=pick(rng, [c for c in TENNIS_CUTS if c in cuts]),
            stone_mm=between(rng, 2.5, 4.2, 0.1),
            setting=pick(rng, ("prongs", "prongs", "bezel")),
            length_mm=between(rng, 165.0, 190.0, 5.0),
            roundness=between(rng, 0.76, 0.94, 0.02),
            rest=pick(rng, ("oval", "oval", "line")),
        )

    def build(self) -> Piece:
        """The bracelet: its links, the two halves of its clasp, the stones."""
        link, clasp = self.link, self.clasp
        count = self.count()
        where = self._oval(count) if self.rest == "oval" else self._line(count)
        links = [at @ shift(-link.hinge[0], 0.0, -link.hinge[1]) for at in where[:-2]]
        bodies = [Body(f"link {k + 1}", link.mesh, at) for k, at in enumerate(links)]
        bodies += [
            Body("clasp tongue", clasp.tongue(), where[-2]),
            Body("box clasp", clasp.box(), where[-1]),
        ]
        stones = [Placed(f"stone {k + 1}", link.cut, at) for k, at in enumerate(links)]
        used = {id(b.mesh): b for b in bodies}
        low = min(float((b.mesh.vertices @ b.transform[2, :3]).min() + b.transform[2, 3])
                  for b in used.values())  # fmt: skip
        bodies, stones = moved(shift(z=-low), bodies, stones)
        return assemble("tennis-bracelet", "bracelet", bodies, stones)

    @cached_property
    def link(self) -> TennisLink:
        """One of the links, which are all the same."""
        return TennisLink(stone(self.cut, self.stone_mm), self.setting, self.gap_mm)

    @cached_property
    def clasp(self) -> BoxClasp:
        """The clasp, as wide as the links."""
        link = self.link
        high = max(1.8, -0.8 * float(link.hinge[1]))
        return BoxClasp(link.side, link.bar, -link.reach, high, link.beyond)

    def count(self) -> int:
        """Number of links."""
        return round((self.length_mm - self.clasp.span) / self.link.pitch)

    def _oval(self, count: int) -> list[FloatArray]:
        """[4, 4] of every bar: of the links, the tongue and, with the tongue, the box."""
        pitch, span = self.link.pitch, self.clasp.span
        guess = (count * pitch + span) / (1.0 + self.roundness) / np.pi
        walk = partial(_walk, self.roundness, count, pitch, span)
        half = brentq(lambda a: walk(a)[1], 0.9 * guess, 1.2 * guess, xtol=1e-10)
        joints = walk(float(half))[0]
        places = []
        for here, there in zip(joints, np.roll(joints, -1, axis=0), strict=True):
            x = (there - here) / np.linalg.norm(there - here)
            places.append(frame([*x, 0.0], [0.0, 0.0, 1.0], [x[1], -x[0], 0.0], [*here, 0.0]))
        return [*places, places[-1]]

    def _line(self, count: int) -> list[FloatArray]:
        """[4, 4] of every bar: the tongue at one end, the box at the other, seen from its bar."""
        pitch, clasp = self.link.pitch, self.clasp
        middle = count * pitch / 2.0
        places = [shift(k * pitch - middle) for k in range(count + 1)]
        return [*places, shift(-middle - clasp.span)]


def _walk(
    roundness: float, count: int, pitch: float, span: float, half: float
) -> tuple[FloatArray, float]:
    """Steps of `pitch` along an ellipse from one end of the clasp, whose chord is `span`.

    Returns the joints, [count + 1, 2] mm, and by how much, rad, the last misses the other end of
    the clasp. half : half of the ellipse's width, mm. The clasp is behind, at +y.
    """
    deep = roundness * half

    def at(t: float) -> FloatArray:
        return np.array([half * np.sin(t), deep * np.cos(t)])

    first = -float(np.arcsin(span / 2.0 / half))
    joints, t = [at(first)], first
    most = 1.8 * pitch / deep
    for _ in range(count):
        here = joints[-1]
        t = brentq(lambda s, here=here: float(np.linalg.norm(at(s) - here)) - pitch, t - most, t)
        joints.append(at(t))
    return np.array(joints), t + 2.0 * np.pi + first

"""What all rings share: the finger, the shank's dimensions, and mounting stones in heads on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from engine.cad.cuts import Shape
from engine.cad.cuts.kinds import DIAMOND
from engine.errors import SceneError
from engine.types import FloatArray, Piece
from scenes.pieces.assembly import Body, Placed, assemble, rooms
from scenes.pieces.chance import between, pick, ring_size
from scenes.pieces.design import Design, Family, choice, counted, ranged
from scenes.pieces.head import Head
from scenes.pieces.shank import PROFILES, Shank
from scenes.pieces.solids import Solid, join
from scenes.pieces.stones import CUTS, ROUND_CUTS, stone, weighing


@dataclass(frozen=True)
class Setting:
    """A stone in its head at an angle around the finger.

    name : of the stone's part. cut : girdle at z = 0. head : in the same frame.
    angle : rad around the finger, 0 on top, positive towards +x.
    """

    name: str
    cut: Shape
    head: Head
    angle: float = 0.0

    def transform(self) -> FloatArray:
        """[4, 4] from the cut's frame to the piece's, which rests on z = 0."""
        move = around(self.head.ring - self.head.foot, self.angle)
        move[2, 3] += self.head.ring
        return move


def around(radius: float, angle: float, y: float = 0.0) -> FloatArray:
    """[4, 4] to a place `radius` mm from the finger's axis, its z outward.

    angle : rad around the finger, 0 on top, positive towards +x. y : mm along the finger.
    """
    c, s = np.cos(angle), np.sin(angle)
    move = np.eye(4)
    move[:3, :3] = [[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]]
    move[:3, 3] = [s * radius, y, c * radius]
    return move


def standing(radius: float) -> FloatArray:
    """[4, 4] from the middle of the finger to the piece's frame: a ring of this outer radius, mm,
    rests on z = 0."""
    move = np.eye(4)
    move[2, 3] = radius
    return move


@dataclass(frozen=True, kw_only=True)
class Finger(Design):
    """The finger that a ring fits.

    size      : ring size after ISO 8653: the inside circumference, 40 to 76.
    inside_mm : inside diameter; given, it takes the place of the size.
    """

    family: ClassVar[Family] = "ring"

    size: float = ranged(54.0, 40.0, 76.0, "ring size after ISO 8653, the inside circumference")
    inside_mm: float | None = ranged(None, 12.0, 26.0, "inside diameter, instead of the size")

    @property
    def inside(self) -> float:
        """Inside diameter, mm."""
        return self.size / np.pi if self.inside_mm is None else self.inside_mm


@dataclass(frozen=True, kw_only=True)
class Ring(Finger):
    """Dimensions of a ring's shank, in mm where not said otherwise; see `Finger` for its size.

    profile      : "court", "d" or "flat".
    width_mm, thickness_mm : of the shank at the foot. taper : width at the head over that.
    """

    profile: str = choice("court", tuple(PROFILES), "section of the shank")
    width_mm: float = ranged(2.2, 1.2, 8.0, "width of the shank at its foot")
    thickness_mm: float = ranged(1.7, 1.0, 3.5, "thickness of the shank")
    taper: float = ranged(0.85, 0.5, 1.5, "width at the head as part of that at the foot", "")

    def shank(self) -> Shank:
        """The shank by itself."""
        return Shank(self.inside, self.profile, self.width_mm, self.thickness_mm, self.taper)


def drawn_shank(rng: np.random.Generator) -> dict[str, Any]:
    """Fields of `Ring` for a random design."""
    return {
        "size": ring_size(rng),
        "profile": pick(rng, tuple(PROFILES)),
        "width_mm": between(rng, 1.7, 3.0),
        "thickness_mm": between(rng, 1.4, 2.0),
        "taper": between(rng, 0.75, 1.05),
    }


@dataclass(frozen=True, kw_only=True)
class StoneRing(Ring):
    """A ring with a stone in a basket of prongs on top.

    cut      : one of `scenes.pieces.stones.CUTS`, or any `Shape`.
    stone_mm : width of the stone, its short way. ratio : length over width; None is the usual.
    carat    : weight of the stone instead of its width, at `density` g/cm^3 (diamond's).
    prongs   : 4, or 6 on a stone without corners; tips are held by a V each, and a pear, a heart
               or a marquise by four prongs more.
    prong_mm : diameter of the prong wire; None fits it.
    rails    : gallery rails between base and girdle. rise_mm : from the shank to the culet.
    """

    cut: str | Shape = choice("round", CUTS, "cut of the stone")
    stone_mm: float = ranged(6.5, 2.5, 14.0, "width of the stone, its short way")
    ratio: float | None = ranged(None, 0.8, 3.0, "length of the stone over its width", "")
    carat: float | None = ranged(None, 0.05, 30.0, "weight of the stone, not its width", "ct")
    density: float = ranged(DIAMOND, 2.0, 8.0, "g/cm^3 of a stone given by weight", "")
    prongs: int = counted(4, 4, 6, "prongs, 4 or 6")
    prong_mm: float | None = ranged(None, 0.4, 1.6, "diameter of the prong wire")
    rails: int = counted(1, 0, 2, "gallery rails between base and girdle")
    rise_mm: float = ranged(0.4, 0.2, 3.0, "from the shank to the culet")

    def __post_init__(self) -> None:
        super().__post_init__()
        corners = self.cut in CUTS and self.cut not in ROUND_CUTS
        if self.prongs not in (4, 6) or (self.prongs == 6 and corners):
            name = self.cut if isinstance(self.cut, str) else self.cut.name
            raise SceneError(
                f"{type(self).__name__}: prongs is {self.prongs}; give 4, or 6 for a stone without "
                f"corners (the cut is {name})"
            )

    def gem(self) -> tuple[Shape, float]:
        """The stone and its width, mm.

        Raises SceneError where a weight makes it narrower or wider than a stone may be.
        """
        if self.carat is None:
            return stone(self.cut, self.stone_mm, self.ratio), self.stone_mm
        cut = weighing(self.cut, self.carat, self.density, self.ratio)
        width = float(np.ptp(cut.girdle().outline, axis=0).min())
        if not 2.5 <= width <= 14.0:
            raise SceneError(
                f"{type(self).__name__}: carat is {self.carat:g}, which makes a stone {width:.1f} "
                "mm wide; give a weight that makes one from 2.5 to 14 mm"
            )
        return cut, width

    def head(self, cut: Shape, width: float, ring: float) -> Head:
        """The head for a stone `width` mm wide on a shank of outer radius `ring` mm."""
        wire = self.prong_mm
        if wire is None:
            # Estimated from trade heads: 0.6 mm for a stone of 3 mm, 0.9 mm for 6.5 mm; six prongs
            # share the load and are thinner.
            wire = min(max(0.35 + 0.085 * width, 0.45), 1.3) * (0.85 if self.prongs == 6 else 1.0)
        culet = float(cut.mesh().vertices[:, 2].min())
        return Head(self.prongs, wire, self.rails, 0.7 * wire, culet - self.rise_mm, ring)


def mount(name: str, shank: Shank, settings: list[Setting], more: Sequence[Solid] = ()) -> Piece:
    """The ring as one metal part and its stones, standing on z = 0.

    more : metal besides shank and heads, in the frame of the finger.
    """
    solids = [solid.moved(standing(shank.outside)) for solid in (shank.solid(), *more)]
    stones = []
    for setting in settings:
        move = setting.transform()
        solids += [solid.moved(move) for solid in setting.head.solids(setting.cut)]
        stones.append(Placed(setting.name, setting.cut, move))
    metal = join(solids, rooms(stones))
    return assemble(name, "ring", [Body("metal", metal)], stones, shank.inside)

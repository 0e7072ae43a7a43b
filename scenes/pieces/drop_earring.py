"""The drop earring: a stone in prongs or a collet that swings from the eye of a French hook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from engine.cad.cuts import Shape
from engine.errors import SceneError
from engine.types import FloatArray, Piece
from scenes.pieces.assembly import Body, Placed, assemble
from scenes.pieces.chain import CLEAR
from scenes.pieces.chance import between, maybe, pick
from scenes.pieces.design import Design, Family, choice, counted, ranged, switch
from scenes.pieces.links import TAUT, finished
from scenes.pieces.motion import FRONT, shift, turn
from scenes.pieces.pair import moved
from scenes.pieces.pendant import RING_WIRE, Mount, Pendant, plumb
from scenes.pieces.rest import gravity, weight
from scenes.pieces.solids import merge, round_ends, tube
from scenes.pieces.stand import BEHIND, ROD, Stand
from scenes.pieces.stones import CUTS, ROUND_CUTS, drawn_ratio

# Of the ear wire, mm: radius of the wire, of its arch and of its eye, both along the wire's middle.
_WIRE, _ARCH, _EYE = 0.4, 4.0, 1.0

# How far the arch goes on past the vertical in front, so that the eye hangs under its middle, and
# how far short of it behind it ends, so that the tail stands off; radians.
_LEAN, _OFF = np.radians(25.0), np.radians(10.0)

# The straight of the wire between arch and eye, as part of the hook's height.
_SHANK = 0.4

# Air between two earrings, as part of the width of one.
_AIR = 0.4


@dataclass(frozen=True)
class FrenchHook:
    """An ear wire in the plane x = 0, the middle of its arch at the origin, its eye in front, -y.

    height : mm, from the arch to the tip of the tail, about.
    """

    height: float

    @property
    def eye(self) -> FloatArray:
        """[3] mm, middle of the eye."""
        return self._shank(_SHANK * self.height + _EYE)

    def body(self) -> Body:
        """The wire with its closed eye, one body."""
        angle = np.linspace(_OFF, np.pi + _LEAN, 49)
        arch = _ARCH * np.column_stack([np.zeros(49), np.cos(angle), np.sin(angle)])
        down = np.array([0.0, np.sin(_OFF), -np.cos(_OFF)])
        tail = arch[0] + (self.height - _ARCH - _WIRE) * down
        path = np.concatenate([[tail], arch, [self._shank(_SHANK * self.height)]])
        path, radius = round_ends(path, np.full(len(path), _WIRE))
        around = np.linspace(0.0, 2.0 * np.pi, 40, endpoint=False)
        ring = _EYE * np.column_stack([np.zeros(40), np.cos(around), np.sin(around)]) + self.eye
        wires = [tube(path, radius, _aside(path), closed=False, points=24),
                 tube(ring, np.full(40, _WIRE), _aside(ring), closed=True, points=24)]  # fmt: skip
        return Body("hook", finished(merge(wires)))

    def _shank(self, along: float) -> FloatArray:
        """A point so many mm behind the arch's end in front."""
        s, c = np.sin(_LEAN), np.cos(_LEAN)
        return np.array([0.0, -_ARCH * c + along * s, -_ARCH * s - along * c])


@dataclass(frozen=True, kw_only=True)
class DropEarring(Design):
    """A drop earring, or a pair, on a display stand.

    The hook hangs over the rod of the stand where its own weight and the drop's, both in 18 karat
    gold, balance it; the ring on the mount of the stone hangs in the eye of the hook, and the drop
    plumb under it, facing the front.

    Raises SceneError naming a field that is out of range.

    >>> DropEarring(cut="oval", stone_mm=5.0).build().kind
    'earring'
    """

    family: ClassVar[Family] = "earring"

    cut: str | Shape = choice("round", CUTS, "cut of the stone")
    stone_mm: float = ranged(6.0, 3.0, 12.0, "width of the stone, its short way")
    ratio: float | None = ranged(None, 0.8, 2.5, "length over width; usual if left out", unit="")
    setting: str = choice("prongs", ("prongs", "bezel"), "what holds the stone")
    prongs: int = counted(4, 4, 6, "prongs: 4, or 6 on a stone without corners")
    hook_mm: float = ranged(18.0, 14.0, 24.0, "height of the ear wire")
    pair: bool = switch(False, "two of them, side by side")

    def __post_init__(self) -> None:
        super().__post_init__()
        corners = self.cut in CUTS and self.cut not in ROUND_CUTS
        if self.prongs == 5 or (self.prongs == 6 and corners):
            raise SceneError(
                f"DropEarring: prongs is {self.prongs}; give 4, or 6 for a stone without corners"
            )

    @classmethod
    def draw(cls, rng: np.random.Generator, cuts: Sequence[str]) -> Self:
        """A drop of a third of a carat to three; see `Design.draw`."""
        # The prongs of a long straight stone stand beside the mount.
        cut = pick(rng, [c for c in cuts if c in CUTS and "baguette" not in c])
        ratio = drawn_ratio(rng, cut)
        return cls(
            cut=cut,
            stone_mm=max(3.0, round(between(rng, 4.0, 9.0) / np.sqrt(ratio or 1.0), 2)),
            ratio=ratio,
            setting=pick(rng, ("prongs", "prongs", "bezel")),
            prongs=pick(rng, (4, 6)) if cut in ROUND_CUTS else 4,
            hook_mm=between(rng, 16.0, 20.0, 0.5),
            pair=maybe(rng, 0.6),
        )

    def build(self) -> Piece:
        """Hooks, drops and the stand, then the stones."""
        hook, mount = self._hung()
        across = np.concatenate([b.mesh.vertices @ b.transform[0, :3] + b.transform[0, 3]
                                 for b in (hook, mount.metal)])  # fmt: skip
        wide = 2.0 * float(np.abs(across).max())
        aside = (1.0 + _AIR) * wide / 2.0 if self.pair else 0.0
        low = mount.metal.mesh.vertices @ mount.metal.transform[2, :3]
        up = CLEAR - float(low.min()) - mount.metal.transform[2, 3]
        bodies: list[Body] = []
        stones: list[Placed] = []
        for name, x in {"left ": -aside, "right ": aside}.items() if self.pair else [("", 0.0)]:
            metals, gems = moved(shift(x, BEHIND, up), [hook, mount.metal], [mount.stone])
            bodies += [replace(b, name=name + b.name) for b in metals]
            stones += [replace(s, name=name + s.name) for s in gems]
        rod = up + _ARCH - _WIRE - ROD - TAUT
        stand = Stand(2.0 * aside + wide, rod, pegs=False).mesh()
        bodies.append(Body("stand", stand, layer="stand", role="other"))
        return assemble("drop-earring", "earring", bodies, stones)

    def pendant(self) -> Pendant:
        """A pendant with the same mount."""
        return Pendant(cut=self.cut, stone_mm=self.stone_mm, ratio=self.ratio,
                       setting=self.setting, prongs=self.prongs)  # fmt: skip

    def _hung(self) -> tuple[Body, Mount]:
        """Hook and drop as they hang, the middle of the hook's arch at the origin."""
        shape = FrenchHook(self.hook_mm)
        hook, mount = shape.body(), self.pendant().mount().moved(FRONT)
        # A round arch touches the rod at its top, so its middle is over the centre of gravity; the
        # drop pulls straight down from the middle of the round eye.
        own, load = weight([hook]), weight(mount.things)
        _, y, z = (own * gravity([hook]) + load * shape.eye) / (own + load)
        swing = turn([1.0, 0.0, 0.0], -float(np.arctan2(y, -z)))
        lies = swing[:3, :3] @ shape.eye + [0.0, 0.0, _WIRE + RING_WIRE / 2.0 + TAUT - _EYE]
        mount = plumb(mount.moved(shift(*(-mount.ring)))).moved(shift(*lies))
        return replace(hook, transform=swing), mount


def _aside(path: FloatArray) -> FloatArray:
    """[N, 3] the direction square to a wire in the plane x = 0."""
    return np.broadcast_to([1.0, 0.0, 0.0], path.shape)

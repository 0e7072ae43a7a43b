"""The pendant: a stone in prongs or a collet, its bail, and the chain that runs through it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import ClassVar, Self

import numpy as np

from engine.cad.cuts import Shape, to_mesh
from engine.errors import GeometryError, SceneError
from engine.types import FloatArray, Piece
from scenes.pieces.assembly import Body, Placed, assemble, rooms
from scenes.pieces.bail import Bail
from scenes.pieces.chain import CLEAR, hung_bodies, laid_bodies
from scenes.pieces.chance import between, pick
from scenes.pieces.collet import Collet
from scenes.pieces.course import Sway
from scenes.pieces.design import Design, Family, choice, counted, ranged
from scenes.pieces.head import Head
from scenes.pieces.hung import hang_up
from scenes.pieces.laid import Strung, lay
from scenes.pieces.links import TAUT, finished, gap, stadium
from scenes.pieces.motion import FRONT, frame, shift, turn
from scenes.pieces.rest import gravity, settle, weight
from scenes.pieces.solids import Solid, join, manifold
from scenes.pieces.stones import CUTS, ROUND_CUTS, drawn_ratio, stone
from scenes.pieces.weave import LEAST, WEAVES, Weave

#: Radius of a head that stands on no shank, mm: so large that nothing falls away to the sides.
_FLAT = 1e4

# The base of the basket as part of the girdle, and from the culet to its top, mm.
_SPREAD, _RISE = 0.5, 0.3

#: Of the soldered ring, mm: its wire and its outer diameter; the part of its wire that is soldered.
RING_WIRE, _RING, _SOLDER = 0.7, 2.95, 0.4

# Of the bail, mm: thickness, inner radius of its lower round, room around the chain.
_BAIL, _SMALL, _ROOM = 0.65, 0.46, 0.3

# Wire of the chain as part of its width, and length of a link as part of it.
_WIRE, _LONG = 0.25, 1.7

#: Ways for a laid chain to lie that are tried until it runs freely through the bail.
_TRIED = 8


@dataclass(frozen=True, eq=False)
class Mount:
    """What holds the stone, in the stone's frame, +y towards the bail.

    metal, stone : of the piece. ring : [3] mm, middle of the ring's wire where the bail pulls.
    """

    metal: Body
    stone: Placed
    ring: FloatArray

    def moved(self, move: FloatArray) -> Mount:
        """The same elsewhere, after a motion [4, 4]."""
        metal = Body(self.metal.name, self.metal.mesh, move @ self.metal.transform)
        placed = Placed(self.stone.name, self.stone.cut, move @ self.stone.transform,
                        layer=self.stone.layer)  # fmt: skip
        return Mount(metal, placed, move[:3, :3] @ self.ring + move[:3, 3])

    @property
    def things(self) -> list[Body | Placed]:
        """Both, to be weighed."""
        return [self.metal, self.stone]


@dataclass(frozen=True, kw_only=True)
class Pendant(Design):
    """A pendant with its bail on a cable chain.

    Laid, it rests on its back, its bail leans from the ring to the ground, and the chain lies
    behind as a closed loop. On a stand the chain hangs from two pegs by its end rings, the bail on
    the middle link, the pendant plumb under it: the catenary of the chain's rigid links with the
    weight of bail and pendant, both in 18 karat gold, on the middle one.

    Raises SceneError naming a field that is out of range.

    >>> Pendant(cut="oval", stone_mm=5.0).build().kind
    'pendant'
    """

    family: ClassVar[Family] = "pendant"

    cut: str | Shape = choice("round", CUTS, "cut of the stone")
    stone_mm: float = ranged(6.5, 3.0, 14.0, "width of the stone, its short way")
    ratio: float | None = ranged(None, 0.8, 2.5, "length over width; usual if left out", unit="")
    setting: str = choice("prongs", ("prongs", "bezel"), "what holds the stone")
    prongs: int = counted(4, 4, 6, "prongs: 4, or 6 on a stone without corners")
    chain_mm: float = ranged(110.0, 60.0, 500.0, "length of the chain")
    chain_width_mm: float = ranged(1.7, 1.2, 3.0, "width of a link of the chain")
    display: str = choice("laid", ("laid", "stand"), "laid down, or hung up by the chain's ends")
    sway: int = counted(0, 0, 9999, "which of the ways the chain lies, each a little different")
    span: float = ranged(0.5, 0.2, 0.8, "between the pegs of the stand, part of the length", "")

    def __post_init__(self) -> None:
        super().__post_init__()
        corners = self.cut in CUTS and self.cut not in ROUND_CUTS
        if self.prongs == 5 or (self.prongs == 6 and corners):
            raise SceneError(
                f"Pendant: prongs is {self.prongs}; give 4, or 6 for a stone without corners"
            )

    @classmethod
    def draw(cls, rng: np.random.Generator, cuts: Sequence[str]) -> Self:
        """A pendant of a third of a carat to five; see `Design.draw`."""
        # The prongs of a long straight stone stand beside the mount.
        cut = pick(rng, [c for c in cuts if c in CUTS and "baguette" not in c])
        ratio = drawn_ratio(rng, cut)
        return cls(
            cut=cut,
            stone_mm=max(3.0, round(between(rng, 4.0, 10.0) / np.sqrt(ratio or 1.0), 2)),
            ratio=ratio,
            setting=pick(rng, ("prongs", "prongs", "bezel")),
            prongs=pick(rng, (4, 6)) if cut in ROUND_CUTS else 4,
            chain_mm=between(rng, 90.0, 200.0, 10.0),
            chain_width_mm=between(rng, 1.4, 2.0, 0.1),
            display=pick(rng, ("laid", "stand")),
            sway=int(rng.integers(10000)),
            span=between(rng, 0.4, 0.65),
        )

    def build(self) -> Piece:
        """Mount, bail, stone, links and what ends the chain; on a stand, that too."""
        bodies, mount = (self._lie if self.display == "laid" else self._hang)(self.weave())
        return assemble("pendant", "pendant", [mount.metal, *bodies], [mount.stone])

    def weave(self) -> Weave:
        """Of the chain."""
        return WEAVES["cable"](self.chain_width_mm, _WIRE, _LONG)

    def mount(self) -> Mount:
        """The stone's mount with its soldered ring, girdle at z = 0."""
        cut = stone(self.cut, self.stone_mm, self.ratio)
        placed = Placed("stone", cut, np.eye(4))
        solids, carrier, z = self._holding(cut)
        radius = (_RING - RING_WIRE) / 2.0
        out = _outside(carrier, z) + radius + (0.5 - _SOLDER) * RING_WIRE
        ring = stadium(RING_WIRE, _RING, _RING).solid.moved(shift(y=out, z=z))
        metal = Body("mount", join([*solids, ring], rooms([placed])))
        return Mount(metal, placed, np.array([0.0, out + radius, z]))

    def _holding(self, cut: Shape) -> tuple[list[Solid], Solid, float]:
        """What holds the stone; that of it which carries the ring, and at which height, mm."""
        if self.setting == "bezel":
            collar = Collet().solid(cut)
            # Soldered at the height of the centre of gravity it hangs facing the front.
            middle = gravity([Body("", finished(collar)), Placed("", cut, np.eye(4))])
            return [collar], collar, float(middle[2])
        few = 1.0 if self.prongs == 4 else 0.85
        wire = few * min(max(0.35 + 0.085 * self.stone_mm, 0.5), 1.3)
        culet = float(to_mesh(cut).vertices[:, 2].min())
        head = Head(self.prongs, wire, 2, 0.7 * wire, culet - _RISE, _FLAT, _SPREAD)
        solids = head.solids(cut)
        return solids, solids[-1], float(solids[-1].vertices[:, 2].mean())

    def bail(self, weave: Weave) -> Bail:
        """A bail for the chain; narrow where two links go up from the one that it hangs on."""
        inside = self.chain_width_mm / 2.0 + _ROOM
        narrow = min(1.25 * weave.link.pivot, 1.1)
        drop = inside + 2.2 + 0.05 * self.stone_mm
        return Bail(inside, _SMALL, drop, _BAIL, narrow, max(1.5, 0.25 * self.stone_mm))

    def _lie(self, weave: Weave) -> tuple[list[Body], Mount]:
        """Mount on its back, bail from its ring to the ground, the chain through it."""
        mount, bail = self.mount(), self.bail(weave)
        mount = mount.moved(settle(mount.things))
        # The bail's lower round lies on the ring's wire, its upper one on the ground.
        small = mount.ring - [0.0, 0.0, bail.small - RING_WIRE / 2.0 - TAUT]
        dip = (small[2] - bail.inside - bail.thick) / bail.drop
        if abs(dip) > 0.95:
            raise GeometryError(
                f"the bail does not reach the ground from {small[2]:.1f} mm; choose a smaller stone"
            )
        out = np.array([0.0, np.sqrt(1.0 - dip**2), -dip])
        place = frame([1, 0, 0], np.cross(out, [1, 0, 0]), out, small + bail.drop * out)
        loop = bail.solid().moved(place)
        least = _lift(weave, loop, place[:3, 3])
        for sway in islice(_sways(self.sway), _TRIED):
            for lift in (least, least + 0.06, least + 0.12, least + 0.18):
                row = _under(lay(weave, self.chain_mm, sway, lift), place[:2, 3])
                if _runs_free(row, loop):
                    return [Body("bail", finished(bail.solid()), place), *laid_bodies(row)], mount
        raise GeometryError("the chain does not run through the bail; choose a narrower chain")

    def _hang(self, weave: Weave) -> tuple[list[Body], Mount]:
        """The chain between two pegs, the bail on its middle link, the mount plumb under it."""
        bail, mount = self.bail(weave), self.mount().moved(FRONT)
        loop = Body("bail", finished(bail.solid()))
        link = Body("link", weave.link.mesh)
        load = weight([*mount.things, loop]) / weight([link]) * weave.link.volume
        span = self.span * self.chain_mm
        hung = hang_up(weave, self.chain_mm, span, load)
        middle = hung.row[len(hung.row) // 2].transform[2, 3]
        arch = middle + self.chain_width_mm / 2.0 + TAUT - bail.inside
        up = shift(z=arch)
        if not _runs_free(hung.row, bail.solid().moved(up)):
            raise GeometryError(
                "the links beside the bail would touch it; choose a wider span or a wider chain"
            )
        # The ring's wire lies in the bail's lower round.
        ring = arch - bail.drop - bail.small + RING_WIRE / 2.0 + TAUT
        mount = plumb(mount.moved(shift(*(-mount.ring)))).moved(shift(z=ring))
        low = mount.metal.transform
        lowest = float((mount.metal.mesh.vertices @ low[2, :3] + low[2, 3]).min())
        height = CLEAR - lowest
        lifted = Body("bail", loop.mesh, shift(z=height) @ up)
        return [lifted, *hung_bodies(hung, span, height)], mount.moved(shift(z=height))


def _outside(solid: Solid, z: float) -> float:
    """How far it reaches along +y at x = 0 and a height, mm."""
    reached = []
    for loop in manifold(solid).slice(z).to_polygons():
        (x, y), (u, v) = np.asarray(loop).T, np.roll(loop, -1, axis=0).T
        crosses = (x < 0.0) != (u < 0.0)
        reached.append((y - x * (v - y) / np.where(crosses, u - x, 1.0))[crosses])
    return float(np.concatenate(reached).max())


def plumb(mount: Mount) -> Mount:
    """The mount, whose ring's wire is at the origin, turned about x until it hangs at rest."""
    _, y, z = gravity(mount.things)
    return mount.moved(turn([1.0, 0.0, 0.0], -float(np.arctan2(y, -z))))


def _sways(number: int) -> Iterator[Sway]:
    """Ways for a chain to lie, always the same ones for a number."""
    rng = np.random.default_rng(number)
    while True:
        long, egg = float(rng.uniform(0.2, 0.35)), float(rng.uniform(0.05, 0.15))
        yield Sway(((2, long, 0.0), (3, egg, 0.0), (4, 0.04, float(rng.uniform(0.0, 6.3)))))


def _lift(weave: Weave, bail: Solid, place: FloatArray) -> float:
    """How far over the ground the middle link must lie not to touch the bail, mm."""
    for lift in np.arange(0.0, place[2], 0.02):
        for index in (0, 1):
            lies = shift(place[0], place[1], weave.height(index) + lift)
            link = weave.link.solid.moved(lies @ turn([1, 0, 0], weave.roll(index)))
            if gap(link, bail, 0.1) < TAUT:
                break
        else:
            return float(lift)
    raise GeometryError("the chain does not fit into the bail; choose a narrower chain")


def _under(row: list[Strung], place: FloatArray) -> list[Strung]:
    """A laid row, moved and turned: its foremost link at `place` [2] mm, heading along +x."""
    front = row[(len(row) - 2) // 2].transform
    back = shift(place[0], place[1]) @ turn([0, 0, 1], -float(np.arctan2(front[1, 0], front[0, 0])))
    move = back @ shift(-front[0, 3], -front[1, 3])
    return [Strung(thing.link, thing.roll, move @ thing.transform) for thing in row]


def _runs_free(row: list[Strung], bail: Solid) -> bool:
    """Whether the links near the middle of a row stay clear of the bail and of each other."""
    middle = len(row) // 2
    near = [t.link.solid.moved(t.transform) for t in row[middle - 5 : middle + 5]]
    joined = all(gap(a, b, 0.1) >= 0.5 * LEAST for a, b in pairwise(near))
    return joined and all(gap(link, bail, 0.1) >= LEAST for link in near)

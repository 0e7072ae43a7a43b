"""What holds to what: bodies that touch, overlap, or pass through each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from engine.cad.check.loops import linked
from engine.cad.check.surface import LongArray, beside, distances, fine, nearest
from engine.cad.check.survey import Body, Survey
from engine.cad.topology import linked as joined
from engine.types import FloatArray

#: Bodies nearer than this touch, mm: solder, or what rests on its neighbour (estimated).
TOUCH = 0.05
#: Pearls and threads are drawn with more room: a thread hangs in its drill hole, mm (estimated).
TOUCH_SOFT = 0.15
#: Fewer equal links make no chain.
LEAST_LINKS = 4
#: Links of a chain differ by less than this in volume and length.
ALIKE = 0.35
#: No link is longer, mm.
LONGEST_LINK = 40.0
#: Sides of the triangles into which surfaces are divided, one look after the other, mm.
_STEPS = (0.6, 0.3, 0.15, 0.08)


@dataclass(frozen=True, eq=False)
class Bonds:
    """How bodies hold together.

    bodies : all but cavities. chain : indices of those that are links of a chain. pairs : indices
    of bodies that hold each other: links of a chain only when they are linked; of other bodies
    enough to know their groups. group : [N] number of the group of bodies that hold together.
    """

    bodies: tuple[Body, ...]
    chain: frozenset[int]
    pairs: tuple[tuple[int, int], ...]
    group: LongArray

    @classmethod
    def of(cls, survey: Survey) -> Bonds:
        """Look at all bodies of metal, pearls and whatever else but stones."""
        every = (*survey.metal, *survey.others)
        bodies = tuple(body for body in every if not _cavity(body, every))
        near = list(_near(bodies))
        chain = _chain(bodies, near)
        group = np.arange(len(bodies))
        pairs = []
        for i, j in near:
            link = i in chain or j in chain
            if (link or group[i] != group[j]) and _holds(bodies[i], bodies[j], {i, j} <= chain):
                pairs.append((i, j))
                group[group == group[j]] = group[i]
        return cls(bodies, chain, tuple(pairs), group)

    def held(self, link: int) -> int:
        """How many others a link of a chain holds."""
        return sum(link in pair for pair in self.pairs)


def _holds(a: Body, b: Body, both_links: bool) -> bool:
    return (not both_links and touching(a, b)) or linked(a.loops, b.loops)


def touching(a: Body, b: Body) -> bool:
    """Whether two bodies come within `TOUCH` of each other, or one lies in the other."""
    soft = a.part.role != "metal" or b.part.role != "metal"
    reach = TOUCH_SOFT if soft else TOUCH
    one, two = a.near(b.bounds, reach), b.near(a.bounds, reach)
    if len(one) and len(two) and _meet(one, two, reach):
        return True
    return bool(a.holds(b.vertices[:1])[0] or b.holds(a.vertices[:1])[0])


def _meet(one: FloatArray, two: FloatArray, reach: float) -> bool:
    """Whether two surfaces come within `reach` mm of each other: looked at ever more closely, and
    only where they are near."""
    first, second = fine(one, _STEPS[0]), fine(two, _STEPS[0])
    for step, before in zip(_STEPS[1:], _STEPS[:-1], strict=True):
        # Samples lie on the surfaces: as near as two of them, the surfaces are as well.
        if nearest(first.points, second.points, reach) < reach:
            return True
        room = reach + before
        first, second = (
            fine(one, step, beside(second.points, room)),
            fine(two, step, beside(first.points, room)),
        )
    away = distances(first.points, second, _STEPS[-1], reach)
    return bool(away.min(initial=np.inf) < reach)


def _cavity(body: Body, every: Sequence[Body]) -> bool:
    """Whether it is the inner wall of another shell of its part."""
    if body.of == 1 or body.shell.volume >= 0.0:
        return False
    return any(
        other.part is body.part and other is not body and other.holds(body.vertices[:1])[0]
        for other in every
    )


def _near(bodies: Sequence[Body]) -> Iterator[tuple[int, int]]:
    """Pairs whose boxes come within reach of each other."""
    if not bodies:
        return
    low = np.stack([body.bounds[0] for body in bodies]) - TOUCH_SOFT
    high = np.stack([body.bounds[1] for body in bodies])
    for i in range(len(bodies)):
        meets = (low[i + 1 :] <= high[i]).all(axis=1) & (high[i + 1 :] >= low[i]).all(axis=1)
        for j in i + 1 + np.flatnonzero(meets):
            yield i, int(j)


def _chain(bodies: Sequence[Body], near: Sequence[tuple[int, int]]) -> frozenset[int]:
    """Bodies alike that hang in each other, or lie on a layer of chains: its links.

    Once most of them are known, those of the same size beside them count as well, linked or not.
    """
    size = [float(np.linalg.norm(np.ptp(body.shell.vertices, axis=0))) for body in bodies]
    volume = [abs(body.shell.volume) for body in bodies]

    def alike(i: int, j: int) -> bool:
        return _close(size[i], size[j]) and _close(volume[i], volume[j])

    pairs = [(i, j) for i, j in near if max(size[i], size[j]) < LONGEST_LINK and alike(i, j)]
    if len(pairs) < LEAST_LINKS - 1:
        return frozenset()
    count, label = joined(len(bodies), np.array(pairs, dtype=np.int64).reshape(-1, 2))
    hang = np.zeros(count)
    for i, j in pairs:
        hang[label[i]] += linked(bodies[i].loops, bodies[j].loops)
    found: set[int] = set()
    for group in range(count):
        members = np.flatnonzero(label == group)
        if len(members) >= LEAST_LINKS and 2 * hang[group] >= len(members) - 1:
            found |= set(members.tolist())
    return frozenset(found)


def _close(a: float, b: float) -> bool:
    return abs(a - b) <= ALIKE * max(a, b)

"""The pearl strand: drilled pearls, knotted on silk, closed by a ball clasp."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from engine.types import FloatArray, Mesh, Piece
from scenes.pieces.assembly import Body, assemble
from scenes.pieces.chance import between, maybe, pick
from scenes.pieces.clasp import ball
from scenes.pieces.course import Sway, loop, stood
from scenes.pieces.design import Design, Family, counted, ranged
from scenes.pieces.links import TAUT, finished
from scenes.pieces.motion import turn
from scenes.pieces.solids import revolve
from scenes.pieces.thread import Silk

#: Diameter of the hole through a pearl, mm: as is drilled for two strands of silk. Estimated.
HOLE = 0.8

# Of the clasp, mm: wire of its eyes and their inner diameter.
_EYE_WIRE, _EYE_HOLE = 0.6, 1.3

# Turn about y that takes a pearl's hole from z to x.
_ALONG = turn([0.0, 1.0, 0.0], np.pi / 2.0)


@dataclass(frozen=True, kw_only=True)
class PearlStrand(Design):
    """Pearls on a thread with a knot between each two, laid down as a closed loop.

    Every pearl touches the ground, z = 0, and lies against the knots at both of its ends. The
    largest is in front, -y, the clasp, as large as the smallest, at the back.

    >>> PearlStrand(length_mm=180.0).build().kind
    'necklace'
    """

    family: ClassVar[Family] = "necklace"

    length_mm: float = ranged(420.0, 150.0, 900.0, "length once around, the clasp with it")
    pearl_mm: float = ranged(7.0, 3.0, 14.0, "diameter of the largest pearl")
    graduation: float = ranged(1.0, 0.4, 1.0, "smallest pearl as a part of the largest", "")
    sway: int = counted(0, 0, 9999, "which of the ways to lie, each a little different")

    @classmethod
    def draw(cls, rng: np.random.Generator, cuts: Sequence[str]) -> Self:
        """A choker to a matinee, uniform or graduated."""
        graduated = maybe(rng, 0.35)
        return cls(
            length_mm=pick(rng, (380.0, 420.0, 450.0, 500.0)),
            pearl_mm=between(rng, 5.0, 10.0, 0.5),
            graduation=between(rng, 0.5, 0.75) if graduated else 1.0,
            sway=int(rng.integers(10000)),
        )

    def build(self) -> Piece:
        """The strand: pearls, thread and clasp."""
        silk = Silk(HOLE)
        radii = self.radii(silk)
        clasp = ball(radii[0], _EYE_WIRE, _EYE_HOLE)
        halves = np.append(_halves(radii, silk), clasp.half + _loop(silk))
        heights = np.append(radii, clasp.depth(0.0))
        # A thread comes out between two pearls halfway between the heights of their middles.
        joint_z = (heights + np.roll(heights, 1)) / 2.0
        climb = np.arcsin((np.roll(joint_z, -1) - joint_z) / (2.0 * halves))
        flat = 2.0 * halves * np.cos(climb)
        sway = Sway.drawn(np.random.default_rng(self.sway))
        joints, heading = loop(flat, sway, flat[:-1].sum() / 2.0)
        knots = np.column_stack([joints, joint_z])
        bodies = self._pearls(radii, knots, halves, heading, climb)
        place = _placed(knots[-1], halves[-1], heading[-1], climb[-1], heights[-1])
        loops = [(place @ np.array([side * clasp.half, 0.0, 0.0, 1.0]))[:3] for side in (-1, 1)]
        thread = finished(silk.thread(knots, loops[0], loops[1], _EYE_WIRE))
        bodies.append(Body("thread", thread, layer="thread", role="other"))
        bodies.append(Body("clasp", clasp.mesh, place))
        return assemble("pearl-strand", "necklace", bodies, [])

    def radii(self, silk: Silk) -> FloatArray:
        """[N] mm, from the clasp and back to it: as many as come nearest to the length."""

        def row(count: int) -> FloatArray:
            away = np.abs(np.linspace(-1.0, 1.0, count))
            return np.asarray(self.pearl_mm / 2.0 * (1.0 - (1.0 - self.graduation) * away))

        def length(count: int) -> float:
            radii = row(count)
            eyes = _EYE_HOLE + 2.2 * _EYE_WIRE + _loop(silk)
            return float(2.0 * (_halves(radii, silk).sum() + radii[0] + eyes))

        return row(min(range(7, 400), key=lambda n: abs(length(n) - self.length_mm)))

    @staticmethod
    def _pearls(
        radii: FloatArray,
        knots: FloatArray,
        halves: FloatArray,
        heading: FloatArray,
        climb: FloatArray,
    ) -> list[Body]:
        """Each with its hole along the thread, on the ground; equal ones share a mesh."""
        made: dict[float, Mesh] = {}
        bodies = []
        for i, radius in enumerate(radii):
            size = round(float(radius), 6)
            if size not in made:
                made[size] = pearl(size)
            place = _placed(knots[i], halves[i], heading[i], climb[i], size) @ _ALONG
            bodies.append(Body(f"pearl {i + 1}", made[size], place, "pearls", "pearl"))
        return bodies


def pearl(radius: float) -> Mesh:
    """A round pearl drilled along z, its middle at the origin; mm."""
    rim = float(np.arcsin(HOLE / 2.0 / radius))
    turned = np.linspace(np.pi - rim, rim, 33)
    outside = radius * np.column_stack([np.sin(turned), np.cos(turned)])
    return finished(revolve(outside, 56, closed=True))


def _halves(radii: FloatArray, silk: Silk) -> FloatArray:
    """From the middle of each pearl to the knots at its ends, mm."""
    rim = np.sqrt(radii**2 - (HOLE / 2.0) ** 2)
    return np.asarray(rim + np.sqrt(silk.knot**2 - (HOLE / 2.0) ** 2) + TAUT)


def _loop(silk: Silk) -> float:
    """From the last knot to the middle of the wire of the clasp's eye, mm."""
    return _EYE_WIRE / 2.0 + silk.knot + 2.0 * TAUT


def _placed(
    knot: FloatArray, half: float, heading: float, climb: float, height: float
) -> FloatArray:
    """[4, 4]: x along the thread from a knot, the middle `half` mm from it and at a height."""
    place = np.eye(4)
    place[:3, :3] = stood(heading, climb, 0.0)
    place[:2, 3] = knot[:2] + half * place[:2, 0]
    place[2, 3] = height
    return place

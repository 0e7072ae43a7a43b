"""A display stand: a slim bow of rod on two feet. Chains hang from its two pegs, hooks over it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.types import FloatArray, Mesh
from scenes.pieces.links import finished
from scenes.pieces.motion import shift, turn
from scenes.pieces.solids import Solid, merge, revolve, tube

#: Radius of a peg, mm; a ring on it turns freely.
PEG = 0.6

#: Of the bow, mm: radius of its rod, how far it stands behind the chain.
ROD, BEHIND = 0.9, 5.0

# Of the bow, mm: radius of its bends, how far it stands beside the pegs; of a foot: radius, height.
_BEND, _BESIDE = 5.0, 6.0
_FOOT, _FOOT_HIGH = 7.0, 1.5


@dataclass(frozen=True)
class Stand:
    """A stand for a chain that hangs in the plane y = 0.

    span : mm, between the pegs, which lie at x = -span/2 and span/2. height : mm, of the pegs'
    axes over the ground, as of the bow's. pegs : whether it has them.
    """

    span: float
    height: float
    pegs: bool = True

    def mesh(self) -> Mesh:
        """The stand as one body on z = 0."""
        leg = self.span / 2.0 + _BESIDE
        solids = [self._bow(leg)]
        for side in (-1.0, 1.0):
            solids.append(_foot().moved(shift(x=side * leg, y=BEHIND)))
            if self.pegs:
                peg = shift(x=side * self.span / 2.0, y=BEHIND, z=self.height)
                solids.append(_peg().moved(peg))
        return finished(merge(solids))

    def _bow(self, leg: float) -> Solid:
        """Up, over and down again."""
        angle = np.linspace(0.0, np.pi / 2.0, 13)
        bend = np.column_stack([np.cos(angle), np.sin(angle)]) * _BEND
        right = bend + np.array([leg - _BEND, self.height - _BEND])
        flat = np.concatenate([[[leg, 0.5 * _FOOT_HIGH]], right,
                               right[::-1] * [-1.0, 1.0], [[-leg, 0.5 * _FOOT_HIGH]]])  # fmt: skip
        path = np.column_stack([flat[:, 0], np.full(len(flat), BEHIND), flat[:, 1]])
        ahead = np.broadcast_to([0.0, 1.0, 0.0], path.shape)
        return tube(path, np.full(len(path), ROD), ahead, closed=False, points=24)


def _foot() -> Solid:
    edge = np.linspace(0.0, np.pi / 2.0, 5)
    side = np.column_stack([_FOOT - 0.3 + 0.3 * np.cos(edge),
                            _FOOT_HIGH - 0.3 + 0.3 * np.sin(edge)])  # fmt: skip
    return revolve(np.concatenate([[[_FOOT, 0.0]], side]), 64)


def _peg() -> Solid:
    """From the bow to the front, -y, with a round head that keeps a ring on it."""
    head = 1.6 * PEG
    turned = np.linspace(0.0, np.pi, 13)[1:-1]
    reach = BEHIND + 2.0
    ball = np.column_stack([head * np.sin(turned), reach - head * np.cos(turned)])
    neck = ball[(ball[:, 0] > PEG) | (ball[:, 1] > reach)]
    profile: FloatArray = np.concatenate([[[PEG, 0.0], [PEG, neck[0, 1] - 0.2]], neck])
    return revolve(profile, 24).moved(turn([1.0, 0.0, 0.0], np.pi / 2.0))

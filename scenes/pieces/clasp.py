"""Clasps: a barrel or a ball with an eye at each end, which lies as high as what it closes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.types import FloatArray
from scenes.pieces.links import Link
from scenes.pieces.solids import Solid, merge, revolve, tube

# Wires from the barrel to an eye, on a neck that leaves a neighbour room; the barrel's length in
# radii. Estimated.
_NECK, _LONG = 0.7, 4.6

# Turned along the barrel: part of its half length, part of its radius. A cap screws on the middle.
_TURNED = ((1.0, 0.42), (0.95, 0.6), (0.8, 0.86), (0.62, 0.97), (0.5, 1.0), (0.16, 1.0),
           (0.135, 0.95), (0.11, 0.95), (0.085, 1.0))  # fmt: skip


def barrel(radius: float, wire: float, hole: float, before: float, after: float) -> Link:
    """The clasp, along x.

    radius : mm, of the barrel. wire, hole : mm, of the eyes, and their inner diameter.
    before, after : turn about x of the planes of the eye at -x and of that at +x, radians; 0 lies
    flat.
    """
    return _with_eyes(_lying(_TURNED, radius, _LONG / 2.0 * radius), wire, hole, before, after)


def ball(radius: float, wire: float, hole: float) -> Link:
    """A ball clasp of this radius, its eyes upright; see `barrel`."""
    turned = np.pi / 2.0 * np.linspace(0.0, 1.0, 14)[1:-1]
    round_ = [(float(np.cos(t)), float(np.sin(t))) for t in turned]
    seam = [(0.05, 0.96), (0.075, 0.97), (0.1, 0.995)]
    profile = sorted([*(p for p in round_ if p[0] > 0.13), *seam], reverse=True)
    upright = np.pi / 2.0
    return _with_eyes(_lying(profile, radius, radius), wire, hole, upright, upright)


def _with_eyes(body: Solid, wire: float, hole: float, before: float, after: float) -> Link:
    small, half = (hole + wire) / 2.0, float(body.vertices[:, 0].max())
    out = half + small + (0.5 + _NECK) * wire
    eyes = tuple(_eye(side * out, small, turn) for side, turn in ((-1.0, before), (1.0, after)))
    rounds = [_torus(eye, turn, wire) for eye, turn in zip(eyes, (before, after), strict=True)]
    return Link(merge([body, _neck(out - small, wire), *rounds]), eyes, wire, out)


def _lying(profile: Sequence[tuple[float, float]], radius: float, half: float) -> Solid:
    """What is turned to a profile from an end to the middle, and its mirror image, along x.

    profile : part of `half`, mm, from the middle, falling; part of `radius`, mm.
    """
    right = np.array(profile)
    turned = np.concatenate([right * [-1.0, 1.0], right[::-1]])[:, ::-1]
    standing = revolve(turned * [radius, half], 40)
    lie = np.array([[0.0, 0, 1, 0], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1]])
    return standing.moved(lie)


def _neck(half: float, wire: float) -> Solid:
    """A pin from eye to eye."""
    ends = np.array([[-half, 0.0, 0.0], [half, 0.0, 0.0]])
    across = np.broadcast_to([0.0, 0.0, 1.0], ends.shape)
    return tube(ends, np.full(2, 0.45 * wire), across, closed=False, points=14)


def _eye(x: float, radius: float, roll: float) -> FloatArray:
    turn = np.linspace(0.0, 2.0 * np.pi, 24, endpoint=False)
    across = radius * np.sin(turn)
    return np.column_stack(
        [x + radius * np.cos(turn), across * np.cos(roll), across * np.sin(roll)]
    )


def _torus(path: FloatArray, roll: float, wire: float) -> Solid:
    up = np.broadcast_to([0.0, -np.sin(roll), np.cos(roll)], path.shape)
    return tube(path, np.full(len(path), wire / 2.0), up, closed=True, points=14)

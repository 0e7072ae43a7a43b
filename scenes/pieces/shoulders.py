"""Cathedral shoulders: two arches that rise from the shank and carry the head."""

from __future__ import annotations

import numpy as np

from engine.cad.cuts import Shape
from engine.errors import GeometryError
from engine.types import FloatArray
from scenes.pieces.head import Head
from scenes.pieces.shank import Shank
from scenes.pieces.solids import Solid, sweep

# Where an arch leaves the shank, rad from the top; estimated from rings of the trade.
_LEAVES = 0.95

# Its thickness, mm, below and at the head; its width at the head as part of that of the shank.
_THICK = (1.15, 0.95)
_NARROW = 0.72

# Exponent of its section: a rounded rectangle.
_POWER = 3.0

_STATIONS, _POINTS = 40, 40


def cathedral(shank: Shank, head: Head, cut: Shape) -> list[Solid]:
    """The two arches, in the frame of the finger (its axis is y, its middle the origin).

    They end in the highest gallery rail of the head. Raises GeometryError without one, or where
    the head is too wide.
    """
    if head.rails == 0:
        raise GeometryError("cathedral shoulders end in a gallery rail; give rails as 1 or 2")
    rail = head.rail_solids(cut.girdle())[-1].vertices
    level = float(rail[:, 2].mean())
    beside = float(rail[np.abs(rail[:, 1]) < 0.3, 0].max()) - 0.3 * head.prong
    end = np.array([beside, head.ring - head.foot + level])
    middle = shank.inside / 2.0 + 0.5 * shank.thickness
    start = middle * np.array([np.sin(_LEAVES), np.cos(_LEAVES)])
    if beside > 0.8 * start[0]:
        raise GeometryError("the stone is too wide for cathedral shoulders; choose a smaller one")
    path, along = _swoop(start, end)
    right = _arch(path, along, 0.86 * shank.width * shank.taper)
    return [right, Solid(right.vertices * [-1.0, 1.0, 1.0], right.faces[:, ::-1])]


def _swoop(start: FloatArray, end: FloatArray) -> tuple[FloatArray, FloatArray]:
    """A path [N, 2] (aside, up) that leaves the shank along it and steepens, and its direction."""
    leave = np.array([-np.cos(_LEAVES), np.sin(_LEAVES)])
    arrive = np.array([-0.45, 0.89])
    reach = 0.42 * float(np.linalg.norm(end - start))
    a, b = start + reach * leave, end - reach * arrive
    t = np.linspace(0.0, 1.0, _STATIONS)[:, None]
    path = (1 - t) ** 3 * start + 3 * t * (1 - t) ** 2 * a + 3 * t**2 * (1 - t) * b + t**3 * end
    along = np.gradient(path, axis=0)
    return path, along / np.linalg.norm(along, axis=1, keepdims=True)


def _arch(path: FloatArray, along: FloatArray, width: float) -> Solid:
    """The arch along a path [N, 2] with directions [N, 2]; `width` mm at the shank."""
    part = np.linspace(0.0, 1.0, len(path))
    half = width / 2.0 * (1.0 + (_NARROW - 1.0) * part)
    end = np.clip((part - 0.9) / 0.1, 0.0, 0.95)
    thick = (_THICK[0] + (_THICK[1] - _THICK[0]) * part) / 2.0 * np.sqrt(1.0 - end**2)
    turn = np.linspace(0.0, 2.0 * np.pi, _POINTS, endpoint=False) + 0.031
    c, s = np.cos(turn), np.sin(turn)
    y = np.sign(c) * np.abs(c) ** (2.0 / _POWER)
    out = np.sign(s) * np.abs(s) ** (2.0 / _POWER)
    normal = np.column_stack([along[:, 1], -along[:, 0]])
    flat = path[:, None] + (thick[:, None] * out)[..., None] * normal[:, None]
    return sweep(np.stack([flat[..., 0], half[:, None] * y, flat[..., 1]], axis=-1), closed=False)

"""Links of chains: closed wires around an axis, and how far the next link stands when both pull.

A link lies along x in the plane z = 0, its middle at the origin.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.cad.normals import crease_normals
from engine.errors import GeometryError
from engine.types import FloatArray, Mesh
from scenes.pieces.solids import CREASE_DEG, Solid, manifold, sweep, trim, tube

#: Room between links that pull at each other, mm.
TAUT = 0.02

# Segments of a half circle along a wire, and points around it: 576 triangles in a link.
_HALF, _AROUND = 11, 12

# Two wires pass a link's hole one after the other, with room to turn; in wires.
_WIDE, _LONG = 3.0, 4.2

# Each end of a curb link is turned by this, radians; less leaves no room for a thick wire.
_TWIST = np.radians(50.0)

# Where box links turn against each other, in widths from their middle.
_BOX_PIVOT = 0.27

# Steps of the search for the place where two links pull, mm, and its halvings.
_STEP, _HALVINGS = 0.02, 10


@dataclass(frozen=True, eq=False)
class Link:
    """One link or ring.

    solid  : its surface. curves : centre lines of its wire, each [N, 3] mm and closed; more than
    one where rings are soldered together. wire : mm, thickness of the wire along x at the ends.
    pivot  : mm from the middle to the point about which a neighbour swings at either end: the
    middle of the round that the end follows. twist : radians that its ends are turned about x, the
    first back, the second on. thick : mm across the wire where that is no round; else `wire`.
    """

    solid: Solid
    curves: tuple[FloatArray, ...]
    wire: float
    pivot: float
    twist: float = 0.0
    thick: float | None = None

    @cached_property
    def half(self) -> float:
        """From the middle to the centre line at its ends, mm."""
        return max(float(curve[:, 0].max()) for curve in self.curves)

    @cached_property
    def mesh(self) -> Mesh:
        """The surface with normals; always the same object."""
        return finished(self.solid)

    @cached_property
    def volume(self) -> float:
        """Of the metal, mm^3."""
        return float(manifold(self.solid).volume())

    def depth(self, roll: float) -> float:
        """How far below its middle it reaches when turned about x by `roll` radians, mm."""
        return -float((self.solid.vertices @ [0.0, np.sin(roll), np.cos(roll)]).min())


def finished(solid: Solid) -> Mesh:
    """The mesh of a closed solid, smooth but for its creases."""
    vertices, faces, normals = crease_normals(solid.vertices, solid.faces, CREASE_DEG)
    return Mesh(vertices, faces, normals, True)


def stadium(wire: float, width: float, length: float) -> Link:
    """A link with straight sides and round ends; as long as wide it is a ring.

    wire : mm. width, length : outer, mm. Raises GeometryError where no other wire goes through.
    """
    b, a = (width - wire) / 2.0, (length - wire) / 2.0
    if width < _WIDE * wire or length < max(width, _LONG * wire):
        raise GeometryError(
            f"a link {length:g} mm long and {width:g} mm wide of {wire:g} mm wire has no room for "
            f"its neighbours; make it at least {_WIDE:g} wires wide and {_LONG:g} long"
        )
    turn = np.linspace(-np.pi / 2.0, np.pi / 2.0, _HALF + 1)
    end = np.column_stack([a - b + b * np.cos(turn), b * np.sin(turn), np.zeros(_HALF + 1)])
    # A ring's two rounds share their ends.
    path = np.concatenate([end, -end] if a > b else [end[:-1], -end[:-1]])
    up = np.broadcast_to([0.0, 0.0, 1.0], path.shape)
    solid = tube(path, np.full(len(path), wire / 2.0), up, closed=True, points=_AROUND)
    return Link(solid, (path,), wire, a - b)


def curb(wire: float, width: float, length: float, filed: float) -> Link:
    """An oval link twisted a quarter turn from end to end, so that its like nests flat into it.

    wire, width, length : mm, of the oval before it is twisted. filed : part of the wire's radius
    that is filed off above and below, which leaves the bright flats of a curb chain.
    """
    b, a = (width - wire) / 2.0, (length - wire) / 2.0
    turn = np.linspace(0.0, 2.0 * np.pi, 20, endpoint=False)
    twist = _TWIST * np.cos(turn)
    path = np.column_stack(
        [a * np.cos(turn), b * np.sin(turn) * np.cos(twist), b * np.sin(turn) * np.sin(twist)]
    )
    along = np.roll(path, -1, axis=0) - np.roll(path, 1, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    up = np.column_stack([np.zeros(20), -np.sin(twist), np.cos(twist)])
    up -= np.einsum("ij,ij->i", up, along)[:, None] * along
    up /= np.linalg.norm(up, axis=1, keepdims=True)
    solid = tube(path, np.full(20, wire / 2.0), up, closed=True, points=12)
    top = float(solid.vertices[:, 2].max()) - filed * wire / 2.0
    return Link(trim(solid, -top, top) if filed else solid, (path,), wire, a - b * b / a, _TWIST)


def strip(width: float) -> tuple[float, float]:
    """Thickness and height of the strip of a box link of this width, mm."""
    return 0.2 * width, 0.4 * width


def box(width: float) -> Link:
    """A square link of flat strip, folded at right angles, as of a box or Venetian chain.

    width : mm, outer; the strip follows: thin enough that two neighbours pass the hole side by
    side, and narrow enough to turn in it.
    """
    thin, high = strip(width)
    h, bend = (width - thin) / 2.0, 0.75 * thin
    turn = np.linspace(0.0, np.pi / 2.0, 4)
    bent = np.column_stack([h - bend + bend * np.cos(turn), h - bend + bend * np.sin(turn)])
    quarter = np.array([[0.0, -1.0], [1.0, 0.0]])
    flat = np.concatenate([bent @ np.linalg.matrix_power(quarter, k).T for k in range(4)])
    face = np.repeat(np.arange(4) * np.pi / 2.0, 4) + np.tile(turn, 4)
    out = np.column_stack([np.cos(face), np.sin(face), np.zeros(16)])
    path = np.column_stack([flat, np.zeros(16)])
    bevel = 0.12 * thin
    x, z = thin / 2.0, high / 2.0
    corner = np.array([[x, z - bevel], [x - bevel, z]])
    section = np.concatenate([corner, corner[::-1] * [-1, 1], -corner, corner[::-1] * [1, -1]])
    rings = path[:, None] + section[None, :, :1] * out[:, None]
    rings[..., 2] += section[None, :, 1]
    return Link(
        sweep(rings, closed=True),
        (path,),
        thin,
        _BOX_PIVOT * width,
        thick=float(np.hypot(thin, high)),
    )


def apart(first: Link, second: Link, turn: float, room: float, rise: float = 0.0) -> float:
    """How far behind `first` the middle of `second` stands when they pull, mm.

    turn : of the second about x against the first, radians. room : mm that stays between them.
    rise : mm that it stands higher.
    Raises GeometryError when the second does not fit through the first.
    """
    a, b = manifold(first.solid), manifold(second.solid)
    far = first.half + second.half - (first.wire + second.wire) / 2.0

    def free(x: float) -> bool:
        return float(a.min_gap(b.transform(_placed(turn, x, rise)[:3]), 2.0 * room)) >= room

    near = far
    while not free(near):
        near -= _STEP
        if near < 0.3 * far:
            raise GeometryError(
                "the links are too narrow for each other; choose a thinner wire or wider links"
            )
    high = min(near + _STEP, far)
    for _ in range(_HALVINGS):
        middle = (near + high) / 2.0
        near, high = (middle, high) if free(middle) else (near, middle)
    return near


def gap(first: Solid, second: Solid, reach: float = 0.5) -> float:
    """Least distance between two solids, at most `reach`, mm; 0 where they touch or cut."""
    return float(manifold(first).min_gap(manifold(second), reach))


def _placed(turn: float, x: float, z: float) -> FloatArray:
    s, c = np.sin(turn), np.cos(turn)
    return np.array([[1.0, 0, 0, x], [0, c, -s, 0], [0, s, c, z], [0, 0, 0, 1.0]])

"""Outlines of fancy shapes from circular arcs, with the places where brilliant facets meet them.

An outline runs counter-clockwise. Its stations are in turn the place of a main facet and that of
the point between two mains, where upper and lower halves meet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from engine.types import FloatArray


@dataclass(frozen=True, eq=False)
class Outline:
    """Corners of a girdle with the outward normal at each.

    points, normals : [N, 2] mm and unit; at a tip the normal is the middle one.
    flats : girdle flats from one station to the next: every `flats`-th point is a station, the
    first one a main's.
    half  : whether this is the right half of a heart, from its tip to its cleft, both on x = 0.
    """

    points: FloatArray
    normals: FloatArray
    flats: int
    half: bool = False

    @property
    def stations(self) -> tuple[FloatArray, FloatArray]:
        """Points and normals of the stations, [S, 2] each."""
        return self.points[:: self.flats], self.normals[:: self.flats]


@dataclass(frozen=True)
class Arc:
    """A circular arc: centre and radius, mm; azimuths of its normals at start and end, rad.

    at : parts of the arc that are stations; the end is the start of the next arc.
    """

    centre: tuple[float, float]
    radius: float
    start: float
    end: float
    at: tuple[float, ...]

    def points(self, azimuths: FloatArray) -> FloatArray:
        """Points [N, 2] mm by the azimuths of their normals."""
        circle = np.column_stack([np.cos(azimuths), np.sin(azimuths)])
        return np.asarray(self.radius * circle + np.asarray(self.centre))

    def turns(self, flats: int) -> FloatArray:
        """Azimuths of the points from the start, which is one, to the end, which is not."""
        parts = [np.linspace(a, b, flats, endpoint=False) for a, b in pairwise((*self.at, 1.0))]
        return np.asarray(self.start + np.concatenate(parts) * (self.end - self.start))


def along(arcs: Sequence[Arc], flats: int, half: bool = False) -> Outline:
    """The outline along arcs, each beginning where the one before ends."""
    turns = [arc.turns(flats) for arc in arcs]
    points = [arc.points(turn) for arc, turn in zip(arcs, turns, strict=True)]
    if half:
        turns.append(np.array([arcs[-1].end]))
        points.append(arcs[-1].points(turns[-1]))
        turns[0][0] = -np.pi / 2.0
    else:
        for turn, arc, before in zip(turns, arcs, [arcs[-1], *arcs[:-1]], strict=True):
            bend = (arc.start - before.end + np.pi) % (2.0 * np.pi) - np.pi
            turn[0] = arc.start - bend / 2.0
    facing = np.concatenate(turns)
    normals = np.column_stack([np.cos(facing), np.sin(facing)])
    return Outline(np.concatenate(points), normals, flats, half)


def _fitted(outline: Outline, width: float, length: float) -> Outline:
    """The outline stretched by a hair: its widest places need not be corners of the girdle."""
    low, high = outline.points.min(axis=0), outline.points.max(axis=0)
    extent = high - low
    stretch = np.array([width / 2.0 if outline.half else width, length]) / extent
    normals = outline.normals / stretch
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return replace(outline, points=outline.points * stretch, normals=normals)


def marquise_outline(width: float, length: float, wing: float, flats: int) -> Outline:
    """Two arcs that meet in tips on the y axis; mains at the tips, bellies and wings.

    wing : place of the mains of the wings as part of the arc from tip to belly.
    """
    radius = (length**2 + width**2) / (4.0 * width)
    reach = float(np.arcsin(length / 2.0 / radius))
    near = (0.0, wing / 4.0, wing / 2.0, (1.0 + wing) / 4.0)
    at = (*near, 0.5, *(1.0 - part for part in near[:0:-1]))
    aside = radius - width / 2.0
    return along(
        [
            Arc((-aside, 0.0), radius, -reach, reach, at),
            Arc((aside, 0.0), radius, np.pi - reach, np.pi + reach, at),
        ],
        flats,
    )


def point_arc(
    belly: float, aside: float, height: float, turn: float
) -> tuple[float, float, tuple[float, float]]:
    """The arc that carries a circle on to a point on the y axis.

    belly  : mm, radius of the circle; aside : x of its centre, mm, its y being 0. height : of the
    point, mm. turn : rad, normal of the circle where the arc begins.
    Returns radius, normal's azimuth at the point, and centre of the arc.
    """
    x, y = aside + belly * np.cos(turn), belly * np.sin(turn)

    def radius(end: float) -> float:
        return float(x / (np.cos(turn) - np.cos(end)))

    def reach(end: float) -> float:
        return float(y + radius(end) * (np.sin(end) - np.sin(turn)))

    end = _falling(lambda angle: reach(angle) - height, turn + 1e-3, np.pi / 2.0)
    middle = (x - radius(end) * np.cos(turn), y - radius(end) * np.sin(turn))
    return radius(end), end, (float(middle[0]), float(middle[1]))


def pear_outline(width: float, length: float, flats: int) -> Outline:
    """A circle below, carried on by two flatter arcs to a tip at +y; the circle's centre is 0.

    Mains at the tip, on the wings, at the sides, at the bottom and between those.
    """
    belly = width / 2.0
    turn = np.radians(15.0)  # estimated
    radius, end, (x, y) = point_arc(belly, 0.0, length - belly, turn)
    span = np.pi + 2.0 * turn
    # Stations of the circle: half, then mains at its sides, below and between, a half between all.
    mains = np.array([-4.0, 45.0, 90.0, 135.0, 184.0])  # degrees from the left side, estimated
    places = np.stack([mains[:-1], (mains[:-1] + mains[1:]) / 2.0], axis=1).ravel()
    round_at = (np.radians([*places, mains[-1]]) + turn) / span
    wing = 0.50  # estimated
    outline = along(
        [
            Arc((-x, y), radius, np.pi - end, np.pi - turn, (0.0, wing / 2.0, wing)),
            Arc((0.0, 0.0), belly, np.pi - turn, 2.0 * np.pi + turn, (0.0, *round_at)),
            Arc((x, y), radius, turn, end, (0.0, 1.0 - wing, 1.0 - wing / 2.0)),
        ],
        flats,
    )
    return _fitted(outline, width, length)


def heart_outline(width: float, length: float, flats: int) -> Outline:
    """The right half of a heart from its tip to its cleft; the lobe's centre is at y = 0.

    Mains at the tip, on the side, the shoulder, the lobe and in the cleft.
    """
    lobe, aside = 0.28 * width, 0.22 * width  # estimated: the cleft is 11 % of the width deep
    turn = np.radians(30.0)  # estimated
    radius, end, (x, y) = point_arc(lobe, aside, length - lobe, turn)
    cleft = float(np.pi - np.arccos(aside / lobe))
    shoulder, top = ((np.radians(m) + turn) / (cleft + turn) for m in (4.0, 70.0))
    places = (0.0, shoulder, (shoulder + top) / 2.0, top, (top + 1.0) / 2.0)
    side = 0.45
    outline = along(
        [
            Arc((x, -y), radius, -end, -turn, (0.0, side / 2.0, side)),
            Arc((aside, 0.0), lobe, -turn, cleft, places),
        ],
        flats,
        half=True,
    )
    return _fitted(outline, width, length)


def cushion_outline(width: float, length: float, flats: int) -> Outline:
    """Four wide arcs and four narrow ones at the corners, touching each other."""
    turn = np.radians(17.0)  # estimated
    corner = 0.24 * width  # estimated
    s, c = np.sin(turn), np.cos(turn)
    # Arcs of the sides, on the x and y axes, whose ends are where the corner's arc begins.
    wide, tall = np.linalg.solve(
        [[1.0 - c, s], [s, 1.0 - c]],
        [width / 2.0 - corner * (c - s), length / 2.0 - corner * (c - s)],
    )
    middle = (width / 2.0 - wide + (wide - corner) * c, (wide - corner) * s)
    arcs = []
    for quarter in range(4):
        first, second = (wide, width), (tall, length)
        if quarter % 2:
            first, second = second, first
        face = quarter * np.pi / 2.0
        out = first[1] / 2.0 - first[0]
        x, y = np.array([np.cos(face), np.sin(face)]) * out
        mirror = np.sign([np.cos(face + np.pi / 4.0), np.sin(face + np.pi / 4.0)])
        arcs.append(Arc((x, y), first[0], face - turn, face + turn, (0.0, 0.5)))
        arcs.append(Arc((mirror[0] * middle[0], mirror[1] * middle[1]), corner,
                        face + turn, face + np.pi / 2.0 - turn, (0.0, 0.5)))  # fmt: skip
    return along(arcs, flats)


def _falling(f: Callable[[float], float], low: float, high: float) -> float:
    """Where a falling function passes 0."""
    for _ in range(60):
        middle = (low + high) / 2.0
        low, high = (middle, high) if f(middle) > 0.0 else (low, middle)
    return (low + high) / 2.0

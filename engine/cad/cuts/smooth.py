"""Stones without facets: cabochon, bead, drop; turned profiles with shading normals."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from engine.cad.cuts.cut import check_ranges
from engine.cad.cuts.shape import Girdle, girdle_of
from engine.types import FloatArray, IntArray, Mesh

#: Points around the axis of a turned stone, a multiple of four.
_AROUND = 96

#: Points of a half turn of the profile.
_ARC = 48

# How x, y, z follow from (cosine, sine, along) of a turned profile whose axis lies along y.
_LYING = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])


@dataclass(frozen=True, eq=False)
class Turned:
    """A smooth stone: a profile turned about an axis, then stretched.

    name    : of the cut.
    profile : [N, 2] mm, distance from the axis and place along it, from pole to pole; the first
    and the last distance are 0.
    normals : [N, 2] unit, outward, of the profile.
    frame   : [3, 3] from (distance x cosine, distance x sine, along) to x, y, z.
    shift   : [3] mm. gap : mm that the surface lies farther out.
    """

    name: str
    profile: FloatArray
    normals: FloatArray
    frame: FloatArray
    shift: FloatArray
    gap: float = 0.0

    def scaled(self, factor: float) -> Turned:
        """The same shape, `factor` times as large."""
        return replace(
            self,
            profile=self.profile * factor,
            shift=self.shift * factor,
            gap=self.gap * factor,
        )

    def moved(self, shift: FloatArray) -> Turned:
        """The stone moved by `shift`, [3] mm."""
        return replace(self, shift=self.shift + shift)

    def grown(self, gap: float) -> Turned:
        """The stone with its surface `gap` mm farther out."""
        return replace(self, gap=self.gap + gap)

    def mesh(self) -> Mesh:
        """Triangles with a normal at each vertex."""
        return self._mesh

    def girdle(self) -> Girdle:
        """The outline seen from above: where it turns from the upper side to the lower."""
        vertices, normals = self._points
        level = np.abs(normals[:, 2]) < 1e-9
        return girdle_of(vertices[level])

    def crown(self, x: float, y: float) -> float:
        """z of the upper side, mm; outside the outline, of the point of it that is nearest."""
        return self._height(x, y, 1.0)

    def pavilion(self, x: float, y: float) -> float:
        """z of the lower side, mm; outside the outline, of the point of it that is nearest."""
        return self._height(x, y, -1.0)

    @cached_property
    def _points(self) -> tuple[FloatArray, FloatArray]:
        """Vertices [V, 3] mm and unit normals [V, 3]: a pole, circles, the other pole."""
        normals = _turned(self.normals) @ np.linalg.inv(self.frame)
        normals /= np.linalg.norm(normals, axis=1, keepdims=True)
        places = _turned(self.profile) @ self.frame.T
        return places + self.gap * normals + self.shift, normals

    @cached_property
    def _mesh(self) -> Mesh:
        vertices, normals = self._points
        return Mesh(vertices, _skin(len(self.profile) - 2), normals.astype(np.float32), True)

    def _height(self, x: float, y: float, side: float) -> float:
        """z of the upper (side 1) or lower (-1) surface at a point."""
        mesh, point = self._mesh, np.array([x, y])
        corners = mesh.vertices[mesh.faces]
        normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        facing = side * normal[:, 2] > 1e-9 * np.abs(normal).max()
        corners, normal = corners[facing], normal[facing]
        ahead, aside = np.roll(corners, -1, axis=1) - corners, point - corners[:, :, :2]
        inside = side * (ahead[..., 0] * aside[..., 1] - ahead[..., 1] * aside[..., 0])
        most = int(inside.min(axis=1).argmax())
        if inside[most].min() < -1e-9:
            apart = np.linalg.norm(mesh.vertices[:, :2] - point, axis=1)
            return float(mesh.vertices[apart.argmin(), 2])
        at, n = corners[most, 0], normal[most]
        return float(at[2] - ((point - at[:2]) @ n[:2]) / n[2])


def _turned(profile: FloatArray) -> FloatArray:
    """Points (or normals) of a profile [N, 2] all around its axis, [V, 3]; the poles once."""
    turn = 2.0 * np.pi * np.arange(_AROUND) / _AROUND
    circle = _exact(np.column_stack([np.cos(turn), np.sin(turn)]))
    rings = profile[1:-1, None, :1] * circle
    along = np.broadcast_to(profile[1:-1, None, 1:], (len(profile) - 2, _AROUND, 1))
    between = np.concatenate([rings, along], axis=2).reshape(-1, 3)
    poles = [np.array([[0.0, 0.0, profile[end, 1]]]) for end in (0, -1)]
    return np.concatenate([poles[0], between, poles[1]])


def _exact(direction: FloatArray) -> FloatArray:
    """Sines and cosines, zero where they are meant to be: there the outline is found."""
    return np.asarray(np.round(direction, 15))


def _skin(rings: int) -> IntArray:
    """Faces [F, 3] over two poles and the circles between them, outward."""
    i = np.arange(_AROUND)
    here, beside = 1 + i, 1 + (i + 1) % _AROUND
    above = _AROUND * np.arange(rings - 1)[:, None]
    a, b = (here + above).ravel(), (beside + above).ravel()
    last = 1 + rings * _AROUND
    top, low = last - _AROUND - 1, np.zeros_like(i)
    faces = [
        np.column_stack([low, beside, here]),
        np.column_stack([a, b, b + _AROUND]),
        np.column_stack([a, b + _AROUND, a + _AROUND]),
        np.column_stack([here + top, beside + top, low + last]),
    ]
    return np.concatenate(faces).astype(np.int32)


def cabochon(
    width: float = 6.0, ratio: float = 1.0, height: float = 0.45, rim: float = 0.05
) -> Turned:
    """A cabochon: a dome of half an ellipse over a low upright rim, the base flat.

    width : mm, the short way. ratio : length over width, 1 to 2.2. height : of the whole stone,
    rim : of its upright edge, as parts of the width (estimated). The edge of the base is rounded.
    Raises SceneError for a proportion out of range.

    >>> cabochon(6.0).girdle().half
    (3.0, 3.0)
    """
    check_ranges(
        "cabochon",
        {
            "width": (width, 0.3, 60.0),
            "length to width": (ratio, 1.0, 2.2),
            "height": (height, 0.25, 0.80),
            "rim": (rim, 0.02, 0.15),
        },
    )
    a, edge, up = width / 2.0, 0.02 * width, rim * width / 2.0
    foot = np.linspace(-np.pi / 2.0, 0.0, 7)
    dome = np.linspace(0.0, np.pi / 2.0, _ARC)
    tall = (height - rim) * width - edge
    under = _exact(np.column_stack([np.cos(foot), np.sin(foot)]))
    over = _exact(np.column_stack([np.cos(dome), np.sin(dome)]))
    profile = np.concatenate([
        [[0.0, -up - edge]],
        edge * under + [a - edge, -up],
        over * [a, tall] + [0.0, up],
    ])  # fmt: skip
    slopes = over / [a, tall]
    slopes /= np.linalg.norm(slopes, axis=1, keepdims=True)
    normals = np.concatenate([[[0.0, -1.0]], under, slopes])
    return Turned("cabochon", profile, normals, np.diag([1.0, ratio, 1.0]), np.zeros(3))


def bead(width: float = 7.0, ratio: float = 1.0) -> Turned:
    """A bead or pearl: a ball; a button below ratio 1, rice above, turned about y.

    width : mm, across. ratio : length along y over width, 0.6 to 2.2. Raises SceneError for a
    proportion out of range.
    """
    check_ranges("bead", {"width": (width, 0.3, 60.0), "length to width": (ratio, 0.6, 2.2)})
    turn = np.linspace(-np.pi / 2.0, np.pi / 2.0, 2 * _ARC + 1)
    ball = _exact(np.column_stack([np.cos(turn), np.sin(turn)]))
    frame = _LYING @ np.diag([1.0, 1.0, ratio])
    return Turned("bead", ball * width / 2.0, ball, frame, np.zeros(3))


def drop(width: float = 6.0, ratio: float = 1.5, tip: float = 0.30) -> Turned:
    """A drop, turned about y, its tip at +y: two balls and the cone that touches both.

    width : mm, of the larger ball. ratio : length over width, 1.2 to 2.6. tip : size of the
    smaller ball as part of the larger (estimated). Raises SceneError for a proportion out of
    range.
    """
    check_ranges(
        "drop",
        {
            "width": (width, 0.3, 60.0),
            "length to width": (ratio, 1.2, 2.6),
            "tip": (tip, 0.10, 0.60),
        },
    )
    big, small = width / 2.0, tip * width / 2.0
    apart = ratio * width - big - small
    touch = float(np.arcsin((big - small) / apart))
    profile, normals = [], []
    # The widest place, where the outline is seen from above, is a point of the profile.
    for centre, radius, start, end in (
        (0.0, big, -np.pi / 2.0, 0.0),
        (0.0, big, touch / _ARC, touch),
        (apart, small, touch, np.pi / 2.0),
    ):
        turn = np.linspace(start, end, _ARC)
        normals.append(_exact(np.column_stack([np.cos(turn), np.sin(turn)])))
        profile.append(radius * normals[-1] + [0.0, centre - (ratio * width / 2.0 - big)])
    return Turned("drop", np.concatenate(profile), np.concatenate(normals), _LYING, np.zeros(3))

"""A faceted stone as planes: the record that the cuts pass around.

Table up: the table faces +z, the girdle lies around z = 0, the stone's axis is z. A round has its
first crown main at +x; an elongated stone has its length along y.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from engine.cad.cuts.shape import Girdle, girdle_of
from engine.cad.cuts.solid import facet_mesh, polygons
from engine.errors import GeometryError, SceneError
from engine.types import FloatArray, Mesh

# Planes with a normal this near to level are the girdle's.
_LEVEL = 1e-6


@dataclass(frozen=True, eq=False)
class Cut:
    """A convex stone: every point x with normals @ x <= offsets.

    name    : of the cut, e.g. "round brilliant".
    normals : [P, 3] float64, outward unit normals.
    offsets : [P] float64, mm from the origin.
    facets  : P facet names such as "table", "star 3"; the word before the number is the kind.
    """

    name: str
    normals: FloatArray
    offsets: FloatArray
    facets: tuple[str, ...]

    def __post_init__(self) -> None:
        planes = len(self.facets)
        if self.normals.shape != (planes, 3) or self.offsets.shape != (planes,):
            raise GeometryError(
                f"cut '{self.name}' has {planes} names for planes of shape {self.normals.shape} "
                f"and {self.offsets.shape}; give one normal, offset and name per facet"
            )
        if not (np.isfinite(self.normals).all() and np.isfinite(self.offsets).all()):
            raise GeometryError(f"cut '{self.name}' has a plane that is not finite; remove it")
        if planes and np.abs(np.linalg.norm(self.normals, axis=1) - 1.0).max() > 1e-9:
            raise GeometryError(f"cut '{self.name}' has a normal not of unit length; normalise it")

    def scaled(self, factor: float) -> Cut:
        """The same shape, `factor` times as large."""
        return replace(self, offsets=self.offsets * factor)

    def moved(self, shift: FloatArray) -> Cut:
        """The cut moved by `shift`, [3] mm."""
        return replace(self, offsets=self.offsets + self.normals @ shift)

    def grown(self, gap: float) -> Cut:
        """Every plane moved outward by `gap` mm: the room that a seat leaves around the stone."""
        return replace(self, offsets=self.offsets + gap)

    def mesh(self) -> Mesh:
        """Triangles, flat, closed; raises GeometryError when the planes do not enclose a stone."""
        return facet_mesh(self)

    def girdle(self) -> Girdle:
        """The upright facets; raises GeometryError where there are none."""
        vertices, loops = polygons(self)
        upright = np.abs(self.normals[:, 2]) < _LEVEL
        used = sorted({v for loop, up in zip(loops, upright, strict=True) if up for v in loop})
        if not used:
            raise GeometryError(
                f"cut '{self.name}' has no girdle; give it upright facets to hold it by"
            )
        return girdle_of(vertices[used])

    def crown(self, x: float, y: float) -> float:
        """z of the crown above a point, mm; of its planes, beyond the outline."""
        up = self.normals[:, 2] > _LEVEL
        return float(self._heights(up, x, y).min())

    def pavilion(self, x: float, y: float) -> float:
        """z of the pavilion below a point, mm; of its planes, beyond the outline."""
        down = self.normals[:, 2] < -_LEVEL
        return float(self._heights(down, x, y).max())

    def _heights(self, chosen: npt.NDArray[np.bool_], x: float, y: float) -> FloatArray:
        """z of the chosen planes at a point."""
        n = self.normals[chosen]
        return np.asarray((self.offsets[chosen] - n[:, :2] @ np.array([x, y])) / n[:, 2])

    def kinds(self) -> dict[str, int]:
        """Number of facets by kind, in the order of the planes: {"table": 1, "star": 8, ...}."""
        return dict(Counter(facet.rstrip("0123456789").strip() for facet in self.facets))


def check_ranges(thing: str, values: Mapping[str, tuple[float, float, float]]) -> None:
    """Raise SceneError unless low <= value <= high for each field: (value, low, high)."""
    for name, (value, low, high) in values.items():
        if not low <= value <= high:
            raise SceneError(f"{thing}: {name} is {value:g}; give a value from {low:g} to {high:g}")


class Planes:
    """Collects named planes while a cut is being laid out."""

    def __init__(self) -> None:
        self._normals: list[FloatArray] = []
        self._offsets: list[float] = []
        self._names: list[str] = []
        self._count: Counter[str] = Counter()

    def add(self, kind: str, normal: FloatArray, point: FloatArray) -> None:
        """The plane with this outward `normal` ([3], any length) through `point` ([3] mm)."""
        unit = np.asarray(normal, np.float64) / np.linalg.norm(normal)
        self._count[kind] += 1
        self._normals.append(unit)
        self._offsets.append(float(unit @ point))
        self._names.append(f"{kind} {self._count[kind]}")

    def through(self, kind: str, a: FloatArray, b: FloatArray, c: FloatArray) -> None:
        """The plane through three points ([3] mm), turned away from the stone's axis."""
        normal = np.cross(b - a, c - a)
        middle = (a + b + c) / 3.0
        outward = normal @ np.array([middle[0], middle[1], 0.0])
        self.add(kind, normal if outward > 0.0 else -normal, a)

    def cut(self, name: str) -> Cut:
        """The planes as a cut; a kind of one facet, like the table, loses its number."""
        names = tuple(
            n.rsplit(" ", 1)[0] if self._count[n.rsplit(" ", 1)[0]] == 1 else n for n in self._names
        )
        return Cut(name, np.array(self._normals), np.array(self._offsets), names)


def slope(azimuth: float, angle: float) -> FloatArray:
    """Outward unit normal of a facet: `angle` rad from the girdle plane (negative: pavilion).

    azimuth : rad, from +x towards +y. Returns [3].
    """
    s, c = np.sin(abs(angle)), np.cos(angle)
    return np.array([s * np.cos(azimuth), s * np.sin(azimuth), c if angle >= 0.0 else -c])

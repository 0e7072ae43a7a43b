"""The heart brilliant: two convex halves that share the plane of symmetry, with a cleft between."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.cad.cuts.cut import Cut, Planes, check_ranges
from engine.cad.cuts.fancy import Style, lay_out
from engine.cad.cuts.outline import heart_outline
from engine.cad.cuts.shape import Girdle, girdle_of
from engine.cad.cuts.solid import complete, fan, polygons
from engine.types import FloatArray, Mesh

#: Name of the plane between the halves; it is no facet.
MIDDLE = "middle"

# Girdle flats from a main to the next point where halves meet.
_FLATS = 4


@dataclass(frozen=True, eq=False)
class Heart:
    """A stone of two halves that are each other's mirror image in x.

    name : of the cut. right : the convex half at larger x; its plane MIDDLE is where it ends.
    """

    name: str
    right: Cut

    def scaled(self, factor: float) -> Heart:
        """The same shape, `factor` times as large."""
        return replace(self, right=self.right.scaled(factor))

    def moved(self, shift: FloatArray) -> Heart:
        """The stone moved by `shift`, [3] mm."""
        return replace(self, right=self.right.moved(shift))

    def grown(self, gap: float) -> Heart:
        """Every facet moved outward by `gap` mm."""
        outer = np.array([facet != MIDDLE for facet in self.right.facets])
        offsets = self.right.offsets + gap * outer
        return replace(self, right=replace(self.right, offsets=offsets))

    def kinds(self) -> dict[str, int]:
        """Number of facets by kind; one that crosses the middle counts once."""
        found: dict[str, int] = {}
        for facet, normal in zip(self.right.facets, self.right.normals, strict=True):
            kind = facet.rstrip("0123456789").strip()
            if kind != MIDDLE:
                found[kind] = found.get(kind, 0) + (1 if abs(normal[0]) < 1e-9 else 2)
        return found

    def mesh(self) -> Mesh:
        """Triangles, flat, closed; raises GeometryError when the planes enclose no stone."""
        vertices, loops = polygons(self.right)
        middle = self.right.facets.index(MIDDLE)
        faces = np.array([t for i, loop in enumerate(loops) if loop and i != middle
                          for t in fan(vertices, loop)], np.int32)  # fmt: skip
        shared = np.zeros(len(vertices), bool)
        shared[loops[middle]] = True
        vertices[shared, 0] = self._axis
        number = np.arange(len(vertices))
        number[~shared] = len(vertices) + np.arange(int((~shared).sum()))
        return Mesh(
            np.concatenate([vertices, self._mirrored(vertices[~shared])]),
            np.concatenate([faces, number[faces][:, ::-1].astype(np.int32)]),
            None,
            True,
        )

    def girdle(self) -> Girdle:
        """The upright facets of both halves."""
        vertices, loops = polygons(self.right)
        used = {
            v
            for facet, loop in zip(self.right.facets, loops, strict=True)
            if facet.startswith("girdle")
            for v in loop
        }
        right = vertices[sorted(used)]
        return girdle_of(np.concatenate([right, self._mirrored(right)]))

    def crown(self, x: float, y: float) -> float:
        """z of the crown above a point, mm."""
        return self.right.crown(self._axis + abs(x - self._axis), y)

    def pavilion(self, x: float, y: float) -> float:
        """z of the pavilion below a point, mm."""
        return self.right.pavilion(self._axis + abs(x - self._axis), y)

    @property
    def _axis(self) -> float:
        """x of the middle, mm."""
        return -float(self.right.offsets[self.right.facets.index(MIDDLE)])

    def _mirrored(self, points: FloatArray) -> FloatArray:
        return points * [-1.0, 1.0, 1.0] + [2.0 * self._axis, 0.0, 0.0]


def heart(
    width: float = 6.5,
    ratio: float = 1.0,
    table: float = 0.58,
    crown_deg: float = 34.0,
    pavilion_deg: float = 44.0,
    girdle: float = 0.05,
    star: float = 0.55,
    lower_half: float = 0.66,
    tips: float = 1.0,
    culet: float = 0.37,
) -> Heart:
    """A heart of 34 + 25 facets, its tip at -y and its cleft at +y.

    width : mm. ratio : length over width, 0.85 to 1.2. culet : its place as part of the length,
    from the top of the lobes. The rest: see `Style`. The outline is of circular arcs: the lobes,
    and flatter ones that carry them on to the tip. Raises SceneError and GeometryError as the
    round does.
    """
    style = Style(table, crown_deg, pavilion_deg, girdle, star, lower_half, tips)
    style.check("heart brilliant")
    check_ranges(
        "heart brilliant",
        {
            "width": (width, 0.3, 60.0),
            "length to width": (ratio, 0.85, 1.2),
            "culet": (culet, 0.32, 0.50),
        },
    )
    outline = heart_outline(width, ratio * width, _FLATS)
    top = float(outline.points[:, 1].max())
    planes = Planes()
    lay_out(planes, outline, width, np.array([0.0, top - culet * ratio * width]), style)
    planes.add(MIDDLE, np.array([-1.0, 0.0, 0.0]), np.zeros(3))
    half = complete(planes.cut("half of a heart brilliant"))
    return Heart("heart brilliant", half.moved(np.array([0.0, ratio * width / 2.0 - top, 0.0])))

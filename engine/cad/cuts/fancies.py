"""Cushion, pear and marquise brilliants: the facets of the round on outlines of circular arcs."""

from __future__ import annotations

import numpy as np

from engine.cad.cuts.cut import Cut, Planes, check_ranges
from engine.cad.cuts.fancy import Style, lay_out
from engine.cad.cuts.outline import Outline, cushion_outline, marquise_outline, pear_outline
from engine.cad.cuts.solid import complete

# Girdle flats from a main to the next point where halves meet: 64 around the stone.
_FLATS = 4


def cushion(
    width: float = 5.5,
    ratio: float = 1.0,
    table: float = 0.57,
    crown_deg: float = 35.5,
    pavilion_deg: float | None = None,
    girdle: float = 0.035,
    star: float = 0.55,
    lower_half: float = 0.72,
    tips: float = 0.7,
) -> Cut:
    """A cushion brilliant of 33 + 24 facets: four mains at the sides, four at the corners.

    width : mm, across the short way; ratio : length over width, 1 to 1.3. pavilion_deg : None is
    44, and up to 50 on a long stone, whose ends would be too flat otherwise. The rest: see
    `Style`. Raises SceneError and GeometryError as the round does.
    """
    deep = 44.0 + 20.0 * (ratio - 1.0) if pavilion_deg is None else pavilion_deg
    style = Style(table, crown_deg, deep, girdle, star, lower_half, tips)
    _check("cushion brilliant", width, (ratio, 1.0, 1.3), style)
    outline = cushion_outline(width, ratio * width, _FLATS)
    return _brilliant("cushion brilliant", outline, width, 0.0, style)


def pear(
    width: float = 5.5,
    ratio: float = 1.5,
    table: float = 0.58,
    crown_deg: float = 35.5,
    pavilion_deg: float = 44.0,
    girdle: float = 0.035,
    star: float = 0.52,
    lower_half: float = 0.72,
    tips: float = 0.9,
    culet: float = 0.0,
) -> Cut:
    """A pear of 33 + 24 facets, its tip at +y.

    width : mm; ratio : length over width, 1.25 to 1.9. culet : mm from the widest place towards
    the tip, as part of the width. The rest: see `Style`. A circle and two flatter arcs, which
    touch it, make the outline. Raises SceneError and GeometryError as the round does.
    """
    style = Style(table, crown_deg, pavilion_deg, girdle, star, lower_half, tips)
    _check("pear brilliant", width, (ratio, 1.25, 1.9), style)
    check_ranges("pear brilliant", {"culet": (culet, -0.05, 0.25)})
    outline = pear_outline(width, ratio * width, _FLATS)
    made = _brilliant("pear brilliant", outline, width, culet * width, style)
    return made.moved(np.array([0.0, (1.0 - ratio) * width / 2.0, 0.0]))


def marquise(
    width: float = 5.0,
    ratio: float = 2.0,
    table: float = 0.57,
    crown_deg: float = 33.0,
    pavilion_deg: float = 43.0,
    girdle: float = 0.035,
    star: float = 0.55,
    lower_half: float = 0.68,
    tips: float = 0.6,
    wing: float = 0.48,
) -> Cut:
    """A marquise of 33 + 24 facets: two circular arcs that meet in tips on the y axis.

    width : mm; ratio : length over width, 1.5 to 2.5. wing : place of the mains between tip and
    belly, as part of the arc. The rest: see `Style`. Raises SceneError and GeometryError as the
    round does.
    """
    style = Style(table, crown_deg, pavilion_deg, girdle, star, lower_half, tips)
    _check("marquise brilliant", width, (ratio, 1.5, 2.5), style)
    check_ranges("marquise brilliant", {"wing": (wing, 0.3, 0.7)})
    outline = marquise_outline(width, ratio * width, wing, _FLATS)
    return _brilliant("marquise brilliant", outline, width, 0.0, style)


def _check(name: str, width: float, ratio: tuple[float, float, float], style: Style) -> None:
    check_ranges(name, {"width": (width, 0.3, 60.0), "length to width": ratio})
    style.check(name)


def _brilliant(name: str, outline: Outline, width: float, culet: float, style: Style) -> Cut:
    """The stone on an outline whose culet lies `culet` mm along y."""
    planes = Planes()
    lay_out(planes, outline, width, np.array([0.0, culet]), style)
    return complete(planes.cut(name))

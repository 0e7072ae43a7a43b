"""The oval brilliant: the facets of the round, laid out on an ellipse."""

from __future__ import annotations

from engine.cad.cuts.brilliant import Proportions, brilliant
from engine.cad.cuts.cut import Cut


def oval(
    width: float = 5.5,
    ratio: float = 1.40,
    table: float = 0.57,
    crown_deg: float = 34.5,
    pavilion_deg: float = 43.0,
    girdle: float = 0.03,
    star: float = 0.50,
    lower_half: float = 0.78,
    culet: float = 0.0,
    sides: int = 64,
) -> Cut:
    """An oval of 33 + 24 facets, its length along y.

    width : mm, across the short way; ratio : length over width, 1 to 2.5. The rest: see
    `Proportions`, as parts of the width. Raises SceneError and GeometryError as the round does.
    """
    shape = Proportions(table, crown_deg, pavilion_deg, girdle, star, lower_half, culet, sides)
    return brilliant("oval brilliant", width, ratio, shape)

"""The old European cut: the round brilliant of the nineteenth century.

A small table on a steep crown, short lower halves and a culet that one sees. A laboratory calls a
stone so when it meets three of four criteria: table at most 53 %, crown at least 40 degrees, lower
halves at most 60 %, culet slightly large or larger (GIA, "How the Laboratory Describes Round
Unmodified Brilliant Cut Diamonds", October 2013). The defaults meet all four.
"""

from __future__ import annotations

from engine.cad.cuts.brilliant import Proportions, brilliant
from engine.cad.cuts.cut import Cut


def old_european(
    diameter: float = 6.5,
    table: float = 0.48,
    crown_deg: float = 40.0,
    pavilion_deg: float = 41.0,
    girdle: float = 0.02,
    star: float = 0.40,
    lower_half: float = 0.58,
    culet: float = 0.07,
    sides: int = 64,
) -> Cut:
    """An old European cut: 33 facets on the crown, 24 on the pavilion, and the culet.

    diameter : mm. The rest: see `Proportions`; pavilion angle, girdle and star are estimated.
    Raises SceneError for a proportion out of range, GeometryError when facets do not all fit.
    """
    shape = Proportions(table, crown_deg, pavilion_deg, girdle, star, lower_half, culet, sides)
    return brilliant("old European cut", diameter, 1.0, shape)

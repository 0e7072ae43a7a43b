"""Grades of clarity: how large and how many the inclusions of a stone are.

The names are those of GIA's scale, which judges by eye, at ten times: inclusions are hard to find
(VVS), minor (VS), or noticed easily, in some SI2 without a loupe. What lies behind a name here is
`estimated`: the eye parts a minute of arc, 0.07 mm at reading distance, and a loupe a tenth of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Grade:
    """The inclusions of a grade.

    size_mm : length of the largest crystal; the other bodies go by it. crystals, feathers, needles
    : how many there are of each; needles of silk in corundum only.
    """

    size_mm: float = 0.0
    crystals: int = 0
    feathers: int = 0
    needles: int = 0

    @property
    def flawless(self) -> bool:
        """Whether there are none."""
        return not (self.crystals or self.feathers or self.needles)


#: By name, from the best.
GRADES: Mapping[str, Grade] = MappingProxyType(
    {
        "FL": Grade(),
        "IF": Grade(),
        "VVS1": Grade(0.006, 1, 0, 3),
        "VVS2": Grade(0.01, 2, 0, 3),
        "VS1": Grade(0.02, 2, 1, 6),
        "VS2": Grade(0.035, 3, 1, 6),
        "SI1": Grade(0.06, 3, 2, 9),
        "SI2": Grade(0.15, 3, 3, 12),
    }
)


def grade_of(clarity: Mapping[str, str], part: str) -> Grade:
    """The grade of a part by its name, in a mapping that leaves flawless ones out."""
    return GRADES[clarity.get(part, "FL")]

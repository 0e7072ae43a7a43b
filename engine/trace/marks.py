"""What each finish does to light, in numbers: all estimated, by eye, against photographs' look."""

from __future__ import annotations

import math
from typing import NamedTuple

from materials import Finish

#: rms slope that a polisher's hand leaves.
WAVES = 0.004
#: GGX α along and across: of fine satin, of glass-bead and of sand blasting, of a brush.
SATIN, MATTE, SANDBLASTED = 0.17, 0.35, 0.45
BRUSHED = (0.07, 0.22)
#: α of handling that is too fine to be seen as scratches, on the most worn piece.
HAZE = 0.05


class Marks(NamedTuple):
    """What a finish does to the normals: rms slopes, and how much of the metal is scratched."""

    waves: float = 0.0
    lines: float = 0.0
    grain: float = 0.0
    scratches: float = 0.0


MARKS = Marks._fields


def marks_of(finish: Finish) -> Marks:
    """The marks of a finish on metal."""
    if finish.kind == "mirror":
        return Marks()
    return Marks(
        waves=WAVES,
        lines=0.08 if finish.kind == "brushed" else 0.0,
        grain={"matte": 0.05, "sandblasted": 0.1}.get(finish.kind, 0.0),
        scratches=finish.size if finish.kind == "worn" else 0.0,
    )


def roughness_of(finish: Finish, polish: float) -> tuple[float, float]:
    """GGX α along and across; polish : α of the material itself. Slopes add as variances do."""
    along, across = {
        "satin": (SATIN, SATIN),
        "matte": (MATTE, MATTE),
        "sandblasted": (SANDBLASTED, SANDBLASTED),
        "brushed": BRUSHED,
        "worn": (HAZE * finish.size, HAZE * finish.size),
    }.get(finish.kind, (0.0, 0.0))
    return math.hypot(along, polish), math.hypot(across, polish)

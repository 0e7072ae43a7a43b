"""Colour that differs from place to place in a stone: growth bands, and two-coloured crystals."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from materials.schema import Absorption, Fraction, Number, Sourced


class Zoning(Sourced):
    """Where the material's own absorption gives way to a second one.

    pattern    : "straight" bands across one direction; "hexagonal" ones, along the faces of a prism
                 around the optic axis; "ends": one colour at each end of the stone's length.
    second     : absorption of the other zones; on the way from one to the other both mix.
    contrast   : how far the pattern swings between the two: 1 all the way, 0 keeps the mean.
    spacing_mm : mean width of a band; at the ends, of the zone where the colours meet.
    """

    pattern: Literal["straight", "hexagonal", "ends"]
    second: Absorption
    contrast: Fraction = 1.0
    spacing_mm: Annotated[Number, Field(ge=0.02, le=50)]

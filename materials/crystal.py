"""What a material file may say of a crystal whose index or colour depends on direction.

The material's own `index` and `absorption` are those of the ordinary ray of a uniaxial crystal, and
of light that swings along the middle principal axis (n_beta) of a biaxial one; the fields here tell
of the other principal directions. Where the optic axes lie in a stone is not the material's to say.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from materials.schema import (
    Absorption,
    ConstantIndex,
    Number,
    Record,
    SellmeierIndex,
    Sourced,
    TableIndex,
)


class OffsetIndex(Sourced):
    """The material's own index plus a constant, where no dispersion is known but its own."""

    model: Literal["offset"]
    by: Annotated[Number, Field(ge=-1, le=1)]


PrincipalIndex = Annotated[
    SellmeierIndex | TableIndex | ConstantIndex | OffsetIndex, Field(discriminator="model")
]


class Uniaxial(Record):
    """One optic axis. extraordinary : light that swings along it; without an absorption of its own
    it is weakened as the ordinary ray is."""

    system: Literal["uniaxial"]
    extraordinary: PrincipalIndex
    absorption_extraordinary: Absorption | None = None


class Biaxial(Record):
    """Two optic axes. alpha, gamma : light that swings along the axis of the least and of the
    largest index; without an absorption of its own it is weakened as beta is."""

    system: Literal["biaxial"]
    alpha: PrincipalIndex
    gamma: PrincipalIndex
    absorption_alpha: Absorption | None = None
    absorption_gamma: Absorption | None = None


Crystal = Annotated[Uniaxial | Biaxial, Field(discriminator="system")]

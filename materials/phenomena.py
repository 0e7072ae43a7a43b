"""What a material file may say of light that plays inside an organic or opaque stone.

Below the clear coat and above the diffuse base lies one of three structures: the layers of nacre,
the ordered grains of precious opal, the lamellae of moonstone.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from materials.schema import Fraction, Number, Sourced

Nanometres = Annotated[Number, Field(ge=50, le=2000)]
Degrees = Annotated[Number, Field(ge=1, le=60)]


class Nacre(Sourced):
    """Tablets of aragonite between thin organic sheets; the material's `index` is the tablets'.

    tablet_nm, sheet_nm : their thickness. sheet_index : of the sheets. layers : as many as reflect
    together. disorder  : standard deviation of the thickness, from stack to stack, over its mean.
    roughness : GGX alpha of what the layers reflect. drift : largest slow change of the thickness
    over a pearl, and from pearl to pearl, over its mean. waviness_deg : largest tilt of the surface
    by its own unevenness.
    """

    model: Literal["nacre"]
    tablet_nm: Nanometres
    sheet_nm: Annotated[Number, Field(ge=1, le=200)]
    sheet_index: Annotated[Number, Field(ge=1, le=2)]
    layers: Annotated[int, Field(ge=1, le=200, strict=True)]
    disorder: Annotated[Number, Field(ge=0.01, le=0.3)]
    roughness: Annotated[Number, Field(ge=0.02, le=1)]
    drift: Annotated[Number, Field(ge=0, le=0.15)] = 0.0
    waviness_deg: Annotated[Number, Field(ge=0, le=10)] = 0.0


class Grains(Sourced):
    """Grains of ordered silica spheres, each with its own lattice, that diffract light (Bragg).

    spacing_nm : of the lattice planes; spacing_spread : largest departure of a grain from it, over
    it. grain_mm : size of the grains. share : of the light that a grain sends back at the middle of
    its band. width_nm : standard deviation of the band. spread_deg : of the planes in a grain.
    """

    model: Literal["grains"]
    spacing_nm: Nanometres
    spacing_spread: Annotated[Number, Field(ge=0, le=0.5)]
    grain_mm: Annotated[Number, Field(gt=0.01, le=20)]
    share: Fraction
    width_nm: Annotated[Number, Field(ge=2, le=200)]
    spread_deg: Degrees


class Lamellae(Sourced):
    """Thin lamellae across a stone's axis that scatter blue light back: the sheen of moonstone.

    The axis is z of the part's own frame, that of a cabochon. share : of the light sent back at
    400 nm; it falls as the wavelength to the power of `exponent` (4: lamellae much thinner than the
    wavelength). spread_deg : standard deviation of their tilt.
    """

    model: Literal["lamellae"]
    share: Fraction
    exponent: Annotated[Number, Field(ge=0, le=4)]
    spread_deg: Degrees


Phenomenon = Annotated[Nacre | Grains | Lamellae, Field(discriminator="model")]

"""What a material file may say.

Every group of numbers carries `evidence` (how the numbers came about) and `source` (where they
stand, as it was actually seen). Unknown fields are refused, so a mistyped one is not lost.

Units: wavelengths nm in vacuum, absorption per mm (base e), density g/cm3; the coefficients of a
Sellmeier fit keep the micrometres of the literature and say so. n + ik with k >= 0.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Evidence = Literal["measured", "published", "fitted", "estimated"]
Kind = Literal["metal", "gem", "organic", "opaque"]

#: Samples of one table; more than a spectrometer gives, few enough to stay small.
MAX_SAMPLES = 2000


def _number(value: Any) -> Any:
    """YAML's `yes`, `on` and `true` are booleans; none of them is a number."""
    if isinstance(value, bool):
        raise ValueError("a yes or no stands where a number belongs")
    if isinstance(value, int) and abs(value) > 10**15:
        raise ValueError("the number is too large")
    return value


Number = Annotated[float, BeforeValidator(_number), Field(allow_inf_nan=False)]
NonNegative = Annotated[Number, Field(ge=0)]
Fraction = Annotated[Number, Field(ge=0, le=1)]
Coefficient = Annotated[Number, Field(ge=-1e4, le=1e4)]
IndexPart = Annotated[Number, Field(ge=0, le=100)]
PerMm = Annotated[Number, Field(ge=0, le=1e6)]
Wavelength = Annotated[Number, Field(ge=100, le=20000)]
Text = Annotated[str, Field(min_length=1, max_length=2000, strict=True)]


class Record(BaseModel):
    """A frozen part of a material file; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Sourced(Record):
    """Numbers that say how they came about and where they stand."""

    evidence: Evidence
    source: Text
    note: Text | None = None


class Quantity(Sourced):
    """One non-negative number."""

    value: NonNegative


class Density(Quantity):
    """g/cm3; nothing known is denser than 23."""

    value: Annotated[Number, Field(gt=0, le=25)]


class Roughness(Quantity):
    """GGX alpha of the surface as it leaves the workshop; 0 is a perfect mirror."""

    value: Fraction


class Spectral(Sourced):
    """Samples over wavelength; linear between them."""

    wavelength_nm: Annotated[tuple[Wavelength, ...], Field(min_length=2, max_length=MAX_SAMPLES)]
    outside: Literal["hold"]  # beyond the first and last sample their values hold

    @model_validator(mode="after")
    def _increasing(self) -> Spectral:
        for a, b in pairwise(self.wavelength_nm):
            if b <= a:
                raise ValueError(f"wavelength_nm must increase, but {b:g} follows {a:g}")
        return self

    def _same_length(self, name: str, values: tuple[float, ...]) -> None:
        if len(values) != len(self.wavelength_nm):
            raise ValueError(
                f"{name} has {len(values)} values for {len(self.wavelength_nm)} wavelengths"
            )


# ---- refractive index ----------------------------------------------------------------------


class SellmeierTerm(Record):
    """One term; `c` is a length in um in the first form, its square in um^2 in the second."""

    b: Coefficient
    c: Coefficient


class SellmeierIndex(Sourced):
    """n^2 = 1 + constant + a sum of resonances, wavelengths w in um."""

    model: Literal["sellmeier"]
    form: Literal["b w^2 / (w^2 - c^2)", "b w^2 / (w^2 - c)"]
    unit: Literal["um"]
    constant: Coefficient = 0.0
    terms: Annotated[tuple[SellmeierTerm, ...], Field(min_length=1, max_length=8)]
    valid_nm: tuple[Wavelength, Wavelength]
    outside: Literal["formula", "hold"]  # go on with the formula, or hold the index at the ends

    @model_validator(mode="after")
    def _real(self) -> SellmeierIndex:
        low, high = self.valid_nm
        if high <= low:
            raise ValueError(f"valid_nm must increase, but {high:g} follows {low:g}")
        first, last = (360.0, 830.0) if self.outside == "formula" else (low, high)
        for i in range(257):
            w2 = (1e-3 * (first + (last - first) * i / 256)) ** 2
            if not 1.0 <= self._n_squared(w2) <= 100.0:
                raise ValueError(
                    f"the formula gives no index from 1 to 10 at {1e3 * w2**0.5:.0f} nm"
                )
        return self

    def c_squared(self, term: SellmeierTerm) -> float:
        """The square of the resonance wavelength, um^2."""
        return term.c**2 if self.form.endswith("c^2)") else term.c

    def _n_squared(self, w2: float) -> float:
        gaps = [(t.b, w2 - self.c_squared(t)) for t in self.terms]
        if any(abs(gap) < 1e-9 for _, gap in gaps):
            return 0.0
        return 1.0 + self.constant + sum(b * w2 / gap for b, gap in gaps)


class TableIndex(Spectral):
    """n and k at given wavelengths; without k the medium is clear."""

    model: Literal["table"]
    n: Annotated[tuple[IndexPart, ...], Field(min_length=2, max_length=MAX_SAMPLES)]
    k: Annotated[tuple[IndexPart, ...], Field(min_length=2, max_length=MAX_SAMPLES)] | None = None

    @model_validator(mode="after")
    def _lengths(self) -> TableIndex:
        self._same_length("n", self.n)
        if self.k is not None:
            self._same_length("k", self.k)
        return self


class ConstantIndex(Sourced):
    """The same n at every wavelength, for coats and media of unknown dispersion."""

    model: Literal["constant"]
    n: Annotated[Number, Field(ge=1, le=5)]


Symbol = Literal["Au", "Ag", "Cu", "Pd", "Ni", "Pt", "Rh", "Ti", "Zn"]


class Oscillator(Record):
    """A Lorentz oscillator in the permittivity; a negative strength takes absorption away."""

    energy_ev: Annotated[Number, Field(ge=0.1, le=10)]
    width_ev: Annotated[Number, Field(gt=0, le=10)]
    strength: Annotated[Number, Field(ge=-100, le=100)]


class Level(Oscillator):
    """An absorption that alloying adds.

    Transition elements put virtual levels below the Fermi energy of gold; they take the red and
    yellow, which is why palladium and nickel bleach it.
    """

    strength: Annotated[Number, Field(ge=0, le=100)]


class AlloyIndex(Sourced):
    """Mixed from the library's elements by weight; `engine.optics.alloy` knows the model."""

    model: Literal["alloy"]
    per_mille: Annotated[dict[Symbol, NonNegative], Field(min_length=1)]
    levels: Annotated[tuple[Level, ...], Field(max_length=8)] = ()

    @model_validator(mode="after")
    def _whole(self) -> AlloyIndex:
        total = sum(self.per_mille.values())
        if abs(total - 1000.0) > 0.5:
            raise ValueError(f"per_mille must add up to 1000, not {total:g}")
        if self.per_mille.get("Zn", 0.0) > 0.5 * self.per_mille.get("Cu", 0.0):
            raise ValueError(
                "per_mille may hold at most half as much Zn as Cu: zinc is known from brass only"
            )
        return self

    def __hash__(self) -> int:
        """By content, as of every record; a mapping has no hash of its own."""
        return hash((frozenset(self.per_mille.items()), self.levels, self.evidence, self.source))


Index = Annotated[
    SellmeierIndex | TableIndex | ConstantIndex | AlloyIndex, Field(discriminator="model")
]


# ---- absorption and reflectance ------------------------------------------------------------


class Band(Record):
    """A Gaussian band (in wavenumber): centre and full width at half maximum in nm, peak per mm."""

    centre_nm: Wavelength
    width_nm: Annotated[Number, Field(gt=0, le=5000)]
    peak: PerMm


class BandAbsorption(Sourced):
    """A constant plus Gaussian bands, per mm, base e."""

    model: Literal["bands"]
    constant: PerMm = 0.0
    bands: Annotated[tuple[Band, ...], Field(max_length=32)] = ()


class TableAbsorption(Spectral):
    """Absorption per mm, base e, at given wavelengths."""

    model: Literal["table"]
    per_mm: Annotated[tuple[PerMm, ...], Field(min_length=2, max_length=MAX_SAMPLES)]

    @model_validator(mode="after")
    def _lengths(self) -> TableAbsorption:
        self._same_length("per_mm", self.per_mm)
        return self


Absorption = Annotated[BandAbsorption | TableAbsorption, Field(discriminator="model")]


class Reflectance(Spectral):
    """Diffuse reflectance of what lies below the coat, 0 to 1: of the light that gets through the
    coat, the share that comes out again, however often the coat has sent it back inside."""

    value: Annotated[tuple[Fraction, ...], Field(min_length=2, max_length=MAX_SAMPLES)]

    @model_validator(mode="after")
    def _lengths(self) -> Reflectance:
        self._same_length("value", self.value)
        return self

"""The material itself, as read from one file."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated, Any

from pydantic import ConfigDict, Field, model_validator

from materials.schema import (
    Absorption,
    AlloyIndex,
    Index,
    Kind,
    Quantity,
    Record,
    Reflectance,
    Sourced,
    TableIndex,
    Text,
)


@dataclass(frozen=True)
class Citation:
    """Where one group of a material's numbers comes from.

    of : "density", "index", ... evidence : see `materials.schema`. source : in words.
    """

    of: str
    evidence: str
    source: str


class Finish(Quantity):
    """GGX alpha of the surface as it leaves the workshop; 0 is a perfect mirror."""

    value: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class Material(Record):
    """What a thing is made of.

    name, label : for files and for people. kind : metal, gem or organic.
    index       : of the metal, of the stone, or of an organic's clear coat.
    absorption  : of a stone, along the path; None is clear.
    reflectance : of an organic's diffuse base.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$", strict=True)]
    label: Text
    kind: Kind
    density_group: Annotated[Quantity, Field(alias="density")]
    finish: Annotated[Finish, Field(alias="roughness")]
    index: Index
    absorption: Absorption | None = None
    reflectance: Reflectance | None = None

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Material:
        opaque = isinstance(self.index, AlloyIndex) or (
            isinstance(self.index, TableIndex) and self.index.k is not None
        )
        if opaque != (self.kind == "metal"):
            raise ValueError(
                "a metal needs an index of model 'table' with k, or 'alloy'"
                if self.kind == "metal"
                else f"a {self.kind} needs an index without k; its colour belongs into "
                + ("absorption" if self.kind == "gem" else "reflectance")
            )
        if (self.absorption is not None) and self.kind != "gem":
            raise ValueError(f"a {self.kind} has no absorption; only a gem has")
        if (self.reflectance is not None) != (self.kind == "organic"):
            raise ValueError(
                "an organic needs a reflectance"
                if self.kind == "organic"
                else f"a {self.kind} has no reflectance; only an organic has"
            )
        return self

    @property
    def density(self) -> float:
        """g/cm3."""
        return self.density_group.value

    @property
    def roughness(self) -> float:
        """Default GGX alpha."""
        return self.finish.value

    @property
    def sources(self) -> tuple[Citation, ...]:
        """Where every group of numbers comes from, in the order of the file."""
        groups: dict[str, Sourced | None] = {
            "density": self.density_group,
            "roughness": self.finish,
            "index": self.index,
            "absorption": self.absorption,
            "reflectance": self.reflectance,
        }
        return tuple(
            Citation(of, group.evidence, group.source)
            for of, group in groups.items()
            if group is not None
        )

    def to_json(self) -> dict[str, Any]:
        """What `culet materials --json` and the provenance beside a picture say."""
        return {
            "name": self.name,
            "label": self.label,
            "kind": self.kind,
            "density": self.density,
            "roughness": self.roughness,
            "sources": [asdict(citation) for citation in self.sources],
        }

"""The material itself, as read from one file."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated, Any

from pydantic import Field, model_validator

from materials.crystal import Crystal
from materials.elements import alloying, copper_zinc, element, gold_silver
from materials.film import Film
from materials.names import Names
from materials.phenomena import Nacre, Phenomenon
from materials.schema import (
    Absorption,
    AlloyIndex,
    ConstantIndex,
    Density,
    Index,
    Kind,
    Record,
    Reflectance,
    Roughness,
    Sourced,
    TableIndex,
    Text,
)
from materials.zoning import Zoning


@dataclass(frozen=True)
class Citation:
    """Where one group of a material's numbers comes from.

    of : "density", "index", ... evidence : see `materials.schema`. source : in words.
    """

    of: str
    evidence: str
    source: str


class Material(Record):
    """What a thing is made of.

    name, label : for files and for people. kind : metal, gem, organic (pearl, enamel) or opaque
                  (a stone that no light crosses).
    index       : of the metal, of the gem, or of the clear coat of an organic or opaque stone.
    absorption  : of a gem, along the path; None is clear.
    reflectance : of the diffuse base of an organic or opaque stone.
    film        : what covers a metal; None is bare.
    phenomenon  : what plays between coat and base; None is nothing.
    crystal     : how index and absorption of a gem depend on direction; None is isotropic.
    zoning      : how the absorption of a gem differs from place to place; None is even.
    names       : what people call it, in five languages; the label is not repeated.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$", strict=True)]
    label: Text
    kind: Kind
    density_group: Annotated[Density, Field(alias="density")]
    roughness_group: Annotated[Roughness, Field(alias="roughness")]
    index: Index
    absorption: Absorption | None = None
    reflectance: Reflectance | None = None
    film: Film | None = None
    phenomenon: Phenomenon | None = None
    crystal: Crystal | None = None
    zoning: Zoning | None = None
    names: Names = Names()

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Material:
        kind = a_kind(self.kind)
        opaque = isinstance(self.index, AlloyIndex) or (
            isinstance(self.index, TableIndex) and self.index.k is not None
        )
        if self.kind == "metal" and not opaque:
            raise ValueError("a metal needs an index of model 'table' with k, or of model 'alloy'")
        if self.kind != "metal" and opaque:
            colour = "absorption" if self.kind == "gem" else "reflectance"
            raise ValueError(f"{kind} needs an index without k; its colour belongs into {colour}")
        if self.absorption is not None and self.kind != "gem":
            raise ValueError(f"{kind} has no absorption; only a gem has")
        if self.crystal is not None and self.kind != "gem":
            raise ValueError(f"{kind} has no crystal; only a gem has")
        if self.zoning is not None and self.kind != "gem":
            raise ValueError(f"{kind} has no zoning; only a gem has")
        if self.film is not None and self.kind != "metal":
            raise ValueError(f"{kind} has no film; only a metal has")
        coated = self.kind in ("organic", "opaque")
        for field in ("reflectance", "phenomenon"):
            if getattr(self, field) is not None and not coated:
                raise ValueError(f"{kind} has no {field}; only an organic or opaque stone has")
        if self.reflectance is None and coated:
            raise ValueError(f"{kind} needs a reflectance")
        inside = self.phenomenon is not None and not isinstance(self.phenomenon, Nacre)
        if inside and not isinstance(self.index, ConstantIndex):
            raise ValueError("grains and lamellae need an index of model 'constant'")
        return self

    @property
    def density(self) -> float:
        """g/cm3."""
        return self.density_group.value

    @property
    def roughness(self) -> float:
        """Default GGX alpha."""
        return self.roughness_group.value

    @property
    def sources(self) -> tuple[Citation, ...]:
        """Where every group of numbers comes from, in the order of the file."""
        groups: dict[str, Sourced | None] = {
            "density": self.density_group,
            "roughness": self.roughness_group,
            "index": self.index,
            **_constituents(self.index),
            **_layer(self.film),
            "absorption": self.absorption,
            **_principal(self.crystal),
            "zoning": self.zoning,
            "absorption of the second zone": None if self.zoning is None else self.zoning.second,
            "reflectance": self.reflectance,
            "phenomenon": self.phenomenon,
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


def a_kind(kind: str) -> str:
    """A kind of material in a sentence: "a gem", "an organic", "an opaque stone"."""
    return {"organic": "an organic", "opaque": "an opaque stone"}.get(kind, f"a {kind}")


def _principal(crystal: Crystal | None) -> dict[str, Sourced | None]:
    """The groups of a crystal's principal directions."""
    if crystal is None:
        return {}
    fields = {name: getattr(crystal, name) for name in type(crystal).model_fields}
    return {name.replace("_", " "): g for name, g in fields.items() if isinstance(g, Sourced)}


def _layer(film: Film | None) -> dict[str, Sourced]:
    """The groups of a film."""
    if film is None:
        return {}
    inside = {of.replace("index of ", "film of "): g for of, g in _constituents(film.index).items()}
    return {
        "index of the film": film.index,
        "thickness of the film": film.thickness_group,
        **inside,
    }


def _constituents(index: Index) -> dict[str, Sourced]:
    """What an alloy is mixed from, and what mixing adds."""
    if not isinstance(index, AlloyIndex):
        return {}
    symbols = {symbol for symbol, share in index.per_mille.items() if share > 0.0}
    tables = {f"index of {s}": element(s).index for s in index.per_mille}
    parts: dict[str, Sourced] = {of: table for of, table in tables.items() if table is not None}
    if {"Au", "Ag"} <= symbols:
        parts["index of Au-Ag"] = gold_silver()
    if {"Cu", "Zn"} <= symbols:
        parts["index of Cu-Zn"] = copper_zinc()
    for term in alloying():
        if symbols & set(term.of) and symbols & set(term.among):
            parts[f"alloying of {'-'.join(term.of)}-{'-'.join(term.among)}"] = term
    return parts

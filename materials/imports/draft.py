"""A material file made of somebody's optical constants, and what should be known about it."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import ValidationError

from materials.errors import MaterialError
from materials.files import checked
from materials.imports.columns import Unit, read_columns
from materials.imports.optics import VISIBLE, Optics, Samples
from materials.imports.refractive import read_refractive
from materials.material import Material
from materials.schema import MAX_SAMPLES, SellmeierIndex

#: A clear medium has less, a metal more, in the middle of the visible.
_METAL_K = 0.3

#: g/cm3 where none is given (estimated: between the common ones); only weights depend on it.
_DENSITY = {"metal": 12.0, "gem": 3.5}
#: As the library's polished metals and facets.
_ROUGHNESS = {"metal": 0.03, "gem": 0.0}


@dataclass(frozen=True)
class Wishes:
    """What a person says of the material; None leaves it to the file.

    unit : of the first column of a CSV. source : where the numbers of a CSV are from.
    """

    name: str | None = None
    label: str | None = None
    kind: Literal["metal", "gem"] | None = None
    density: float | None = None
    roughness: float | None = None
    unit: Unit | None = None
    source: str | None = None


@dataclass(frozen=True)
class Draft:
    """The fields of a material file, the material they make, and what was guessed or left out."""

    fields: dict[str, Any]
    material: Material
    notes: tuple[str, ...]


def draft_of(path: Path, wishes: Wishes) -> Draft:
    """The material in a refractiveindex.info YAML file (.yml, .yaml) or in a CSV.

    Raises MaterialError with file and reason.
    """
    if path.suffix.lower() in (".yml", ".yaml"):
        optics = read_refractive(path)
    else:
        optics = read_columns(path, wishes.unit, wishes.source)
    kind = wishes.kind or _kind(optics)
    notes = [*optics.notes]
    if wishes.kind is None:
        why = "its k is large" if kind == "metal" else "its k is small or not known"
        notes.append(f"it was taken for a {kind}, as {why}; --kind says otherwise")
    if wishes.density is None:
        notes.append(
            f"its density is a guess of {_DENSITY[kind]:g} g/cm3; give --density for true weights"
        )
    notes += _gaps(optics)
    name = wishes.name or _slug(path)
    fields: dict[str, Any] = {
        "name": name,
        "label": wishes.label or " ".join(_words(path)),
        "kind": kind,
        "density": _density(wishes, kind),
        "roughness": _roughness(wishes, kind),
    }
    try:
        fields |= _metal(optics) if kind == "metal" else _gem(optics, notes)
    except ValueError as error:
        raise MaterialError(f"{error}; give --kind {_other(kind)}", file=path) from None
    return Draft(fields, checked(fields, Material, path), tuple(notes))


def to_yaml(fields: dict[str, Any]) -> str:
    """The text of a material file: tables in rows, all else line by line."""

    class Dumper(yaml.SafeDumper):
        pass

    def rows(dumper: Any, values: list[Any]) -> Any:
        plain = all(isinstance(value, float | int) for value in values)
        return dumper.represent_sequence("tag:yaml.org,2002:seq", values, flow_style=plain)

    Dumper.add_representer(list, rows)
    return yaml.dump(fields, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=98)


def _kind(optics: Optics) -> Literal["metal", "gem"]:
    return "metal" if optics.k is not None and optics.k.at(550.0) > _METAL_K else "gem"


def _other(kind: str) -> str:
    return "gem" if kind == "metal" else "metal"


def _slug(path: Path) -> str:
    """A name from the file's, and from the folder of its substance in refractiveindex.info."""
    plain = re.sub(r"[^a-z0-9]+", "-", " ".join(_words(path)).casefold()).strip("-")
    return plain[:64].strip("-") or "imported"


def _words(path: Path) -> list[str]:
    words = [path.parent.parent.name] if path.parent.name in ("nk", "n", "k") else []
    return [*words, path.stem[:60]]


def _density(wishes: Wishes, kind: str) -> dict[str, Any]:
    if wishes.density is None:
        return _said(_DENSITY[kind], "estimated", "a placeholder: the imported file says nothing")
    return _said(wishes.density, "estimated", "given when the file was imported")


def _roughness(wishes: Wishes, kind: str) -> dict[str, Any]:
    if wishes.roughness is None:
        return _said(_ROUGHNESS[kind], "estimated", "as the library's polished ones")
    return _said(wishes.roughness, "estimated", "given when the file was imported")


def _said(value: float, evidence: str, source: str) -> dict[str, Any]:
    return {"value": value, "evidence": evidence, "source": source}


def _metal(optics: Optics) -> dict[str, Any]:
    """n and k as one table. Raises ValueError where there is no k."""
    if optics.k is None:
        raise ValueError("it says no k, and a metal needs one")
    n, k = optics.n, optics.k
    first, last = max(n.nm[0], k.nm[0]), min(n.nm[-1], k.nm[-1])
    if first >= last:
        raise ValueError("its n and its k have no wavelengths in common")
    both = sorted({nm for s in (n, k) for nm in s.visible().nm if first <= nm <= last})
    table = _thinned(both if len(both) > 1 else [first, last])
    index = {"model": "table", **_table(table), "n": _values(n, table), "k": _values(k, table)}
    return {"index": index | {"outside": "hold", **_cited(optics)}}


def _gem(optics: Optics, notes: list[str]) -> dict[str, Any]:
    """n as a formula or a table, k as absorption along the path."""
    fields: dict[str, Any] = {"index": _clear(optics)}
    if optics.k is None or not any(optics.k.visible().value):
        return fields
    seen = optics.k.visible()
    table = _thinned(seen.nm)
    # a = 4 pi k / wavelength, per mm, from k in nm.
    per_mm = [_rounded(4.0 * math.pi * max(optics.k.at(nm), 0.0) / (1e-6 * nm)) for nm in table]
    source = f"4 pi k / wavelength of the k of: {_cited(optics)['source']}"
    fields["absorption"] = {
        "model": "table",
        **_table(table),
        "per_mm": per_mm,
        "outside": "hold",
        "evidence": optics.evidence,
        "source": source[:2000],
    }
    notes.append(
        "its k became absorption along the path, up to "
        f"{max(per_mm):.3g} per mm; k of a film or a powder is no colour of a stone"
    )
    return fields


def _clear(optics: Optics) -> dict[str, Any]:
    if optics.sellmeier is not None:
        formula = optics.sellmeier | _cited(optics)
        for outside in ("formula", "hold"):
            try:
                SellmeierIndex.model_validate(formula | {"outside": outside})
            except ValidationError:
                continue
            return formula | {"outside": outside}
    table = _thinned(optics.n.visible().nm)
    index = {"model": "table", **_table(table), "n": _values(optics.n, table)}
    return index | {"outside": "hold", **_cited(optics)}


def _cited(optics: Optics) -> dict[str, Any]:
    return {"evidence": optics.evidence, "source": optics.source}


def _thinned(nm: Sequence[float]) -> list[float]:
    """Wavelengths within the schema's bounds, no more than it takes; even steps stand for more."""
    inside = [at for at in nm if 100.0 <= at <= 20000.0]
    if len(inside) <= MAX_SAMPLES:
        return inside
    first, last = max(inside[0], VISIBLE[0]), min(inside[-1], VISIBLE[1])
    return [first + (last - first) * i / 940 for i in range(941)]


def _table(nm: Sequence[float]) -> dict[str, Any]:
    return {"wavelength_nm": [_rounded(at) for at in nm]}


def _values(samples: Samples, nm: Sequence[float]) -> list[float]:
    return [_rounded(samples.at(at)) for at in nm]


def _rounded(value: float) -> float:
    """Seven digits: more than anybody measures."""
    return float(f"{value:.7g}")


def _gaps(optics: Optics) -> list[str]:
    """Parts of the visible that the file says nothing of."""
    notes = []
    for what, said in (("n", optics.n), ("k", optics.k)):
        if said is None:
            continue
        low, high = said.nm[0], said.nm[-1]
        if optics.sellmeier is not None and what == "n":
            low, high = optics.sellmeier["valid_nm"]
        if low > 380.0 or high < 740.0:
            notes.append(f"its {what} is known from {low:.0f} to {high:.0f} nm; beyond, it is held")
    return notes

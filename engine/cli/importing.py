"""`culet materials import`: optical constants from elsewhere, as a material file of one's own."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from engine.cli import options as opt
from engine.cli.console import attempt, tell
from engine.errors import FileError


class Kind(StrEnum):
    """Kinds of materials that can be imported."""

    metal = "metal"
    gem = "gem"


class Unit(StrEnum):
    """Units of the first column of a CSV."""

    nm = "nm"
    um = "um"
    eV = "eV"


File = Annotated[
    Path,
    typer.Argument(
        help="A .yml file of refractiveindex.info, or a CSV of wavelength, n and perhaps k.",
        metavar="FILE",
        show_default=False,
        readable=False,
    ),
]


def _option(flag: str, text: str, **more: object) -> typer.models.OptionInfo:
    made: typer.models.OptionInfo = typer.Option(
        *flag.split(),
        help=text.replace("[", "\\["),
        show_default=False,
        **more,  # type: ignore[arg-type]
    )
    return made


Name = Annotated[str | None, _option("--name", "Of the material: a-z, 0-9 and -. [the file's]")]
Label = Annotated[str | None, _option("--label", "The name for people. [the file's]")]
KindName = Annotated[Kind | None, _option("--kind", "metal or gem. [by its k]")]
Density = Annotated[
    float | None, _option("--density", "g/cm³; weights need it.", min=0.01, max=25.0)
]
Roughness = Annotated[
    float | None, _option("--roughness", "GGX alpha of its surface. [polished]", min=0.0, max=1.0)
]
UnitName = Annotated[
    Unit | None, _option("--unit", "Of a CSV's first column: nm, um or eV. [told by its numbers]")
]
Source = Annotated[str | None, _option("--source", "Where the numbers of a CSV are from.")]
Out = Annotated[Path | None, _option("-o --out", "The material file. [NAME.yaml]")]


def import_(
    file: File,
    name: Name = None,
    label: Label = None,
    kind: KindName = None,
    density: Density = None,
    roughness: Roughness = None,
    unit: UnitName = None,
    source: Source = None,
    out: Out = None,
    debug: opt.Debug = False,
) -> int:
    """Makes a material file of measured n and k, with their reference.

    What was guessed, and what looks wrong, is told.
    """

    def work() -> None:
        from engine import images
        from materials.imports import Wishes, draft_of, to_yaml
        from materials.plausible import warnings

        wishes = Wishes(
            name=name,
            label=label,
            kind=None if kind is None else kind.value,
            density=density,
            roughness=roughness,
            unit=None if unit is None else unit.value,
            source=source,
        )
        draft = draft_of(file, wishes)
        target = _target(out or Path(f"{draft.material.name}.yaml"), file)
        text = to_yaml(draft.fields)
        images.replace(target, lambda partial: partial.write_text(text, "utf-8"))
        for note in draft.notes:
            tell(f"{file}: {note}")
        for warning in warnings(draft.material):
            tell(f"{file}: warning: {warning}")
        option = "--metal" if draft.material.kind == "metal" else "--stone"
        typer.echo(f"wrote {target}: {draft.material.label}; use it as {option} {target}")

    return attempt(work, debug=debug)


def _target(path: Path, read: Path) -> Path:
    """Where the material goes. Raises FileError."""
    if path.suffix.lower() not in (".yaml", ".yml"):
        raise FileError("a material file ends in .yaml; name it so with -o", file=path)
    if path.exists() and path.samefile(read):
        raise FileError("is the file that is imported; choose another name with -o", file=path)
    return path

"""`culet piece`: a piece of jewelry by its parameters, as a CAD file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from engine.cli import options as opt
from engine.cli.console import attempt
from engine.cli.designs import PANEL, Choice, values
from engine.cli.tables import print_json, print_table
from engine.cli.targets import check_folder
from engine.errors import FileError

if TYPE_CHECKING:
    from engine.cad.check import Report
    from engine.cad.describe import PieceInfo

Out = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--out",
        help="The file: .3dm, .glb, .obj, .stl or .ply. \\[DESIGN.3dm]",
        rich_help_panel=opt.OUTPUT,
        show_default=False,
    ),
]
Seed = Annotated[
    int | None,
    typer.Option(
        "--seed",
        help="Draw a design at random; parameters that are given stay as given.",
        min=0,
        rich_help_panel=PANEL,
        show_default=False,
    ),
]
Carat = Annotated[
    float | None,
    typer.Option(
        "--carat",
        help="Weight of the main stone as diamond, instead of its width.",
        metavar="CT",
        min=0.001,
        max=100.0,
        rich_help_panel=PANEL,
        show_default=False,
    ),
]


def piece(
    choice: Choice,
    seed: Seed = None,
    carat: Carat = None,
    out: Out = None,
    as_json: opt.Json = False,
    debug: opt.Debug = False,
) -> int:
    """Build one design and write it."""

    def work() -> None:
        from engine.cad.check import check
        from engine.cad.describe import describe
        from engine.cad.write import write

        target = _target(choice.name, out)
        design = choice.make(seed, carat)
        made = design.build()
        info = describe(made)
        written = write(made, target)
        told = values(design)
        report = check(made)
        if as_json:
            print_json(_to_json(choice.name, told, info, report, written))
        else:
            _print(choice.name, told, info, report, written)

    return attempt(work, debug=debug)


def _target(name: str, out: Path | None) -> Path:
    """Where the file goes, found out before anything is built. Raises FileError."""
    from engine.cad.write import SUFFIXES

    path = Path(f"{name}{SUFFIXES[0]}") if out is None else out
    if path.suffix.lower() not in SUFFIXES:
        raise FileError(
            f"'{path.suffix}' is no kind of CAD file that can be written; "
            f"choose {', '.join(SUFFIXES)}",
            file=path,
        )
    if path.is_dir():
        raise FileError("is a folder; name a file in it", file=path)
    check_folder(path.parent)
    return path


def metal_grams(volume_mm3: float) -> dict[str, float]:
    """What that much metal weighs in each metal of the library, grams."""
    import materials
    from engine.cad.describe import GRAMS_PER_MM3

    return {
        name: volume_mm3 * materials.load(name).density * GRAMS_PER_MM3
        for name in materials.names("metal")
    }


def _metal_mm3(info: PieceInfo) -> float:
    return sum(part.volume_mm3 * part.count for part in info.parts if part.role == "metal")


def _to_json(
    name: str, told: dict[str, Any], info: PieceInfo, report: Report, written: Path
) -> dict[str, Any]:
    volume = _metal_mm3(info)
    return {
        "design": name,
        "parameters": told,
        "file": str(written),
        "metal_mm3": volume,
        "metal_grams": metal_grams(volume),
        "check": report.to_json(),
        **info.to_json(),
    }


def _print(name: str, told: dict[str, Any], info: PieceInfo, report: Report, written: Path) -> None:
    width, depth, height = info.size_mm
    typer.echo(f"{name}: {info.kind}, {width:.1f} x {depth:.1f} x {height:.1f} mm")
    if info.ring_size is not None and info.inside_mm is not None:
        typer.echo(f"inside {info.inside_mm:.2f} mm: {info.ring_size}")
    typer.echo("of " + ", ".join(f"{key} {_plain(value)}" for key, value in told.items()))
    volume = _metal_mm3(info)
    if volume:
        typer.echo(f"{volume:.1f} mm³ of metal: " + _weights(volume))
    stones = [part for part in info.parts if part.role in ("stone", "pearl")]
    rows = (
        (
            str(part.count),
            part.role,
            " x ".join(f"{side:.3g}" for side in part.size_mm),
            f"{part.carats:.3f}" if part.carats is not None else "",
            f"{part.carats * part.count:.3f}" if part.carats is not None else "",
        )
        for part in sorted(stones, key=lambda part: -part.volume_mm3)
    )
    if stones:
        headings = ("count", "", "size mm", "ct each", "ct together (diamond)")
        print_table(rows, *headings, right=frozenset({0, 3, 4}))
    typer.echo(f"check: {report.summary()}")
    for finding in report.findings:
        typer.echo(f"  {finding.severity}: {finding.text}")
    typer.echo(f"wrote {written}")


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.5g}" if isinstance(value, float) else str(value)


def _weights(volume_mm3: float) -> str:
    return ", ".join(f"{grams:.2f} g {name}" for name, grams in metal_grams(volume_mm3).items())

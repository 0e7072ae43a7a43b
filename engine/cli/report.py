"""What `culet info` prints for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from engine.cli.tables import print_table

if TYPE_CHECKING:
    from engine.cad.cuts.recognise import Recognised
    from engine.cad.describe import PartInfo, PieceInfo


def print_info(info: PieceInfo) -> None:
    """The piece in a line or two, its parts, its stones by size, and what was noticed."""
    width, depth, height = info.size_mm
    size = f"{width:.1f} x {depth:.1f} x {height:.1f} mm"
    typer.echo(f"{info.name}: {info.kind}, {size}, {info.triangles:,} triangles")
    if info.ring_size is not None and info.inside_mm is not None:
        typer.echo(f"inside {info.inside_mm:.2f} mm: {info.ring_size}")
    metal, stones = f"{info.grams:.2f} g of metal", f"{info.carats:.3f} ct of stones"
    weights = [text for weight, text in ((info.grams, metal), (info.carats, stones)) if weight]
    if weights:
        typer.echo(", ".join(weights))
    print_table(
        map(_part_row, info.parts),
        *("part", "role", "material", "count", "triangles", "closed", "size mm", "mm³", "weight"),
        right=frozenset({3, 4, 7, 8}),
    )
    if info.stones:
        print_table(
            map(_stone_row, info.stones),
            *("stones", "cut", "size mm", "proportions, % of width", "ct each", "ct together"),
            right=frozenset({0, 4, 5}),
        )
    for note in info.notes:
        typer.echo(f"{note.kind:>9}: {note.text}")


def _size(part: PartInfo) -> str:
    return " x ".join(f"{side:.3g}" for side in part.size_mm)


def _material(part: PartInfo) -> str:
    """The material, or what its weight was reckoned with, or what the file called it."""
    if part.material is not None:
        return part.material
    hint = "" if part.hint is None else f", file says '{part.hint}'"
    return f"({part.assumed or 'unknown'}{hint})"


def _part_row(part: PartInfo) -> tuple[str, ...]:
    if part.carats is not None:
        weight = f"{part.carats:.3f} ct"
    else:
        weight = "" if part.grams is None else f"{part.grams:.2f} g"
    return (
        part.name,
        part.role,
        _material(part),
        str(part.count),
        f"{part.triangles:,}",
        "yes" if part.closed else "no",
        _size(part),
        f"{part.volume_mm3:.2f}",
        weight,
    )


def _stone_row(stone: PartInfo) -> tuple[str, ...]:
    each = stone.carats or 0.0
    cut, proportions = ("", "") if stone.cut is None else (stone.cut.title, _proportions(stone.cut))
    return (
        str(stone.count),
        cut,
        _size(stone),
        proportions,
        f"{each:.3f}",
        f"{each * stone.count:.3f}",
    )


def _proportions(cut: Recognised) -> str:
    """Proportions as on a certificate: "table 57, crown 14.5 at 34.0°, girdle 2.5, ..."."""
    parts = [
        _share("table", cut.table),
        _share("crown", cut.crown, cut.crown_deg),
        _share("girdle", cut.girdle),
        _share("pavilion", cut.pavilion, cut.pavilion_deg),
        _share("culet", cut.culet or None),
        _share("depth", cut.total),
    ]
    return ", ".join(part for part in parts if part)


def _share(what: str, part: float | None, angle: float | None = None) -> str:
    if part is None:
        return ""
    return f"{what} {100 * part:.3g}" + ("" if angle is None else f" at {angle:.1f}°")

"""The commands that look and tell: info, materials, studios, doctor."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import typer

from engine.cli import options as opt
from engine.cli.console import CANNOT_RUN, DONE, attempt
from engine.cli.tables import print_json, print_table

if TYPE_CHECKING:
    from materials import Material


def info(
    file: opt.File,
    as_json: opt.Json = False,
    assign: opt.Assign = None,
    mapping: opt.Mapping = None,
    scale: opt.Scale = None,
    unit: opt.Unit = None,
    ring_size: opt.RingSize = None,
    up: opt.Up = None,
    no_pose: opt.NoPose = False,
    force: opt.Force = False,
    debug: opt.Debug = False,
) -> int:
    """Parts, stones, weights, and what was mended, posed and warned about in FILE."""

    def work() -> None:
        from engine.cad.check import check as examine
        from engine.cad.describe import describe
        from engine.cad.load import load

        chosen = opt.read_loading(
            assign, mapping, scale, unit, ring_size, up, pose=not no_pose, force=force
        )
        piece = load(file, chosen)
        report, faults = describe(piece), examine(piece)
        if as_json:
            print_json({**report.to_json(), "check": faults.to_json()})
        else:
            from engine.cli.report import print_info

            print_info(report)
            typer.echo(f"{'check':>9}: {faults.summary()}")

    return attempt(work, debug=debug)


def materials(as_json: opt.Json = False, debug: opt.Debug = False) -> int:
    """The materials that come with Culet, and where their numbers are from."""

    def work() -> None:
        from materials import load, names

        library = [load(name) for name in names()]
        if as_json:
            print_json([material.to_json() for material in library])
            return
        headings = ("name", "kind", "label", "g/cm³", "optics", "from (--json tells all)")
        print_table(map(_material_row, library), *headings, right=frozenset({3}))

    return attempt(work, debug=debug)


def studios(as_json: opt.Json = False, debug: opt.Debug = False) -> int:
    """The studios that come with Culet: lights, cards and ground."""

    def work() -> None:
        from engine.scene.studios import load_studio, studio_names

        rows = [
            {"name": studio.name, "title": studio.title}
            for studio in map(load_studio, studio_names())
        ]
        if as_json:
            print_json(rows)
            return
        print_table((row.values() for row in rows), "name", "what it is for")

    return attempt(work, debug=debug)


def doctor(as_json: opt.Json = False, debug: opt.Debug = False) -> int:
    """Whether this machine can render, with what, and what to do if it cannot."""

    def work() -> int:
        from engine.doctor import examine

        report = examine()
        if as_json:
            print_json(report.to_json())
        else:
            rows = (
                (check.state, check.name, "\n→ ".join(filter(None, (check.text, check.remedy))))
                for check in report.checks
            )
            print_table(rows, "", "", "")
        return DONE if report.can_render else CANNOT_RUN

    return attempt(work, debug=debug)


def _material_row(material: Material) -> tuple[str, ...]:
    index = next(cited for cited in material.sources if cited.of == "index")
    source = textwrap.shorten(index.source, 48, placeholder=" …")
    density = f"{material.density:.3g}"
    return material.name, material.kind, material.label, density, index.evidence, source

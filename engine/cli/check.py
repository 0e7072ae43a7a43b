"""`culet check`: is the piece in a file one that can be made and worn?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from engine.cli import options as opt
from engine.cli.console import BAD_INPUT, DONE, attempt, tell
from engine.cli.tables import print_json
from engine.errors import InputError

if TYPE_CHECKING:
    from engine.cad.check import Finding, Report
    from engine.types import Piece


def check(
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
    """Look for what cannot be made or worn in FILE: floating stones, open links, thin walls ...

    Exit code 0 when there is no error (warnings may be), 2 when there is one or the file cannot be
    read. The JSON says which: "readable", then "errors", "warnings" and "findings".
    """

    def work() -> int:
        from engine.cad.check import check as examine
        from engine.cad.load import load

        chosen = opt.read_loading(
            assign, mapping, scale, unit, ring_size, up, pose=not no_pose, force=force
        )
        try:
            report = examine(load(file, chosen))
        except InputError as error:
            if as_json:
                print_json({"file": str(file), "readable": False, "error": str(error)})
            raise
        if as_json:
            print_json({"file": str(file), "readable": True, **report.to_json()})
        else:
            _print(str(file), report)
        return BAD_INPUT if report.errors else DONE

    return attempt(work, debug=debug)


def warn_of_faults(file: Path, piece: Piece) -> None:
    """One line on standard error when a piece that was loaded has faults."""
    from engine.cad.check import check as examine

    report = examine(piece)
    if report.findings:
        tell(f"{file}: warning: {report.summary()}; `culet check` says where and what to do")


def _print(file: str, report: Report) -> None:
    typer.echo(f"{file}: {report.summary()}")
    for finding in report.findings:
        typer.echo(f"{finding.severity:>9}: {finding.text}{_where(finding)}")


def _where(finding: Finding) -> str:
    if finding.at is None:
        return ""
    return " At x {:.2f}, y {:.2f}, z {:.2f} mm.".format(*finding.at)

"""The commands that look and tell: info, studios, doctor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from engine.cli import options as opt
from engine.cli.console import CANNOT_RUN, DONE, attempt
from engine.cli.tables import print_json, print_table

if TYPE_CHECKING:
    from engine.scene import Studio


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


def studios(as_json: opt.Json = False, debug: opt.Debug = False) -> int:
    """The studios that come with Culet: light, ground, and the camera that each suggests."""

    def work() -> None:
        from engine.scene.studios import load_studio, studio_names

        library = [load_studio(name) for name in studio_names()]
        if as_json:
            print_json([_told_studio(studio) for studio in library])
            return
        headings = ("name", "what it is for", "key light", "ground", "--view suggested")
        print_table(map(_studio_row, library), *headings)

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


def _told_studio(studio: Studio) -> dict[str, Any]:
    """All that its file says, with what follows from it."""
    from engine import optics
    from engine.scene.environment import spectrum_of

    key = next((light for light in studio.light if light.shape != "card" and light.key), None)
    told = {
        "key_spectrum": key and key.spectrum,
        "key_cct_k": key
        and round(optics.correlated_temperature(optics.xyz_of(spectrum_of(key.spectrum)))),
        "spectra": sorted({str(x.spectrum) for x in studio.light if x.shape != "card"}),
    }
    return {**studio.model_dump(mode="json"), **told}


def _studio_row(studio: Studio) -> tuple[str, ...]:
    told, ground, camera = _told_studio(studio), studio.ground, studio.camera
    light = f"{told['key_cct_k']} K"
    if isinstance(told["key_spectrum"], str):
        light = f"{told['key_spectrum']}, {light}"
    words = [ground.kind, f"albedo {ground.albedo:g}"]
    if ground.colour is not None:
        words.append("coloured")
    if ground.fade != "none":
        words.append({"back": "fades to the back", "round": "fades all round"}[ground.fade])
    stop = "all sharp" if camera.f_number is None else f"f/{camera.f_number:g}"
    return (
        studio.name,
        studio.title,
        light,
        ", ".join(words),
        f"{camera.view}, {camera.focal_mm:g} mm, {stop}",
    )

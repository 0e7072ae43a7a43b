"""`culet render`: files in, pictures out; one failure does not stop the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import typer

from engine.cli import options as opt
from engine.cli.console import INTERRUPTED, attempt, progress_bars, tell
from engine.cli.inputs import Wanted, scene_of, wanted
from engine.cli.library import warn_of_materials
from engine.cli.targets import Target, plan
from engine.pipeline import Clock, Settings

if TYPE_CHECKING:
    from engine.scene import View


@dataclass(frozen=True)
class Job:
    """What is to be done with every input.

    wanted  : what was said about them.
    views   : one picture each; empty for the one view of the scene.
    output  : arguments of `save`.
    """

    wanted: Wanted
    views: tuple[View, ...]
    settings: Settings
    output: Mapping[str, Any]
    times: bool


def render(
    files: opt.Files,
    metal: opt.Metal = None,
    stone: opt.Stone = None,
    studio: opt.StudioName = None,
    ground: opt.Ground = None,
    view: opt.Views = None,
    size: opt.Size = None,
    exposure: opt.Exposure = "auto",
    look: opt.LookName = opt.Look.photo,
    transparent: opt.Transparent = False,
    finish: opt.Finish = None,
    clarity: opt.Clarity = None,
    hdri: opt.Hdri = None,
    hdri_rotation: opt.HdriRotation = None,
    hdri_strength: opt.HdriStrength = None,
    assign: opt.Assign = None,
    mapping: opt.Mapping = None,
    scale: opt.Scale = None,
    unit: opt.Unit = None,
    ring_size: opt.RingSize = None,
    up: opt.Up = None,
    no_pose: opt.NoPose = False,
    force: opt.Force = False,
    spp: opt.Spp = 8,
    seed: opt.Seed = None,
    estimator: opt.EstimatorName = opt.Estimator.chain,
    device: opt.DeviceName = opt.Device.auto,
    caustics: opt.CausticsBudget = opt.Caustics.fast,
    refiner: opt.RefinerName = opt.Refiner.neural,
    no_refine: opt.NoRefine = False,
    out: opt.Out = None,
    kind: opt.PictureKind = opt.Kind.png,
    depth: opt.Depth = None,
    layers: opt.Layers = False,
    times: opt.Times = False,
    debug: opt.Debug = False,
) -> int:
    """Render CAD files, or scenes saved as TOML, to pictures."""

    def prepare() -> list[tuple[Target, Job]]:
        from engine.scene import view as named_view
        from engine.scene.compose import SUGGESTED

        suggested = view == [SUGGESTED]  # its view and lens are the scene's own
        views = () if suggested else tuple(named_view(name) for name in view or ())
        reading = opt.read_loading(
            assign, mapping, scale, unit, ring_size, up, pose=not no_pose, force=force
        )
        chosen = wanted(
            reading,
            metal=metal,
            stone=stone,
            studio=studio,
            ground=ground,
            transparent=transparent,
            view=SUGGESTED if suggested else views[0] if views else None,
            size=None if size is None else opt.read_size(size),
            finish=finish,
            clarity=clarity,
            hdri=hdri,
            hdri_rotation_deg=hdri_rotation,
            hdri_strength=hdri_strength,
            seed=seed,
        )
        settings = Settings(
            spp=spp,
            estimator=estimator.value,
            device=device.value,
            caustics=caustics.value,
            refine=not no_refine,
            refiner=refiner.value,
            exposure=opt.read_exposure(exposure),
            look=look.value,
        )
        output = {"suffix": f".{kind.value}", "depth": depth, "layers": layers}
        job = Job(chosen, views, settings, output, times)
        return [(target, job) for target in plan(files, out, max(1, len(views)))]

    return attempt(lambda: _render_all(prepare(), debug), debug=debug)


def _render_all(jobs: list[tuple[Target, Job]], debug: bool) -> int:
    """Every input, one after the other; the highest exit code, or that of an interruption."""
    highest = 0
    for target, job in jobs:
        code = attempt(partial(_render_one, target, job), debug=debug)
        highest = max(highest, code)
        if code == INTERRUPTED:
            break
    return highest


def _render_one(target: Target, job: Job) -> None:
    from engine.output import save
    from engine.pipeline import render as pictures_of

    clock = Clock()
    scene = scene_of(target.file, job.wanted, clock)
    warn_of_materials(scene.materials.values())
    with progress_bars() as progress:
        pictures = pictures_of(
            scene, job.views or None, job.settings, progress=progress, clock=clock
        )
        with clock.stage("save"):
            written = save(
                pictures, target.out, template=target.template, progress=progress, **job.output
            )
    if progress is not None:
        tell(f"{target.file}: wrote {', '.join(map(str, written))}")
    if job.times:
        for stage, seconds in clock.seconds.items():
            typer.echo(f"{stage:>8} {seconds:7.2f} s")
        typer.echo(f"{'in all':>8} {sum(clock.seconds.values()):7.2f} s")

"""Scene -> Frames: spectral light transport, the only home of Mitsuba and Dr.Jit.

    frames = trace(scene, orbit(24), spp=8, seed=0)

Frames are traced when they are asked for. Nothing here is imported before `trace` is called: the
LLVM library must be chosen first (`llvm`), then the variant (`variant`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from engine.errors import SceneError
from engine.trace.ladder import ladder as ladder
from engine.trace.workbench import Workbench as Workbench
from engine.types import Frames, Progress

if TYPE_CHECKING:
    from engine.scene import Scene, View

MOST_SAMPLES = 1 << 20


def trace(
    scene: Scene,
    views: Sequence[View] | View | None = None,
    *,
    spp: int = 8,
    seed: int | None = None,
    estimator: Literal["chain", "reference"] = "chain",
    device: Literal["auto", "cpu", "cuda"] = "auto",
    caustics: Literal["off", "fast", "full"] = "off",
    adaptive: bool = True,
    behind: bool = False,
    sketch: bool = False,
    workbench: Workbench | None = None,
    progress: Progress | None = None,
) -> Frames:
    """Trace `scene` from each of `views`.

    views     : a view or several; the scene's own by default.
    spp       : samples per pixel: the mean over the pixels in which there is something to find.
    seed      : the scene's own by default; one seed gives one picture,
                bit for bit, on one device and version.
    estimator : "chain" (expected exits, see `chain`) or "reference" (plain random walk).
    device    : "cpu", "cuda", or "auto": CUDA where it works.
    caustics  : light that the ground receives straight from stones and metal, traced from the
                lights as a layer of its own: "fast" or "full" (4 or 32 photons per pixel), or
                "off": found by chance.
    adaptive  : more samples where a first pass found more variance; False gives each pixel `spp`.
    behind    : also tell what lies behind facets and mirrors: `Frame.features.behind`, which the
                network needs.
    sketch    : also tell what the samples' places show at first glance (`Frame.sketch`): refined
                with it a frame is much nearer to the truth, and takes up to a quarter longer.
    workbench : keeps the compiled geometry; given with each of several scenes of one piece, it is
                compiled once.
    progress  : called as progress("trace", done, total) after every pass over a tile.

    Raises SceneError for arguments that make no sense, SetupError when the device does not work.
    """
    from engine.scene import View as ViewRecord
    from engine.trace.variant import activate

    if not 1 <= spp <= MOST_SAMPLES:
        raise SceneError(f"spp is {spp}, but must be from 1 to {MOST_SAMPLES} samples per pixel")
    if estimator not in ("chain", "reference"):
        raise SceneError(f"estimator '{estimator}' is unknown; use chain or reference")
    if caustics not in ("off", "fast", "full"):
        raise SceneError(f"caustics '{caustics}' is unknown; use off, fast or full")
    chosen = (scene.view,) if views is None else views
    if isinstance(chosen, ViewRecord):
        chosen = (chosen,)
    variant = activate(device)
    from engine.trace.render import Job, render
    from engine.trace.walk import Limits

    job = Job(
        spp=spp,
        seed=scene.seed if seed is None else seed,
        estimator=estimator,
        variant=variant,
        limits=Limits(ground_caustics=caustics == "off"),
        adaptive=adaptive and estimator == "chain",
        caustics=caustics,
        behind=behind,
        sketch=sketch,
        workbench=workbench,
        progress=progress,
    )
    return render(scene, tuple(chosen), job)

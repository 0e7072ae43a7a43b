"""The stages in ten lines: a scene in, finished pictures out, nothing computed before it is asked.

Pictures are lazy: a view is traced when its picture is taken from the sequence, and only the
latest one is kept, so 36 views of 2048 x 2048 never sit in memory together. Nothing is remembered
from job to job; `engine.turn` goes on with what an interrupted one has left in its folder.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeVar

from engine.lazy import Lazy
from engine.types import Picture, Pictures, Progress

if TYPE_CHECKING:
    from engine.finish.exposure import Exposure
    from engine.scene import Scene, View
    from engine.trace import Workbench

T = TypeVar("T")


@dataclass(frozen=True)
class Settings:
    """How a scene becomes pictures; every field is a choice that a person may make.

    spp       : samples per pixel.
    seed      : of the sampler; None takes the scene's.
    estimator : "chain" (expected exits, few samples) or "reference" (plain, slow, obviously right).
    device    : "cpu", "cuda", or "auto": CUDA where it works.
    caustics  : "fast" or "full" traces light that the ground receives straight from the piece as a
                layer of its own; "off" leaves it to chance.
    refine    : finish what the samples leave open. refiner : with the network, "neural", or with
                the statistical filter, "welch".
    exposure  : "auto" (by the piece), a fixed exposure in EV, or what `engine.finish.meter` found.
    look      : "photo", "neutral", "soft" or "crisp".
    """

    spp: int = 8
    seed: int | None = None
    estimator: Literal["chain", "reference"] = "chain"
    device: Literal["auto", "cpu", "cuda"] = "auto"
    caustics: Literal["off", "fast", "full"] = "fast"
    refine: bool = True
    refiner: Literal["neural", "welch"] = "neural"
    exposure: float | Literal["auto"] | Exposure = "auto"
    look: str = "photo"


class Clock:
    """Seconds per stage, each counted once: a stage that waits for another one stands still."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._running: list[str] = []
        self._since = 0.0

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count the time in this block for stage `name`."""
        self._settle()
        self._running.append(name)
        try:
            yield
        finally:
            self._settle()
            self._running.pop()

    def watch(self, name: str, items: Lazy[T]) -> Lazy[T]:
        """`items`, with the time that each of them takes to make counted for stage `name`."""

        def make(index: int) -> T:
            with self.stage(name):
                return items[index]

        return Lazy(len(items), make)

    def _settle(self) -> None:
        """Book the time since the last change to the stage that was running."""
        now = time.perf_counter()
        if self._running:
            name = self._running[-1]
            self.seconds[name] = self.seconds.get(name, 0.0) + now - self._since
        self._since = now


def render(
    scene: Scene,
    views: Sequence[View] | None = None,
    settings: Settings | None = None,
    *,
    workbench: Workbench | None = None,
    progress: Progress | None = None,
    clock: Clock | None = None,
) -> Pictures:
    """Pictures of `scene`, one per view. Views that are near to each other are refined together.

    views     : None takes the scene's own.
    workbench : keeps the compiled geometry for the next scene of the same piece.
    progress  : called as progress(stage, done, total).
    clock     : counts the time of the stages "trace", "refine" and "finish"; what it has counted
                before, of "load" and "compose", goes into the pictures' provenance.

    >>> engine.save(engine.render(scene, engine.orbit(24)), "out/")  # doctest: +SKIP
    """
    from engine.finish import finish
    from engine.scene import neighbours
    from engine.trace import trace

    chosen, clock = settings or Settings(), clock or Clock()
    before = dict(clock.seconds)
    near = ((),) if views is None else neighbours(views)
    with clock.stage("trace"):
        frames = trace(
            scene,
            views,
            spp=chosen.spp,
            seed=chosen.seed,
            estimator=chosen.estimator,
            device=chosen.device,
            caustics=chosen.caustics,
            behind=chosen.refine and (chosen.refiner == "neural" or any(near)),
            sketch=chosen.refine,
            workbench=workbench,
            progress=progress,
        )
        frames = clock.watch("trace", frames)
    if chosen.refine:
        from engine.refine import refine

        with clock.stage("refine"):
            finished = refine(frames, refiner=chosen.refiner, neighbours=near, progress=progress)
            frames = clock.watch("refine", finished)
    with clock.stage("finish"):
        pictures = finish(frames, exposure=chosen.exposure, look=chosen.look, progress=progress)
        pictures = clock.watch("finish", pictures)
    return pictures.map(partial(_with_times, seconds=before)) if before else pictures


def render_each(
    scenes: Sequence[Scene],
    settings: Settings | None = None,
    *,
    progress: Progress | None = None,
    clock: Clock | None = None,
) -> Pictures:
    """One picture of each scene, from its own view: bit for bit what `render` makes of it.

    Each is exposed by itself. Of scenes in a row that share their piece (this very record), as
    those of `varied` do, the geometry is compiled once. Otherwise as `render`.
    """
    from engine.trace import Workbench

    workbench = Workbench()

    def make(index: int) -> Picture:
        made = render(
            scenes[index], None, settings, workbench=workbench, progress=progress, clock=clock
        )
        return made[0]

    return Lazy(len(scenes), make)


def _with_times(picture: Picture, seconds: Mapping[str, float]) -> Picture:
    """`picture`, with the seconds of stages that knew nothing of their time in its provenance."""
    told = dict(picture.provenance)
    for stage, taken in seconds.items():
        told[stage] = {**told.get(stage, {}), "seconds": round(taken, 3)}
    return replace(picture, provenance=told)

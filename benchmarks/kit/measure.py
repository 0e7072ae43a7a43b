"""One scene: ours and the baseline at several sample counts, in time and in error."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import engine
from benchmarks.kit.baseline import Baseline, twin
from benchmarks.kit.curve import Curve, Estimate
from benchmarks.kit.metrics import Yardstick, opaque
from benchmarks.kit.references import Reference, check, reference
from benchmarks.kit.timing import REPEAT, interleaved, medians
from engine.scene import Scene
from engine.types import ImageArray

OURS, BASELINE = "ours", "baseline"
#: Samples per pixel of ours at which both are compared.
AT_SPP = 8
METRICS = ("relmse", "flip", "chroma")

Key = tuple[str, int]


@dataclass(frozen=True)
class Plan:
    """How much is measured. reference : its samples per pixel."""

    ours: tuple[int, ...]
    baseline: tuple[int, ...]
    repeat: int
    reference: int


FULL = Plan((1, 2, 4, 8, 16, 32, 64), (4, 16, 64, 256), REPEAT, 1024)
QUICK = Plan((2, 8, 16), (4, 16, 64), 3, 128)


def measure(scene: Scene, plan: Plan) -> dict[str, Any]:
    """Times, errors and ratios of one scene.

    The baseline is measured against the reference of what it renders: of the scene's `twin` where
    stones are coloured. A point's error is the mean over the timed rounds, each of its own seed.
    """
    truth = reference(scene, plan.reference)
    clear = twin(scene)
    told = truth if clear is scene else reference(clear, plan.reference)
    found = check(clear, told)
    pictures: dict[Key, list[ImageArray]] = {}
    rounds = interleaved(_tasks(scene, clear, plan, pictures), plan.repeat)
    points = {
        OURS: _points(OURS, plan.ours, rounds, pictures, truth),
        BASELINE: _points(BASELINE, plan.baseline, rounds, pictures, told),
    }
    return {
        "coloured": clear is not scene,
        "reference": {
            "spp": truth.spp,
            "floor": {mask: asdict(error) for mask, error in truth.floor().items()},
            "baseline_agrees": found.equal,
            "agreement": asdict(found),
        },
        **points,
        "ratios": ratios(points[OURS], points[BASELINE]),
    }


def _tasks(
    scene: Scene, clear: Scene, plan: Plan, pictures: dict[Key, list[ImageArray]]
) -> dict[Key, Callable[[int], float]]:
    """What takes turns; pictures of the timed rounds are kept for their errors."""
    plain = Baseline(clear)

    def ours(spp: int, seed: int) -> tuple[float, ImageArray]:
        since = time.perf_counter()
        frame = engine.trace(scene, spp=spp, seed=seed, device="cpu")[0]
        # Both stand in a scene that is set up; throughput says what ours costs to set up.
        setup = frame.provenance["trace"]["compile_s"]
        return time.perf_counter() - since - setup, opaque(frame)

    def baseline(spp: int, seed: int) -> tuple[float, ImageArray]:
        since = time.perf_counter()
        image = plain.render(spp, seed)
        return time.perf_counter() - since, image

    def task(key: Key, render: Callable[[int, int], tuple[float, ImageArray]], spp: int) -> Any:
        def run(number: int) -> float:
            seconds, image = render(spp, number)
            if number:
                pictures.setdefault(key, []).append(image)
            return seconds

        return run

    tasks = {(OURS, spp): task((OURS, spp), ours, spp) for spp in plan.ours}
    others = {(BASELINE, spp): task((BASELINE, spp), baseline, spp) for spp in plan.baseline}
    return {**tasks, **others}


def _points(
    who: str,
    counts: tuple[int, ...],
    rounds: dict[Key, list[float]],
    pictures: dict[Key, list[ImageArray]],
    truth: Reference,
) -> list[dict[str, Any]]:
    """Per sample count: seconds (median and all) and the mean errors per mask."""
    stick = Yardstick(truth.xyz)
    seconds = medians(rounds)
    points = []
    for spp in counts:
        every = [stick.errors(image, truth.within) for image in pictures[who, spp]]
        errors = {
            mask: {
                metric: statistics.fmean(getattr(errors[mask], metric) for errors in every)
                for metric in METRICS
            }
            for mask in every[0]
        }
        points.append(
            {
                "spp": spp,
                "seconds": seconds[who, spp],
                "rounds": rounds[who, spp],
                "errors": errors,
            }
        )
    return points


def ratios(ours: list[dict[str, Any]], baseline: list[dict[str, Any]]) -> dict[str, Any]:
    """How much better ours is at AT_SPP samples, per mask; above 1 is better.

    relmse, flip, chroma : the baseline's error after the same time, over ours.
    flip_time            : the baseline's time to our FLIP, over our time. Each has `fitted`.
    """
    point = next(p for p in ours if p["spp"] == AT_SPP)
    seconds = tuple(p["seconds"] for p in baseline)
    found: dict[str, Any] = {}
    for mask, errors in point["errors"].items():
        curves = {
            metric: Curve(seconds, tuple(p["errors"][mask][metric] for p in baseline))
            for metric in METRICS
        }
        rows = {
            metric: _over(curve.at(point["seconds"]), errors[metric])
            for metric, curve in curves.items()
        }
        rows["flip_time"] = _over(curves["flip"].time_to(errors["flip"]), point["seconds"])
        found[mask] = rows
    return found


def _over(estimate: Estimate, value: float) -> dict[str, Any]:
    return {"ratio": estimate.value / value, "fitted": estimate.fitted}

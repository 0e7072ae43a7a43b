"""The whole job: seconds to a FLIP of 0.05 on the piece, by three ways.

    python -m benchmarks.quality.job

Ours is tracing and refining as `culet render` does, warm, the scene being set up; the baseline is
rendering, and rendering and OIDN with its best features, which it gets for nothing; in turns.
What lies beyond the measured points is read off a line through the nearest three, and marked.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import engine
from benchmarks.kit.baseline import Baseline, twin
from benchmarks.kit.curve import Curve
from benchmarks.kit.references import reference
from benchmarks.kit.timing import interleaved, medians
from benchmarks.quality import oidn, samples
from benchmarks.quality.errors import Ruler
from benchmarks.quality.scenes import scenes
from benchmarks.record import RESULTS, write
from engine.refine import refine
from engine.scene import Scene
from engine.types import ImageArray

FLIP = 0.05
OURS, BASELINE, DENOISED = "ours", "baseline", "baseline, oidn"
COUNTS = {OURS: (2, 4, 8, 16, 32, 64), BASELINE: (8, 32, 128), DENOISED: (8, 32, 128)}
REPEAT = 3

Key = tuple[str, int]
Timed = tuple[float, ImageArray]


def measure(scene: Scene, reference_spp: int) -> dict[str, Any]:
    """Points of the three, and each one's seconds to FLIP."""
    clear = twin(scene)
    rulers = {
        who: Ruler(reference(what, reference_spp))
        for who, what in ((OURS, scene), (BASELINE, clear), (DENOISED, clear))
    }
    ways, pictures = _ways(scene, clear), dict[Key, list[ImageArray]]()

    def task(key: Key) -> Callable[[int], float]:
        def run(number: int) -> float:
            seconds, picture = ways[key[0]](key[1], number)
            if number:
                pictures.setdefault(key, []).append(picture)
            return seconds

        return run

    keys = [(who, spp) for who, counts in COUNTS.items() for spp in counts]
    seconds = medians(interleaved({key: task(key) for key in keys}, REPEAT))
    points: dict[str, Any] = {who: [] for who in COUNTS}
    for who, spp in keys:
        flips = [rulers[who].errors(p)["piece"]["flip"] for p in pictures[who, spp]]
        points[who].append((spp, seconds[who, spp], statistics.fmean(flips)))
    reached = {}
    for who, rows in points.items():
        found = Curve(tuple(r[1] for r in rows), tuple(r[2] for r in rows)).time_to(FLIP)
        reached[who] = {"seconds": found.value, "fitted": found.fitted}
    return {"points": points, "to_flip": reached}


def _ways(scene: Scene, clear: Scene) -> dict[str, Callable[[int, int], Timed]]:
    """Each way: samples and seed in, seconds and picture out."""
    features, renderer = samples.chain(clear, 4, 0), Baseline(clear)

    def ours(spp: int, seed: int) -> Timed:
        since = time.perf_counter()
        frame = refine(
            engine.trace(scene, spp=spp, seed=seed, device="cpu", behind=True, sketch=True),
            device="cpu",
        )[0]
        setup = frame.provenance["trace"]["compile_s"]
        return time.perf_counter() - since - setup, frame.xyz

    def baseline(spp: int, seed: int) -> Timed:
        since = time.perf_counter()
        image = renderer.render(spp, seed)
        return time.perf_counter() - since, image

    def denoised(spp: int, seed: int) -> Timed:
        since = time.perf_counter()
        frame = replace(features, xyz=renderer.render(spp, seed))
        return time.perf_counter() - since, oidn.denoise(frame, "oidn behind")

    return {OURS: ours, BASELINE: baseline, DENOISED: denoised}


def main() -> None:
    """Measure, print, and write one results file for this machine."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--reference-spp", type=int, default=512)
    parser.add_argument("--scenes", nargs="*")
    parser.add_argument("--out", type=Path, default=RESULTS / "job.json")
    given = parser.parse_args()
    command = f"python -m benchmarks.quality.job --reference-spp {given.reference_spp}"
    command += f" --scenes {' '.join(given.scenes)}" if given.scenes else ""
    results: dict[str, Any] = {}
    for name, scene in scenes(kit_only=True).items():
        if given.scenes and name not in given.scenes:
            continue
        results[name] = measure(scene, given.reference_spp)
        told = {who: round(v["seconds"], 2) for who, v in results[name]["to_flip"].items()}
        # Each scene takes minutes: what is known is kept.
        found = {"sooner": _sooner(results), "scenes": results}
        write(given.out, (__doc__ or "").splitlines()[0], command, found)
        print(name, told, {who: round(v, 1) for who, v in found["sooner"].items()}, flush=True)


def _sooner(results: dict[str, Any]) -> dict[str, float]:
    """How many times longer the others take, the median of the scenes."""
    reached = [found["to_flip"] for found in results.values()]
    return {
        who: statistics.median(row[who]["seconds"] / row[OURS]["seconds"] for row in reached)
        for who in (BASELINE, DENOISED)
    }


if __name__ == "__main__":
    main()

"""How much sooner does the chain estimator reach the noise of the reference estimator?

Run as `python -m benchmarks.estimators`. Both trace the same scenes with the same samples per
pixel, in turn, in one process, warm; the time is the median. Noise is the variance of a pixel
over frames of different seeds (what the samples of one frame show overstates low-discrepancy
samples), so "gain" is variance times seconds of the reference estimator over that of the chain
estimator: how many times longer the reference has to run.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path
from typing import Literal

import numpy as np

import engine
from benchmarks.metrics import masks
from benchmarks.record import RESULTS, write
from engine.scene import Scene
from engine.types import Frame
from scenes.pieces import build

Estimator = Literal["chain", "reference"]
ESTIMATORS: tuple[Estimator, ...] = ("chain", "reference")
SIZE = (192, 192)
SPP = 16


def scenes() -> dict[str, Scene]:
    """A solitaire and a three-stone ring, each in both studios."""
    pieces = {"solitaire": build("solitaire"), "three-stone": build("three-stone")}
    return {
        f"{name}-{studio}": engine.compose(piece, studio=studio, size=SIZE)
        for name, piece in pieces.items()
        for studio in ("tent", "fire")
    }


def timed(scene: Scene, estimator: Estimator, seed: int) -> tuple[float, Frame]:
    """Seconds for one frame, and the frame."""
    since = time.perf_counter()
    frame = engine.trace(scene, spp=SPP, seed=seed, estimator=estimator)[0]
    return time.perf_counter() - since, frame


def measure(scene: Scene, repeat: int) -> dict[str, object]:
    """Seconds, variance per mask and the gain per mask."""
    runs: dict[Estimator, list[tuple[float, Frame]]] = {name: [] for name in ESTIMATORS}
    for seed in range(repeat + 1):
        for name in ESTIMATORS:
            runs[name].append(timed(scene, name, seed))
    # The first round compiles the kernels and finds the caches cold.
    seconds = {name: statistics.median(s for s, _ in runs[name][1:]) for name in ESTIMATORS}
    within = masks(runs["chain"][0][1])
    spread = {name: np.var([f.xyz for _, f in runs[name]], axis=0, ddof=1) for name in ESTIMATORS}
    variance = {
        name: {mask: float(spread[name][pixels].mean()) for mask, pixels in within.items()}
        for name in ESTIMATORS
    }
    ratio = seconds["reference"] / seconds["chain"]
    gain = {
        mask: round(ratio * variance["reference"][mask] / variance["chain"][mask], 2)
        for mask in within
    }
    return {"seconds": seconds, "variance": variance, "gain": gain}


def main() -> None:
    """Measure, print, and write one results file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--repeat", type=int, default=11)
    parser.add_argument("--out", type=Path, default=RESULTS / "estimators.json")
    given = parser.parse_args()
    results = {}
    for name, scene in scenes().items():
        results[name] = measure(scene, given.repeat)
        print(name, results[name]["gain"], flush=True)
    question = (__doc__ or "").splitlines()[0]
    write(given.out, question, "python -m benchmarks.estimators", {"spp": SPP, "scenes": results})


if __name__ == "__main__":
    main()

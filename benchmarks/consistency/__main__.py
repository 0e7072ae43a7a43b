"""Do all views of an orbit agree, and with the truth?

    python -m benchmarks.consistency [--scenes solitaire-white ...] [--reference-spp 1024]

Two orbits of three scenes: 24 views a degree apart, and 36 views 10 degrees apart. Every method
gets the same frames at 8 samples per pixel: as traced; Open Image Denoise frame by frame; our two
refiners frame by frame, and jointly. What is measured: `benchmarks.consistency.measures`.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

import engine
from benchmarks.consistency.measures import Moment, measure
from benchmarks.consistency.orbits import ORBITS, SCENES, SEED, SPP, views_of
from benchmarks.kit import scenes as kit
from benchmarks.kit.metrics import opaque
from benchmarks.kit.references import reference
from benchmarks.quality import oidn
from benchmarks.record import RESULTS, write
from engine.refine import refine
from engine.scene import Scene, View, neighbours
from engine.types import Frame, Frames, ImageArray

REFERENCE_SPP = 1024
OIDN = ("oidn colour", "oidn behind")
REFINERS = ("welch", "neural")


def finished(frames: Sequence[Frame], views: Sequence[View]) -> Mapping[str, list[ImageArray]]:
    """Method -> pictures of all views."""
    lazy, near = Frames(len(frames), frames.__getitem__), neighbours(views)
    found = {"raw": [opaque(frame) for frame in frames]}
    for variant in OIDN:
        found[variant] = [oidn.denoise(frame, variant) for frame in frames]
    for name in REFINERS:
        for how, rows in (("", None), (" joint", near)):
            done = refine(lazy, refiner=name, neighbours=rows, device="cpu")  # type: ignore[arg-type]
            found[name + how] = [opaque(frame) for frame in done]
    return found


def judge(scene: Scene, count: int, arc_deg: float, reference_spp: int) -> dict[str, Any]:
    """What each method shows of one orbit."""
    views = views_of(scene, count, arc_deg)
    traced = engine.trace(scene, views, spp=SPP, seed=SEED, device="cpu", behind=True, sketch=True)
    frames = list(traced)
    moments = [
        Moment(frame, reference(replace(scene, view=view), reference_spp))
        for frame, view in zip(frames, views, strict=True)
    ]
    return {
        name: asdict(measure(moments, pictures))
        for name, pictures in finished(frames, views).items()
    }


def summary(results: Mapping[str, Any]) -> dict[str, Any]:
    """Orbit -> method -> measure: the mean over the scenes."""
    out: dict[str, Any] = {}
    for name in ORBITS:
        rows = [orbits[name] for orbits in results.values() if name in orbits]
        for method in rows[0] if rows else ():
            values = {k: [row[method][k] for row in rows] for k in rows[0][method]}
            out.setdefault(name, {})[method] = {
                k: float(f"{np.mean(v):.4g}") for k, v in values.items()
            }
    return out


def main() -> None:
    """Measure, print, and write one results file for this machine."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--scenes", nargs="*", default=SCENES)
    parser.add_argument("--orbits", nargs="*", default=tuple(ORBITS), choices=tuple(ORBITS))
    parser.add_argument("--reference-spp", type=int, default=REFERENCE_SPP)
    parser.add_argument("--out", type=Path, default=RESULTS / "consistency.json")
    given = parser.parse_args()
    results: dict[str, Any] = {}
    for name in given.scenes:
        for what in given.orbits:
            found = judge(kit.scene(name), *ORBITS[what], given.reference_spp)
            results.setdefault(name, {})[what] = found
            for method, row in found.items():
                told = " ".join(f"{k} {v:.4g}" for k, v in row.items())
                print(f"{name}, {what}, {method}: {told}", flush=True)
    command = f"python -m benchmarks.consistency --reference-spp {given.reference_spp}"
    command += f" --scenes {' '.join(given.scenes)} --orbits {' '.join(map(repr, given.orbits))}"
    question = (__doc__ or "").splitlines()[0]
    write(given.out, question, command, {"summary": summary(results), "scenes": results})


if __name__ == "__main__":
    main()

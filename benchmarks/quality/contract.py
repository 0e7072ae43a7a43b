"""Does the refiner keep its contract on scenes that it has never seen?

    python -m benchmarks.quality.contract

Of the held-out scenes: how much of the reference's stone pixels the interval holds, and its mean
width in standard deviations of the traced pixels as the reference measures them; the largest change
of a part's light, in units of what is allowed; the contrast across facet edges, as the slope of the
refined steps over the reference's; and how many frames fell back.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.kit.references import reference
from benchmarks.quality.samples import chain
from benchmarks.quality.scenes import held_out
from benchmarks.record import RESULTS, write
from engine.refine.contract import edges, interval
from engine.refine.neural import Neural
from engine.refine.planes import planes
from engine.scene import Scene
from engine.types import Frame, ImageArray

SPP = (4, 8, 16)
SEED = 1


@dataclass(frozen=True)
class Kept:
    """How a frame keeps the contract; see the module. bounded : as in `Fidelity`."""

    held: float
    width: float
    bounded: float
    energy: float
    contrast: float
    fell_back: bool


def measure(frame: Frame, truth: ImageArray) -> Kept:
    """Check one frame against its reference, [H, W, 3] XYZ over the same backdrop."""
    told = planes(frame)
    stone = told.stone[0, 0].numpy()
    low, high = (bound[0].permute(1, 2, 0).numpy()[stone] for bound in interval(told))
    shown, traced = truth[stone], frame.xyz[stone]
    deviation = np.sqrt(np.mean((traced - shown) ** 2, axis=0))
    refined, found = Neural().refined(frame)
    return Kept(
        held=float(((shown >= low) & (shown <= high)).mean()),
        width=float(((high - low).mean(axis=0) / deviation).mean()),
        bounded=found.bounded,
        energy=max(abs(change) / most for change, most in found.energy.values()),
        contrast=_slope(refined, truth),
        fell_back=not found.kept,
    )


def _slope(refined: Frame, truth: ImageArray) -> float:
    """Σ steps refined x steps shown / Σ steps shown², across facet edges of stones."""
    both = shown = 0.0
    for axis in (0, 1):
        here = edges(refined, axis)
        ours, theirs = (np.diff(i[..., 1].astype(float), axis=axis)[here] for i in
                        (refined.xyz, truth))  # fmt: skip
        both, shown = both + float((ours * theirs).sum()), shown + float((theirs**2).sum())
    return both / shown if shown else float("nan")


def judge(scene: Scene, reference_spp: int) -> dict[str, Any]:
    """Every sample count of one scene; nothing where no stone is seen."""
    truth = reference(scene, reference_spp).xyz
    rows = {}
    for spp in SPP:
        frame = chain(scene, spp, SEED)
        if frame.backdrop is not None and (frame.features.stone > 0.5).any():
            rows[str(spp)] = asdict(measure(frame, truth))
    return rows


def main() -> None:
    """Measure, print, and write one results file for this machine."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--reference-spp", type=int, default=512)
    parser.add_argument("--out", type=Path, default=RESULTS / "contract.json")
    given = parser.parse_args()
    results = {name: judge(scene, given.reference_spp) for name, scene in held_out()}
    summary = {}
    for spp in map(str, SPP):
        rows = [r[spp] for r in results.values() if spp in r]
        median = {k: float(np.nanmedian([r[k] for r in rows])) for k in rows[0]}
        worst = {"held": min(r["held"] for r in rows), "energy": max(r["energy"] for r in rows),
                 "contrast": float(np.nanmin([r["contrast"] for r in rows])),
                 "fell_back": sum(r["fell_back"] for r in rows)}  # fmt: skip
        summary[spp] = {"scenes": len(rows), "median": median, "worst": worst}
        print(spp, {k: round(v, 4) for k, v in median.items()}, worst, flush=True)
    question = (__doc__ or "").splitlines()[0]
    command = f"python -m benchmarks.quality.contract --reference-spp {given.reference_spp}"
    write(given.out, question, command, {"summary": summary, "scenes": results})


if __name__ == "__main__":
    main()

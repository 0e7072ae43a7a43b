"""How much closer to the truth does refining bring a picture of 8 samples per pixel?

Run as `python -m benchmarks.refine`. Six scenes of 192 x 192 that the filter was not tuned on are
traced by the chain estimator, and measured against the kit's references of 2048 samples; the first
run takes some minutes per scene.
"""

from __future__ import annotations

import argparse
import json
import statistics
from dataclasses import asdict
from pathlib import Path
from typing import Any

import engine
from benchmarks.kit.metrics import MASKS, Error, Yardstick, opaque
from benchmarks.kit.references import reference
from benchmarks.record import RESULTS, write
from engine.scene import Scene
from scenes.pieces import build

SIZE = (192, 192)
SEED = 1


def scenes() -> dict[str, Scene]:
    """The six scenes, by name."""
    solitaire = build("solitaire")
    step = build("solitaire", cut="emerald", stone_mm=5.5, profile="d")
    oval = build("solitaire", cut="oval", stone_mm=6.0, size=52)
    three = build("three-stone")
    mixed = build("three-stone", cut="emerald", side_cut="round")
    square = build("solitaire", cut="princess", stone_mm=5.0, profile="flat")
    gold, white, rose = "gold-18k-yellow", "gold-18k-white", "gold-18k-rose"
    return {
        "brilliant-tent": _scene(solitaire, gold, "diamond", "tent", "three-quarter"),
        "emerald-cut-fire": _scene(step, "platinum-950", "diamond", "fire", "30/25"),
        "oval-tent": _scene(oval, rose, "ruby", "tent", "20/45"),
        "three-stone-fire": _scene(three, white, "diamond", "fire", "front"),
        "three-stone-tent": _scene(mixed, gold, "sapphire", "tent", "40/30"),
        "princess-fire": _scene(square, "silver-925", "emerald", "fire", "-30/30"),
    }


def _scene(piece: engine.Piece, metal: str, stone: str, studio: str, view: str) -> Scene:
    return engine.compose(piece, metal=metal, stone=stone, studio=studio, view=view, size=SIZE)


def measure(scene: Scene, spp: int, reference_spp: int) -> dict[str, Any]:
    """Errors of one scene before and after refining."""
    truth = reference(scene, reference_spp)
    stick = Yardstick(truth.xyz)
    before = engine.trace(scene, spp=spp, seed=SEED, sketch=True)[0]
    after = engine.refine(engine.Frames(1, lambda _: before))[0]
    noisy, refined = (stick.errors(opaque(f), truth.within) for f in (before, after))
    return {
        "masks": {name: _compared(noisy[name], refined[name]) for name in noisy},
        "energy_change": after.provenance["refine"]["energy_change"],
    }


def _compared(before: Error, after: Error) -> dict[str, Any]:
    lower = {name: 1 - asdict(after)[name] / value for name, value in asdict(before).items()}
    rows = {"before": asdict(before), "after": asdict(after), "lower": lower}
    return {key: {name: round(v, 5) for name, v in row.items()} for key, row in rows.items()}


def summary(results: dict[str, dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Median over the scenes of how much lower each error is, per mask."""
    return {
        mask: {
            name: round(
                statistics.median(r["masks"][mask]["lower"][name] for r in results.values()), 4
            )
            for name in ("flip", "relmse", "chroma")
        }
        for mask in MASKS
    }


def main() -> None:
    """Measure, print, and write one results file for this machine."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--spp", type=int, default=8)
    parser.add_argument("--reference-spp", type=int, default=2048)
    parser.add_argument("--out", type=Path, default=RESULTS / "refine.json")
    given = parser.parse_args()
    results = {}
    for name, scene in scenes().items():
        results[name] = measure(scene, given.spp, given.reference_spp)
        print(name, results[name]["masks"]["all"]["lower"], flush=True)
    command = f"python -m benchmarks.refine --spp {given.spp}"
    gained = summary(results)
    write(
        given.out,
        (__doc__ or "").splitlines()[0],
        f"{command} --reference-spp {given.reference_spp}",
        {"median_lower": gained, "scenes": results},
    )
    print(json.dumps(gained, indent=2))


if __name__ == "__main__":
    main()

"""How much closer to the truth does refining bring a picture of 8 samples per pixel?

Run as `python -m benchmarks.refine`. Six scenes of 192 x 192 that the filter was not tuned on are
traced by the chain estimator; the reference is the same estimator with 2048 samples and another
seed. References are kept, by content, in the folder that CULET_BENCH_CACHE names (by default
within the system's folder for temporary files); the first run takes some minutes per scene.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import statistics
import tempfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

import engine
from benchmarks.metrics import Error, Yardstick, masks
from benchmarks.record import RESULTS, ROOT, write
from engine.scene import Scene
from engine.types import Frame
from scenes.pieces import build

SIZE = (192, 192)
SEED, REFERENCE_SEED = 1, 2_000_003
SOURCES = ("engine/trace", "engine/optics", "materials")


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


def reference(scene: Scene, spp: int, cache: Path) -> Frame:
    """The frame of `scene` at `spp`; its light is kept in `cache`."""
    path = cache / f"{_key(scene, spp)}.npy"
    guide = engine.trace(scene, spp=1, seed=REFERENCE_SEED)[0]
    if not path.exists():
        xyz = engine.trace(scene, spp=spp, seed=REFERENCE_SEED)[0].xyz
        cache.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}")
        with fresh.open("wb") as file:
            np.save(file, xyz)
        os.replace(fresh, path)
    return replace(guide, xyz=np.load(path))


def _key(scene: Scene, spp: int) -> str:
    """Hash of all that a reference depends on."""
    digest = hashlib.sha256()
    for part in scene.piece.parts:
        digest.update(scene.piece.vertices(part).tobytes())
        digest.update(scene.piece.meshes[part.mesh].faces.tobytes())
    told = (dict(scene.materials), scene.ground, scene.view, scene.lens, scene.size, spp)
    digest.update(repr(told).encode() + scene.studio.model_dump_json().encode())
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*.*")):
            if path.suffix in (".py", ".yaml", ".csv", ".npz"):
                digest.update(path.read_bytes())
    return digest.hexdigest()[:24]


def measure(scene: Scene, spp: int, reference_spp: int, cache: Path) -> dict[str, Any]:
    """Errors of one scene before and after refining."""
    truth = Yardstick(reference(scene, reference_spp, cache))
    before = engine.trace(scene, spp=spp, seed=SEED)[0]
    within = masks(before)
    after = engine.refine(engine.Frames(1, lambda _: before))[0]
    noisy, refined = truth.errors(before, within), truth.errors(after, within)
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
            for name in ("flip", "relmse")
        }
        for mask in ("stone", "metal", "all")
    }


def main() -> None:
    """Measure, print, and write one results file for this machine."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--spp", type=int, default=8)
    parser.add_argument("--reference-spp", type=int, default=2048)
    parser.add_argument("--out", type=Path, default=RESULTS / "refine.json")
    given = parser.parse_args()
    default = Path(tempfile.gettempdir()) / "culet-bench"
    cache = Path(os.environ.get("CULET_BENCH_CACHE", default))
    results = {}
    for name, scene in scenes().items():
        results[name] = measure(scene, given.spp, given.reference_spp, cache)
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

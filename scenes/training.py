"""The refiner's training data: windows of sampled scenes, noisy, with what they show.

    python -m scenes.training FOLDER --scenes 200 [--split training] [--worker 0/2]

Every scene is a shard of its own (`engine.refine.shots`), written whole; a run that was interrupted
goes on where it stopped, and several workers share one folder. Each holds three neighbouring views
of two windows, traced at 1 to 32 samples per pixel in one run, and two independent halves of what
they show. At least half of the windows lie on stones. Two scenes in a row are of different designs
in the same materials and light: kernels are compiled for what a scene is made of, which takes
longer than tracing it. `manifest.json` tells settings, versions, seeds and hashes of all shards.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from engine import images
from engine.errors import CuletError, InputError, SceneError
from engine.refine import shots
from engine.scene import Scene, View, project, resolve_camera
from engine.trace import Workbench, ladder
from engine.trace.ladder import Window
from engine.types import FloatArray
from scenes.recipe import Recipe, Split
from scenes.sampler import SPLITS, draw

#: Sides of the whole pictures of which windows are taken, in pixels.
SIDES = (160, 224, 320, 448)
#: Side of the pictures in which a place for the window is looked for.
SCOUT = 96
#: Chance that a window lies on a stone, where the piece has any.
ON_STONES = 0.5
#: Degrees from one view to the next; views of each place, and places of a scene.
STEPS = (1.0, 10.0)
VIEWS, PLACES = 3, 2
#: Scenes in a row that share materials and light.
ALIKE = 2
#: Of the scenes without stones, one in so many is made: stones are what is hard.
STONELESS = 5
#: Keeps the seeds of what is to be shown away from those of the inputs.
FAR = 1 << 31
#: Packages whose version a shard depends on.
PACKAGES = ("culet", "mitsuba", "drjit")


@dataclass(frozen=True)
class Plan:
    """What a shard holds: side of the window in pixels, samples per pixel of the inputs and of each
    half of what they show."""

    side: int = 96
    spp: tuple[int, ...] = (1, 2, 4, 8, 16, 32)
    half_spp: int = 16


def make(recipe: Recipe, plan: Plan) -> tuple[tuple[shots.Shot, ...], dict[str, Any]]:
    """The views of a scene and what is to be said about it.

    Raises CuletError where the scene cannot be made.
    """
    rng = np.random.default_rng([SPLITS.index(recipe.split), recipe.seed, 2])
    bench = Workbench()
    whole = int(rng.choice(SIDES))
    scene = recipe.scene((whole, whole))
    step = float(rng.choice(STEPS)) * float(rng.choice((-1, 1)))
    caustics = bool(_look(recipe.seed) // ALIKE % 2)
    taken = []
    for number in range(PLACES * VIEWS):
        if number % VIEWS == 0:
            place = _place(scene, rng, bench)
        azimuth = scene.view.azimuth_deg + step * (number % VIEWS)
        view = replace(scene.view, azimuth_deg=azimuth)
        run = partial(
            ladder,
            scene,
            view,
            window=_window(scene, view, place, plan.side),
            caustics=caustics,
            workbench=bench,
        )
        seed = PLACES * VIEWS * recipe.seed + number
        halves = [
            run(spp=(plan.half_spp,), seed=FAR + 2 * seed + half, sketch=False)[0].xyz
            for half in range(2)
        ]
        taken.append(shots.Shot(run(spp=plan.spp, seed=seed), np.stack(halves)))
    told = {"recipe": recipe.to_json(), "side": whole, "step_deg": step, "caustics": caustics}
    return tuple(taken), told


def _look(seed: int) -> int:
    """The seed of the scene whose materials and light a scene has."""
    return seed - seed % ALIKE


def recipe_of(seed: int, split: Split) -> Recipe:
    """What a shard shows."""
    made, look = draw(seed, split), draw(_look(seed), split)
    shared = ("metal", "stones", "finish", "rig", "studio", "ground", "lens")
    return replace(made, **{name: getattr(look, name) for name in shared})


def _place(scene: Scene, rng: np.random.Generator, bench: Workbench) -> FloatArray:
    """A point on the piece for the window to be about, mm: on a stone more often than not."""
    few = replace(scene, size=(SCOUT, SCOUT))
    features = ladder(few, spp=(1,), workbench=bench)[0].features
    piece, stones = features.part >= 0, (features.part >= 0) & (features.stone > 0.5)
    wanted = stones if stones.any() and rng.uniform() < ON_STONES else piece
    points = features.position[wanted]
    if len(points) == 0:
        raise SceneError("the piece is out of sight")
    found: FloatArray = points[int(rng.integers(len(points)))].astype(np.float64)
    return found


def _window(scene: Scene, view: View, place: FloatArray, side: int) -> Window:
    """The window of a view around a place, moved to lie within the picture."""
    pixel = project(resolve_camera(scene, view), place[None])[0][0]
    left, top = (
        int(np.clip(round(float(at)) - side // 2, 0, most - side))
        for at, most in zip(pixel, scene.size, strict=True)
    )
    return left, top, side, side


def generate(folder: Path, split: Split, seeds: Iterable[int], plan: Plan) -> Iterator[Path]:
    """Make the shards of these seeds that are not there yet, and yield each.

    A scene that cannot be made is logged and left out; so are most of those without stones.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _agree(folder, plan)
    for seed in seeds:
        path = folder / f"{split}-{seed:06d}.safetensors"
        recipe = recipe_of(seed, split)
        if path.exists() or (seed % STONELESS and not _holds_stones(recipe)):
            continue
        since = time.perf_counter()
        try:
            taken, told = make(recipe, plan)
        except CuletError as error:
            logging.warning("%s: left out: %s", path.stem, error)
            continue
        shots.write(path, taken, {**told, "seconds": round(time.perf_counter() - since, 1)})
        yield path


def _holds_stones(recipe: Recipe) -> bool:
    """Whether the design holds stones; those of rounds alone name no cut."""
    return bool(recipe.cuts) or recipe.piece in ("melee-ring", "pave-band")


def _agree(folder: Path, plan: Plan) -> None:
    """Note the plan in the folder, or find the same one there.

    Raises InputError where the folder's shards were made by another plan or version.
    """
    told = {"plan": asdict(plan), "versions": {name: version(name) for name in PACKAGES}}
    told = json.loads(json.dumps(told))
    path = folder / "plan.json"
    if not path.exists():
        _write(path, told)
    elif json.loads(path.read_text(encoding="utf-8")) != told:
        raise InputError(f"{path}: made by another plan or version; choose another folder")


def manifest(folder: Path) -> dict[str, Any]:
    """Settings and versions, and seed, hash and recipe of every shard in the folder."""
    told: dict[str, Any] = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    told["shards"] = {
        path.name: {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), **shots.about(path)}
        for path in sorted(folder.glob("*.safetensors"))
    }
    return told


def _write(path: Path, told: Any) -> None:
    text = json.dumps(told, indent=1) + "\n"
    images.replace(path, lambda fresh: fresh.write_text(text, encoding="utf-8"))


def main() -> None:
    """Make what is missing of the shards asked for, then write the manifest."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--scenes", type=int, default=200, help="seeds 0 to this one, less one")
    parser.add_argument("--split", choices=SPLITS, default="training")
    parser.add_argument("--worker", default="0/1", help="K/N: of N workers this is K, from 0")
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    first, step = (int(number) for number in given.worker.split("/"))
    seeds = [seed for seed in range(given.scenes) if seed // ALIKE % step == first]
    for number, path in enumerate(generate(given.folder, given.split, seeds, Plan())):
        logging.info("%d: %s, %s s", number + 1, path.name, shots.about(path)["seconds"])
    _write(given.folder / "manifest.json", manifest(given.folder))


if __name__ == "__main__":
    main()

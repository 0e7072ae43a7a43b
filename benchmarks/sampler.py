"""Is every random scene a piece that could be made, and what do the splits cover?

Run as `python -m benchmarks.sampler`. Builds and checks the pieces of 500 seeds, spread over the
three splits, and counts what they show. Each failure is printed with its seed. It takes an hour or
more; what has been checked is kept ($CULET_CACHE), so that an interrupted run goes on where it
stopped, and `--worker 0/2`, `--worker 1/2` share the work before the command alone sums it up.
"""

from __future__ import annotations

import argparse
import functools
import hashlib
import json
import os
import statistics
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import materials
from benchmarks.kit.cache import folder
from benchmarks.record import RESULTS, ROOT, write
from engine.cad.check import check
from engine.errors import CuletError
from scenes.pieces import PIECES
from scenes.recipe import Recipe, Split
from scenes.sampler import SPLITS, draw

#: Of the 500 seeds, how many in each split.
SHARES = {"training": 0.6, "validation": 0.2, "held-out": 0.2}


def fault(recipe: Recipe) -> str | None:
    """What is wrong with the scene of a recipe; None where it builds and passes its check."""
    try:
        piece = recipe.build()
        found = check(piece).errors
        recipe.scene(piece=piece)
    except CuletError as error:
        return f"{type(error).__name__}: {error}"
    return None if not found else f"{found[0].kind} ({len(found)}): {found[0].text}"


def coverage(recipes: Iterable[Recipe]) -> dict[str, dict[str, dict[str, int]]]:
    """How often each split shows what: split -> aspect -> value -> scenes."""
    table: dict[str, dict[str, Counter[str]]] = {}
    for recipe in recipes:
        rows = table.setdefault(recipe.split, {})
        for aspect, values in aspects(recipe).items():
            rows.setdefault(aspect, Counter()).update(values)
    return {
        split: {aspect: dict(sorted(count.items())) for aspect, count in rows.items()}
        for split, rows in table.items()
    }


def aspects(recipe: Recipe) -> dict[str, tuple[str, ...]]:
    """What a scene counts towards."""
    return {
        "family": (PIECES[recipe.piece].family,),
        "piece": (recipe.piece,),
        "cut": recipe.cuts,
        "metal": (recipe.metal,),
        "finish": (materials.finish(recipe.finish).kind,),
        "stone": tuple(sorted(set(recipe.stones.values()))),
        "studio": (recipe.rig,),
        "ground": ("of the studio" if recipe.ground is None else recipe.ground.kind,),
    }


def markdown(table: dict[str, dict[str, dict[str, int]]]) -> str:
    """The coverage as a table: a row per aspect and value, a column per split."""
    lines = [
        f"| what | {' | '.join(table)} |",
        f"| --- |{' ---: |' * len(table)}",
    ]
    for aspect in next(iter(table.values())):
        values = sorted({v for rows in table.values() for v in rows[aspect]})
        for value in values:
            counts = (str(rows[aspect].get(value, 0)) for rows in table.values())
            lines.append(f"| {aspect}: {value} | {' | '.join(counts)} |")
    return "\n".join(lines)


def verdicts(count: int, share: tuple[int, int]) -> None:
    """Build and check what is not known yet of a worker's share (K of N) of `count` scenes."""
    for number, (split, seed) in enumerate(scenes(count)):
        path = kept() / f"{split}-{seed}.json"
        if number % share[1] != share[0] or path.exists():
            continue
        recipe = draw(seed, split)
        since = time.perf_counter()
        found = fault(recipe)
        told = {"text": found, "seconds": round(time.perf_counter() - since, 3)}
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.write_text(json.dumps(told), encoding="utf-8")
        os.replace(fresh, path)
        if found is not None:
            print(f"{split} {seed} ({recipe.piece}): {found}", flush=True)


def scenes(count: int) -> Iterator[tuple[Split, int]]:
    """(split, seed) of `count` scenes."""
    for split in SPLITS:
        for seed in range(round(SHARES[split] * count)):
            yield split, seed


@functools.cache
def kept() -> Path:
    """Where verdicts are kept: a folder for what the code is that builds and checks."""
    digest = hashlib.sha256()
    for package in ("scenes", "engine/cad", "engine/scene", "materials"):
        for path in sorted((ROOT / package).rglob("*")):
            if path.suffix in (".py", ".yaml", ".yml", ".toml"):
                digest.update(path.read_bytes())
    return folder(f"sampler/{digest.hexdigest()[:16]}")


def result(count: int) -> dict[str, Any]:
    """What is known of `count` scenes."""
    recipes, faults, seconds = [], [], []
    for split, seed in scenes(count):
        told = json.loads((kept() / f"{split}-{seed}.json").read_text(encoding="utf-8"))
        recipe = draw(seed, split)
        recipes.append(recipe)
        seconds.append(told["seconds"])
        if told["text"] is not None:
            faults.append({"seed": seed, "split": split, "piece": recipe.piece, **told})
    return {
        "scenes": len(recipes),
        "faults": faults,
        "seconds_each": round(statistics.fmean(seconds), 3),
        "coverage": coverage(recipes),
    }


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--worker", help="K/N: only check the share K (from 0) of N")
    parser.add_argument("--out", type=Path, default=RESULTS / "sampler.json")
    given = parser.parse_args()
    if given.worker:
        first, of = (int(number) for number in given.worker.split("/"))
        verdicts(given.count, (first, of))
        return
    verdicts(given.count, (0, 1))
    found = result(given.count)
    print(f"{found['scenes']} scenes, {len(found['faults'])} at fault")
    print(markdown(found["coverage"]))
    command = f"python -m benchmarks.sampler --count {given.count}"
    write(given.out, "Is every random scene one that could be made?", command, found)


if __name__ == "__main__":
    main()

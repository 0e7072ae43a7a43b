"""Is every random scene a piece that could be made, and what do the splits cover?

Run as `python -m benchmarks.sampler`. Builds and checks the pieces of 500 seeds, spread over the
three splits, and counts what they show. Each failure is printed with its seed.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import materials
from benchmarks.record import RESULTS, write
from engine.cad.check import check
from engine.errors import CuletError
from scenes.pieces import PIECES
from scenes.recipe import Recipe
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


def run(count: int) -> dict[str, Any]:
    """Draw, build and check `count` scenes."""
    recipes, faults = [], []
    start = time.perf_counter()
    for split in SPLITS:
        for seed in range(round(SHARES[split] * count)):
            recipe = draw(seed, split)
            recipes.append(recipe)
            found = fault(recipe)
            if found is not None:
                faults.append({"seed": seed, "split": split, "piece": recipe.piece, "text": found})
                print(f"{split} {seed} ({recipe.piece}): {found}", flush=True)
    seconds = time.perf_counter() - start
    return {
        "scenes": len(recipes),
        "faults": faults,
        "seconds_each": round(seconds / len(recipes), 3),
        "coverage": coverage(recipes),
    }


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--out", type=Path, default=RESULTS / "sampler.json")
    given = parser.parse_args()
    result = run(given.count)
    print(f"{result['scenes']} scenes, {len(result['faults'])} at fault")
    print(markdown(result["coverage"]))
    command = f"python -m benchmarks.sampler --count {given.count}"
    write(given.out, "Is every random scene one that could be made?", command, result)


if __name__ == "__main__":
    main()

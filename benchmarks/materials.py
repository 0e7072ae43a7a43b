"""What do materials cost? Five at once against one; crystals against stones without their axes.

Run as `python -m benchmarks.materials`. Times are of `engine.trace` alone, at the same samples per
pixel, interleaved, warm, the median of five. Nothing else should run beside it.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import yaml

import engine
import materials
from benchmarks.kit.timing import interleaved, medians, stopwatch
from benchmarks.record import RESULTS, write
from engine.cad.cuts import round_brilliant, to_mesh
from engine.scene import Scene
from engine.types import Part, Piece

#: Five bodies, one of each; and five metals.
MIXED = ("gold-18k-yellow", "platinum-950", "pearl-white", "diamond", "ruby")
METALS = ("gold-18k-yellow", "gold-18k-rose", "gold-18k-white", "platinum-950", "silver-925")
#: Stones whose axes are left out for comparison.
CRYSTALS = ("moissanite", "ruby")


def bodies() -> Piece:
    """Five brilliants of 6.5 mm on their sides in a row, 8 mm apart."""
    mesh = to_mesh(round_brilliant(diameter=6.5))
    low = -float(mesh.vertices[:, 2].min())
    parts = []
    for i in range(5):
        place = np.eye(4)
        place[:3, 3] = (8.0 * (i - 2), 0.0, low)
        parts.append(Part(f"body {i + 1}", 0, place, "stone"))
    return Piece((mesh,), tuple(parts), name="five")


def dressed(piece: Piece, names: tuple[str, ...], size: int) -> Scene:
    """The bodies in these materials, one after the other."""
    scene = engine.compose(piece, studio="tent", size=(size, size))
    made_of = {part.name: names[i % len(names)] for i, part in enumerate(piece.parts)}
    return replace(scene, materials=made_of)


def plain(name: str, folder: Path) -> str:
    """The stone without its axes: the path of a file written for it."""
    told = materials.load(name).model_dump(mode="json", by_alias=True, exclude={"crystal"})
    path = folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump(told), encoding="utf-8")
    return str(path)


def scenes(size: int, folder: Path) -> dict[str, Scene]:
    """What is timed, by name."""
    five = bodies()
    one = replace(five, parts=five.parts[2:3])
    singles = {name: dressed(five, (name,), size) for name in (*MIXED, *METALS)}
    stones = {f"{name}, alone": dressed(one, (name,), size) for name in CRYSTALS}
    without = {
        f"{name}, without axes": dressed(one, (plain(name, folder),), size) for name in CRYSTALS
    }
    return {
        **singles,
        "five metals": dressed(five, METALS, size),
        "five materials": dressed(five, MIXED, size),
        **stones,
        **without,
    }


def task(scene: Scene, spp: int) -> Callable[[int], float]:
    """Trace one frame; the seconds it takes."""
    return lambda number: stopwatch(lambda: engine.trace(scene, spp=spp, seed=number)[0])


def ratios(seconds: Mapping[str, float]) -> dict[str, float]:
    """What is asked: five over the mean of each alone, stones over themselves without axes."""

    def mean(names: tuple[str, ...]) -> float:
        return sum(seconds[name] for name in names) / len(names)

    found = {
        "five metals over one": seconds["five metals"] / mean(METALS),
        "five materials over one": seconds["five materials"] / mean(MIXED),
    }
    for name in CRYSTALS:
        alone = seconds[f"{name}, alone"] / seconds[f"{name}, without axes"]
        found[f"{name} over itself without axes"] = alone
    return {name: round(value, 3) for name, value in found.items()}


def main() -> None:
    """Measure, print, and write one results file for this machine."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--size", type=int, default=384)
    parser.add_argument("--spp", type=int, default=16)
    parser.add_argument("--out", type=Path, default=RESULTS / "materials.json")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        timed = scenes(given.size, Path(name))
        seconds = medians(interleaved({n: task(s, given.spp) for n, s in timed.items()}))
    found = ratios(seconds)
    command = f"python -m benchmarks.materials --size {given.size} --spp {given.spp}"
    rounded = {name: round(value, 4) for name, value in seconds.items()}
    question = (__doc__ or "").splitlines()[0]
    write(given.out, question, command, {"seconds": rounded, "ratios": found})
    for name, value in {**rounded, **found}.items():
        print(f"{name:>40} {value:8.3f}")


if __name__ == "__main__":
    main()

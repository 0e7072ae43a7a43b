"""How long does a turn of a ring with 61 stones take, and does its memory grow with the views?

    python -m benchmarks.turntable [--views 36] [--size 512]

One process, from the composed scene to the last written PNG: 8 samples per pixel, views refined
together. Told are the seconds of each view and the most memory that the process has held after 1/6,
1/2 and all of them.
"""

from __future__ import annotations

import argparse
import itertools
import resource
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import engine
from benchmarks.kit import scenes as kit
from benchmarks.record import RESULTS, write
from engine.scene import orbit

SCENE = "ring-61"


def measure(views: int, size: int) -> dict[str, Any]:
    """Seconds and memory of a turn."""
    scene = replace(kit.scene(SCENE), size=(size, size))
    at, held = list[float](), list[float]()

    def note(stage: str, done: int, total: int) -> None:
        if stage == "save":
            at.append(time.perf_counter() - since)
            held.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)

    with tempfile.TemporaryDirectory() as folder:
        since = time.perf_counter()
        engine.turntable(scene, orbit(views, 20.0), folder, progress=note)
    each = [b - a for a, b in itertools.pairwise(at)]
    return {
        "scene": SCENE,
        "stones": sum(part.role == "stone" for part in scene.piece.parts),
        "views": views,
        "size": size,
        "total_s": round(at[-1], 1),
        "first_s": round(at[0], 1),
        "view_s": round(statistics.median(each), 2),
        "peak_mb": {str(n): round(held[n - 1]) for n in (max(1, views // 6), views // 2, views)},
    }


def main() -> None:
    """Measure, print, and write one results file for this machine."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--views", type=int, default=36)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--out", type=Path, default=RESULTS / "turntable.json")
    given = parser.parse_args()
    found = measure(given.views, given.size)
    print(found)
    question = (__doc__ or "").splitlines()[0]
    command = f"python -m benchmarks.turntable --views {given.views} --size {given.size}"
    write(given.out, question, command, found)


if __name__ == "__main__":
    main()

"""How long does each stage take? At 1024 x 1024 and 8 spp, in a fresh process and warm.

Run as `python -m benchmarks.stages`, with `--size 512 --repeat 3` for less. The piece is the
repository's own solitaire, read from a CAD file. A fresh process pays for imports and for
compiling kernels (Dr.Jit may find these in its cache); warm is the median of the runs that follow
the first one in the same process. Nothing else should run beside it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import engine
from benchmarks.record import RESULTS, write
from engine.pipeline import Clock, Settings
from scenes.pieces import build


def once(cad: Path, folder: Path, size: int, spp: int) -> dict[str, float]:
    """Seconds per stage from the CAD file to the PNG."""
    clock = Clock()
    with clock.stage("load"):
        piece = engine.load(cad)
    with clock.stage("compose"):
        scene = engine.compose(piece, size=(size, size))
    pictures = engine.render(scene, settings=Settings(spp=spp), clock=clock)
    with clock.stage("save"):
        engine.save(pictures, folder / "ring.png")
    return clock.seconds


def fresh(cad: Path, folder: Path, size: int, spp: int) -> dict[str, float]:
    """The same in a process of its own, and under "start" what it takes besides: the imports."""
    code = "import sys; from benchmarks.stages import report_once; report_once(*sys.argv[1:])"
    since = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code, str(cad), str(folder), str(size), str(spp)],
        check=True,
        capture_output=True,
        text=True,
    )
    wall = time.perf_counter() - since
    seconds: dict[str, float] = json.loads(done.stdout)
    return {"start": wall - sum(seconds.values()), **seconds}


def report_once(cad: str, folder: str, size: str, spp: str) -> None:
    """`once`, from text to JSON on standard output."""
    print(json.dumps(once(Path(cad), Path(folder), int(size), int(spp))))


def medians(runs: list[dict[str, float]]) -> dict[str, float]:
    """The median of every stage."""
    return {stage: statistics.median(run[stage] for run in runs) for stage in runs[0]}


def main() -> None:
    """Measure, print, and write one results file for this machine."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--size", type=int, default=1024)
    parser.add_argument("--spp", type=int, default=8)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--out", type=Path, default=RESULTS / "stages.json")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cad = engine.write(build("solitaire"), folder / "ring.3dm")
        job = (cad, folder, given.size, given.spp)
        cold = fresh(*job)
        once(*job)
        warm = medians([once(*job) for _ in range(given.repeat)])
    write(
        given.out,
        (__doc__ or "").splitlines()[0],
        f"python -m benchmarks.stages --size {given.size} --spp {given.spp}",
        {"repeat": given.repeat, "fresh": cold, "warm": warm},
    )
    print(f"{'':>8} {'fresh':>9} {'warm':>9}")
    for stage, seconds in cold.items():
        print(f"{stage:>8} {seconds:7.2f} s {warm.get(stage, 0.0):7.2f} s")
    print(f"{'in all':>8} {sum(cold.values()):7.2f} s {sum(warm.values()):7.2f} s")


if __name__ == "__main__":
    main()

"""How fast, and in how much memory? A large picture of 61 stones, and one stone against 200.

    python -m benchmarks.kit.throughput

warm  : seconds of one call of `engine.trace` on the ring, 512 x 512 at 8 spp, set-up included; the
        set-up alone beside it.
fresh : the same from the CAD file in a process of its own whose kernels another one has compiled
        and cached, stage by stage; "start" is what it takes besides, mostly imports. `peak_mb` is
        the most memory that this process ever held.
stones: seconds per sample that meets a stone, when the same share of the picture is one large
        brilliant or many small ones, seen from above.
"""

from __future__ import annotations

import argparse
import functools
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.spatial import ConvexHull

import engine
from benchmarks.kit import scenes
from benchmarks.kit.timing import REPEAT, interleaved, medians
from engine.cad.cuts import round_brilliant, to_mesh
from engine.scene import Scene, View, project, resolve_camera
from engine.types import FloatArray, Part, Piece

SIZE, SPP = (512, 512), 8
COUNTS = (1, 7, 50, 200)
#: Share of the picture that the stones of a field cover.
COVERAGE = 0.4
FIELD_SIZE = (256, 256)
#: mm: one stone; many have its area together.
LARGEST = 12.0
#: Distance of neighbours' centres over their diameter.
PITCH = 1.05


def measure(repeat: int = REPEAT) -> dict[str, Any]:
    """All figures, as JSON values."""
    ring = scenes.scene("ring-61")
    with tempfile.TemporaryDirectory() as name:
        cad = scenes.ring_file() or engine.write(ring.piece, Path(name) / "ring.3dm")
        fresh(cad)  # fills the cache of kernels
        alone = fresh(cad)
    return {
        "ring": {
            "size": list(SIZE),
            "spp": SPP,
            "stones": sum(part.role == "stone" for part in ring.piece.parts),
            "source": scenes.source("ring-61"),
            "warm": warm(replace(ring, size=SIZE), repeat),
            "fresh": alone,
        },
        "fields": stones(repeat),
    }


def warm(scene: Scene, repeat: int) -> dict[str, float]:
    """Median seconds of tracing `scene` anew, and of its set-up within them."""
    setups: list[float] = []

    def trace(number: int) -> float:
        since = time.perf_counter()
        frame = engine.trace(scene, spp=SPP, seed=number, device="cpu")[0]
        seconds = time.perf_counter() - since
        setups.append(frame.provenance["trace"]["compile_s"])
        return seconds

    seconds = medians(interleaved({"warm": trace}, repeat))["warm"]
    return {"seconds": seconds, "setup": float(np.median(setups[1:]))}


def fresh(cad: Path) -> dict[str, float]:
    """Seconds per stage in a process of its own, in all, and its peak memory in MB."""
    code = "import sys; from benchmarks.kit.throughput import once; once(sys.argv[1])"
    since = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code, str(cad)], check=True, capture_output=True, text=True
    )
    total = time.perf_counter() - since
    told: dict[str, float] = json.loads(done.stdout)
    peak = told.pop("peak_mb")
    return {"start": total - sum(told.values()), **told, "total": total, "peak_mb": peak}


def once(cad: str) -> None:
    """Load, dress and trace the ring once; JSON on standard output."""
    seconds: dict[str, float] = {}

    def stage(name: str, work: Callable[[], Any]) -> Any:
        since = time.perf_counter()
        made = work()
        seconds[name] = time.perf_counter() - since
        return made

    scene = replace(stage("load", lambda: scenes.ring_61(Path(cad))), size=SIZE)
    stage("trace", lambda: engine.trace(scene, spp=SPP, seed=0, device="cpu")[0])
    print(json.dumps({**seconds, "peak_mb": peak_mb()}))


def peak_mb() -> float:
    """The most memory that this process has held, MB."""
    unit = 1 if sys.platform == "darwin" else 1024  # bytes there, kilobytes here
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def stones(repeat: int) -> dict[str, Any]:
    """Nanoseconds per stone sample for each of COUNTS, and their growth from first to last."""
    fields = {count: field(count) for count in COUNTS}
    shares: dict[int, float] = {}

    def task(count: int) -> Callable[[int], float]:
        def trace(number: int) -> float:
            since = time.perf_counter()
            frame = engine.trace(fields[count], spp=SPP, seed=number, device="cpu")[0]
            setup = float(frame.provenance["trace"]["compile_s"])
            shares[count] = float(frame.features.stone.mean())
            return time.perf_counter() - since - setup

        return trace

    seconds = medians(interleaved({count: task(count) for count in COUNTS}, repeat))
    samples = FIELD_SIZE[0] * FIELD_SIZE[1] * SPP
    rows = {
        str(count): {
            "coverage": shares[count],
            "seconds": seconds[count],
            "ns_per_stone_sample": 1e9 * seconds[count] / (samples * shares[count]),
        }
        for count in COUNTS
    }
    first, last = (rows[str(count)]["ns_per_stone_sample"] for count in (COUNTS[0], COUNTS[-1]))
    return {"counts": rows, "growth": last / first}


@functools.cache
def field(count: int) -> Scene:
    """`count` equal brilliants side by side, from above, covering COVERAGE of the picture."""
    diameter = LARGEST / np.sqrt(count)
    mesh = to_mesh(round_brilliant(diameter=diameter))
    lift = scenes.AIR - float(mesh.vertices[:, 2].min())
    parts = []
    for number, (x, y) in enumerate(_lattice(count) * diameter * PITCH):
        move = np.eye(4)
        move[:3, 3] = (x, y, lift)
        parts.append(Part(f"stone {number + 1}", 0, move, "stone"))
    piece = Piece((mesh,), tuple(parts), "other", f"field of {count}")
    scene = engine.compose(
        piece, stone="diamond", ground=scenes.WHITE, view=View(0, 90, 0.5), size=FIELD_SIZE
    )
    for _ in range(3):  # the share is nearly, not quite, in proportion to the square of `fill`
        fill = scene.view.fill * np.sqrt(COVERAGE / covered(scene))
        scene = replace(scene, view=View(0, 90, float(fill)))
    return scene


def covered(scene: Scene) -> float:
    """Share of the picture that convex parts, none in front of another, cover."""
    camera = resolve_camera(scene)
    outlines = [project(camera, scene.piece.vertices(part))[0] for part in scene.piece.parts]
    area = sum(ConvexHull(outline).volume for outline in outlines)
    return float(area / (camera.size[0] * camera.size[1]))


def _lattice(count: int) -> FloatArray:
    """The `count` points of a triangular lattice of unit pitch that are nearest to the origin."""
    reach = np.arange(-20, 21)
    i, j = (a.ravel() for a in np.meshgrid(reach, reach))
    points = np.stack([i + j / 2, j * np.sqrt(3) / 2], axis=1)
    # Rounded, so that points equally far are taken in one order everywhere.
    order = np.lexsort((points[:, 1], points[:, 0], np.round(np.hypot(*points.T), 9)))
    nearest: FloatArray = points[order[:count]]
    return nearest


def report(found: dict[str, Any]) -> str:
    """The figures in Markdown."""
    ring, fields = found["ring"], found["fields"]
    width, height = ring["size"]
    alone = ring["fresh"]
    stages = ", ".join(f"{n} {alone[n]:.1f}" for n in ("start", "load", "trace"))
    counts = ", ".join(
        f"{count}: {row['ns_per_stone_sample']:.0f}" for count, row in fields["counts"].items()
    )
    return "\n".join(
        [
            "| throughput | measured | asked |",
            "| --- | ---: | ---: |",
            f"| {width} x {height}, {ring['spp']} spp, {ring['stones']} stones, warm "
            f"| {ring['warm']['seconds']:.1f} s | 4 s |",
            f"| of that, set-up of the scene | {ring['warm']['setup']:.2f} s | 1 s |",
            f"| the same in a fresh process, kernels cached (s: {stages}) "
            f"| {alone['total']:.1f} s | 12 s |",
            f"| its peak memory | {alone['peak_mb']:.0f} MB | 2000 MB |",
            f"| time per stone sample, {COUNTS[-1]} stones over one (ns by number of stones: "
            f"{counts}) | {fields['growth']:.2f} | 1.5 |",
        ]
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--repeat", type=int, default=REPEAT)
    print(report(measure(parser.parse_args().repeat)))


if __name__ == "__main__":
    main()

"""How long does the refiner take, in how much memory, and do more samples always help?

    python -m benchmarks.quality.scaling

time  : seconds of refining a picture of a solitaire, its checks among them; the median of five,
        warm. `peak_mb` is the most memory that a process holds which does nothing else, as Linux
        tells it, `own_mb` how much of that came on top of the loaded frame and libraries.
error : of the refined picture after 1 to 256 samples of one run, against a reference; relMSE.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.kit import scenes
from benchmarks.kit.metrics import opaque
from benchmarks.kit.references import reference
from benchmarks.quality.errors import Ruler
from benchmarks.record import RESULTS, write
from engine.refine import shots
from engine.refine.neural import Neural

#: The pictures whose refining is timed: of what, their sides in pixels, and their samples.
TIMED, SIDES, SPP = "solitaire-white", (256, 512, 1024, 2048), 8
REPEAT = 5
SAMPLES = tuple(2**n for n in range(9))
#: Whose errors are followed.
NAMES = ("loose-brilliant", "solitaire-white", "bezel-sapphire")
SEED = 1


def timed() -> dict[str, Any]:
    """Seconds and memory by the picture's side."""
    from engine.trace import ladder

    found = {}
    with tempfile.TemporaryDirectory() as name:
        for side in SIDES:
            path = Path(name) / f"{side}.safetensors"
            scene = replace(scenes.scene(TIMED), size=(side, side))
            frame = ladder(scene, spp=(SPP,), seed=SEED, device="cpu")[0]
            shots.write(path, [shots.Shot((frame,), np.stack([frame.xyz] * 2))], {})
            command = [sys.executable, "-m", "benchmarks.quality.scaling", "--alone", str(path)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            found[str(side)] = json.loads(done.stdout)
            print(side, found[str(side)], flush=True)
    return found


def alone(path: Path) -> dict[str, float]:
    """The same of one picture, in a process that does nothing else."""
    frame, refine = shots.read(path)[0].frames[0], Neural()
    # Reading takes more than refining does: forget the peak so far.
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before, seconds = _memory_mb("VmRSS"), []
    refine(frame)
    for _ in range(REPEAT):
        since = time.perf_counter()
        refine(frame)
        seconds.append(time.perf_counter() - since)
    return {
        "seconds": round(statistics.median(seconds), 3),
        "peak_mb": round(_memory_mb("VmHWM")),
        "own_mb": round(_memory_mb("VmHWM") - before),
    }


def _memory_mb(field: str) -> float:
    """Memory of this process by the name that the kernel has for it: now, or at most so far."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith(field)).split()[1]) / 1024


def errors(name: str, reference_spp: int) -> dict[str, Any]:
    """Mask -> relMSE after each of `SAMPLES`, and whether it falls every time."""
    from engine.trace import ladder

    scene = scenes.scene(name)
    ruler, refine = Ruler(reference(scene, reference_spp)), Neural()
    found: dict[str, list[float]] = {}
    for frame in ladder(scene, spp=SAMPLES, seed=SEED, device="cpu"):
        for mask, error in ruler.errors(opaque(refine(frame))).items():
            found.setdefault(mask, []).append(float(f"{error['relmse']:.4g}"))
    falls = {mask: bool(np.all(np.diff(values) < 0)) for mask, values in found.items()}
    return {"relmse": found, "falls": falls}


def main() -> None:
    """Measure, print, and write one results file for this machine."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--alone", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--reference-spp", type=int, default=512)
    parser.add_argument("--out", type=Path, default=RESULTS / "scaling.json")
    given = parser.parse_args()
    if given.alone:
        print(json.dumps(alone(given.alone)))
        return
    result: dict[str, Any] = {"time": timed(), "samples": list(SAMPLES), "error": {}}
    for name in NAMES:
        result["error"][name] = errors(name, given.reference_spp)
        print(name, result["error"][name], flush=True)
    command = f"python -m benchmarks.quality.scaling --reference-spp {given.reference_spp}"
    write(given.out, (__doc__ or "").splitlines()[0], command, result)


if __name__ == "__main__":
    main()

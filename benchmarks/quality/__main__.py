"""Does the refiner finish pictures better than other denoisers, from the same samples?

    python -m benchmarks.quality --control control/network.safetensors

Every method gets the same frames: our chain samples of all scenes, and the baseline's of those that
it can show. Nothing is timed here; `benchmarks.quality.job` does that.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.kit.baseline import Baseline, twin
from benchmarks.kit.references import reference
from benchmarks.quality import samples
from benchmarks.quality.errors import Errors, Ruler
from benchmarks.quality.methods import Method, methods
from benchmarks.quality.scenes import scenes
from benchmarks.quality.summary import readme, summarise
from benchmarks.record import RESULTS, write
from engine.scene import Scene

SPP = (4, 8, 16)
SEED = 1
REFERENCE_SPP = 512

#: Samples -> spp -> method -> errors.
Table = dict[str, dict[str, dict[str, Errors]]]


def measure(scene: Scene, known: Mapping[str, Method], reference_spp: int) -> dict[str, Any]:
    """Errors of all methods on one scene."""
    ruler = Ruler(reference(scene, reference_spp))
    table: Table = {"chain": {}}
    for spp in SPP:
        frame = samples.chain(scene, spp, SEED)
        table["chain"][str(spp)] = {n: ruler.errors(m(frame)) for n, m in known.items()}
    if twin(scene) is scene:
        renderer = _baseline(scene)
        if renderer is not None:
            features = samples.chain(scene, 8, SEED)
            table["baseline"] = {}
            for spp in SPP:
                frame = samples.baseline(renderer, features, spp, SEED)
                table["baseline"][str(spp)] = {n: ruler.errors(m(frame)) for n, m in known.items()}
    return table


def _baseline(scene: Scene) -> Baseline | None:
    try:
        return Baseline(scene)
    except ValueError:
        return None


def main() -> None:
    """Measure, print, and write one results file for this machine."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--control", type=Path, help="weights of the control")
    parser.add_argument("--reference-spp", type=int, default=REFERENCE_SPP)
    parser.add_argument("--scenes", nargs="*")
    parser.add_argument("--out", type=Path, default=RESULTS / "quality.json")
    given = parser.parse_args()
    known = methods(given.control)
    results = {}
    for name, scene in scenes().items():
        if given.scenes and name not in given.scenes:
            continue
        results[name] = measure(scene, known, given.reference_spp)
        stone = {n: e.get("stone") for n, e in results[name]["chain"]["8"].items()}
        print(name, {n: e and round(e["flip"], 4) for n, e in stone.items()}, flush=True)
    found = summarise(results)
    command = f"python -m benchmarks.quality --reference-spp {given.reference_spp}"
    command += f" --scenes {' '.join(given.scenes)}" if given.scenes else ""
    question = (__doc__ or "").splitlines()[0]
    write(given.out, question, command, {"summary": found, "scenes": results})
    print(readme(found))


if __name__ == "__main__":
    main()

"""Ours against the baseline on the frozen scenes, and how fast ours is: `make bench`.

    python -m benchmarks.kit [--quick] [--scenes NAME ...] [--out FILE]

A full run of all scenes writes benchmarks/results/kit.json, kit.svg beside it, and the table in
benchmarks/README.md. Any other run writes only its JSON and SVG, by default in out/, and prints
its table. References are computed once and kept (see `references`). Nothing else should run.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.kit import plot, scenes, summary, throughput
from benchmarks.kit.measure import FULL, QUICK, Plan, measure
from benchmarks.kit.readme import publish
from benchmarks.record import RESULTS, ROOT, commit, machine, write
from engine.trace.variant import activate

README = ROOT / "benchmarks/README.md"
QUESTION = "How much better than plain path tracing is the chain estimator at equal time?"


def main() -> None:
    """Measure, print, and write."""
    given = _arguments()
    activate("cpu")
    from engine.trace.backend import dr

    plan = QUICK if given.quick else FULL
    beside = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    results: dict[str, Any] = {}
    for name in given.scenes or scenes.NAMES:
        since = time.perf_counter()
        results[name] = measure(scenes.scene(name), plan)
        results[name]["source"] = scenes.source(name)
        print(f"{name}: {time.perf_counter() - since:.0f} s", file=sys.stderr, flush=True)
    speed = None if given.scenes else throughput.measure(plan.repeat)
    content = _content(results, speed, plan)
    whole = not given.quick and not given.scenes
    out = given.out or (RESULTS / "kit.json" if whole else ROOT / "out/kit.json")
    write(
        out,
        QUESTION,
        " ".join(["python -m benchmarks.kit", *sys.argv[1:]]),
        {
            "plan": asdict(plan),
            "threads": dr.thread_count(),
            "load_before": beside,
            "summary": summary.summarise(results),
            "throughput": speed,
            "scenes": results,
        },
    )
    out.with_suffix(".svg").write_text(plot.draw(results), encoding="utf-8")
    if whole and given.out is None:
        publish(README, content)
    print(content)
    print(f"\n{out}", file=sys.stderr)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer points, ten minutes")
    parser.add_argument("--scenes", nargs="+", choices=scenes.NAMES, metavar="NAME")
    parser.add_argument("--out", type=Path, help="JSON file; the SVG is written beside it")
    return parser.parse_args()


def _content(results: dict[str, Any], speed: dict[str, Any] | None, plan: Plan) -> str:
    """What the README shows."""
    on = machine()
    parts = [
        f"Commit {commit()}, {on['cores']} cores of {on['processor']}, "
        f"references of {plan.reference} samples per pixel.",
        summary.table(results),
        summary.notes(results),
        "![relMSE on stones over time, a panel per scene](results/kit.svg)",
    ]
    if speed is not None:
        parts.append(throughput.report(speed))
    return "\n\n".join(parts)


if __name__ == "__main__":
    main()

"""Where a result comes from: machine, commit and command beside every number."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks/results"
#: What a measurement depends on: a change there since the commit is marked.
MEASURED = ("engine", "materials", "scenes", "benchmarks/*.py", "benchmarks/kit")


def write(path: Path, question: str, command: str, result: dict[str, Any]) -> None:
    """Write `result` with its origin as JSON; the file is replaced only when it is whole."""
    record = {
        "question": question,
        "command": command,
        "commit": commit(),
        "machine": machine(),
        **result,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".part")
    fresh.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    os.replace(fresh, path)


def commit() -> str:
    """The commit that was measured, "+" when what it measures has been changed since."""

    def git(*words: str) -> str:
        done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True)
        return done.stdout.strip()

    changed = git("diff", "--name-only", "HEAD", "--", *MEASURED)
    return (git("rev-parse", "--short", "HEAD") or "unknown") + ("+" if changed else "")


def machine() -> dict[str, Any]:
    """The processor and what runs on it."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
    }


def _processor() -> str:
    """The processor's name where Linux tells it, else its architecture."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    named = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())

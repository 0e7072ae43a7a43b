"""The comparison of devices, on the CPU: the same code, both processes on one device."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from benchmarks import gpu
from benchmarks.gpu import Ask, Device, Plan
from engine.errors import FileError

TINY = Plan(size=20, spp=4, batches=4, time_size=20, time_spp=1, repeat=1)
NAME = "loose-brilliant"


@contextmanager
def beside(name: str, device: Device, plan: Plan, cad: Path) -> Iterator[Ask]:
    """A subject in this process: both are on the CPU."""
    assert device == "cpu"
    yield partial(gpu.answer, gpu.Subject(name, device, plan, cad))


def test_without_a_gpu_the_cpu_equals_itself_and_the_results_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(gpu, "gpu_missing", lambda: "there is none")
    options = [f"--{k.replace('_', '-')}={v}" for k, v in vars(TINY).items()]
    out = tmp_path / "gpu.json"
    assert gpu.main([*options, "--scenes", NAME, "--out", str(out)], beside) == 0
    told = json.loads(out.read_text("utf-8"))
    assert told["gpu_missing"] == "there is none"
    assert told["plan"]["batches"] == TINY.batches
    assert {"commit", "machine", "command", "question"} <= told.keys()
    result = told["scenes"][NAME]
    assert result["devices"].keys() == {"cpu", "cpu, other seeds"}
    assert result["devices"]["cpu"].startswith("CPU, LLVM")
    for seconds in result["seconds"].values():
        assert tuple(seconds) == gpu.STAGES
        assert min(seconds.values()) > 0
    assert result["regions"].keys() == {"worst_t", "limit", "stone", "all"}
    assert max(result["regions"]["all"]["error"]) < 0.1
    said = capsys.readouterr().out
    assert "no GPU" in said
    assert f"{NAME}: the means are equal" in said


def test_other_means_end_with_code_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu, "gpu_missing", lambda: None)
    monkeypatch.setattr(gpu, "measure", lambda name, *_: {"equal": name != "pave-band"})
    monkeypatch.setattr(gpu, "show", lambda *_: None)
    out = ["--out", str(tmp_path / "gpu.json")]
    assert gpu.main(["--scenes", "ring-61", *out], beside) == 0
    assert gpu.main(["--scenes", "ring-61", "pave-band", *out], beside) == 1


@pytest.mark.parametrize(
    ("change", "equal"), [(None, True), ("one pixel", False), ("everything a little", False)]
)
def test_a_difference_is_found(change: str | None, equal: bool) -> None:
    random = np.random.default_rng(5)
    ours, theirs = 1 + 0.1 * random.standard_normal((2, 12, 24, 24, 3))
    masks = {"stone": np.arange(576).reshape(24, 24) < 99, "all": np.ones((24, 24), dtype=bool)}
    masks["metal"] = ~masks["all"]
    if change == "one pixel":
        theirs[:, 7, 9, 1] += 0.6
    elif change:
        theirs *= 1.01
    found = gpu.compared(ours, theirs, masks)
    assert found["equal"] is equal
    if change == "everything a little":
        assert found["pixels"]["worst_z"] < found["pixels"]["limit"], "no pixel shows it"
        assert found["regions"]["all"]["bias"] == pytest.approx([-0.01] * 3, abs=2e-3)
    assert "metal" not in found["regions"], "there is none"


def test_a_stage_that_could_not_run_has_no_time() -> None:
    times = ((1.0, None), (3.0, None), (2.0, 4.0))
    runs: list[gpu.Seconds] = [{"warm": warm, "refine": refine} for warm, refine in times]
    assert gpu.medians(runs) == {"warm": 2.0, "refine": 4.0}
    assert gpu.medians(runs[:2]) == {"warm": 2.0, "refine": None}


def test_a_subject_lives_in_a_process_of_its_own(tmp_path: Path) -> None:
    with gpu.opened(NAME, "cpu", TINY, tmp_path / "none.3dm") as ask:
        assert ask("device_name").startswith("CPU, LLVM")
        assert ask("plan") == TINY
        with pytest.raises(FileError, match=r"none\.3dm"):
            ask("first")
    assert not os.environ.keys() & set(gpu.CACHES)

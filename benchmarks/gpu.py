"""Does the GPU show the same pictures as the CPU, and how long does each stage take on either?

Run as `python -m benchmarks.gpu`. Every scene of the kit is traced on the CPU (llvm_ad_spectral)
and on the GPU (cuda_ad_spectral), each in a process of its own: a process holds one variant.

Equal means: independent pictures of both, no seed used twice, are compared by Welch's t in every
pixel and channel with Sidak's correction, and by their means over stones, metal and everything,
where a bias shows that is too small for any single pixel.

Time: the kernel caches are empty at first, so "first" is tracing with compilation; "warm" and what
follows it are medians of runs that take turns on both. Nothing else should run beside it.

Where CUDA does not work, a second process on the CPU takes the place of the GPU: its means must be
equal too, and the results say that the GPU is missing.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal, TypeVar

import numpy as np
import numpy.typing as npt
from scipy import stats

import engine
from benchmarks.kit.agreement import FALSE_ALARM, Batches, agreement
from benchmarks.kit.scenes import NAMES, scene
from benchmarks.record import RESULTS, write
from engine.errors import SetupError
from engine.types import Frame, Frames, LoadOptions

T = TypeVar("T")
Device = Literal["cpu", "cuda"]
Masks = dict[str, npt.NDArray[np.bool_]]
Seconds = dict[str, float | None]
#: ask(name, ...): what a method or an attribute of a `Subject` gives, wherever it lives.
Ask = Callable[..., Any]

STAGES = ("load", "compile", "first", "warm", "refine", "finish")
#: Distance between the seeds of the two devices, more than there are batches.
APART = 1_000_003
#: Where Dr.Jit, OptiX and the CUDA driver keep compiled kernels, if these are set when they start.
CACHES = ("DRJIT_CACHE_DIR", "OPTIX_CACHE_PATH", "CUDA_CACHE_PATH")


@dataclass(frozen=True)
class Plan:
    """How much is measured.

    size, spp, batches : of the pictures whose means are compared. time_size, time_spp, repeat : of
    those that are timed, and how often warm. Sizes in pixels, square.
    """

    size: int = 192
    spp: int = 128
    batches: int = 12
    time_size: int = 1024
    time_spp: int = 8
    repeat: int = 5


class Subject:
    """One scene of the kit on one device; cad : its piece as a file, for the time of `load`.

    Raises SetupError where the device does not work.
    """

    def __init__(self, name: str, device: Device, plan: Plan, cad: Path) -> None:
        from engine.trace.variant import activate, device_name

        self.device_name = device_name(activate(device))
        self.device, self.plan, self.cad = device, plan, cad
        self.scene = replace(scene(name), size=(plan.size, plan.size))
        timed = replace(self.scene, size=(plan.time_size, plan.time_size))
        # The first one compiles, the second one warms up; all share one compiled scene.
        views = (timed.view,) * (2 + plan.repeat)
        self.timed = engine.trace(timed, views, spp=plan.time_spp, seed=0, device=device)

    def first(self) -> Seconds:
        """Seconds to load the file, to compile the scene, and to trace with compilation."""
        _, load = _clocked(lambda: engine.load(self.cad, LoadOptions(unit="mm", up="z")))
        frame, taken = _clocked(lambda: self.timed[0])
        compiled = float(frame.provenance["trace"]["compile_s"])
        return {"load": load, "compile": compiled, "first": taken - compiled}

    def warm(self, turn: int) -> Seconds:
        """Seconds of the later stages in turn 0 (which warms up), 1, 2 ... `repeat`."""
        frame, taken = _clocked(lambda: self.timed[1 + turn])
        _, finished = _clocked(lambda: engine.finish(Frames(1, lambda _: frame))[0])
        return {"warm": taken, "refine": self._refined(frame), "finish": finished}

    def _refined(self, frame: Frame) -> float | None:
        """Seconds to refine on the same device; None where torch does not have it."""
        frames = engine.refine(Frames(1, lambda _: frame), device=self.device)
        try:
            return _clocked(lambda: frames[0])[1]
        except SetupError:
            return None

    def pictures(self, seed: int) -> tuple[Batches, Masks]:
        """Independent pictures [N, H, W, 3], and where stones, metal and everything are."""
        seeds = range(seed, seed + self.plan.batches)
        traced = (
            engine.trace(self.scene, spp=self.plan.spp, seed=s, device=self.device)[0]
            for s in seeds
        )
        frames = list(traced)
        part = frames[0].features.part
        roles = np.array([part.role for part in self.scene.piece.parts] + ["", ""])  # -2, -1
        masks = {role: roles[part] == role for role in ("stone", "metal")}
        return np.stack([f.xyz for f in frames]), {**masks, "all": np.ones(part.shape, dtype=bool)}


def _clocked(work: Callable[[], T]) -> tuple[T, float]:
    since = time.perf_counter()
    done = work()
    return done, time.perf_counter() - since


@contextmanager
def opened(name: str, device: Device, plan: Plan, cad: Path) -> Iterator[Ask]:
    """A `Subject` in a fresh process without any compiled kernel."""
    spawn = multiprocessing.get_context("spawn")
    with (
        tempfile.TemporaryDirectory(prefix="culet-kernels-") as cache,
        ProcessPoolExecutor(1, mp_context=spawn) as pool,
    ):
        pool.submit(_open, cache, name, device, plan, cad).result()
        yield lambda what, *given: pool.submit(_answer, what, *given).result()


_here: list[Subject] = []  # in the child: what the parent asks


def _open(cache: str, *given: Any) -> None:
    os.environ |= dict.fromkeys(CACHES, cache)
    _here.append(Subject(*given))


def _answer(what: str, *given: Any) -> Any:
    return answer(_here[0], what, *given)


def answer(subject: Subject, what: str, *given: Any) -> Any:
    """The attribute `what` of `subject`, or what that method returns."""
    found = getattr(subject, what)
    return found(*given) if callable(found) else found


Open = Callable[[str, Device, Plan, Path], AbstractContextManager[Ask]]


def measure(
    name: str, devices: dict[str, Device], plan: Plan, open_: Open = opened
) -> dict[str, Any]:
    """One scene on two devices: their names, seconds per stage, whether the means are equal."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        cad = engine.write(scene(name).piece, Path(folder) / "piece.3dm")
        asks = {
            label: stack.enter_context(open_(name, device, plan, cad))
            for label, device in devices.items()
        }
        names = {label: ask("device_name") for label, ask in asks.items()}
        first = {label: ask("first") for label, ask in asks.items()}
        turns = [
            {label: ask("warm", turn) for label, ask in asks.items()}
            for turn in range(1 + plan.repeat)
        ]
        warm = {label: medians([turn[label] for turn in turns[1:]]) for label in asks}
        (ours, masks), (theirs, _) = (
            ask("pictures", APART * index) for index, ask in enumerate(asks.values())
        )
    seconds = {label: first[label] | warm[label] for label in asks}
    return {"devices": names, "seconds": _rounded(seconds), **compared(ours, theirs, masks)}


def medians(runs: list[Seconds]) -> Seconds:
    """The median of every stage; None where it could not run."""
    rows = {stage: [run[stage] for run in runs] for stage in runs[0]}
    known = {stage: [v for v in row if v is not None] for stage, row in rows.items()}
    return {stage: statistics.median(row) if row else None for stage, row in known.items()}


def compared(ours: Batches, theirs: Batches, masks: Masks) -> dict[str, Any]:
    """Whether two sets of pictures [N, H, W, 3] have equal means, in pixels and over masks.

    bias : relative difference of the mean (first less second) of X, Y and Z; error : its standard
    error. Both tests raise a false alarm once in a thousand runs.
    """
    pixels = agreement(ours, theirs)
    found = {name: agreement(ours, theirs, mask) for name, mask in masks.items() if mask.any()}
    t = [b / e for one in found.values() for b, e in zip(one.bias, one.bias_error, strict=True)]
    worst = max(map(abs, t))
    chance = 1 - (1 - FALSE_ALARM) ** (1 / len(t))
    limit = float(stats.t.isf(chance / 2, min(len(ours), len(theirs)) - 1))
    regions = {name: {"bias": one.bias, "error": one.bias_error} for name, one in found.items()}
    return {
        "equal": pixels.equal and worst <= limit,
        "pixels": _rounded({"worst_z": pixels.worst, "limit": pixels.limit}),
        "regions": _rounded({"worst_t": worst, "limit": limit, **regions}),
    }


def _rounded(value: Any) -> Any:
    """Four digits of every number."""
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value


def gpu_missing() -> str | None:
    """Why there is no GPU to measure; None where there is one."""
    from engine.trace.variant import activate

    try:
        activate("cuda")
    except SetupError as error:
        return str(error)
    return None


def show(name: str, result: dict[str, Any]) -> None:
    """Print one scene's answer and times."""
    print(f"{name}: the means are {'equal' if result['equal'] else 'DIFFERENT'}")
    for label, seconds in result["seconds"].items():
        row = (f"{s} {'-' if seconds[s] is None else f'{seconds[s]:.2f} s'}" for s in STAGES)
        print(f"  {label} ({result['devices'][label]}): {', '.join(row)}", flush=True)


def main(arguments: list[str] | None = None, open_: Open = opened) -> int:
    """Measure, print, and write one results file; 1 where the means differ, else 0."""
    question = (__doc__ or "").splitlines()[0]
    parser = argparse.ArgumentParser(description=question)
    for field in fields(Plan):
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=int, default=field.default)
    parser.add_argument("--scenes", nargs="+", choices=NAMES, default=NAMES)
    parser.add_argument("--out", type=Path, default=RESULTS / "gpu.json")
    given = vars(parser.parse_args(arguments))
    plan = Plan(**{field.name: given[field.name] for field in fields(Plan)})
    missing = gpu_missing()
    devices: dict[str, Device] = {"cpu": "cpu", "gpu": "cuda"}
    if missing is not None:
        print(f"no GPU, so the CPU is compared with itself: {missing}", flush=True)
        devices = {"cpu": "cpu", "cpu, other seeds": "cpu"}
    results = {}
    for name in given["scenes"]:
        results[name] = measure(name, devices, plan, open_)
        show(name, results[name])
    told = {"gpu_missing": missing, "plan": asdict(plan), "scenes": results}
    write(given["out"], question, "python -m benchmarks.gpu", told)
    return 0 if all(result["equal"] for result in results.values()) else 1


if __name__ == "__main__":
    raise SystemExit(main())

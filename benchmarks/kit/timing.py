"""Time: interleaved, warm, in one process on the same threads, the median of five."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from typing import TypeVar

K = TypeVar("K")

REPEAT = 5


def stopwatch(work: Callable[[], object]) -> float:
    """Seconds that `work` takes."""
    since = time.perf_counter()
    work()
    return time.perf_counter() - since


def interleaved(
    tasks: Mapping[K, Callable[[int], float]], repeat: int = REPEAT
) -> dict[K, list[float]]:
    """Seconds of every task in every round.

    A task is called with the number of the round, and returns how long it took by its own
    measure: what is not to be counted (setting a scene up) it leaves out. Round 0 warms up -
    kernels, caches, allocations - and is not in the result; in every round each task has its turn,
    so a machine that slows down slows all of them.
    """
    rounds: dict[K, list[float]] = {name: [] for name in tasks}
    for number in range(repeat + 1):
        for name, task in tasks.items():
            seconds = task(number)
            if number:
                rounds[name].append(seconds)
    return rounds


def medians(rounds: Mapping[K, list[float]]) -> dict[K, float]:
    """The median of every task."""
    return {name: statistics.median(seconds) for name, seconds in rounds.items()}

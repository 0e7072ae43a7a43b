"""Draws for random designs: what shops sell comes in steps, not in thousandths."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")


def pick(rng: np.random.Generator, options: Sequence[T]) -> T:
    """One of the options, each as likely as the other."""
    return options[int(rng.integers(len(options)))]


def between(rng: np.random.Generator, low: float, high: float, step: float = 0.05) -> float:
    """A multiple of `step` above `low`, at most `high`; without a step any number between."""
    if step == 0.0:
        return float(rng.uniform(low, high))
    return round(low + step * int(rng.integers(int((high - low) / step + 1e-9) + 1)), 6)


def maybe(rng: np.random.Generator, chance: float) -> bool:
    """True with this chance."""
    return bool(rng.random() < chance)


def ring_size(rng: np.random.Generator) -> float:
    """A ring size after ISO 8653, 47 to 62: what most shops keep."""
    return float(rng.integers(47, 63))

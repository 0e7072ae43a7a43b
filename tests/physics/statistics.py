"""When do two noisy pictures show the same thing? Z-tests with Sidak's correction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from engine.types import FloatArray, Frame

#: Chance that a test fails although both pictures have the same mean, over all its scores.
FALSE_ALARM = 1e-3
#: Differences below this are rounding in float32, wherever there is no noise to compare with.
ROUNDING = 2e-4


@dataclass(frozen=True, eq=False)
class Picture:
    """XYZ [H, W, 3] and the variance of each of its numbers."""

    mean: FloatArray
    variance: FloatArray

    @staticmethod
    def binned(image: Any, side: int) -> Picture:
        """Means over side x side pixels of a larger picture, whose spread tells the variance.

        What differs between the small pixels counts as noise too, so the variance is rather too
        large. It is quick: a few samples of many pixels take fewer launches than the reverse.
        """
        height, width = image.shape[:2]
        tiles = np.asarray(image, np.float64).reshape(height // side, side, width // side, side, -1)
        count = side * side
        return Picture(tiles.mean(axis=(1, 3)), tiles.var(axis=(1, 3)) / (count - 1))

    @staticmethod
    def of(frame: Frame) -> Picture:
        """The frame with the variance that it says it has."""
        return Picture(frame.xyz.astype(np.float64), frame.variance.astype(np.float64))

    def flipped(self) -> Picture:
        """Left and right exchanged."""
        return Picture(self.mean[:, ::-1], self.variance[:, ::-1])


def limit(count: int) -> float:
    """Largest |z| that `count` scores of equal means exceed in one of a thousand tests."""
    return float(stats.norm.isf((1 - (1 - FALSE_ALARM) ** (1 / count)) / 2))


def regions(frame: Frame, side: int = 1) -> list[Any]:
    """Masks [H, W] of the stones, the other parts, the ground, and the whole picture.

    side : of the tiles of the frame that make one pixel of the masks; a pixel belongs to all that
    it shows. What is nowhere to be seen has no mask.
    """
    height, width = frame.features.part.shape
    stone = frame.features.stone > 0.5
    part = frame.features.part
    other = (part >= 0) & (frame.alpha > 0.5) & (frame.features.stone == 0)
    masks = [stone, other, part == -1, np.ones_like(stone)]
    tiled = [m.reshape(height // side, side, width // side, side).any(axis=(1, 3)) for m in masks]
    return [mask for mask in tiled if mask.any()]


def assert_frames_agree(a: Frame, b: Frame, side: int) -> None:
    """Two frames of different seeds show the same, by pixels of side x side of theirs."""
    one, two = Picture.binned(a.xyz, side), Picture.binned(b.xyz, side)
    assert_same(one, two, regions(a, side))


def assert_same(a: Picture, b: Picture, masks: Iterable[Any], precise: float = 0.05) -> None:
    """The two pictures agree, pixel by pixel and in their means over each of the masks.

    precise : the largest standard error of such a mean; a wide interval proves nothing.
    """
    difference, variance = a.mean - b.mean, a.variance + b.variance
    chosen = list(masks)
    means = np.array([difference[mask].mean(axis=0) for mask in chosen])
    spread = np.array([variance[mask].sum(axis=0) / mask.sum() ** 2 for mask in chosen])
    error = float(np.sqrt(spread.max()))
    assert error < precise, f"too noisy to tell: the mean of a region is known to {error:.3f}"
    for name, z in (("region", _z(means, spread)), ("pixel", _z(difference, variance))):
        assert z.max() < limit(z.size), f"worst {name}: z of {z.max():.1f} among {z.size}"


def _z(difference: FloatArray, variance: FloatArray) -> FloatArray:
    """|z| of differences; those of `ROUNDING` count as none."""
    rest = np.maximum(np.abs(difference) - ROUNDING, 0)
    return np.asarray(rest / np.sqrt(np.maximum(variance, 1e-16)))

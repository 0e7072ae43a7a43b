"""Sums over the samples of a tile of pixels, and what they say about the picture."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from engine.trace.batch import SKETCHED, VALUES
from engine.types import ImageArray


class Film:
    """Sums over the samples so far, one entry per pixel of a tile.

    xyz, xyz2 : radiance and its square. lit, known : luminance of the ground as it is and as it
    were without the piece. trapped : energy cut off. drawn to covered : see `SKETCHED`. The
    rest are the features' sums. count : samples.
    """

    def __init__(self, height: int, width: int, sketched: bool = False) -> None:
        self.shape = (height, width)
        self.count = np.zeros(height * width, dtype=np.int64)
        self._sizes = {**VALUES, **(SKETCHED if sketched else {})}
        self._sums = {
            name: np.zeros((height * width, size), dtype=np.float32)
            for name, size in self._sizes.items()
        }

    def add(self, pixel: Any, block: int, values: dict[str, npt.NDArray[np.float32]]) -> None:
        """Add blocks of `block` samples each; the blocks of one pixel [B] stand side by side."""
        first = self.note(pixel, values)
        self.count[pixel[first]] += block * np.diff(first, append=len(pixel))

    def note(self, pixel: Any, values: dict[str, npt.NDArray[np.float32]]) -> Any:
        """Add to sums without counting samples, as `add`; where each pixel begins in `pixel`."""
        first = np.flatnonzero(np.diff(pixel, prepend=-1))
        for name, value in values.items():
            self._sums[name][pixel[first]] += np.add.reduceat(value, first, axis=0)
        return first

    def clear(self, *names: str) -> None:
        """Forget some sums."""
        for name in names:
            self._sums[name][:] = 0

    def sum(self, name: str) -> ImageArray:
        """A sum, [H, W] or [H, W, 3]."""
        shape = self.shape if self._sizes[name] == 1 else (*self.shape, 3)
        return self._sums[name].reshape(shape)

    def mean(self, name: str) -> ImageArray:
        """Mean over the samples, [H, W] or [H, W, 3]."""
        total = self.sum(name)
        count = np.maximum(self.samples(), 1)
        return np.ascontiguousarray(total / (count if total.ndim == 2 else count[..., None]))

    def samples(self) -> ImageArray:
        """[H, W] samples per pixel."""
        return self.count.reshape(self.shape).astype(np.float32)

    def spread(self) -> ImageArray:
        """[H, W, 3] estimated variance of one sample."""
        return spread(self.mean("xyz"), self.mean("xyz2"), self.samples()[..., None])

    def trapped(self) -> float:
        """Energy cut off, summed over pixels, per sample."""
        return float(self.mean("trapped").sum(dtype=np.float64))


def spread(mean: ImageArray, second: ImageArray, samples: ImageArray) -> ImageArray:
    """Estimated variance of one of `samples` samples, by their mean and that of their squares."""
    found = second - mean**2
    # Zero where it is no more than the rounding of the two.
    found = np.where(found > 2e-6 * second, found, np.float32(0))
    return np.asarray(found * samples / np.maximum(samples - 1, 1), dtype=np.float32)

"""Do two renderers show the same picture? A test of every pixel, and one answer for all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

Batches = npt.NDArray[np.floating[Any]]

#: Chance of a false alarm over all pixels and channels together.
FALSE_ALARM = 1e-3


@dataclass(frozen=True)
class Agreement:
    """Whether two means agree.

    worst  : largest |z| over pixels and channels. limit : what chance alone exceeds once in 1000
    tests of the whole picture. bias : relative difference of the mean over the picture, per
    channel. bias_error : its standard error.
    """

    worst: float
    limit: float
    bias: tuple[float, ...]
    bias_error: tuple[float, ...]

    @property
    def equal(self) -> bool:
        """No pixel differs by more than chance explains."""
        return self.worst <= self.limit


def agreement(
    first: Batches, second: Batches, mask: npt.NDArray[np.bool_] | None = None
) -> Agreement:
    """Compare the means of two sets of independent pictures of one scene.

    first, second : [N, H, W, 3] and [M, H, W, 3], at least four pictures each; few pixels' noise is
    normal, that of the means of batches nearly so. mask : [H, W] the pixels to compare.

    Welch's t for every pixel and channel (B. L. Welch, Biometrika 34, 28, 1947), turned into the
    z of the same tail; Sidak's correction for their number.
    """
    inside = np.ones(first.shape[1:3], dtype=bool) if mask is None else mask
    a, b = (x[:, inside].astype(np.float64) for x in (first, second))
    t, freedom = _welch(a, b)
    p = 2 * stats.t.sf(np.abs(t), freedom)
    limit = 1 - (1 - FALSE_ALARM) ** (1 / p.size)
    whole = [x.mean(axis=1) for x in (a, b)]  # [N, 3]
    mean = (whole[0].mean(axis=0) + whole[1].mean(axis=0)) / 2
    bias = (whole[0].mean(axis=0) - whole[1].mean(axis=0)) / mean
    error = np.sqrt(sum(x.var(axis=0, ddof=1) / len(x) for x in whole)) / mean
    return Agreement(
        worst=float(stats.norm.isf(max(p.min(), 1e-300) / 2)),
        limit=float(stats.norm.isf(limit / 2)),
        bias=tuple(float(v) for v in bias),
        bias_error=tuple(float(v) for v in error),
    )


def _welch(a: Batches, b: Batches) -> tuple[Any, Any]:
    """Welch's t and its degrees of freedom, for the first axis."""
    va, vb = (x.var(axis=0, ddof=1) / len(x) for x in (a, b))
    # Where both are constant, rounding to float32 is all the difference there is.
    rounding = (1e-6 * (np.abs(a.mean(axis=0)) + 1e-6)) ** 2
    total = va + vb + rounding
    parts = va**2 / (len(a) - 1) + vb**2 / (len(b) - 1) + rounding**2
    return (a.mean(axis=0) - b.mean(axis=0)) / np.sqrt(total), total**2 / parts

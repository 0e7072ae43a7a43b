"""Where samples are worth most: a first pass for every pixel, then the rest by what it showed.

For a given number of samples the summed error Σ r_i e_i / n_i is least with n_i ∝ √(r_i e_i / c_i),
e_i being the variance of one sample, c_i its cost, and r_i the share of it that refining leaves. A
pixel's e is estimated from its neighbours
alone: how many samples a pixel gets does not depend on what its own samples are, so their mean
stays unbiased.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.ndimage import maximum_filter, uniform_filter

from engine.types import ImageArray

Counts = npt.NDArray[np.int64]

#: Samples that are traced and counted together.
BLOCK = 2
#: Side of the window whose pixels tell how much variance to expect.
WINDOW = 7
#: Most samples that a pixel gets, in units of the mean.
MOST = 12.0
#: Least standard deviation per sample of a pixel that shows the piece, of the class's mean.
LEAST = 0.25
#: What a sample costs where stones, other parts, and the ground are seen (measured on a CPU).
COSTS = {"stone": 6.0, "metal": 2.5, "ground": 1.0}
#: Share of its error that refining leaves, of what it leaves of that of stones (measured with the
#: statistical filter): soft shadows are smoothed away, facets are not.
LEFT = {"stone": 1.0, "metal": 0.6, "ground": 0.07}
#: Added to squared luminance, so that black pixels do not take all.
DARK = 0.01


def first_pass(spp: int) -> int:
    """Samples per pixel of the first pass: all of them where there is little to distribute."""
    if spp < 2 * BLOCK:
        return spp
    return max(BLOCK, min(16, spp // 4 // BLOCK * BLOCK))


def relative(variance: ImageArray, luminance: ImageArray) -> ImageArray:
    """[H, W] variance of one sample, mean of X, Y and Z, in units of the squared luminance."""
    return np.asarray(variance.mean(axis=2) / (luminance**2 + DARK), dtype=np.float32)


def distribute(error: ImageArray, part: Any, stone: Any, spp: int, spent: int) -> Counts:
    """Blocks of further samples for each pixel, [H, W].

    error : `relative` of the first pass. part : [H, W] what the pixel's centre shows, negative
    where that is no part. stone : [H, W] whether it is one. spp : mean to be reached over the
    pixels in which there is anything to find. spent : samples per pixel of the first pass.
    """
    seen = part >= 0
    kinds = {"stone": stone, "metal": seen & ~stone, "ground": ~seen}
    weight = np.zeros(error.shape, dtype=np.float64)
    for kind, mask in kinds.items():
        if mask.any():
            expected = np.sqrt(_neighbours(error, mask) * (LEFT[kind] / COSTS[kind]))
            if kind != "ground":
                expected = np.maximum(expected, LEAST * expected[mask].mean())
            weight[mask] = expected[mask]
    open_ = _open(error, seen)
    weight[~open_] = 0
    budget = (spp - spent) * int(open_.sum())
    return _blocks(_capped(weight, budget, MOST * spp))


def _neighbours(error: ImageArray, mask: Any) -> npt.NDArray[np.float64]:
    """Mean of `error` over the pixels of `mask` in the window, the middle one left out."""
    inside = mask.astype(np.float64)
    area = float(WINDOW**2)
    total = uniform_filter(error * inside, WINDOW, mode="constant") * area - error * inside
    count = uniform_filter(inside, WINDOW, mode="constant") * area - inside
    return np.asarray(np.maximum(total, 0) / np.maximum(count, 1), dtype=np.float64)


def _open(error: ImageArray, seen: Any) -> Any:
    """Pixels near any that show the piece or found light that they did not know."""
    noticed = maximum_filter((error > 0) | seen, size=WINDOW, mode="constant")
    return np.asarray(noticed, dtype=bool)


def _capped(weight: npt.NDArray[np.float64], budget: int, most: float) -> Any:
    """Shares of `budget` in proportion to `weight`, none above `most`."""
    share = np.zeros_like(weight)
    free = weight > 0
    left = float(budget)
    while free.any() and left > 0:
        scale = left / weight[free].sum()
        over = free & (weight * scale > most)
        if not over.any():
            share[free] = weight[free] * scale
            break
        share[over] = most
        left -= most * int(over.sum())
        free &= ~over
    return share


def _blocks(share: Any) -> Counts:
    """Whole blocks, rounded by an ordered pattern so that their mean is kept everywhere."""
    height, width = share.shape
    # Steps of the R-sequence in two dimensions: neighbours round at thresholds far apart.
    y, x = np.mgrid[:height, :width]
    threshold = (x * 0.7548776662466927 + y * 0.5698402909980532) % 1
    return np.asarray(np.floor(share / BLOCK + threshold), dtype=np.int64)

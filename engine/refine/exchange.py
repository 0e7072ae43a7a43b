"""One pass of the filter: pixels that show the same light exchange part of their difference.

For every pair of pixels p, q of one part a Welch-type statistic asks whether their means differ by
more than their variances explain; if not, both move towards each other:

    u'_p = u_p + Σ_q a_pq (u_q - u_p),    a_pq = w_pq / max(n_p, n_q),    n_p = 1 + Σ_q w_pq

The weights are symmetric, for which Welch's t-test is the optimal choice of neighbours (Sakai et
al., "A Statistical Approach to Monte Carlo Denoising", SIGGRAPH Asia 2024,
DOI 10.1145/3680528.3687591). Dividing by the larger of the two sums keeps a_pq symmetric as well:
what one pixel gives the other receives. So a part keeps its energy whatever the weights are, every
result lies between the values it was made of, and the energy of an outlier is spread over its
neighbours instead of lost.

Only sums, products and quotients of single planes are used, in one order, without transcendental
functions: a picture filtered in blocks of rows is the picture filtered at once, bit for bit.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

#: Radius of the neighbourhood that variances are pooled over.
POOL = 3
#: Keeps the quotient of two zeros defined.
TINY = 1e-30

Offset = tuple[int, int]


@dataclass(frozen=True)
class Window:
    """Neighbours at multiples of `step` pixels, within a disc of `radius` steps."""

    step: int
    radius: int

    @property
    def halo(self) -> int:
        """Rows beyond a pixel that its result depends on."""
        # A neighbour's sum of weights needs the neighbour's neighbours, the patch and the pool.
        return 2 * self.step * self.radius + 1 + POOL

    def offsets(self) -> list[Offset]:
        """(rows down, columns right) of one of each pair of opposite neighbours."""
        reach = range(-self.radius, self.radius + 1)
        return [
            (dy * self.step, dx * self.step)
            for dy in range(self.radius + 1)
            for dx in reach
            if (dy, dx) > (0, 0) and dy * dy + dx * dx <= self.radius**2 + 1
        ]


@dataclass(frozen=True)
class Guide:
    """What decides which pixels may exchange, beside their light; tensors on one device.

    part      : [H, W] int32; different parts never exchange.
    surface   : [F, H, W] features, scaled: pixels a distance of 1 apart do not exchange.
    open      : [H, W] bool; pixels that take part in this pass.
    threshold : [H, W] statistic from which on two means count as different.
    strict    : [H, W] bool; test the two pixels alone, not the 3 x 3 around each, and ask that
                either variance by itself explains the difference.
    pooling   : [H, W] weight of the neighbourhood's variance, in samples, beside the pixel's own.
    samples   : [H, W] samples per pixel.
    """

    part: Tensor
    surface: Tensor
    open: Tensor
    threshold: Tensor
    strict: Tensor
    pooling: Tensor
    samples: Tensor


def exchange(
    value: Tensor, variance: Tensor, guide: Guide, window: Window, independent: bool
) -> tuple[Tensor, Tensor]:
    """`value` and `variance` after one pass.

    value       : [C + E, H, W] float32; the first C planes are tested, the others move with them.
    variance    : [C, H, W] float32, of the first C planes.
    independent : whether the pixels' errors are. After a pass they are not; the new variance is
                  then a bound that holds however they agree, the weighted mean of the variances.

    The new variance takes the weights as given. Weights that depend on the noise favour neighbours
    that err alike, so it is too small by up to a factor of four where windows are small (stones).
    """
    weights, total = _weights(value, variance, guide, window)
    moved, spread = torch.zeros_like(value), torch.zeros_like(variance)
    kept = torch.ones_like(total)
    for offset, weight in zip(window.offsets(), weights, strict=True):
        share = weight.div_(torch.maximum(here(total, offset), there(total, offset)))
        for plane, gained in zip(value, moved, strict=True):
            pass_on(plane, share, offset, gained)
        here(kept, offset).sub_(share)
        there(kept, offset).sub_(share)
        factor = share.mul_(share) if independent else share
        for plane, gained in zip(variance, spread, strict=True):
            here(gained, offset).add_(there(plane, offset) * factor)
            there(gained, offset).add_(here(plane, offset) * factor)
    spread.add_(variance * (kept * kept if independent else kept))
    return value + moved, spread


def _weights(
    value: Tensor, variance: Tensor, guide: Guide, window: Window
) -> tuple[list[Tensor], Tensor]:
    """Weights of the pairs, one plane per offset, and each pixel's sum with itself at weight 1."""
    pooled = _pooled(variance, guide)
    offsets = window.offsets()
    weights = [_weight(value, pooled, guide, offset) for offset in offsets]
    return weights, totals(weights, offsets, torch.ones_like(value[0]))


def totals(weights: list[Tensor], offsets: list[Offset], alone: Tensor) -> Tensor:
    """n of every pixel: the weights of its pairs, added to its own, `alone`, in place."""
    for offset, weight in zip(offsets, weights, strict=True):
        here(alone, offset).add_(weight)
        there(alone, offset).add_(weight)
    return alone


def pass_on(image: Tensor, share: Tensor, offset: Offset, gained: Tensor) -> None:
    """Add to `gained` what the pairs of an offset give each other of `image`, share = a_pq."""
    flow = (there(image, offset) - here(image, offset)).mul_(share)
    here(gained, offset).add_(flow)
    there(gained, offset).sub_(flow)


def _weight(value: Tensor, pooled: Tensor, guide: Guide, offset: Offset) -> Tensor:
    """Weight of every pair of pixels that `offset` leads from one to the other."""
    same = here(guide.part, offset) == there(guide.part, offset)
    same &= here(guide.open, offset) & there(guide.open, offset)
    mask = same.to(value.dtype)
    threshold = here(guide.threshold, offset)
    strict = here(guide.strict, offset)
    mixed = bool(strict.any())
    statistic = torch.zeros_like(mask)
    for mean, spread in zip(value[: len(pooled)], pooled, strict=True):
        gap = there(mean, offset) - here(mean, offset)
        gap.mul_(gap).mul_(mask)
        one, other = here(spread, offset), there(spread, offset)
        noise = (one + other).mul_(mask)
        ratio = boxed(gap) / boxed(noise).add_(TINY)
        if mixed:
            alone = gap / torch.minimum(one, other).mul_(2).add_(TINY)
            ratio = torch.where(strict, alone, ratio)
        statistic.add_(ratio)
    statistic.div_(threshold * len(pooled)).clamp_(max=1)
    weight = statistic.mul_(statistic).neg_().add_(1)
    weight.mul_(weight).mul_(mask)
    apart = torch.zeros_like(weight)
    for plane in guide.surface:
        step = there(plane, offset) - here(plane, offset)
        apart.add_(step.mul_(step))
    apart.clamp_(max=1).neg_().add_(1)
    return weight.mul_(apart).mul_(apart)


def _pooled(variance: Tensor, guide: Guide) -> Tensor:
    """Variance of a pixel from its own samples and those of its neighbours of the same part.

    Never less than the pixel's own: an outlier has to know that it is one.
    """
    reach = range(-POOL, POOL + 1)
    sums = torch.where(guide.open, variance, 0)
    count = guide.open.to(variance.dtype)
    neighbours = count.clone()
    for offset in [(dy, dx) for dy in range(POOL + 1) for dx in reach if (dy, dx) > (0, 0)]:
        same = here(guide.part, offset) == there(guide.part, offset)
        same &= here(guide.open, offset) & there(guide.open, offset)
        mask = same.to(variance.dtype)
        here(neighbours, offset).add_(mask)
        there(neighbours, offset).add_(mask)
        for plane, total in zip(variance, sums, strict=True):
            here(total, offset).add_(there(plane, offset) * mask)
            there(total, offset).add_(here(plane, offset) * mask)
    own = (guide.samples - 1).clamp(min=0)
    weight = guide.pooling / (own + guide.pooling).clamp(min=TINY)
    mean = sums / neighbours.clamp(min=1)
    return variance + weight * (mean - variance).clamp_(min=0)


def boxed(image: Tensor) -> Tensor:
    """Sum over the 3 x 3 pixels around each of [..., H, W]; nothing lies outside."""
    rows = image.clone()
    rows[..., 1:, :].add_(image[..., :-1, :])
    rows[..., :-1, :].add_(image[..., 1:, :])
    sums = rows.clone()
    sums[..., 1:].add_(rows[..., :-1])
    sums[..., :-1].add_(rows[..., 1:])
    return sums


def here(plane: Tensor, offset: Offset) -> Tensor:
    """View of the pixels that have a neighbour at `offset`."""
    dy, dx = offset
    height, width = plane.shape[-2:]
    return plane[..., : max(0, height - dy), max(0, -dx) : max(0, width - max(0, dx))]


def there(plane: Tensor, offset: Offset) -> Tensor:
    """View of the neighbours at `offset`, in the same order."""
    dy, dx = offset
    width = plane.shape[-1]
    return plane[..., dy:, max(0, dx) : max(0, width + min(0, dx))]

"""One pass of the filter: pixels that show the same light exchange part of their difference.

For every pair of pixels p, q of one part a Welch-type statistic asks whether their means differ by
more than their variances explain, summed over X, Y and Z (plane by plane it does no better and
takes three times as long); if not, both move towards each other:

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

from dataclasses import dataclass, fields, replace
from functools import cached_property

import torch
from torch import Tensor
from torch.nn import functional

#: Radius of the neighbourhood that variances are pooled over.
POOL = 3
#: Keeps the quotient of two zeros defined.
TINY = 1e-30
#: Parts that closed pixels are given, as the first and as the second of a pair: never the same.
CLOSED = (-8, -9)

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
    one_part  : whether all open pixels are of one part, which is quicker.
    """

    part: Tensor
    surface: Tensor
    open: Tensor
    threshold: Tensor
    strict: Tensor
    pooling: Tensor
    samples: Tensor
    one_part: bool = False

    def crop(self, rows: slice, columns: slice) -> Guide:
        """The same of a part of the picture, its rows side by side in memory."""
        images = {f.name: getattr(self, f.name) for f in fields(Guide) if f.name != "one_part"}
        shown = {name: image[..., rows, columns].contiguous() for name, image in images.items()}
        return replace(self, **shown)

    def mixing(self, offset: Offset) -> Tensor:
        """1 for pairs of open pixels of one part, and 0."""
        return (here(self._firsts, offset) == there(self._seconds, offset)).float()

    @cached_property
    def _firsts(self) -> Tensor:
        return self.part.masked_fill(~self.open, CLOSED[0])

    @cached_property
    def _seconds(self) -> Tensor:
        return self.part.masked_fill(~self.open, CLOSED[1])


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
            here(gained, offset).addcmul_(there(plane, offset), factor)
            there(gained, offset).addcmul_(here(plane, offset), factor)
    spread.add_(variance * (kept * kept if independent else kept))
    return value + moved, spread


def _weights(
    value: Tensor, variance: Tensor, guide: Guide, window: Window
) -> tuple[list[Tensor], Tensor]:
    """Weights of the pairs, one plane per offset, and each pixel's sum with itself at weight 1."""
    pooled, tested = _pooled(variance.sum(0), guide), value[: len(variance)]
    offsets = window.offsets()
    weights = [_weight(tested, pooled, guide, offset) for offset in offsets]
    return weights, totals(weights, offsets, torch.ones_like(value[0]))


def totals(weights: list[Tensor], offsets: list[Offset], alone: Tensor) -> Tensor:
    """n of every pixel: the weights of its pairs, added to its own, `alone`, in place."""
    for offset, weight in zip(offsets, weights, strict=True):
        here(alone, offset).add_(weight)
        there(alone, offset).add_(weight)
    return alone


def pass_on(image: Tensor, share: Tensor, offset: Offset, gained: Tensor) -> None:
    """Add to `gained` what the pairs of an offset give each other of `image`, share = a_pq."""
    gap = there(image, offset) - here(image, offset)
    here(gained, offset).addcmul_(gap, share)
    there(gained, offset).addcmul_(gap, share, value=-1)


def _weight(value: Tensor, pooled: Tensor, guide: Guide, offset: Offset) -> Tensor:
    """Weight of every pair of pixels that `offset` leads from one to the other.

    value : [C, H, W] what is tested. pooled : [H, W] its variance, summed over its planes.
    """
    mask = guide.mixing(offset)
    strict = here(guide.strict, offset)
    gap = torch.zeros_like(mask)
    for mean in value:
        step = there(mean, offset) - here(mean, offset)
        gap.addcmul_(step, step)
    gap.mul_(mask)
    one, other = here(pooled, offset), there(pooled, offset)
    statistic = boxed(gap) / boxed((one + other).mul_(mask)).add_(TINY)
    if bool(strict.any()):
        alone = gap / torch.minimum(one, other).mul_(2).add_(TINY)
        statistic = torch.where(strict, alone, statistic)
    statistic.div_(here(guide.threshold, offset)).clamp_(max=1)
    weight = statistic.mul_(statistic).neg_().add_(1)
    weight.mul_(weight).mul_(mask)
    apart = torch.zeros_like(weight)
    for plane in guide.surface:
        step = there(plane, offset) - here(plane, offset)
        apart.addcmul_(step, step)
    apart.clamp_(max=1).neg_().add_(1)
    return weight.mul_(apart).mul_(apart)


def _pooled(variance: Tensor, guide: Guide) -> Tensor:
    """Variance, [H, W], of a pixel from its own samples and from its neighbours of the same part.

    Never less than the pixel's own: an outlier has to know that it is one.
    """
    count = guide.open.to(variance.dtype)
    sums = variance * count
    if guide.one_part:
        total, neighbours = (boxed(image, 2 * POOL + 1) for image in (sums, count))
    else:
        reach = range(-POOL, POOL + 1)
        total, neighbours = sums.clone(), count
        for offset in [(dy, dx) for dy in range(POOL + 1) for dx in reach if (dy, dx) > (0, 0)]:
            mask = guide.mixing(offset)
            here(neighbours, offset).add_(mask)
            there(neighbours, offset).add_(mask)
            here(total, offset).addcmul_(there(variance, offset), mask)
            there(total, offset).addcmul_(here(variance, offset), mask)
    own = (guide.samples - 1).clamp(min=0)
    weight = guide.pooling / (own + guide.pooling).clamp(min=TINY)
    mean = total / neighbours.clamp(min=1)
    return variance + weight * (mean - variance).clamp_(min=0)


def boxed(image: Tensor, side: int = 3) -> Tensor:
    """Sum over the side x side pixels around each of [..., H, W]; nothing lies outside."""
    half = side // 2
    image = functional.pad(image, (half, half, half, half))
    for axis in (-2, -1):
        length = image.shape[axis] - 2 * half
        total = image.narrow(axis, 0, length) + image.narrow(axis, 1, length)
        for start in range(2, side):
            total += image.narrow(axis, start, length)
        image = total
    return image


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

"""One pass of weighted averages over the neighbours of every pixel.

A neighbour's weight is its standing times exp(trust - strict · tests). The tests compare two pixels
and are the same both ways, so each pair is tested once:

- whether they show the same sequence of facets;
- how far their light is apart in units of its noise (Welch's statistic), bounded;
- how far the light of the 3 x 3 pixels around them is: few samples say little, and patches more;
- how far an embedding of what is known without noise is apart.

The standing is a pixel's own, the same for all that look at it: less for one whose noise is far
above what is around. By the tests alone an outlier would belong everywhere, for its noise explains
every difference, and all its neighbours would make a spot of it.

Light never crosses from one part to another. Everything is single planes, added up neighbour by
neighbour, so that a tile of a picture stays in the processor's cache.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from engine.refine.exchange import Offset, boxed

#: Tests that a pass makes.
TESTS = 4
#: Most trust, and most that the logarithm of a standing is from 0: exponentials stay finite and
#: above zero.
MOST = 12.0
#: Side of the window that a pixel's noise is compared with for its standing.
AROUND = 5
#: Largest statistic that is told apart: beyond it light differs, by however much.
FAR = 16.0
#: Added to variances, in units of squared radiance; keeps quotients defined in the dark.
TINY = 1e-9


@dataclass(frozen=True)
class Pixels:
    """What a pass averages and compares, [B, C, H, W] each.

    light : three channels of XYZ. noise : one, the sum of their variances. embedded : what is known
    without noise. part, sequence : int32, one channel each.
    """

    light: Tensor
    noise: Tensor
    embedded: Tensor
    part: Tensor
    sequence: Tensor

    def crop(self, rows: slice, columns: slice) -> Pixels:
        """The same of a part of the picture."""
        every = (self.light, self.noise, self.embedded, self.part, self.sequence)
        return Pixels(*(image[..., rows, columns] for image in every))

    def padded(self, by: int) -> Pixels:
        """With `by` pixels around that belong to no part."""
        sides = (by, by, by, by)
        light, noise, embedded, sequence = (
            functional.pad(image, sides)
            for image in (self.light, self.noise, self.embedded, self.sequence)
        )
        return Pixels(light, noise, embedded, functional.pad(self.part, sides, value=-9), sequence)


@dataclass(frozen=True)
class Advice:
    """What the network says for a pass.

    trust    : [B, taps, H, W], of the pixel itself, then of each offset and its opposite.
    strict   : [B, TESTS, H, W], positive.
    standing : [B, 1, H, W], its logarithm, were there no noise.
    wary     : [B, 1, H, W], positive: how much less it is for noise above what is around.
    """

    trust: Tensor
    strict: Tensor
    standing: Tensor
    wary: Tensor

    @staticmethod
    def channels(window: Window) -> int:
        """Values per pixel."""
        return window.taps + TESTS + 2

    @staticmethod
    def of(told: Tensor) -> Advice:
        """From so many planes that may hold any values."""
        sizes = [told.shape[1] - TESTS - 2, TESTS, 1, 1]
        trust, strict, standing, wary = torch.split(told, sizes, 1)
        return Advice(trust, functional.softplus(strict), standing, functional.softplus(wary))


@dataclass(frozen=True)
class Window:
    """side x side neighbours at multiples of `step` pixels."""

    side: int
    step: int

    @property
    def taps(self) -> int:
        """Neighbours, the pixel itself among them."""
        return self.side * self.side

    @property
    def reach(self) -> int:
        """Pixels from the middle to the window's edge."""
        return self.side // 2 * self.step

    @property
    def halo(self) -> int:
        """Pixels around its own on which a pixel's result depends: what a neighbour's noise is
        compared with reaches further."""
        return self.reach + AROUND // 2

    def offsets(self) -> list[Offset]:
        """(rows, columns) of one of each pair of opposite neighbours."""
        steps = range(-self.reach, self.reach + 1, self.step)
        return [(dy, dx) for dy in steps for dx in steps if (dy, dx) > (0, 0)]

    def average(self, advice: Advice, pixels: Pixels) -> tuple[Tensor, Tensor]:
        """Light [B, 3, H, W] and its noise [B, 1, H, W] after the pass."""
        size, reach = pixels.part.shape[-2:], self.reach
        around = pixels.padded(reach)
        sides = (reach, reach, reach, reach)
        strict = functional.pad(advice.strict, sides)
        trusts = torch.split(torch.exp(advice.trust.clamp(max=MOST)), 1, 1)
        standing = _standing(advice, pixels.noise)
        # As neighbours see it: light and noise count by standing.
        counted = standing, standing * pixels.light, standing * standing * pixels.noise
        stand, seen, spread = (functional.pad(image, sides) for image in counted)
        total = trusts[0] * standing
        light = total * pixels.light
        noise = total * total * pixels.noise
        for number, (dy, dx) in enumerate(self.offsets()):
            likeness = _likeness(around, strict, (dy, dx))
            for side, (y, x) in enumerate(((dy, dx), (-dy, -dx))):
                # The likeness of a pair lies where its upper pixel is, in a picture that begins
                # with the first pixel that has a lower one.
                at = (reach, reach + min(dx, 0)) if side == 0 else (reach - dy, reach - max(dx, 0))
                weight = trusts[1 + 2 * number + side] * _cut(likeness, at, size)
                there = (reach + y, reach + x)
                total = torch.addcmul(total, weight, _cut(stand, there, size))
                light = torch.addcmul(light, weight, _cut(seen, there, size))
                noise = torch.addcmul(noise, weight * weight, _cut(spread, there, size))
        return light / total, noise / (total * total)


def _standing(advice: Advice, noise: Tensor) -> Tensor:
    """[B, 1, H, W] weight of each pixel as a neighbour, and as its own."""
    mean = boxed(noise, AROUND) / AROUND**2
    excess = torch.log((noise + TINY) / (mean + TINY)).clamp(min=0)
    return torch.exp((advice.standing - advice.wary * excess).clamp(-MOST, MOST))


def _cut(image: Tensor, at: Offset, size: tuple[int, ...]) -> Tensor:
    return image[..., at[0] : at[0] + size[0], at[1] : at[1] + size[1]]


def _likeness(around: Pixels, strict: Tensor, offset: Offset) -> Tensor:
    """[B, 1, H', W'] exp(-strict · tests) of all pairs of pixels, 0 where they may not mix.

    The strictness is that of the upper pixel of a pair.
    """
    dy, dx = offset
    height, width = around.part.shape[-2:]
    size = (height - dy, width - abs(dx))
    here, there = (0, max(-dx, 0)), (dy, max(dx, 0))

    def both(image: Tensor) -> tuple[Tensor, Tensor]:
        return _cut(image, here, size), _cut(image, there, size)

    facets, light, patch, known = torch.split(_cut(strict, here, size), 1, 1)
    one, other = both(around.sequence)
    apart = facets.masked_fill(one == other, 0)
    first, second = both(around.noise)
    one, other = both(around.part)
    strangers = one != other
    gap = _squares(*both(around.light)).masked_fill(strangers, 0)
    noise = (first + second).masked_fill(strangers, 0)
    apart = torch.addcmul(apart, light, (gap / (noise + TINY)).clamp(max=FAR))
    wider = boxed(gap) / (boxed(noise) + TINY)
    apart = torch.addcmul(apart, patch, wider.clamp(max=FAR))
    apart = torch.addcmul(apart, known, _squares(*both(around.embedded)))
    return torch.exp(-apart).masked_fill(strangers, 0)


def _squares(one: Tensor, other: Tensor) -> Tensor:
    """Sum of the squared differences of all channels."""
    found = torch.zeros(())
    for a, b in zip(torch.split(one, 1, 1), torch.split(other, 1, 1), strict=True):
        gap = a - b
        found = torch.addcmul(found, gap, gap) if found.dim() else gap * gap
    return found

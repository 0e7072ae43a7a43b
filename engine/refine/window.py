"""One pass of weighted averages over the neighbours of every pixel.

A neighbour's weight is exp(trust - strict · tests). The tests compare two pixels and are the same
both ways, so each pair is tested once:

- whether they show the same sequence of facets;
- how far their light is apart in units of its noise (Welch's statistic), bounded;
- how far an embedding of what is known without noise is apart.

Light never crosses from one part to another. Everything is single planes, added up neighbour by
neighbour, so that a tile of a picture stays in the processor's cache.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

#: Tests that a pass makes.
TESTS = 3
#: Most trust: keeps the exponential finite.
MOST = 12.0
#: Largest statistic that is told apart: beyond it light differs, by however much.
FAR = 16.0
#: Added to variances, in units of squared radiance; keeps quotients defined in the dark.
TINY = 1e-9

Offset = tuple[int, int]


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

    def offsets(self) -> list[Offset]:
        """(rows, columns) of one of each pair of opposite neighbours."""
        steps = range(-self.reach, self.reach + 1, self.step)
        return [(dy, dx) for dy in steps for dx in steps if (dy, dx) > (0, 0)]

    def average(self, trust: Tensor, strict: Tensor, pixels: Pixels) -> tuple[Tensor, Tensor]:
        """Light [B, 3, H, W] and its noise [B, 1, H, W] after the pass.

        trust : [B, taps, H, W], of the pixel itself, then of each offset and its opposite. strict :
        [B, TESTS, H, W], positive.
        """
        size = pixels.part.shape[-2:]
        around = pixels.padded(self.reach)
        trust = trust.clamp(max=MOST)
        weight = torch.exp(trust[:, :1])
        total, light = weight, weight * pixels.light
        noise = weight * weight * pixels.noise
        for number, (dy, dx) in enumerate(self.offsets()):
            tests = _tests(around, (dy, dx))
            for side, (y, x) in enumerate(((dy, dx), (-dy, -dx))):
                # A pair's tests lie where its upper pixel is.
                start = (0, 0) if side == 0 else (-dy, -dx)
                like, *apart = (self._at(test, start, size) for test in tests)
                z = trust[:, 1 + 2 * number + side, None]
                for which, test in enumerate(apart):
                    z = torch.addcmul(z, strict[:, which : which + 1], test, value=-1)
                weight = torch.exp(z) * like
                total = total + weight
                light = torch.addcmul(light, weight, self._at(around.light, (y, x), size))
                noise = torch.addcmul(noise, weight * weight, self._at(around.noise, (y, x), size))
        return light / total, noise / (total * total)

    def _at(self, image: Tensor, offset: Offset, size: tuple[int, ...]) -> Tensor:
        """The padded image, seen from every pixel at an offset."""
        y, x = self.reach + offset[0], self.reach + offset[1]
        return image[..., y : y + size[0], x : x + size[1]]


def _tests(around: Pixels, offset: Offset) -> tuple[Tensor, ...]:
    """Whether pairs may mix at all, and the tests, each [B, 1, H + 2 reach, W + 2 reach].

    Where the other pixel would lie outside, values mean nothing and are not used.
    """

    def there(image: Tensor) -> Tensor:
        return torch.roll(image, (-offset[0], -offset[1]), (-2, -1))

    like = (there(around.part) == around.part).to(around.light.dtype)
    facets = (there(around.sequence) != around.sequence).to(around.light.dtype)
    gap = _squares(there(around.light) - around.light)
    light = (gap / (there(around.noise) + around.noise + TINY)).clamp(max=FAR)
    return like, facets, light, _squares(there(around.embedded) - around.embedded)


def _squares(image: Tensor) -> Tensor:
    """Sum of the squares of all channels."""
    return (image * image).sum(1, keepdim=True)

"""The network on a whole picture: the U-Net in large tiles, the windows in small ones.

Tiles overlap by as much as a pixel's result depends on, and start at multiples of 8 pixels, the
U-Net's coarsest block: where they are cut does not show.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from engine.refine.network import WINDOWS, Network
from engine.refine.planes import Planes
from engine.refine.tiles import tiles
from engine.refine.window import Pixels

#: Pixels of context that the U-Net looks at, a multiple of its coarsest block of 8: convolutions at
#: 1/8, 1/4 and 1/2 reach 2 x 8, 3 x 4 and 2 x 2, and blocks begin up to 7 before a pixel.
HALO = 40
BLOCK = 8
#: Sides of the U-Net's tiles (a multiple of `BLOCK`) and of the windows' (even), in pixels: the
#: first bounds memory, the second the processor's traffic with it.
LARGE, SMALL = 1024, 512


def apply(
    network: Network, planes: Planes, large: int = LARGE, small: int = SMALL
) -> tuple[Tensor, Tensor]:
    """Refined light of one picture of any size, and its variance: [1, 3, H, W] each.

    The variance takes the weights as given; they depend on the noise, so it is a little too small.

    large, small : sides of tiles; the result does not depend on them, but for rounding.
    """
    refined = torch.empty_like(planes.light), torch.empty_like(planes.noise)
    height, width = planes.light.shape[-2:]
    reach = HALO + BLOCK * -(-sum(window.halo for window in WINDOWS) // BLOCK)
    for core, around, within in tiles((height, width), large, reach):
        found = _tile(network, planes.crop(*around), small)
        for whole, part in zip(refined, found, strict=True):
            whole[(..., *core)] = part[(..., *within)]
    return refined


def _tile(network: Network, planes: Planes, small: int) -> tuple[Tensor, Tensor]:
    """The same of a picture that fits into memory."""
    seen = network.seen(_padded(planes.context))
    embedded = network.embedded(planes.context)
    light = planes.light
    noise = planes.noise.sum(1, keepdim=True)
    for number in range(len(WINDOWS)):
        pixels = Pixels(light, noise, embedded, planes.part, planes.sequence)
        light, noise = _pass(network, number, seen, pixels, small)
    g = network.gate(seen, planes, light)
    left = (1 - g) ** 2 * planes.noise + g**2 * noise / 3
    refined = planes.light + g * (light - planes.light)
    return refined + planes.sketch, left


def _pass(
    network: Network, number: int, seen: Tensor, pixels: Pixels, small: int
) -> tuple[Tensor, Tensor]:
    """Light and its noise after one pass, tile by tile."""
    window = WINDOWS[number]
    after = torch.empty_like(pixels.light), torch.empty_like(pixels.noise)
    even = window.halo + window.halo % 2  # two pixels are one of `seen`
    for core, around, within in tiles(pixels.part.shape[-2:], small, even):
        rows, columns = (slice(s.start // 2, -(-s.stop // 2)) for s in around)
        size = tuple(s.stop - s.start for s in around)
        told = network.advice(seen[..., rows, columns], number, size)
        found = window.average(told, pixels.crop(*around))
        for whole, part in zip(after, found, strict=True):
            whole[(..., *core)] = part[(..., *within)]
    return after


def _padded(image: Tensor) -> Tensor:
    """`image`, its sides rounded up to whole blocks by repeating its border."""
    height, width = image.shape[-2:]
    more = (-width % BLOCK, -height % BLOCK)
    if not any(more):
        return image
    return functional.pad(image, (0, more[0], 0, more[1]), mode="replicate")

"""Light that the network's averages have lost, given back around where it was lost.

Weights that are normalised pixel by pixel do not keep light: trained on squared errors, they let
outliers vanish, and a part grows one to three per cent too dark. That is as it should be where the
part's noise is greater: what a lone bright sample brought is hardly there, and spread over the
part it would be an error everywhere. So a part is given as much as leaves it within its own noise,
or within what nobody sees:

    u' = F + α_p (R - F),    α_p = max(0, 1 - max(LEAST L_p, σ_p) / |L_p - F_p|)

L_p being the luminance of part p in sum, F_p what averages left of it, σ_p the standard error of
L_p, and R the averages with all that they lost. For R, what is missing, u - F, is spread within its
part and given to pixels in proportion to the light that they have:

    R = F (1 + Sᵀ [(u - F) / S F])

S lets pixels of one part exchange equal shares, in passes over ever wider windows (as `exchange`
does, with even weights). Every pass is its own transpose, so Sᵀ is the same passes in the opposite
order, and Σ R = Σ F + Σ (u - F) (S F) / (S F) = Σ u: a part keeps the light that was traced, and
so does every patch that is wider than S. Nothing is scaled as a whole, and what is dark stays dark:
given evenly instead, a lost highlight would be noise in the shadows around it.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from engine.refine.exchange import Offset, Window, here, pass_on, there, totals
from engine.refine.tiles import tiles

#: Steps, in pixels, between the 3 x 3 pixels that each pass takes. Doubled every time, their sums
#: would ripple from pixel to pixel; tripled every time they would have straight edges.
STEPS = (1, 2, 3, 6, 9)
#: Pixels around its own on which a pixel depends: S is taken twice, and a neighbour's sum of
#: weights needs the neighbour's neighbours.
REACH = 4 * sum(STEPS)
#: Side of the tiles that light is given back in, in pixels; bounds memory.
TILE = 1024
#: Share of a part's light that it may lose however little noise it has.
LEAST = 0.005
#: Radiance below which light has no neighbour that it could be given to.
DARK = 1e-6


def kept(light: Tensor, refined: Tensor, part: Tensor, noise: Tensor, tile: int = TILE) -> Tensor:
    """`refined` [1, 3, H, W] with as much of `light` as every part is to keep.

    part : [1, 1, H, W]; light stays in its part. noise : [1, 1, H, W] variance of luminance; pixels
    without any are left as they are. tile : the result does not depend on it, but for rounding.
    """
    owed = _owed(light[:, 1:2], refined[:, 1:2], part, noise)
    open_ = (noise > 0) & (owed > 0)
    after = refined.clone()
    for core, around, within in tiles(tuple(part.shape[-2:]), tile, REACH):
        near = (..., *around)
        if bool(open_[..., *core].any()):
            whole = restored(light[near], refined[near], part[near], open_[near])
            change = owed[near] * (whole - refined[near])
            after[..., *core] += change[..., *within]
    return after


def _owed(light: Tensor, refined: Tensor, part: Tensor, noise: Tensor) -> Tensor:
    """[B, 1, H, W] α of every pixel's part."""
    numbers, index = torch.unique(part, return_inverse=True)

    def per_part(image: Tensor) -> Tensor:
        return torch.bincount(index.ravel(), image.ravel().double(), len(numbers))

    had, change, variance = (per_part(image) for image in (light, light - refined, noise))
    allowed = torch.maximum(LEAST * had.abs(), variance.sqrt())
    share = (1 - allowed / change.abs().clamp(min=DARK)).clamp(min=0)
    return share[index].to(light.dtype)


def restored(light: Tensor, refined: Tensor, part: Tensor, open_: Tensor) -> Tensor:
    """`refined` [B, 3, H, W] with the light that it lacks of `light`; both are positive.

    part : [B, 1, H, W]; light stays in its part. open_ : [B, 1, H, W] bool; other pixels are left
    as they are.
    """
    spread = Spread.within(part, open_)
    around = spread(refined) + DARK
    return refined * (1 + spread((light - refined) / around, back=True))


@dataclass(frozen=True)
class Spread:
    """S and Sᵀ.

    passes : of each, the offsets of its pairs, and the share that the two of each exchange.
    """

    passes: tuple[tuple[tuple[Offset, Tensor], ...], ...]

    @staticmethod
    def within(part: Tensor, open_: Tensor) -> Spread:
        """The spread that stays in parts and among the pixels of `open_`."""
        return Spread(tuple(_shares(part, open_, step) for step in STEPS))

    def __call__(self, image: Tensor, *, back: bool = False) -> Tensor:
        """S `image`, [B, C, H, W], or Sᵀ of it."""
        for pairs in reversed(self.passes) if back else self.passes:
            after = image.clone()
            for offset, share in pairs:
                pass_on(image, share, offset, after)
            image = after
        return image


def _shares(part: Tensor, open_: Tensor, step: int) -> tuple[tuple[Offset, Tensor], ...]:
    """The offsets of a pass and what their pairs exchange."""
    offsets = Window(step, 1).offsets()
    pairs = []
    for offset in offsets:
        same = here(part, offset) == there(part, offset)
        pairs.append((same & here(open_, offset) & there(open_, offset)).float())
    total = totals(pairs, offsets, torch.ones_like(part, dtype=torch.float32))
    return tuple(
        (offset, same.div_(torch.maximum(here(total, offset), there(total, offset))))
        for offset, same in zip(offsets, pairs, strict=True)
    )

"""Light that the network's averages have lost, given back around where it was lost.

Weights that are normalised pixel by pixel do not keep light: trained on squared errors, they let
outliers vanish, and a part grows one to three per cent too dark. What is missing, u - F, is spread
within its part and given to pixels in proportion to the light that they have:

    u' = F (1 + Sᵀ [(u - F) / S F])

S lets pixels of one part exchange equal shares, in passes over ever wider windows (as `exchange`
does, with even weights). Every pass is its own transpose, so Sᵀ is the same passes in the opposite
order, and Σ u' = Σ F + Σ (u - F) (S F) / (S F) = Σ u: a part keeps the light that was traced, and
so does every patch that is wider than S. Nothing is scaled as a whole, and what is dark stays dark:
given evenly instead, a lost highlight would be noise in the shadows around it.

Training sees it: what follows from light that averages lose is part of the error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from engine.refine.exchange import Offset, Window, here, pass_on, there, totals

#: Steps, in pixels, between the 3 x 3 pixels that each pass takes.
STEPS = (1, 2, 4, 8)
#: Pixels around its own on which a pixel depends: S is taken twice, and a neighbour's sum of
#: weights needs the neighbour's neighbours.
REACH = 4 * sum(STEPS)
#: Radiance below which light has no neighbour that it could be given to.
DARK = 1e-6


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
        out: Tensor = _Passes.apply(image, self, back)  # type: ignore[no-untyped-call]
        return out

    def run(self, image: Tensor, *, back: bool) -> Tensor:
        """The same without a gradient."""
        for pairs in reversed(self.passes) if back else self.passes:
            after = image.clone()
            for offset, share in pairs:
                pass_on(image, share, offset, after)
            image = after
        return image


class _Passes(torch.autograd.Function):
    """S or Sᵀ, whose gradient is the other one."""

    @staticmethod
    def forward(ctx: Any, image: Tensor, spread: Spread, back: bool) -> Tensor:
        ctx.spread, ctx.back = spread, back
        return spread.run(image, back=back)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None]:
        return ctx.spread.run(gradients[0], back=not ctx.back), None, None


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

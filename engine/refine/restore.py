"""Light that the network's averages have lost, given back around where it was lost.

Weights that are normalised pixel by pixel do not keep light: trained on squared errors, they let
outliers vanish, and a part grows one to three per cent too dark. What is missing, u - F, is spread
as wide as its noise demands, within its part, and added:

    u' = F + S (u - F)

S lets pixels p, q of one part exchange equal shares, in four passes over ever wider windows (as
`exchange` does, with even weights): it keeps every sum, so u' has the light that was traced, part
by part and over every patch that is wider than S. No part is scaled.

Training sees it: what follows from light that averages lose is part of the error. Since shares
are equal both ways, every pass is its own transpose, and a gradient goes back through the same
passes in the opposite order.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

from engine.refine.exchange import Window, here, pass_on, there, totals

#: Steps, in pixels, between the 3 x 3 pixels that each pass takes.
STEPS = (1, 2, 4, 8)
#: Pixels around its own on which a pixel depends: a neighbour's sum of weights needs the
#: neighbour's neighbours.
REACH = 2 * sum(STEPS)


def restored(light: Tensor, refined: Tensor, part: Tensor, open_: Tensor) -> Tensor:
    """`refined` [B, 3, H, W] with the light that it lacks of `light`.

    part : [B, 1, H, W]; light stays in its part. open_ : [B, 1, H, W] bool; other pixels are left
    as they are.
    """
    given: Tensor = _Spread.apply(light - refined, part, open_)  # type: ignore[no-untyped-call]
    return refined + given


class _Spread(torch.autograd.Function):
    """S, and its transpose for gradients."""

    @staticmethod
    def forward(ctx: Any, image: Tensor, part: Tensor, open_: Tensor) -> Tensor:
        ctx.save_for_backward(part, open_)
        return _spread(image, part, open_, STEPS)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None]:
        return _spread(gradients[0], *ctx.saved_tensors, reversed(STEPS)), None, None


def _spread(image: Tensor, part: Tensor, open_: Tensor, steps: Iterable[int]) -> Tensor:
    """`image` after a pass of each step."""
    for step in steps:
        image = _pass(image, part, open_, step)
    return image


def _pass(image: Tensor, part: Tensor, open_: Tensor, step: int) -> Tensor:
    """`image` after one pass."""
    offsets = Window(step, 1).offsets()
    pairs = []
    for offset in offsets:
        same = here(part, offset) == there(part, offset)
        pairs.append((same & here(open_, offset) & there(open_, offset)).to(image.dtype))
    total = totals(pairs, offsets, torch.ones_like(image[:, :1]))
    out = image.clone()
    for offset, same in zip(offsets, pairs, strict=True):
        share = same / torch.maximum(here(total, offset), there(total, offset))
        pass_on(image, share, offset, out)
    return out

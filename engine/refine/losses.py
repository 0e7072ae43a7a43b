"""What training makes small, and the same numbers for validation.

Targets are noisy, but far less than inputs. Squared errors forgive that (Lehtinen et al.,
"Noise2Noise", ICML 2018, arXiv:1803.04189); the other terms are there because eyes do not square.
They compare logarithms, pixel by pixel and over patches: an eye that does not tell pixels apart
sees what their errors have in common.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from engine.refine.planes import KNEE

#: Added to the squared luminance of the target, as in the benchmarks' relMSE.
FLOOR = 0.01
#: Sides of the patches, in pixels.
PATCHES = (1, 3, 7)
#: Relative squared errors from which on more error counts ever less: else lone bright samples that
#: the target itself has or lacks would rule.
BOUND = 4.0


@dataclass(frozen=True)
class Weights:
    """Of the terms: relative squared error, logarithm in patches, its gradient, colour."""

    squared: float = 1.0
    logarithm: float = 1.5
    gradient: float = 0.5
    colour: float = 0.1


def loss(refined: Tensor, target: Tensor, weights: Weights) -> Tensor:
    """Loss of [B, 3, H, W] XYZ pictures."""
    squared = relative(refined, target)
    logs = [torch.log1p(image.clamp(min=0) / KNEE) for image in (refined, target)]
    gradient = torch.zeros(())
    for axis in (2, 3):
        steps = [image.diff(dim=axis) for image in logs]
        gradient = gradient + (steps[0] - steps[1]).abs().mean()
    return (
        weights.squared * BOUND * torch.log1p(squared / BOUND).mean()
        + weights.logarithm * _patches(logs[0] - logs[1])
        + weights.gradient * gradient
        + weights.colour * ((_uv(refined) - _uv(target)) ** 2).sum(1).add(1e-6).sqrt().mean()
    )


def _patches(gap: Tensor) -> Tensor:
    """Mean over the sizes of patches of the absolute value of their mean."""
    means = [functional.avg_pool2d(gap, side, 1).abs().mean() for side in PATCHES]
    return torch.stack(means).mean()


def relative(refined: Tensor, target: Tensor) -> Tensor:
    """[B, 1, H, W] squared error over the target's squared luminance."""
    error = ((refined - target) ** 2).mean(1, keepdim=True)
    return error / (target[:, 1:2] ** 2 + FLOOR)


def unbiased(refined: Tensor, halves: Tensor) -> Tensor:
    """[B, 1, H, W] estimate of `relative` against the truth, of which `halves` are noisy pictures.

    halves : [2, B, 3, H, W]; their errors are independent: they leave the mean of the product.
    """
    error = ((refined - halves[0]) * (refined - halves[1])).mean(1, keepdim=True)
    return error / (halves[:, :, 1:2].mean(0) ** 2 + FLOOR)


def _uv(xyz: Tensor) -> Tensor:
    """CIE 1976 u'v', [B, 2, H, W]; black pulled towards equal-energy white."""
    x, y, z = (xyz.clamp(min=0) + 0.01).unbind(1)
    total = x + 15 * y + 3 * z
    return torch.stack([4 * x / total, 9 * y / total], 1)

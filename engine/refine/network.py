"""The network: it says how neighbours are to be averaged, and never what they show.

A U-Net at half the picture's side looks at all that is known (`Planes.context`) and says for every
pixel how much it trusts each neighbour, how much others may trust it, and how strict the tests of
likeness are to be. The tests are made at full resolution: whether the two pixels show the same
sequence of facets, how far apart their light is in units of its noise (Welch's statistic), alone
and with the pixels around, and how far apart an embedding of what is known without noise is.
Weights follow from both by softmax
(kernel prediction: Bako et al., "Kernel-Predicting Convolutional Networks for Denoising Monte Carlo
Renderings", ACM TOG 36, 2017, DOI 10.1145/3072959.3073708; pairwise affinities: Işık et al.,
"Interactive Monte Carlo Denoising using Affinity of Neural Features", ACM TOG 40, 2021, DOI
10.1145/3450626.3459793).

Four passes average over ever wider windows; light never crosses from one part to another. So every
result lies between values that were traced. A last gate returns to what was traced where noise is
small beside what averaging changes:

    u' = u + g (F - u),    g = v / (v + κ |F - u|²),    κ > 0

v being the variance: as it vanishes so does g, whatever the weights are. The light u is what the
frame's sketch leaves (`rest`), and the sketch is put on it.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.refine.planes import CONTEXT, GUIDE, GUIDE_AT, Planes
from engine.refine.window import Advice, Pixels, Window

#: Values that the embedding has, and its hidden width.
EMBEDDED, HIDDEN = 2, 16
#: Least κ: keeps the refined picture converging to the traced one.
LEAST = 0.02
#: Keeps the quotient of two zeros defined.
TINY = 1e-20
#: Of the passes.
WINDOWS = (Window(3, 1), Window(3, 2), Window(3, 5), Window(3, 10))


@dataclass(frozen=True)
class Shape:
    """Widths of the U-Net at 1/2, 1/4 and 1/8 of the picture's side."""

    widths: tuple[int, int, int] = (32, 48, 64)


class Network(nn.Module):
    """See the module. Weights are initialised by torch's present seed."""

    def __init__(self, shape: Shape | None = None) -> None:
        super().__init__()
        self.shape = shape or Shape()
        fine, middle, coarse = self.shape.widths
        self.enter = nn.Conv2d(CONTEXT, fine, 2, stride=2)
        self.down0 = nn.Conv2d(fine, fine, 3, padding=1)
        self.down1 = nn.Conv2d(fine, middle, 3, padding=1)
        self.down1b = nn.Conv2d(middle, middle, 3, padding=1)
        self.down2 = nn.Conv2d(middle, coarse, 3, padding=1)
        self.down2b = nn.Conv2d(coarse, coarse, 3, padding=1)
        self.join1 = nn.Conv2d(coarse + middle, middle, 1)
        self.up1 = nn.Conv2d(middle, middle, 3, padding=1)
        self.join0 = nn.Conv2d(middle + fine, fine, 1)
        self.up0 = nn.Conv2d(fine, fine, 3, padding=1)
        self.heads = nn.ModuleList(nn.Conv2d(fine, 4 * Advice.channels(w), 1) for w in WINDOWS)
        self.caution = nn.Conv2d(fine, 4, 1)
        self.embed = nn.Conv2d(GUIDE, HIDDEN, 1)
        self.embed_out = nn.Conv2d(HIDDEN, EMBEDDED, 1)

    def forward(self, planes: Planes) -> Tensor:
        """[B, 3, H, W] refined light; H and W are multiples of 8."""
        seen, embedded = self.seen(planes.context), self.embedded(planes.context)
        light, noise = planes.light, planes.noise.sum(1, keepdim=True)
        for number, window in enumerate(WINDOWS):
            pixels = Pixels(light, noise, embedded, planes.part, planes.sequence)
            light, noise = window.average(self.advice(seen, number, light.shape[-2:]), pixels)
        refined = planes.light + self.gate(seen, planes, light) * (light - planes.light)
        return refined + planes.sketch

    def embedded(self, context: Tensor) -> Tensor:
        """[B, EMBEDDED, H, W]: pixels far apart in it show different things.

        Only what has no noise is looked at; zeros for the rest are cheaper than a copy without it.
        """
        rest = (0, 0, 0, 0, GUIDE_AT, CONTEXT - GUIDE_AT - GUIDE)
        weight = functional.pad(self.embed.weight, rest)
        hidden = functional.relu_(functional.conv2d(context, weight, self.embed.bias))
        found: Tensor = self.embed_out(hidden)
        return found.contiguous()

    def seen(self, context: Tensor) -> Tensor:
        """[B, fine, H / 2, W / 2]: what the U-Net makes of all that is known."""
        x0 = functional.relu_(self.enter(context))
        x0 = x0 + functional.relu_(self.down0(x0))
        x1 = functional.relu_(self.down1(functional.max_pool2d(x0, 2)))
        x1 = x1 + functional.relu_(self.down1b(x1))
        x2 = functional.relu_(self.down2(functional.max_pool2d(x1, 2)))
        x2 = x2 + functional.relu_(self.down2b(x2))
        y1 = _joined(self.join1, x2, x1)
        y1 = y1 + functional.relu_(self.up1(y1))
        y0 = _joined(self.join0, y1, x0)
        seen: Tensor = y0 + functional.relu_(self.up0(y0))
        return seen

    def advice(self, seen: Tensor, number: int, size: tuple[int, ...]) -> Advice:
        """For a pass, at the picture's side: of its first `size` rows and columns."""
        told = functional.pixel_shuffle(self.heads[number](seen), 2)[..., : size[0], : size[1]]
        # Planes lie apart from here on: windows want them so.
        return Advice.of(told.contiguous())

    def gate(self, seen: Tensor, planes: Planes, refined: Tensor) -> Tensor:
        """[B, 1, H, W] g: how far the traced light moves towards the refined one."""
        κ = LEAST + functional.softplus(functional.pixel_shuffle(self.caution(seen), 2))
        change = ((refined - planes.light) ** 2).sum(1, keepdim=True)
        noise = planes.noise.sum(1, keepdim=True)
        return noise / (noise + κ[..., : noise.shape[-2], : noise.shape[-1]] * change + TINY)


def _joined(join: nn.Conv2d, coarse: Tensor, fine: Tensor) -> Tensor:
    """What `join` makes of the coarse image, at twice its side, and the fine one together.

    Looking at single pixels it may look before sides are doubled, at a quarter of them.
    """
    of_coarse, of_fine = torch.split(join.weight, [coarse.shape[1], fine.shape[1]], 1)
    low = functional.conv2d(coarse, of_coarse, join.bias)
    doubled = functional.interpolate(low, scale_factor=2, mode="nearest")
    return functional.relu_(doubled.add_(functional.conv2d(fine, of_fine)))

"""The control: a U-Net that predicts the picture itself, of the size of OIDN's base network.

It gets the same planes, data, loss and time as ours, and may show whatever it likes: the answer to
"is it the data, or the network?". Widths are those of OIDN's base network (`training/model.py`):
32, 48, 64, 80 on the way down, 96 at the bottom, 112, 96, 64, 32 on the way up.

    python -m benchmarks.quality.control DATA OUT --minutes 25
"""

from __future__ import annotations

import argparse
import itertools
import logging
from dataclasses import replace
from pathlib import Path

import torch
from safetensors.torch import save_model
from torch import Tensor, nn
from torch.nn import functional

from engine.refine.planes import CONTEXT, KNEE, Planes
from engine.refine.train import Config, load, train

#: Times that the picture's sides are halved.
LEVELS = 4


class Control(nn.Module):
    """See the module."""

    def __init__(self) -> None:
        super().__init__()
        down = (CONTEXT, 32, 32, 48, 64, 80)
        self.enter = _conv(down[0], down[1])
        self.down = nn.ModuleList(_conv(a, b) for a, b in itertools.pairwise(down[1:]))
        self.bottom = nn.ModuleList([_conv(80, 96), _conv(96, 96)])
        joined = ((96 + 64, 112), (112 + 48, 96), (96 + 32, 64), (64 + CONTEXT, 64))
        self.up = nn.ModuleList(nn.ModuleList([_conv(a, b), _conv(b, b)]) for a, b in joined)
        self.leave = nn.ModuleList([_conv(64, 32), _conv(32, 3)])

    def forward(self, planes: Planes) -> Tensor:
        """[B, 3, H, W] light; sides are multiples of 16, or padded to be."""
        height, width = planes.light.shape[-2:]
        size = 2**LEVELS
        context = functional.pad(
            planes.context, (0, -width % size, 0, -height % size), mode="replicate"
        )
        x, kept = functional.relu(self.enter(context)), [context]
        for number, layer in enumerate(self.down):
            x = functional.max_pool2d(functional.relu(layer(x)), 2)
            if number < LEVELS - 1:
                kept.append(x)
        for layer in self.bottom:
            x = functional.relu(layer(x))
        for pair, skip in zip(self.up, reversed(kept), strict=True):
            x = torch.cat([functional.interpolate(x, scale_factor=2, mode="nearest"), skip], 1)
            for layer in pair:  # type: ignore[attr-defined]
                x = functional.relu(layer(x))
        first, last = self.leave
        logs = last(functional.relu(first(x)))[..., :height, :width]
        return KNEE * torch.expm1(functional.softplus(logs))


def _conv(a: int, b: int) -> nn.Conv2d:
    return nn.Conv2d(a, b, 3, padding=1)


def main() -> None:
    """Train the control."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=25.0)
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    given.out.mkdir(parents=True, exist_ok=True)
    config = replace(Config(), steps=10**6)
    torch.manual_seed(config.seed)
    training, validation = (load(given.data, split) for split in ("training", "validation"))
    model = Control()
    train(model, config, training, validation, given.out, limit_s=60 * given.minutes)
    save_model(model, str(given.out / "network.safetensors"))


if __name__ == "__main__":
    main()

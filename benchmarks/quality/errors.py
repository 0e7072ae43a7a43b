"""The kit's metrics and one for edges, in the masks that are asked about."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np

from benchmarks.kit.metrics import Mask, Yardstick
from benchmarks.kit.references import Reference
from engine.types import ImageArray

METRICS = ("relmse", "flip", "chroma", "gradient")
MASKS = ("stone", "metal", "ground", "piece", "all")
#: Radiance at which the logarithm of the gradient error turns from linear to logarithmic.
KNEE = 0.05

Errors = dict[str, dict[str, float]]


class Ruler:
    """Measures pictures of one scene against its reference."""

    def __init__(self, truth: Reference) -> None:
        self._stick, self._xyz = Yardstick(truth.xyz), truth.xyz
        self.within = _masks(truth.within)

    def errors(self, picture: ImageArray) -> Errors:
        """Mask -> metric -> error; masks that the scene lacks are left out.

        gradient : mean absolute difference of the steps of log(1 + Y / 0.05) from pixel to pixel.
        """
        found = self._stick.errors(picture, self.within)
        edges = np.abs(_steps(picture) - _steps(self._xyz)).mean(axis=0)
        return {
            name: {**asdict(error), "gradient": float(edges[self.within[name]].mean())}
            for name, error in found.items()
        }


def _masks(within: dict[str, Mask]) -> dict[str, Mask]:
    piece = within["stone"] | within["metal"]
    every = {**within, "ground": ~piece, "piece": piece}
    return {name: every[name] for name in MASKS if every[name].any()}


def _steps(xyz: ImageArray) -> ImageArray:
    """[2, H, W] steps down and to the right; 0 at the last row and column."""
    light = logarithm(xyz)
    down = np.diff(light, axis=0, append=light[-1:])
    right = np.diff(light, axis=1, append=light[:, -1:])
    return np.stack([down, right]).astype(np.float32)


def logarithm(xyz: ImageArray) -> ImageArray:
    """[H, W] log(1 + Y / 0.05)."""
    return np.asarray(np.log1p(np.maximum(xyz[..., 1], 0) / KNEE))

"""How far a picture is from its reference: the one kit of all benchmarks.

Everything is measured on linear Rec. 709, in masks that are 4 px wider than what they are named
after, and by two numbers, since no single one decides.
"""

from __future__ import annotations

from dataclasses import dataclass

import flip_evaluator
import numpy as np
import numpy.typing as npt
from scipy.ndimage import binary_dilation

from engine.optics import XYZ_TO_REC709
from engine.types import Frame, ImageArray

Mask = npt.NDArray[np.bool_]

#: Pixels by which a mask is wider than what it is named after.
WIDER = 4
#: Share of the pixels, the worst ones, that relMSE leaves out.
WORST = 0.001


@dataclass(frozen=True)
class Error:
    """HDR-FLIP (0 to 1) and relative mean squared error of one picture in one mask."""

    flip: float
    relmse: float


def masks(frame: Frame) -> dict[str, Mask]:
    """[H, W] masks stone, metal (any part that is no stone) and all."""
    stone = frame.features.stone > 0.5
    metal = (frame.features.part >= 0) & ~stone
    found = {"stone": stone, "metal": metal}
    wide = {name: binary_dilation(mask, iterations=WIDER) for name, mask in found.items()}
    return {**wide, "all": np.ones_like(stone)}


def opaque(frame: Frame) -> ImageArray:
    """XYZ of a frame, [H, W, 3]; a transparent backdrop becomes the studio's white."""
    if frame.backdrop is not None:
        return frame.xyz
    white = np.asarray(frame.white, dtype=np.float32)
    return frame.xyz + (1 - frame.alpha[..., None]) * white


class Yardstick:
    """Measures frames against one reference; the reference alone fixes FLIP's exposures."""

    def __init__(self, reference: Frame) -> None:
        self._xyz = opaque(reference)
        self._rgb = _rec709(self._xyz)
        shown = np.maximum(self._rgb, 0)
        found = flip_evaluator.evaluate(shown, shown, "HDR", applyMagma=False)[2]
        keys = ("startExposure", "stopExposure", "numExposures")
        self.exposures: dict[str, float] = {key: found[key] for key in keys}

    def errors(self, frame: Frame, within: dict[str, Mask]) -> dict[str, Error]:
        """The errors of `frame` in every mask that is not empty."""
        rgb = _rec709(opaque(frame))
        flip = flip_evaluator.evaluate(
            np.maximum(self._rgb, 0),
            np.maximum(rgb, 0),
            "HDR",
            applyMagma=False,
            computeMeanError=False,
            parameters=dict(self.exposures),
        )[0][..., 0]
        squared = ((rgb - self._rgb) ** 2).mean(axis=-1) / (self._xyz[..., 1] ** 2 + 0.01)
        return {
            name: Error(float(flip[mask].mean()), _trimmed(squared[mask]))
            for name, mask in within.items()
            if mask.any()
        }


def _rec709(xyz: ImageArray) -> ImageArray:
    return np.ascontiguousarray(xyz @ XYZ_TO_REC709.T, dtype=np.float32)


def _trimmed(values: npt.NDArray[np.float32]) -> float:
    """Mean of all but the largest values."""
    kept = max(1, round(values.size * (1 - WORST)))
    return float(np.sort(values.astype(np.float64))[:kept].mean())

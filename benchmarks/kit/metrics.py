"""How far a picture is from its reference, by three numbers, since no single one decides.

relmse : mean over pixels and channels of (a - r)^2 / (Y_r^2 + 0.01) on linear Rec. 709, without the
         worst 0.1 % of the pixels.
flip   : HDR-FLIP (P. Andersson, J. Nilsson, P. Shirley, T. Akenine-Moller, EGSR 2021) over the
         exposures that the reference alone fixes; the whole picture goes in, and the map of errors
         is averaged over the mask.
chroma : distance in CIE 1976 u'v', averaged with the reference's luminance as weight.

Masks are 4 px wider than what they are named after: what a stone throws on its setting counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import flip_evaluator
import numpy as np
import numpy.typing as npt
from scipy.ndimage import binary_dilation

import materials
from engine.optics import XYZ_TO_REC709
from engine.scene import Scene
from engine.types import Frame, ImageArray

Mask = npt.NDArray[np.bool_]

MASKS = ("stone", "metal", "all")
#: Pixels by which a mask is wider than what it is named after.
WIDER = 4
#: Share of the pixels, the worst ones, that relMSE leaves out.
WORST = 0.001
#: Added to the squared luminance of the reference in relMSE.
FLOOR = 0.01


@dataclass(frozen=True)
class Error:
    """How far one picture is from its reference in one mask; see the module."""

    flip: float
    relmse: float
    chroma: float


def masks(frame: Frame, scene: Scene) -> dict[str, Mask]:
    """[H, W] masks stone, metal (any part that is no stone) and all, from a frame of `scene`."""
    gem = np.array(
        [materials.load(scene.materials[p.name]).kind == "gem" for p in scene.piece.parts]
    )
    part = frame.features.part
    found = {
        "stone": frame.features.stone > 0.5,
        "metal": (part >= 0) & ~gem[np.maximum(part, 0)],
    }
    wide = {name: binary_dilation(mask, iterations=WIDER) for name, mask in found.items()}
    return {**wide, "all": np.ones(part.shape, dtype=bool)}


def opaque(frame: Frame) -> ImageArray:
    """XYZ of a frame, [H, W, 3]; a transparent backdrop becomes the studio's white."""
    if frame.backdrop is not None:
        return frame.xyz
    white = np.asarray(frame.white, dtype=np.float32)
    return frame.xyz + (1 - frame.alpha[..., None]) * white


class Yardstick:
    """Measures pictures against one reference, [H, W, 3] XYZ."""

    def __init__(self, reference: ImageArray) -> None:
        self._xyz = reference
        self._rgb = _rec709(reference)
        shown = np.maximum(self._rgb, 0)
        found = flip_evaluator.evaluate(shown, shown, "HDR", applyMagma=False)[2]
        keys = ("startExposure", "stopExposure", "numExposures")
        self.exposures: dict[str, float] = {key: found[key] for key in keys}

    def errors(self, picture: ImageArray, within: dict[str, Mask]) -> dict[str, Error]:
        """The errors of `picture`, [H, W, 3] XYZ, in every mask that is not empty."""
        rgb = _rec709(picture)
        flip = self.flip_map(rgb)
        squared = ((rgb - self._rgb) ** 2).mean(axis=-1) / (self._xyz[..., 1] ** 2 + FLOOR)
        tint = np.linalg.norm(uv(picture) - uv(self._xyz), axis=-1)
        weight = np.maximum(self._xyz[..., 1], 0)
        return {
            name: Error(
                flip=float(flip[mask].mean(dtype=np.float64)),
                relmse=trimmed(squared[mask]),
                chroma=_weighted(tint[mask], weight[mask]),
            )
            for name, mask in within.items()
            if mask.any()
        }

    def flip_map(self, rgb: ImageArray) -> ImageArray:
        """[H, W] HDR-FLIP of a linear Rec. 709 picture."""
        found: ImageArray = flip_evaluator.evaluate(
            np.maximum(self._rgb, 0),
            np.maximum(rgb, 0),
            "HDR",
            applyMagma=False,
            computeMeanError=False,
            parameters=dict(self.exposures),
        )[0][..., 0]
        return found


def trimmed(values: npt.NDArray[Any]) -> float:
    """Mean of all but the largest values: of n pixels, round(n WORST) are left out."""
    kept = max(1, values.size - round(values.size * WORST))
    return float(np.sort(values.astype(np.float64), axis=None)[:kept].mean())


def _rec709(xyz: ImageArray) -> ImageArray:
    return np.ascontiguousarray(xyz @ XYZ_TO_REC709.T, dtype=np.float32)


def uv(xyz: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """CIE 1976 u'v', [..., 2] of XYZ [..., 3]; black has no hue, counts as equal-energy white."""
    x, y, z = np.moveaxis(np.maximum(xyz, 0).astype(np.float64), -1, 0)
    total = x + 15 * y + 3 * z
    black = total <= 0
    uv = np.stack([4 * x, 9 * y], axis=-1) / np.where(black, 1, total)[..., None]
    uv[black] = (4 / 19, 9 / 19)
    return uv


def _weighted(values: npt.NDArray[np.float64], weight: npt.NDArray[np.float32]) -> float:
    total = float(weight.sum(dtype=np.float64))
    return float((values * weight).sum() / total) if total > 0 else 0.0

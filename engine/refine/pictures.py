"""Contact sheets of a training run: what came in, what came out, what it should be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine import images
from engine.optics import XYZ_TO_REC709, srgb_encode
from engine.refine.draws import adaptive
from engine.refine.planes import Planes, as_image, planes
from engine.refine.shots import Shot
from engine.types import ImageArray

#: Samples per pixel of the inputs, and most rows of a sheet.
SPP, ROWS = 8, 8


@torch.no_grad()
def write_sheet(
    path: Path, model: Callable[[Planes], Tensor], shots: Sequence[Shot], device: str = "cpu"
) -> None:
    """Rows of traced, refined and target, of some of the shots."""
    rows = []
    for shot in shots[:: max(1, len(shots) // ROWS)][:ROWS]:
        told = planes(adaptive(shot, SPP))
        traced, refined = as_image(told.whole), as_image(model(told.to(device)))
        rows.append(np.concatenate([shown(image) for image in (traced, refined, shot.target)], 1))
    images.write(path, np.concatenate(rows))


def shown(xyz: ImageArray) -> np.ndarray:
    """[H, W, 3] uint8 sRGB code values of XYZ, cut off where a display ends."""
    return np.asarray(np.round(255 * srgb_encode(np.clip(xyz @ XYZ_TO_REC709.T, 0, 1))), np.uint8)

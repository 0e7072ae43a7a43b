"""Frames made by hand: a ball on a ground, with a soft shadow beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.optics import D65_WHITE
from engine.types import Camera, Features, Frame, ImageArray, Vec3

WHITE: Vec3 = (float(D65_WHITE[0]), 1.0, float(D65_WHITE[2]))
GOLD_XYZ = (0.70, 0.74, 0.36)


def image(*values: Any) -> ImageArray:
    return np.stack(np.broadcast_arrays(*values), axis=-1).astype(np.float32)


def make_frame(
    *,
    size: int = 64,
    backdrop: Vec3 | None = WHITE,
    ground: Vec3 = WHITE,
    piece: Any = GOLD_XYZ,
    white: Vec3 = WHITE,
    shadow: float = 0.6,
    name: str = "front",
    provenance: Mapping[str, Any] | None = None,
) -> Frame:
    """A ball of light `piece` (XYZ, or [H, W, 3]) with antialiased edge on a ground.

    backdrop : as in `Frame`; None cuts the ball out of `ground`, which it shadows all the same.
    shadow   : depth of the shadow at its darkest, fading with distance to nothing.
    """
    y, x = np.mgrid[:size, :size] / (size - 1) * 2 - 1
    radius = np.hypot(x, y)
    alpha = np.clip((0.5 - radius) * size / 4 + 0.5, 0, 1)
    shade = shadow * np.clip(1 - np.hypot(x - 0.3, y - 0.4) / 0.6, 0, 1) ** 2
    xyz = alpha[..., None] * np.broadcast_to(np.asarray(piece, np.float64), (size, size, 3))
    if backdrop is not None:
        xyz = xyz + ((1 - alpha) * (1 - shade))[..., None] * np.asarray(backdrop)
    part = np.where(alpha > 0.5, 0, -1).astype(np.int32)
    zero = np.zeros((size, size), np.float32)
    features = Features(
        normal=image(x * (part == 0), y * (part == 0), 1.0 * (part == 0)),
        depth=np.where(part == 0, 300.0 + x, 0).astype(np.float32),
        position=image(x, y, alpha),
        part=part,
        albedo=image(*(alpha * v for v in (0.7, 0.74, 0.36))),
        roughness=zero + np.float32(0.1),
        stone=zero,
    )
    camera = Camera(
        (0.0, -300.0, 0.0), (0.0, 0.0, 0.0), (0.0, 0.0, 1.0), 20.0, (size, size), name=name
    )
    return Frame(
        xyz=xyz.astype(np.float32),
        variance=image(zero, zero, zero),
        samples=zero + 8,
        alpha=alpha.astype(np.float32),
        shadow=shade.astype(np.float32),
        features=features,
        camera=camera,
        backdrop=backdrop,
        white=white,
        provenance=provenance or {"trace": {"spp": 8, "seed": 0, "ground": list(ground)}},
    )

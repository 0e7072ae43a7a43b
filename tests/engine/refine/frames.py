"""Frames made by hand: known light, samples with known noise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from engine.types import Behind, Camera, Features, Frame, Frames, ImageArray, Vec3

BACKDROP: Vec3 = (0.98, 1.03, 0.95)
SAMPLES = 8
GROUND, METAL, STONE = -1, 0, 1


def make_frame(
    light: Any,
    noise: float = 0.2,
    *,
    part: Any = METAL,
    size: tuple[int, int] = (64, 64),
    backdrop: Vec3 | None = BACKDROP,
    seed: int = 0,
    features: Mapping[str, Any] | None = None,
) -> Frame:
    """A frame whose pixels average eight samples of `light`, of relative deviation `noise`.

    light : broadcast to [H, W, 3]. part : broadcast to [H, W]; GROUND, METAL or STONE (and other
    indices for more metal). size : (height, width). features : replace those of flat surfaces.
    """
    height, width = size
    truth = np.broadcast_to(np.asarray(light, dtype=np.float64), (height, width, 3))
    rng = np.random.default_rng(seed)
    shape = 1 / max(noise, 1e-12) ** 2
    scales = rng.gamma(shape, 1 / shape, size=(SAMPLES, height, width, 3)) if noise else 1.0
    samples = truth * np.broadcast_to(scales, (SAMPLES, height, width, 3))
    xyz = samples.mean(axis=0).astype(np.float32)
    parts = np.broadcast_to(np.asarray(part, dtype=np.int32), (height, width)).copy()
    ground = parts < 0
    shadow = np.where(ground, 1 - xyz[..., 1] / BACKDROP[1], 0).astype(np.float32)
    return Frame(
        xyz=xyz,
        variance=(samples.var(axis=0, ddof=1) / SAMPLES).astype(np.float32) * (noise > 0),
        samples=np.full((height, width), SAMPLES, dtype=np.float32),
        alpha=np.where(ground, 0, 1).astype(np.float32),
        shadow=shadow,
        features=replace(flat(parts), **(features or {})),
        camera=Camera((0, -100, 10), (0, 0, 10), (0, 0, 1), 20.0, (width, height)),
        backdrop=backdrop,
        white=BACKDROP,
        provenance={"trace": {"spp": SAMPLES}},
    )


def flat(part: Any) -> Features:
    """Features of a card that faces the camera at 100 mm."""
    piece = (part >= 0).astype(np.float32)
    zeros = np.zeros((*part.shape, 3), dtype=np.float32)
    return Features(
        normal=zeros + piece[..., None] * np.array([0, -1, 0], dtype=np.float32),
        depth=100 * piece,
        position=zeros,
        part=part,
        albedo=0.5 * zeros + 0.7 * piece[..., None],
        roughness=0.1 * piece,
        stone=(part == STONE).astype(np.float32),
        behind=nothing_behind(part.shape),
    )


def nothing_behind(shape: tuple[int, ...]) -> Behind:
    """What lies behind where nothing is looked behind: one facet everywhere."""
    zeros = np.zeros(shape, dtype=np.float32)
    return Behind(
        exit=np.zeros((*shape, 3), np.float32),
        entropy=zeros,
        sequence=np.zeros(shape, np.uint32),
        albedo=np.full((*shape, 3), 0.7, np.float32),
        normal=np.zeros((*shape, 3), np.float32) + np.array([0, -1, 0], np.float32),
    )


def halves(left: float, right: float, size: tuple[int, int] = (64, 64)) -> ImageArray:
    """[H, W, 1] `left` in the left half, `right` in the right half."""
    columns = np.where(np.arange(size[1]) < size[1] // 2, left, right)
    return np.broadcast_to(columns[None, :, None], (*size, 1)).astype(np.float32)


def lazy(*frames: Frame) -> Frames:
    """The frames as a stage hands them on."""
    return Frames(len(frames), lambda index: frames[index])

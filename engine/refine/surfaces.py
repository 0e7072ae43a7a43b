"""What a frame's features say about which pixels belong together, and which are certain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from scipy.ndimage import maximum_filter, uniform_filter
from torch import Tensor

from engine.refine.exchange import Guide
from engine.scene import pixel_size
from engine.types import Features, Frame, ImageArray

Mask = npt.NDArray[np.bool_]
Kinds = npt.NDArray[np.uint8]

GROUND, METAL, STONE, SOFT = range(4)
#: Relative variance that float32 sums of equal samples show by rounding alone.
ROUNDING = 1e-6
#: Differences at which two pixels show different surfaces, whatever the light says (estimated):
#: of the albedo (XYZ), coverage by the piece, coverage by stones, roughness.
ALBEDO, ALPHA, COVERAGE, ROUGHNESS = 0.14, 0.26, 0.3, 0.1
#: The same of the distance to the camera, in the size that a pixel has there.
DEPTH = 30.0
#: Pixels around a noisy one in which ground without variance is not taken for certain: where a
#: penumbra fades, eight samples often agree by chance.
CHANCE = 7
#: Radius of the neighbourhood that the noise of a shadow layer is estimated from.
SCATTER = 2


@dataclass(frozen=True)
class Surface:
    """How one kind of surface is filtered; tuned on scenes outside the benchmark (estimated).

    threshold : Welch's statistic from which on two means count as different; noise alone shows 1
                on average.
    pooling   : weight of the neighbours' variance, in samples: a variance that eight samples found
                is itself off by half.
    normal    : difference of unit normals at which two pixels show different surfaces.
    strict    : test single pixels, and ask that either variance explains the difference alone.
    passes    : how many of the windows are used.
    """

    threshold: float
    pooling: float
    normal: float
    strict: bool
    passes: int


def kinds(features: Features, mirror: bool, soft: tuple[int, ...] = ()) -> Kinds:
    """[H, W] GROUND, STONE, SOFT or METAL (any other part): one kind for the whole part.

    mirror : the ground mirrors the piece; it is treated as metal. soft : as `Frame.soft`.
    """
    part = np.maximum(features.part, -1) + 1
    pixels = np.bincount(part.ravel())
    stone = np.bincount(part.ravel(), np.nan_to_num(features.stone).ravel())
    kind = np.where(2 * stone > pixels, STONE, METAL).astype(np.uint8)
    kind[0] = METAL if mirror else GROUND
    kind[[index + 1 for index in soft if index + 1 < kind.size]] = SOFT
    found: Kinds = kind[part]
    return found


def certain(frame: Frame, kind: Kinds) -> Mask:
    """[H, W] pixels that stay as they are: all their samples agreed, or they are not finite."""
    # Plane by plane: numpy is slow at sums and the like over three.
    planes = [*np.moveaxis(frame.xyz, -1, 0), *np.moveaxis(frame.variance, -1, 0)]
    finite = np.logical_and.reduce([np.isfinite(plane) for plane in planes])
    light, noise = (np.maximum.reduce(np.abs(three)) for three in (planes[:3], planes[3:]))
    light, noise = (np.where(finite, image, 0) for image in (light, noise))
    noisy = noise > ROUNDING * light**2
    ground = finite & (kind == GROUND)
    around = maximum_filter((noisy & ground).astype(np.uint8), 2 * CHANCE + 1, mode="constant")
    sure: Mask = ~finite | ~(noisy | (ground & (around > 0)))
    return sure


def scatter(shadow: ImageArray, ground: Mask) -> ImageArray:
    """[H, W] variance of a shadow layer, from what it scatters by around each pixel of ground."""
    size = 2 * SCATTER + 1
    known = np.where(ground, shadow, 0).astype(np.float64)
    count, first, second = (
        uniform_filter(image, size, mode="constant")
        for image in (ground.astype(np.float64), known, known**2)
    )
    count = np.maximum(count, 0.5 / size**2)
    return np.maximum(second / count - (first / count) ** 2, 0).astype(np.float32)


def guide_of(
    frame: Frame, kind: Kinds, open_: Mask, surfaces: tuple[Surface, ...], device: str
) -> Guide:
    """The guide of a whole frame on a torch device; open_ : [H, W] pixels that take part."""

    def each(name: str) -> Tensor:
        """One field of the pixels' surfaces."""
        values = np.array([getattr(s, name) for s in surfaces], dtype=np.float32)
        return tensor(values[kind])

    def tensor(array: npt.NDArray[Any]) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(array)).to(device)

    # What is the same everywhere keeps nothing apart: all but the depth of open ground.
    apart = [i for i in _scaled(frame, kind, surfaces) if open_.any() and np.ptp(i[open_]) > 0]
    return Guide(
        part=tensor(frame.features.part),
        surface=tensor(np.stack(apart) if apart else np.zeros((0, *kind.shape), np.float32)),
        open=tensor(open_),
        threshold=each("threshold"),
        strict=each("strict") > 0,
        pooling=each("pooling"),
        samples=tensor(frame.samples.astype(np.float32)),
        one_part=not open_.any() or np.ptp(frame.features.part[open_]) == 0,
    )


def _scaled(frame: Frame, kind: Kinds, surfaces: tuple[Surface, ...]) -> Iterator[ImageArray]:
    """[H, W] features, in units of what keeps surfaces apart."""
    features = frame.features
    normal = np.array([1 / surface.normal for surface in surfaces], dtype=np.float32)[kind]
    # The step of the logarithm, over a pixel's angle, is a distance in pixel sizes.
    depth = features.depth
    steps = np.log(depth, out=np.zeros_like(depth), where=depth > 0)
    images = [
        *(features.normal[..., axis] * normal for axis in range(3)),
        *(features.albedo[..., axis] / np.float32(ALBEDO) for axis in range(3)),
        frame.alpha / np.float32(ALPHA),
        features.stone / np.float32(COVERAGE),
        features.roughness / np.float32(ROUGHNESS),
        steps / np.float32(DEPTH * pixel_size(frame.camera)),
    ]
    return (np.nan_to_num(image, posinf=0, neginf=0) for image in images)

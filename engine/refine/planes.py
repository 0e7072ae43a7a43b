"""What the network is told about a frame: planes of numbers, one per pixel.

Light is in XYZ, linear. `Planes.context` is all that is known, scaled to about [-1, 1]. It is the
same for training and for use.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from engine.errors import SceneError
from engine.refine.exchange import boxed
from engine.refine.rest import around, rest
from engine.refine.rest import doubt as unsure
from engine.refine.surfaces import ROUNDING, kinds
from engine.types import Behind, Features, Frame, ImageArray

#: Radiance at which the logarithm turns from linear to logarithmic: log1p(x / KNEE).
KNEE = 0.05
#: Added to luminance where noise is told relative to it.
DARK = 0.02
#: Side of the window that variances are pooled over, and the weight of the pool in samples: what a
#: few samples say about their own variance is off by half.
POOL, POOLING = 5, 4.0
KINDS = 4
#: Rows that are put together at once.
BAND = 16

#: Planes of the context, and the first of those among them that have no noise, and how many: the
#: sketch and what features tell.
CONTEXT, GUIDE_AT, GUIDE = 41, 12, 20


@dataclass(frozen=True)
class Planes:
    """A frame as tensors, or several of one size.

    light    : [B, 3, H, W] XYZ that the sketch leaves; zero where it is not finite.
    noise    : [B, 3, H, W] variance of `light`, pooled over neighbours of one kind.
    sketch   : [B, 3, H, W] XYZ to put on `light`; zero where nothing was sketched.
    doubt    : [B, 3, H, W] variance of `sketch`.
    part     : [B, 1, H, W] int32; light never crosses from one part to another.
    sequence : [B, 1, H, W] int32; neighbours of different values show different facets.
    stone    : [B, 1, H, W] bool; shows mostly stone.
    context  : [B, CONTEXT, H, W].
    """

    light: Tensor
    noise: Tensor
    sketch: Tensor
    doubt: Tensor
    part: Tensor
    sequence: Tensor
    stone: Tensor
    context: Tensor

    @property
    def whole(self) -> Tensor:
        """[B, 3, H, W] XYZ with the sketch."""
        return self.light + self.sketch

    def crop(self, rows: slice, columns: slice) -> Planes:
        """The same of a part of the picture."""
        return Planes(*(getattr(self, f.name)[..., rows, columns] for f in fields(Planes)))

    def to(self, device: str) -> Planes:
        """The same on a torch device."""
        return Planes(*(getattr(self, f.name).to(device) for f in fields(Planes)))

    @staticmethod
    def stacked(planes: list[Planes]) -> Planes:
        """Several pictures of one size as one batch."""
        return Planes(*(torch.cat([getattr(p, f.name) for p in planes]) for f in fields(Planes)))


def planes(frame: Frame) -> Planes:
    """The planes of a frame, as a batch of one. A frame must know what lies behind its facets."""
    features, behind = frame.features, frame.features.behind
    if behind is None:
        raise SceneError(
            "the network needs what lies behind facets; trace with behind=True, or refine with "
            "the statistical filter (welch)"
        )
    kind = kinds(features, frame.mirror, frame.soft)
    classes = torch.from_numpy(kind.astype(np.int64))[None, None]
    mask = torch.cat([classes == k for k in range(KINDS)], 1).float()
    left = rest(frame)
    light, variance = _finite(left.xyz), _finite(left.variance)
    samples = _plane(frame.samples)
    noise = pooled(light, variance, samples, mask)
    sketch, doubt = _finite(around(frame)), _of_kind(_finite(unsure(frame)), mask)
    whole = light + sketch
    luminance = whole[:, 1:2].abs() + DARK
    part, sequence = _whole(features.part), _whole(behind.sequence)
    stone = _plane(np.nan_to_num(features.stone))
    context = _together(
        [
            torch.log1p(whole.clamp(min=0) / KNEE) / 4,
            torch.log1p(noise.sqrt() / luminance),
            torch.log1p(variance[:, 1:2].sqrt() / luminance),
            torch.log2(samples.clamp(min=1)) / 8,
            mask,
            torch.log1p(sketch.clamp(min=0) / KNEE) / 4,
            *_guide(features, behind),
            light / (light.abs() + luminance),
            torch.log1p(doubt[:, 1:2].sqrt() / luminance),
            _scattered(sequence, 2),
            _scattered(part, 1),
            _plane(np.nan_to_num(frame.alpha)),
            stone,
        ]
    )
    return Planes(light, noise, sketch, doubt, part, sequence, stone > 0.5, context)


def _guide(features: Features, behind: Behind) -> list[Tensor]:
    """What features tell without noise, or nearly so."""
    images = (features.normal, features.albedo, behind.exit, behind.albedo, behind.normal)
    return [
        *(_finite(image) for image in images),
        *(_plane(np.nan_to_num(image)) for image in (behind.entropy, features.roughness)),
    ]


def _together(planes: list[Tensor]) -> Tensor:
    """All planes in one [1, CONTEXT, H, W], those of a pixel side by side, as convolutions like."""
    height, width = planes[0].shape[-2:]
    shape = (1, CONTEXT, height, width)
    context = torch.empty(shape, memory_format=torch.channels_last)
    # Row by row, for what is turned about should not have left the processor's cache.
    for top in range(0, height, BAND):
        rows = slice(top, top + BAND)
        context[..., rows, :].copy_(torch.cat([image[..., rows, :] for image in planes], 1))
    return context


def pooled(light: Tensor, variance: Tensor, samples: Tensor, mask: Tensor) -> Tensor:
    """Variance [B, 3, H, W] of each pixel, from its own samples and those of its neighbours.

    It is never less than what the pixel's own samples say: an outlier has to know that it is one.
    A single sample says nothing: there neighbours tell by how much they differ. mask : [B, K, H, W]
    the kind of each pixel, one of K.
    """
    alone = samples < 2
    if bool(alone.any()):
        centred = light - _of_kind(light, mask)
        variance = torch.where(alone, centred * centred, variance)
    variance = torch.where(variance > ROUNDING * light * light, variance, 0)
    own = (samples - 1).clamp(min=0)
    share = POOLING / (own + POOLING)
    return variance + share * (_of_kind(variance, mask) - variance).clamp(min=0)


def _of_kind(image: Tensor, mask: Tensor) -> Tensor:
    """Mean of `image` over the neighbours that are of a pixel's own kind."""
    mean = torch.zeros_like(image)
    for here in torch.split(mask, 1, 1):
        if bool((here > 0).any()):
            mean += here * (boxed(image * here, POOL) / boxed(here, POOL).clamp(min=1))
    return mean


def _scattered(numbers: Tensor, count: int) -> Tensor:
    """`count` values in [-1, 1] for each number, alike for like numbers only."""
    value = numbers.long() & 0xFFFFFFFF
    out = []
    for factor in (2654435761, 2246822519)[:count]:
        mixed = (value * factor) & 0xFFFFFFFF
        mixed = ((mixed ^ (mixed >> 15)) * 2146121005) & 0xFFFFFFFF
        out.append((mixed >> 8).float() / 2.0**23 - 1)
    return torch.cat(out, 1)


def _finite(image: npt.NDArray[Any]) -> Tensor:
    return as_planes(image).nan_to_num_(nan=0.0, posinf=0.0, neginf=0.0)


def as_planes(image: npt.NDArray[Any]) -> Tensor:
    """[H, W, 3] as [1, 3, H, W]."""
    tensor = torch.from_numpy(np.ascontiguousarray(image, np.float32))
    return tensor.permute(2, 0, 1).clone(memory_format=torch.contiguous_format)[None]


def as_image(planes: Tensor) -> ImageArray:
    """[1, C, H, W] as [H, W, C]."""
    return np.ascontiguousarray(planes[0].permute(1, 2, 0).cpu().numpy())


def _plane(image: npt.NDArray[Any]) -> Tensor:
    """[H, W] as [1, 1, H, W]."""
    return torch.from_numpy(np.ascontiguousarray(image, np.float32))[None, None]


def _whole(image: npt.NDArray[Any]) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(image).view(np.int32))[None, None]

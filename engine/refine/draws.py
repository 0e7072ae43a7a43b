"""What training sees: crops of shots at random sample counts, turned, and lit in random colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from engine.refine.crop import mapped
from engine.refine.planes import Planes, as_planes, planes
from engine.refine.shots import Shot
from engine.trace.budget import BLOCK, distribute, first_pass, relative
from engine.types import Frame, ImageArray, Sketch

#: Chance that samples are spread as `trace` spreads them, by what a first pass shows.
ADAPTIVE = 0.5
#: Chance that a frame comes without its sketch, so that the network can do without.
PLAIN = 0.1
#: Of the exposure, and of the gain of each of X, Y and Z beside it, log2.
EXPOSURE, TINT = 1.5, 0.3


@dataclass(frozen=True)
class Batch:
    """Inputs, and what they show: [B, 3, H, W]."""

    planes: Planes
    target: Tensor


def batch(shots: Sequence[Shot], rng: np.random.Generator, size: int, side: int) -> Batch:
    """`size` crops of `side` x `side` pixels."""
    drawn = [_one(shots[int(rng.integers(len(shots)))], rng, side) for _ in range(size)]
    return Batch(
        Planes.stacked([planes(frame) for frame, _ in drawn]),
        torch.cat([as_planes(target) for _, target in drawn]),
    )


def _one(shot: Shot, rng: np.random.Generator, side: int) -> tuple[Frame, ImageArray]:
    """A crop: the frame and what it shows."""
    top, left = (int(rng.integers(n - side + 1)) for n in shot.halves.shape[1:3])
    area = slice(top, top + side), slice(left, left + side)
    turn, mirrored = int(rng.integers(4)), bool(rng.integers(2))
    gain = 2.0 ** (rng.uniform(-EXPOSURE, EXPOSURE) + rng.uniform(-TINT, TINT, 3))

    def seen(image: Any) -> Any:
        cut = np.rot90(image[area], turn)
        return np.ascontiguousarray(cut[:, ::-1] if mirrored else cut)

    frame = noisy(shot, rng)
    if rng.uniform() < PLAIN:
        frame = replace(frame, sketch=None)
    frame = mapped(frame, seen)
    frame = replace(
        frame,
        xyz=(frame.xyz * gain).astype(np.float32),
        variance=(frame.variance * gain**2).astype(np.float32),
    )
    if frame.sketch is not None:
        images = (getattr(frame.sketch, f.name) for f in fields(Sketch))
        sketch = (
            image * by for image, by in zip(images, (gain, gain, gain**2, gain**2), strict=True)
        )
        frame = replace(frame, sketch=Sketch(*(image.astype(np.float32) for image in sketch)))
    return frame, (seen(shot.target) * gain).astype(np.float32)


def noisy(shot: Shot, rng: np.random.Generator) -> Frame:
    """One of a shot's frames; or several of them, each where `trace` would spend its samples."""
    number = int(rng.integers(len(shot.frames)))
    frame = shot.frames[number]
    if rng.uniform() >= ADAPTIVE:
        return frame
    return adaptive(shot, int(frame.samples.flat[0]))


def adaptive(shot: Shot, spp: int) -> Frame:
    """A shot at `spp` samples per pixel on average, spread by what a first pass shows."""
    counts = [int(frame.samples.flat[0]) for frame in shot.frames]
    spent = first_pass(spp)
    if spent >= spp or spent not in counts:
        return shot.frames[counts.index(spp)]
    first = shot.frames[counts.index(spent)]
    features = first.features
    error = relative(first.variance * spent, first.xyz[..., 1])
    more = distribute(error, features.part, features.stone > 0.5, spp, spent)
    wanted = spent + BLOCK * more
    level = np.clip(np.searchsorted(counts, wanted, side="right") - 1, 0, len(counts) - 1)
    rows, columns = np.indices(level.shape)

    def chosen(owners: Sequence[Any], name: str) -> Any:
        return np.stack([getattr(owner, name) for owner in owners])[level, rows, columns]

    images = {name: chosen(shot.frames, name) for name in ("xyz", "variance", "samples")}
    sketches = [frame.sketch for frame in shot.frames]
    sketch = Sketch(**{f.name: chosen(sketches, f.name) for f in fields(Sketch)})
    return replace(first, **images, sketch=sketch)

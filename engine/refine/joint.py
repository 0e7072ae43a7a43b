"""Neighbouring views, refined together: what several of them saw of one spot is averaged first.

Every pixel of a frame that shows the piece is looked for in the frames of neighbouring views: its
point in space is projected there and the four pixels around are asked, each by itself, whether they
show the same surface (part, plane, normal, roughness, kind). What they saw joins in as far as
Welch's test cannot tell the two means apart, over the 5 x 5 pixels around each: a mirror that shows
another softbox from there stays out of it. Means are weighed by their samples, never by variances
that they found themselves, which would favour the dark.

    u' = Σ_f a_f n_f u_f / Σ_f a_f n_f,    v' = Σ_f (a_f n_f)² v_f / (Σ_f a_f n_f)²

over the frame itself (a = 1) and its neighbours. So a frame comes to its refiner as if it had been
traced with more samples where that is true, and neighbours, which share them, err alike: they do
not flicker. What a frame becomes depends on its neighbours' traced frames only, never on refined
ones, so any order of views gives the same bits, and a frame without neighbours stays what it is.

Inside a stone the picture behind a facet moves against the facet: there a neighbour's pixel must
show the same sequence of facets, which only frames know that were traced with what lies behind.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.ndimage import uniform_filter

from engine.refine.crop import area_of
from engine.refine.rest import rest
from engine.refine.surfaces import ROUNDING
from engine.scene import pixel_size, project
from engine.types import Camera, Frame, ImageArray, IntArray

Indices = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]

#: Side of the patches that are compared, and Welch's statistic from which on they show different
#: light; noise alone gives 1. Both tuned on 7 views of two scenes, 1 degree apart.
PATCH, THRESHOLD = 5, 2.0
#: Largest differences within one surface: distance from the plane of the other point and between
#: the points, in pixels; of unit normals; of roughness; least coverage by the piece.
PLANE, APART, NORMAL, ROUGHNESS, COVERED = 0.75, 2.0, 0.17, 0.1, 0.999
#: Share of stone from which on a pixel shows the inside of one.
STONE = 0.5
TINY = 1e-12


@dataclass(frozen=True, eq=False)
class _Glimpse:
    """What another view shows of a frame's pixels: [H, W, 3] light and variance, [H, W] samples.

    All are zero where it does not show them.
    """

    light: ImageArray
    variance: ImageArray
    samples: ImageArray


@dataclass(frozen=True, eq=False)
class _Surfaces:
    """What pixels show, side by side: [N], or [N, 3] of vectors.

    stone : whether a pixel shows the inside of one. sequence : as in `Behind`; zero if unknown.
    """

    part: IntArray
    position: ImageArray
    depth: ImageArray
    normal: ImageArray
    roughness: ImageArray
    stone: Mask
    sequence: npt.NDArray[np.uint32]

    @staticmethod
    def of(frame: Frame, box: tuple[slice, slice] = (slice(None), slice(None))) -> _Surfaces:
        """All pixels in a box."""
        features, behind = frame.features, frame.features.behind
        unknown = np.broadcast_to(np.uint32(0), features.part.shape)
        images = {
            "part": features.part,
            "position": features.position,
            "depth": features.depth,
            "normal": features.normal,
            "roughness": features.roughness,
            "stone": features.stone > STONE,
            "sequence": unknown if behind is None else behind.sequence,
        }
        return _Surfaces(**{name: _flat(image[box]) for name, image in images.items()})

    def rows(self, index: Indices) -> _Surfaces:
        """The pixels at these places."""
        return _Surfaces(**{f.name: getattr(self, f.name)[index] for f in fields(self)})


def joined(frame: Frame, others: Iterable[Frame]) -> Frame:
    """`frame` with what its neighbours saw of the same surfaces.

    `xyz`, `variance` and `samples` change; of a frame with a sketch what that leaves of its light,
    and the variance of that.
    """
    sketch = frame.sketch
    if sketch is None:
        return _joined(frame, others)
    found = _joined(rest(frame), (rest(other) for other in others))
    return replace(
        found,
        xyz=found.xyz + sketch.here,
        variance=frame.variance,
        sketch=replace(sketch, variance=found.variance),
    )


def _joined(frame: Frame, others: Iterable[Frame]) -> Frame:
    """The same of the light as it is."""
    shown = _shown(frame)
    box = area_of(shown)
    if box is None:
        return frame
    seen = np.flatnonzero(shown[box])
    surfaces = _Surfaces.of(frame, box)
    light, variance = (
        np.nan_to_num(image[box], posinf=0, neginf=0) for image in (frame.xyz, frame.variance)
    )
    own = frame.samples[box].astype(np.float32)
    total, mean = own.copy(), light * own[..., None]
    spread = variance * own[..., None] ** 2
    for other in others:
        glimpse = _glimpse(frame.camera, surfaces, seen, own.shape, other)
        weight = _alike(light, variance, glimpse) * glimpse.samples
        total += weight
        mean += weight[..., None] * glimpse.light
        spread += weight[..., None] ** 2 * glimpse.variance
    noisy = variance.max(axis=-1) > ROUNDING * np.abs(light).max(axis=-1) ** 2
    more = noisy & (total > own)
    result = [image.astype(np.float32) for image in (frame.xyz, frame.variance, frame.samples)]
    result[0][box][more] = mean[more] / total[more, None]
    result[1][box][more] = spread[more] / total[more, None] ** 2
    result[2][box][more] = total[more]
    return replace(frame, xyz=result[0], variance=result[1], samples=result[2])


def _shown(frame: Frame) -> Mask:
    """[H, W] pixels that show nothing but the piece, and finite light."""
    features = frame.features
    shown = (features.part >= 0) & (frame.alpha >= COVERED)
    shown &= np.isfinite(frame.xyz).all(axis=-1) & np.isfinite(frame.variance).all(axis=-1)
    outside = features.stone <= STONE
    if features.behind is not None:
        outside |= features.behind.sequence != 0
    return np.asarray(shown & outside)


def _glimpse(
    camera: Camera, ours: _Surfaces, seen: Indices, shape: tuple[int, ...], other: Frame
) -> _Glimpse:
    """What `other` shows of the pixels `seen` of ours: a mean of up to four of its pixels.

    camera, shape : of ours.
    """
    theirs, shown = _Surfaces.of(other), _shown(other).ravel()
    images = _flat(other.xyz), _flat(other.variance), other.samples.ravel()
    height, width = other.features.part.shape
    at, depth = project(other.camera, ours.position[seen].astype(np.float64))
    at = at - 0.5
    corner = np.floor(at).astype(np.intp)
    inside = (depth > 0) & (corner >= 0).all(-1) & (corner < (width - 1, height - 1)).all(-1)
    seen, at, corner = seen[inside], at[inside].astype(np.float32), corner[inside]
    size = np.float32(pixel_size(camera))
    points = ours.rows(seen)
    total, samples = np.zeros((2, len(seen)), dtype=np.float32)
    light, spread = np.zeros((2, len(seen), 3), dtype=np.float32)
    for dx, dy in ((0, 0), (1, 0), (0, 1), (1, 1)):
        near = 1 - np.abs(at - corner.astype(np.float32) - np.array((dx, dy), dtype=np.float32))
        index = (corner[:, 1] + dy) * width + corner[:, 0] + dx
        same = shown[index] & _one_surface(points, theirs.rows(index), size)
        weight = np.where(same, near[:, 0] * near[:, 1], np.float32(0))
        total += weight
        samples += weight * images[2][index]
        for image, found, w in ((images[0], light, weight), (images[1], spread, weight**2)):
            found += w[:, None] * np.where(same[:, None], image[index], np.float32(0))
    known = np.flatnonzero(total > TINY)
    total, place = total[known], seen[known]
    return _Glimpse(
        _placed(light[known] / total[:, None], place, (*shape, 3)),
        _placed(spread[known] / total[:, None] ** 2, place, (*shape, 3)),
        _placed(samples[known] / total, place, shape),
    )


def _flat(image: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """[H, W, ...] as [H W, ...]."""
    return image.reshape(image.shape[0] * image.shape[1], *image.shape[2:])


def _placed(values: ImageArray, at: Indices, shape: tuple[int, ...]) -> ImageArray:
    """An image of `shape` with these values at the flat pixels `at`, zero elsewhere."""
    image = np.zeros((shape[0] * shape[1], *shape[2:]), dtype=np.float32)
    image[at] = values
    return image.reshape(shape)


def _one_surface(ours: _Surfaces, theirs: _Surfaces, size: np.float32) -> Mask:
    """[N] whether pixels of one frame and of another, pair by pair, show the same surface.

    size : of a pixel at unit distance.
    """
    apart, reach = theirs.position - ours.position, size * ours.depth
    same = ours.part == theirs.part
    same &= np.abs((apart * ours.normal).sum(axis=-1)) < PLANE * reach
    same &= (apart**2).sum(axis=-1) < (APART * reach) ** 2
    same &= ((theirs.normal - ours.normal) ** 2).sum(axis=-1) < NORMAL**2
    same &= np.abs(theirs.roughness - ours.roughness) < ROUGHNESS
    same &= (ours.sequence == theirs.sequence) | ~(ours.stone | theirs.stone)
    return np.asarray(same)


def _alike(light: ImageArray, variance: ImageArray, glimpse: _Glimpse) -> ImageArray:
    """[H, W] in [0, 1]: how far Welch's test takes what a glimpse shows for the same light."""
    known = (glimpse.samples > 0)[..., None]
    gap = np.where(known, (glimpse.light - light) ** 2, np.float32(0))
    noise = np.where(known, glimpse.variance + variance + ROUNDING * light**2, np.float32(0))
    gap, noise = (
        uniform_filter(image, (PATCH, PATCH, 1), mode="constant") for image in (gap, noise)
    )
    statistic = (gap / (noise + TINY)).mean(axis=-1) / THRESHOLD
    alike: ImageArray = (1 - np.minimum(statistic, 1) ** 2) ** 2
    return alike

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
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.ndimage import uniform_filter

from engine.refine.surfaces import ROUNDING
from engine.scene import project
from engine.types import Camera, FloatArray, Frame

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
TINY = 1e-20


@dataclass(frozen=True, eq=False)
class _Glimpse:
    """What another view shows of a frame's pixels: [H, W, 3] light and variance, [H, W] samples.

    All are zero where it does not show them.
    """

    light: FloatArray
    variance: FloatArray
    samples: FloatArray


def joined(frame: Frame, others: Iterable[Frame]) -> Frame:
    """`frame` with what its neighbours saw of the same surfaces in `xyz`, `variance`, `samples`."""
    seen = np.flatnonzero(_shown(frame))
    light, variance = (np.nan_to_num(image).astype(np.float64) for image in
                       (frame.xyz, frame.variance))  # fmt: skip
    total = frame.samples.astype(np.float64)
    mean, spread = light * total[..., None], variance * total[..., None] ** 2
    for other in others:
        glimpse = _glimpse(frame, seen, other)
        weight = _alike(light, variance, glimpse) * glimpse.samples
        total = total + weight
        mean += weight[..., None] * glimpse.light
        spread += weight[..., None] ** 2 * glimpse.variance
    noisy = variance.max(axis=-1) > ROUNDING * np.abs(light).max(axis=-1) ** 2
    more = noisy & (total > frame.samples)
    divisor = np.where(more, total, 1)[..., None]
    return replace(
        frame,
        xyz=np.where(more[..., None], mean / divisor, frame.xyz).astype(np.float32),
        variance=np.where(more[..., None], spread / divisor**2, frame.variance).astype(np.float32),
        samples=np.where(more, total, frame.samples).astype(np.float32),
    )


def _shown(frame: Frame) -> Mask:
    """[H, W] pixels that show nothing but the piece, and finite light."""
    features = frame.features
    shown = (features.part >= 0) & (frame.alpha >= COVERED)
    shown &= np.isfinite(frame.xyz).all(axis=-1) & np.isfinite(frame.variance).all(axis=-1)
    outside = features.stone <= STONE
    if features.behind is not None:
        outside |= features.behind.sequence != 0
    return np.asarray(shown & outside)


def _glimpse(frame: Frame, seen: Indices, other: Frame) -> _Glimpse:
    """What `other` shows of the pixels `seen` of `frame`: a mean of up to four of its pixels."""
    height, width = other.features.part.shape
    at, depth = project(
        other.camera, frame.features.position.reshape(-1, 3)[seen].astype(np.float64)
    )
    at = at - 0.5
    corner = np.floor(at).astype(np.intp)
    inside = (depth > 0) & (corner >= 0).all(-1) & (corner < (width - 1, height - 1)).all(-1)
    seen, at, corner = seen[inside], at[inside], corner[inside]
    shown = _shown(other).ravel()
    total, samples = np.zeros((2, len(seen)))
    light, spread = np.zeros((2, len(seen), 3))
    for dx, dy in ((0, 0), (1, 0), (0, 1), (1, 1)):
        near = 1 - np.abs(at - corner - (dx, dy))
        index = (corner[:, 1] + dy) * width + corner[:, 0] + dx
        same = shown[index] & _one_surface(frame, seen, other, index)
        weight = np.where(same, near[:, 0] * near[:, 1], 0.0)
        total += weight
        samples += weight * other.samples.ravel()[index]
        for image, found, w in ((other.xyz, light, weight), (other.variance, spread, weight**2)):
            found += w[:, None] * np.where(same[:, None], image.reshape(-1, 3)[index], 0)
    known = np.flatnonzero(total > TINY)
    total, at_pixel = total[known], seen[known]
    shape = frame.features.part.shape
    values = (
        (light[known] / total[:, None], (*shape, 3)),
        (spread[known] / total[:, None] ** 2, (*shape, 3)),
        (samples[known] / total, shape),
    )
    return _Glimpse(*(_placed(value, at_pixel, size) for value, size in values))


def _placed(values: FloatArray, at: Indices, shape: tuple[int, ...]) -> FloatArray:
    """An image of `shape` with these values at the flat pixels `at`, zero elsewhere."""
    image = np.zeros((shape[0] * shape[1], *shape[2:]))
    image[at] = values
    return image.reshape(shape)


def _one_surface(frame: Frame, seen: Indices, other: Frame, index: Indices) -> Mask:
    """[N] whether pixels `seen` of one frame and `index` of another show the same surface."""
    ours, theirs = frame.features, other.features
    normal, their_normal = ours.normal.reshape(-1, 3)[seen], theirs.normal.reshape(-1, 3)[index]
    apart = theirs.position.reshape(-1, 3)[index] - ours.position.reshape(-1, 3)[seen]
    size = _pixel(frame.camera) * ours.depth.ravel()[seen]
    rough = theirs.roughness.ravel()[index] - ours.roughness.ravel()[seen]
    same = ours.part.ravel()[seen] == theirs.part.ravel()[index]
    same &= np.abs((apart * normal).sum(axis=-1)) < PLANE * size
    same &= np.linalg.norm(apart, axis=-1) < APART * size
    same &= np.linalg.norm(their_normal - normal, axis=-1) < NORMAL
    same &= np.abs(rough) < ROUGHNESS
    if ours.behind is not None and theirs.behind is not None:
        stone = (ours.stone.ravel()[seen] > STONE) | (theirs.stone.ravel()[index] > STONE)
        facets = ours.behind.sequence.ravel()[seen] == theirs.behind.sequence.ravel()[index]
        same &= facets | ~stone
    return np.asarray(same)


def _alike(light: FloatArray, variance: FloatArray, glimpse: _Glimpse) -> FloatArray:
    """[H, W] in [0, 1]: how far Welch's test takes what a glimpse shows for the same light."""
    known = (glimpse.samples > 0)[..., None]
    gap = np.where(known, (glimpse.light - light) ** 2, 0)
    noise = np.where(known, glimpse.variance + variance + ROUNDING * light**2, 0)
    gap, noise = (
        uniform_filter(image, (PATCH, PATCH, 1), mode="constant") for image in (gap, noise)
    )
    statistic = (gap / (noise + TINY)).mean(axis=-1) / THRESHOLD
    alike: FloatArray = (1 - np.minimum(statistic, 1) ** 2) ** 2
    return alike


def _pixel(camera: Camera) -> float:
    """Size of a pixel at unit distance."""
    return float(2 * np.tan(np.radians(camera.fov_deg) / 2) / max(camera.size))

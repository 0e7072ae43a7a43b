"""How much the pictures of an orbit differ from frame to frame by what is not there.

References are noisy too. Each comes in two independent halves, and every square below is the
product of what is found with either half: their noise cancels in the mean.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.kit.metrics import FLOOR, trimmed, uv
from benchmarks.kit.references import Reference
from benchmarks.quality.errors import logarithm
from engine.optics import XYZ_TO_REC709
from engine.scene import pixel_size, project
from engine.types import FloatArray, Frame, ImageArray

with warnings.catch_warnings():  # of plots that it could not draw
    warnings.simplefilter("ignore")
    import colour

Mask = npt.NDArray[np.bool_]

#: Pixels that are covered by the piece alone.
COVERED = 0.999
#: Largest distance of two points of one surface, in pixels.
APART = 2.0
#: Fewest pixels of a facet that is followed, and steps that its normal is told apart by.
FACET, NORMAL_STEPS = 12, 40
#: Side of the windows in which a shift is looked for, pixels.
WINDOW = 16


@dataclass(frozen=True, eq=False)
class Moment:
    """One view: its traced frame and its reference."""

    frame: Frame
    truth: Reference


@dataclass(frozen=True)
class Consistency:
    """What a method's pictures of an orbit show.

    warped      : RMS of what changes between the two views of a spot on opaque surfaces beyond what
                  does in the references, relative to its luminance.
    energy      : RMS change from view to view of the error of a facet's luminance, relative.
    chroma      : the same of its chromaticity u'v'.
    relmse      : mean squared error of stones, and of metal, as the kit has it.
    gradient    : mean error of the steps of log(1 + Y / 0.05) from pixel to pixel in stones.
    drift       : median shift of what stones show against the reference, pixels.
    colour      : largest CIEDE2000 between a metal part's mean colour and the reference's.
    """

    warped: float
    energy: float
    chroma: float
    relmse_stone: float
    relmse_metal: float
    gradient: float
    drift: float
    colour: float


def measure(moments: Sequence[Moment], pictures: Sequence[ImageArray]) -> Consistency:
    """pictures : [H, W, 3] XYZ, one for each moment, in the order of the orbit."""
    pairs = list(zip(moments, pictures, strict=True))
    relmse = {name: np.mean([_relmse(m, p, name) for m, p in pairs]) for name in ("stone", "metal")}
    energy, chroma = _facets(moments, pictures)
    return Consistency(
        warped=_warped(moments, pictures),
        energy=energy,
        chroma=chroma,
        relmse_stone=float(relmse["stone"]),
        relmse_metal=float(relmse["metal"]),
        gradient=float(np.mean([_gradient(m, p) for m, p in pairs])),
        drift=float(np.median(np.concatenate([_shifts(m, p) for m, p in pairs]))),
        colour=max(_tint(m, p) for m, p in pairs),
    )


def _errors(moment: Moment, picture: ImageArray) -> tuple[FloatArray, FloatArray]:
    """[H, W, 3] linear Rec. 709 of picture less reference, by either half of it."""
    one, other = ((picture - half) @ XYZ_TO_REC709.T for half in moment.truth.halves)
    return one.astype(np.float64), other.astype(np.float64)


def _relmse(moment: Moment, picture: ImageArray, mask: str) -> float:
    one, other = _errors(moment, picture)
    relative = (one * other).mean(axis=-1) / (moment.truth.xyz[..., 1] ** 2 + FLOOR)
    within = moment.truth.within[mask]
    return trimmed(relative[within]) if within.any() else float("nan")


def _gradient(moment: Moment, picture: ImageArray) -> float:
    found = []
    for axis in (0, 1):
        within = _both(moment.truth.within["stone"], axis)
        ours, theirs = (
            np.diff(logarithm(image), axis=axis)[within] for image in (picture, moment.truth.xyz)
        )
        found.append(np.abs(ours - theirs).mean())
    return float(np.mean(found))


def _both(mask: Mask, axis: int) -> Mask:
    """Whether both of two neighbours along an axis are in a mask; as `np.diff` counts."""
    length = mask.shape[axis] - 1
    return np.take(mask, range(length), axis) & np.take(mask, range(1, length + 1), axis)


def _warped(moments: Sequence[Moment], pictures: Sequence[ImageArray]) -> float:
    """See `Consistency.warped`; over all pairs of views that follow each other."""
    squares = []
    for i in range(len(moments) - 1):
        here, there = moments[i], moments[i + 1]
        pixels, at = covisible(here.frame, there.frame)
        ours, theirs = _errors(here, pictures[i]), _errors(there, pictures[i + 1])
        steps = [
            _interpolated(b, at) - a.reshape(-1, 3)[pixels]
            for a, b in zip(ours, theirs, strict=True)
        ]
        light = here.truth.xyz[..., 1].ravel()[pixels] ** 2 + FLOOR
        squares.append((steps[0] * steps[1]).mean(axis=-1) / light)
    return float(np.sqrt(max(0.0, trimmed(np.concatenate(squares)))))


def covisible(frame: Frame, other: Frame) -> tuple[npt.NDArray[np.intp], FloatArray]:
    """Opaque pixels of a frame that another one shows too: [N] flat indices and [N, 2] places.

    A place counts only where all four pixels around it show the same part at the same depth.
    """
    features, beyond = frame.features, other.features
    opaque_here, opaque_there = (_opaque_parts(f) for f in (frame, other))
    pixels = np.flatnonzero(opaque_here)
    points = features.position.reshape(-1, 3)[pixels].astype(np.float64)
    at, depth = project(other.camera, points)
    at = at - 0.5
    corner = np.floor(at).astype(np.intp)
    height, width = beyond.part.shape
    good = (depth > 0) & (corner >= 0).all(-1) & (corner < (width - 1, height - 1)).all(-1)
    pixels, points, at, corner = pixels[good], points[good], at[good], corner[good]
    size = pixel_size(frame.camera) * features.depth.ravel()[pixels]
    same = np.ones(len(pixels), dtype=bool)
    for dx, dy in ((0, 0), (1, 0), (0, 1), (1, 1)):
        y, x = corner[:, 1] + dy, corner[:, 0] + dx
        same &= opaque_there[y, x] & (beyond.part[y, x] == features.part.ravel()[pixels])
        apart = np.linalg.norm(beyond.position[y, x] - points, axis=-1)
        same &= apart < APART * size
    return pixels[same], at[same]


def _opaque_parts(frame: Frame) -> Mask:
    features = frame.features
    found = (features.part >= 0) & (features.stone == 0) & (frame.alpha >= COVERED)
    return np.asarray(found)


def _interpolated(image: FloatArray, at: FloatArray) -> FloatArray:
    """[N, 3] of an [H, W, 3] image at places [N, 2] (x, y), pixel centres being whole numbers."""
    corner = np.floor(at).astype(np.intp)
    (x, y), (u, v) = corner.T, (at - corner).T[..., None]
    top = image[y, x] * (1 - u) + image[y, x + 1] * u
    bottom = image[y + 1, x] * (1 - u) + image[y + 1, x + 1] * u
    found: FloatArray = top * (1 - v) + bottom * v
    return found


def _facets(moments: Sequence[Moment], pictures: Sequence[ImageArray]) -> tuple[float, float]:
    """RMS steps of the facets' errors in luminance, relative, and in chromaticity."""
    tracks: list[dict[int, tuple[FloatArray, FloatArray, float]]] = []
    for moment, picture in zip(moments, pictures, strict=True):
        there = {}
        for name, pixels in _seen_facets(moment.frame):
            mean = [image.reshape(-1, 3)[pixels].mean(axis=0, dtype=np.float64)
                    for image in (picture, *moment.truth.halves, moment.truth.xyz)]  # fmt: skip
            errors = [np.concatenate([[mean[0][1] - half[1]], uv(mean[0]) - uv(half)])
                      for half in mean[1:3]]  # fmt: skip
            there[name] = (errors[0], errors[1], float(mean[3][1]))
        tracks.append(there)
    squares, light = list[FloatArray](), list[float]()
    for before, after in itertools.pairwise(tracks):
        for name in before.keys() & after.keys():
            one, other = (after[name][k] - before[name][k] for k in (0, 1))
            squares.append(np.asarray(one * other))
            light.append(after[name][2])
    mean = np.mean(squares, axis=0)
    energy = np.sqrt(max(mean[0], 0)) / np.mean(light)
    return float(energy), float(np.sqrt(max(mean[1] + mean[2], 0)))


def _seen_facets(frame: Frame) -> Iterator[tuple[int, npt.NDArray[np.intp]]]:
    """Facets that a stone shows to the camera: a number for part and normal, and its pixels."""
    features = frame.features
    stone = np.flatnonzero((features.stone == 1) & (features.part >= 0))
    steps = np.round(features.normal.reshape(-1, 3)[stone] * NORMAL_STEPS).astype(np.int64)
    keys = features.part.ravel()[stone].astype(np.int64)
    for axis in range(3):
        keys = keys * (2 * NORMAL_STEPS + 1) + steps[:, axis] + NORMAL_STEPS
    names, which, counts = np.unique(keys, return_inverse=True, return_counts=True)
    for number in np.flatnonzero(counts >= FACET):
        yield int(names[number]), stone[which == number]


def _shifts(moment: Moment, picture: ImageArray) -> FloatArray:
    """[N] lengths of the shifts, in pixels, that best map the reference onto the picture.

    Lucas and Kanade (1981), one step, in windows of stone; windows without edges tell nothing.
    """
    theirs, ours = (logarithm(image).astype(np.float64) for image in (moment.truth.xyz, picture))
    slopes, change = np.asarray(np.gradient(theirs)), theirs - ours
    stone = moment.truth.within["stone"]
    found = []
    for y in range(0, stone.shape[0] - WINDOW + 1, WINDOW):
        for x in range(0, stone.shape[1] - WINDOW + 1, WINDOW):
            here = (slice(y, y + WINDOW), slice(x, x + WINDOW))
            inside = stone[here]
            if inside.mean() < 0.5:
                continue
            gradients = slopes[:, *here][:, inside]
            shift = np.linalg.lstsq(gradients.T, change[here][inside], rcond=None)[0]
            found.append(float(np.hypot(*shift)))
    return np.array(found)


def _tint(moment: Moment, picture: ImageArray) -> float:
    """Largest CIEDE2000 between the mean colours of opaque parts in picture and reference."""
    white = np.asarray(moment.frame.white, dtype=np.float64)
    illuminant = colour.XYZ_to_xy(white)
    metal, part = _opaque_parts(moment.frame), moment.frame.features.part
    worst = 0.0
    for index in np.unique(part[metal]):
        here = metal & (part == index)
        if here.sum() < 4 * FACET:
            continue
        labs = [colour.XYZ_to_Lab(image[here].mean(axis=0, dtype=np.float64) / white[1], illuminant)
                for image in (picture, moment.truth.xyz)]  # fmt: skip
        worst = max(worst, float(colour.delta_E(*labs, method="CIE 2000")))
    return worst

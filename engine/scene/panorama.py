"""A photographed panorama (HDRI) as a map of directions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.errors import SceneError
from engine.scene.references import hash_file
from engine.scene.studios import Hdri
from engine.types import FloatArray


def read_panorama(hdri: Hdri, height: int) -> FloatArray:
    """[height, 2 height, 3] linear Rec. 709, averaged over texels so that all energy is kept.

    A panorama shows the world from inside, azimuths growing to the left: its columns are mirrored.
    Its centre comes to azimuth `rotation_deg`. Negative values (out of gamut) become 0.
    Raises FileError, or SceneError for what is no panorama.
    """
    from engine import images

    path = Path(hdri.path)
    if hdri.sha256 is not None and path.is_file() and hash_file(path) != hdri.sha256:
        raise SceneError(
            "has changed since the scene was composed; put the old panorama back or compose again",
            file=path,
        )
    return _resampled(_checked(images.read(path), path), height, hdri.rotation_deg)


def _checked(found: npt.NDArray[Any], path: Path) -> FloatArray:
    """[h, w, 3] the colours of a panorama, none negative. Raises SceneError."""
    if found.dtype.kind != "f":
        raise SceneError("holds display colours, not light; give an .exr or .hdr file", file=path)
    pixels = found.astype(np.float64)
    if pixels.shape[2] < 3 or min(pixels.shape[:2]) < 2:
        raise SceneError("is no colour panorama; give an RGB picture", file=path)
    if not 1.8 <= pixels.shape[1] / pixels.shape[0] <= 2.2:
        raise SceneError(
            f"is {pixels.shape[1]}x{pixels.shape[0]}, but a panorama is twice as wide as high",
            file=path,
        )
    rgb = pixels[:, :, :3]
    if not np.isfinite(rgb).all():
        raise SceneError("has pixels that are not finite; repair the panorama", file=path)
    rgb = np.maximum(rgb, 0)
    if not rgb.any():
        raise SceneError("is black everywhere; choose a panorama with light in it", file=path)
    return rgb


def _resampled(rgb: FloatArray, height: int, rotation_deg: float) -> FloatArray:
    """[height, 2 height, 3] with the picture's centre at azimuth `rotation_deg`."""
    turn = 0.5 - rotation_deg / 360
    rows = _resample(rgb, _heights(rgb.shape[0]), _heights(height))
    edges = np.arange(2 * height + 1) / (2 * height) + turn
    turned = _resample_around(np.swapaxes(rows[:, ::-1], 0, 1), edges)
    return np.swapaxes(turned, 0, 1)


def _heights(count: int) -> FloatArray:
    """1 - sin of the elevations between `count` rows: equal steps are equal solid angles."""
    edges: FloatArray = 1 - np.cos(np.arange(count + 1) / count * np.pi)
    return edges


def _resample(values: FloatArray, old: FloatArray, new: FloatArray) -> FloatArray:
    """Means over the intervals between `new` edges of what is constant between `old` edges."""
    step = np.diff(old)
    total = np.concatenate([np.zeros_like(values[:1]), np.cumsum((values.T * step).T, axis=0)])
    at = np.clip(np.searchsorted(old, new, side="right") - 1, 0, len(step) - 1)
    inside = (new - old[at])[(...,) + (None,) * (values.ndim - 1)]
    sums = total[at] + values[at] * inside
    means: FloatArray = (np.diff(sums, axis=0).T / np.diff(new)).T
    return means


def _resample_around(values: FloatArray, edges: FloatArray) -> FloatArray:
    """The same around a circle: `values` fill [0, 1) evenly, `edges` may start anywhere."""
    start = edges[0] % 1.0
    twice = np.concatenate([values, values])
    old = np.arange(len(twice) + 1) / len(values)
    return _resample(twice, old, edges - edges[0] + start)

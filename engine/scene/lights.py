"""Paint a light or a card onto a map of directions: anti-aliased, with its exact energy.

A light's own coordinates are gnomonic: x to the right and y up as seen from the piece, on the plane
that touches the unit sphere at the light's centre.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.scene.sphere import direction, directions, solid_angles
from engine.scene.studios import Card, Disc, Dome, Light, Rectangle
from engine.types import FloatArray, IntArray

Shape = Disc | Rectangle | Card

#: Samples across half of a light, at least so many per texel, at most so many per texel.
_ACROSS, _FEWEST, _MOST = 8, 3, 64
_SAMPLES_AT_ONCE = 1 << 20
_INTEGRAL_STEPS = 400


def paint(light: Light, layer: FloatArray) -> None:
    """Add a light to `layer` [H, 2H], or darken `layer` [H, 2H, ...] by a card; in place."""
    if isinstance(light, Dome):
        layer += light.radiance * _dome(light, len(layer))
        return
    rows, columns = _bounds(light, len(layer))
    coverage = np.concatenate(
        [_coverage(light, block, columns, len(layer)) for block in _blocks(rows, len(columns))]
    )
    where = np.ix_(rows, columns)
    if isinstance(light, Card):
        shaped = coverage.reshape(coverage.shape + (1,) * (layer.ndim - 2))
        layer[where] *= 1 - (1 - light.transmission) * shaped
        return
    painted = float(coverage.sum(axis=1) @ solid_angles(len(layer))[rows])
    layer[where] += light.radiance * coverage * (solid_angle(light) / painted)


def solid_angle(light: Shape) -> float:
    """Integral of a light's profile (1 at its brightest) over the sphere, steradian."""
    half_x, half_y = _half_angles(light)
    steps = (np.arange(_INTEGRAL_STEPS) + 0.5) / _INTEGRAL_STEPS * 2 - 1
    # Equal steps of angle: dx = sec²α dα, and dΩ = dx dy / (1 + x² + y²)^(3/2).
    x = np.tan(steps * half_x)[None, :]
    y = np.tan(steps * half_y)[:, None]
    jacobian = (1 + x**2) * (1 + y**2) / (1 + x**2 + y**2) ** 1.5
    cell = 4 * half_x * half_y / _INTEGRAL_STEPS**2
    return float((_profile(light, x, y) * jacobian).sum() * cell)


def _dome(dome: Dome, height: int) -> FloatArray:
    """[H, 2H] radiance of a dome relative to its centre."""
    cosine = directions(height) @ direction(dome.azimuth_deg, dome.elevation_deg)
    towards = np.clip((1 + cosine) / 2, 0, 1)
    relative: FloatArray = dome.far + (1 - dome.far) * towards**dome.power
    relative[height // 2 :] *= dome.below
    return relative


def _half_angles(light: Shape) -> tuple[float, float]:
    """Half width and half height, radians."""
    if isinstance(light, Disc):
        return float(np.radians(light.radius_deg)), float(np.radians(light.radius_deg))
    return float(np.radians(light.width_deg / 2)), float(np.radians(light.height_deg / 2))


def _profile(light: Shape, x: FloatArray, y: FloatArray) -> FloatArray:
    """Radiance (of a card: opacity) relative to the centre, at unrolled gnomonic x, y."""
    half_x, half_y = _half_angles(light)
    if isinstance(light, Disc):
        return _edge(np.arctan(np.hypot(x, y)) / half_x, light.soft)
    s, t = np.abs(x) / np.tan(half_x), np.abs(y) / np.tan(half_y)
    if isinstance(light, Card) and light.round:
        return _edge(np.hypot(s, t), light.soft)
    inside: FloatArray = _edge(s, light.soft) * _edge(t, light.soft)
    if isinstance(light, Rectangle):
        inside *= 1 - (1 - light.corner) * np.minimum(s**2 + t**2, 2) / 2
    return inside


def _edge(s: FloatArray, soft: float) -> FloatArray:
    """1 inside, 0 beyond s = 1, a smoothstep over the last `soft` of the way."""
    if soft == 0:
        return (s <= 1).astype(np.float64)
    f = np.clip((1 - s) / soft, 0, 1)
    faded: FloatArray = f * f * (3 - 2 * f)
    return faded


def _bounds(light: Shape, height: int) -> tuple[IntArray, IntArray]:
    """Rows and columns of the texels that the light may touch."""
    half_x, half_y = _half_angles(light)
    reach = half_x
    if not isinstance(light, Disc):
        reach = float(np.arctan(np.hypot(np.tan(half_x), np.tan(half_y))))
    a, e = np.radians(light.azimuth_deg), np.radians(light.elevation_deg)
    texel = np.pi / height
    top = max(int((np.pi / 2 - e - reach) / texel), 0)
    bottom = min(int((np.pi / 2 - e + reach) / texel), height - 1)
    rows = np.arange(top, bottom + 1, dtype=np.int32)
    if abs(e) + reach >= np.pi / 2:
        return rows, np.arange(2 * height, dtype=np.int32)
    side = float(np.arcsin(np.sin(reach) / np.cos(e)))
    left, right = int(np.floor((a - side) / texel)), int(np.floor((a + side) / texel))
    columns = np.arange(left, min(right, left + 2 * height - 1) + 1) % (2 * height)
    return rows, columns.astype(np.int32)


def _blocks(rows: IntArray, columns: int) -> Iterator[IntArray]:
    """Rows in blocks of bounded size."""
    step = max(1, _SAMPLES_AT_ONCE // (columns * _FEWEST**2))
    return (rows[i : i + step] for i in range(0, len(rows), step))


def _coverage(light: Shape, rows: IntArray, columns: IntArray, height: int) -> FloatArray:
    """[rows, columns] mean of the profile over each texel, by regular sub-samples."""
    texel = np.pi / height
    fine = int(np.clip(np.ceil(_ACROSS * texel / min(_half_angles(light))), _FEWEST, _MOST))
    offsets = (np.arange(fine) + 0.5) / fine
    e = np.pi / 2 - (rows[:, None] + offsets).reshape(-1, 1) * texel
    a = (columns[:, None] + offsets).reshape(1, -1) * texel - np.radians(light.azimuth_deg)
    e0 = np.radians(light.elevation_deg)
    forward = np.cos(e) * np.cos(a) * np.cos(e0) + np.sin(e) * np.sin(e0)
    ahead = np.maximum(forward, 1e-9)
    # Seen from the piece, azimuths grow to the left.
    x = -np.cos(e) * np.sin(a) / ahead
    y = (np.sin(e) * np.cos(e0) - np.cos(e) * np.cos(a) * np.sin(e0)) / ahead
    if not isinstance(light, Disc) and light.roll_deg:
        cos_r, sin_r = np.cos(np.radians(light.roll_deg)), np.sin(np.radians(light.roll_deg))
        x, y = cos_r * x - sin_r * y, sin_r * x + cos_r * y
    seen = np.where(forward > 0, _profile(light, x, y), 0.0)
    mean: FloatArray = seen.reshape(len(rows), fine, len(columns), fine).mean(axis=(1, 3))
    return mean

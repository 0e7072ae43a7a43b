"""The caustics of a frame, filtered for themselves: light is spread as wide as its noise demands.

What photons leave on the ground is sharp where many land and noisy where few do. So the light of
each pixel is spread by a kernel of its own width: the narrowest in which the noise is small beside
the light of the ground. Light is handed out, not gathered: whatever the widths are, none is lost
and none is made.

The kernels are round on the ground and stop where the piece covers it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from scipy.ndimage import uniform_filter

from engine.types import Camera, Caustics, FloatArray, Frame

#: Widths in pixels of the boxes whose threefold application is a kernel; 1 leaves light in place.
WIDTHS = (1, 3, 5, 9, 17, 33)
#: Noise that may be left, relative to the light of the ground (estimated).
NOISE = 0.02
#: Flattest look at the ground that kernels are still round for.
FLATTEST = 0.2
TINY = 1e-20


def spread(frame: Frame, layer: Caustics) -> Caustics:
    """`layer` with less noise and the same light. frame : the refined rest of the picture."""
    most = float(layer.ground.max())
    if most <= 0 or not layer.xyz.any():
        return layer
    ground = layer.ground.astype(np.float64) / most
    light, noise = (np.zeros(layer.xyz.shape) for _ in range(2))
    for size, share in _shares(frame, layer, ground):
        room = _blur(ground, size)
        handed = np.divide(share, room, out=np.zeros_like(room), where=room > TINY)
        peak = _peak(size)
        for axis in range(3):
            light[..., axis] += ground * _blur(handed * layer.xyz[..., axis], size)
            # A kernel squared is taken for the kernel itself, scaled.
            spent = peak * _blur(handed**2 * layer.variance[..., axis], size)
            noise[..., axis] += ground**2 * spent
    return replace(layer, xyz=light.astype(np.float32), variance=noise.astype(np.float32))


def _shares(
    frame: Frame, layer: Caustics, ground: FloatArray
) -> Iterator[tuple[tuple[int, int], FloatArray]]:
    """Sizes of kernels, and the share of each pixel's light that each of them spreads."""
    rest = np.nan_to_num(np.maximum(layer.ground * (1 - frame.shadow), 0).astype(np.float64))
    variance = layer.variance.max(axis=-1).astype(np.float64)
    open_ = np.ones_like(ground)
    for width in WIDTHS:
        size = _size(width, frame.camera)
        if width == WIDTHS[-1]:
            yield size, open_
            return
        all_light = _blur(rest + layer.xyz[..., 1], size)
        noise = _peak(size) * _blur(variance, size)
        excess = noise / np.maximum((NOISE * all_light) ** 2, TINY)
        # Each width leaves about a quarter of the variance of the one before it.
        share = open_ * np.clip(1 - 0.5 * np.log2(np.maximum(excess, TINY)), 0, 1)
        open_ = open_ - share
        yield size, share


def _size(width: int, camera: Camera) -> tuple[int, int]:
    """(rows, columns), both odd, of about width x width pixels, square on the ground."""
    sight = np.subtract(camera.target, camera.position)
    flat = max(abs(sight[2]) / float(np.linalg.norm(sight)), FLATTEST) ** 0.5
    rows, columns = (2 * round((width * factor - 1) / 2) + 1 for factor in (flat, 1 / flat))
    # A kernel of one row would draw lines.
    return max(rows, min(width, 3)), columns


def _blur(image: FloatArray, size: tuple[int, int]) -> FloatArray:
    """`image` after three box filters; nothing lies outside, so the kernel is symmetric."""
    for _ in range(3 if max(size) > 1 else 0):
        image = uniform_filter(image, size, mode="constant")
    return image


def _peak(size: tuple[int, int]) -> float:
    """Sum of a kernel's squared weights: the share of the variance that is left of even noise."""
    left = 1.0
    for width in size:
        box = np.full(width, 1 / width)
        left *= float(np.square(np.convolve(np.convolve(box, box), box)).sum())
    return left

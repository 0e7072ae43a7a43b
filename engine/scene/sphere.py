"""Directions around a piece and the latitude-longitude maps that hold them."""

from __future__ import annotations

import numpy as np

from engine.types import FloatArray


def direction(azimuth_deg: float, elevation_deg: float) -> FloatArray:
    """[3] unit vector (sin a cos e, -cos a cos e, sin e)."""
    a, e = np.radians(azimuth_deg), np.radians(elevation_deg)
    return np.array([np.sin(a) * np.cos(e), -np.cos(a) * np.cos(e), np.sin(e)])


def frame(azimuth_deg: float, elevation_deg: float) -> FloatArray:
    """[3, 3] rows right, up, back of who stands in that direction and looks at the origin.

    Continuous up to elevation 90, where up is (-sin a, cos a, 0): +y from the front.
    """
    a, e = np.radians(azimuth_deg), np.radians(elevation_deg)
    return np.array(
        [
            [np.cos(a), np.sin(a), 0.0],
            [-np.sin(a) * np.sin(e), np.cos(a) * np.sin(e), np.cos(e)],
            [np.sin(a) * np.cos(e), -np.cos(a) * np.cos(e), np.sin(e)],
        ]
    )


def directions(height: int) -> FloatArray:
    """[height, 2 height, 3] unit vectors at the centres of a map's texels."""
    e = np.pi / 2 - (np.arange(height) + 0.5) / height * np.pi
    a = (np.arange(2 * height) + 0.5) / height * np.pi
    cos_e, sin_e = np.cos(e)[:, None], np.sin(e)[:, None]
    vectors = np.broadcast_arrays(np.sin(a) * cos_e, -np.cos(a) * cos_e, sin_e)
    return np.stack(vectors, axis=-1)


def solid_angles(height: int) -> FloatArray:
    """[height] exact solid angle of one texel of each row of a map, steradian."""
    edges = np.cos(np.arange(height + 1) / height * np.pi)
    angles: FloatArray = -np.diff(edges) * (np.pi / height)
    return angles

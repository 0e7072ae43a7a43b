"""What comes back of light that falls straight onto a diamond's face, ray by ray."""

from __future__ import annotations

import numpy as np

from engine.cad.cuts import Cut
from engine.types import FloatArray

INDEX = 2.417  # diamond at 589 nm
BOUNCES = 16


def returned(cut: Cut, across: int = 48) -> tuple[float, float]:
    """Mean energy that leaves upwards, and the share of rays lost downwards for more than half.

    A plane called "middle" is a mirror: it divides a stone from its own image.
    """
    mirror = np.array([facet == "middle" for facet in cut.facets])
    places, ray, facet, weight = _entered(cut, across, mirror)
    up, down = np.zeros(len(ray)), np.zeros(len(ray))
    for _ in range(BOUNCES):
        towards = ray @ cut.normals.T
        with np.errstate(divide="ignore", invalid="ignore"):
            far = np.where(towards > 1e-9, (cut.offsets - places @ cut.normals.T) / towards, np.inf)
        facet = far.argmin(axis=1)
        places = places + ray * far.min(axis=1)[:, None]
        normal, cosine = cut.normals[facet], towards[np.arange(len(ray)), facet]
        share, turned = _fresnel(cosine, INDEX)
        share = np.where(mirror[facet], 1.0, share)
        out = INDEX * ray + (turned - INDEX * cosine)[:, None] * normal
        sent = weight * (1.0 - share)
        up += np.where(out[:, 2] > 0.0, sent, 0.0)
        down += np.where(out[:, 2] > 0.0, 0.0, sent)
        weight = weight * share
        ray = ray - 2.0 * cosine[:, None] * normal
    return float(up.mean()), float((down > 0.5).mean())


def _entered(
    cut: Cut, across: int, mirror: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Rays from straight above, bent into the crown: places, directions, facets, energy."""
    vertices = cut.mesh().vertices
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    axes = [np.linspace(a, b, across + 2)[1:-1] for a, b in zip(low[:2], high[:2], strict=True)]
    flat = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)
    upright = np.abs(cut.normals[:, 2]) < 1e-6
    inside = (flat @ cut.normals[upright, :2].T < cut.offsets[upright]).all(axis=1)
    flat = flat[inside]
    crown = np.flatnonzero(cut.normals[:, 2] > 1e-6)
    n, d = cut.normals[crown], cut.offsets[crown]
    heights = (d - flat @ n[:, :2].T) / n[:, 2]
    facet = crown[heights.argmin(axis=1)]
    normal, cosine = cut.normals[facet], cut.normals[facet, 2]
    share, turned = _fresnel(cosine, 1.0 / INDEX)
    down = np.array([0.0, 0.0, -1.0])
    ray = down / INDEX + (cosine / INDEX - turned)[:, None] * normal
    places = np.column_stack([flat, heights.min(axis=1)])
    return places, ray, facet, 1.0 - share


def _fresnel(cosine: FloatArray, ratio: float) -> tuple[FloatArray, FloatArray]:
    """Reflected share of unpolarised light and the cosine beyond; ratio : n here over n there."""
    sine2 = ratio**2 * (1.0 - cosine**2)
    turned = np.sqrt(np.clip(1.0 - sine2, 0.0, 1.0))
    s = (ratio * cosine - turned) / (ratio * cosine + turned)
    p = (cosine - ratio * turned) / (cosine + ratio * turned)
    return np.where(sine2 >= 1.0, 1.0, (s**2 + p**2) / 2.0), turned

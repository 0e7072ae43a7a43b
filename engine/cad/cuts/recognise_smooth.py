"""Stones without facets: whether a surface is smooth, and which turned shape it is."""

from __future__ import annotations

import numpy as np

from engine.cad.cuts.recognise_facets import Planar
from engine.cad.silhouette import plane_axes
from engine.cad.solid import moments
from engine.types import FloatArray

#: A facet smaller than this part of the surface is a triangle of a curved one.
SMALL = 1e-3
#: How far a turned body, or an ellipsoid, may be off, as part of its width.
OFF = 0.015
#: By how much a drop's two halves differ at least, as part of its width, and its least length.
TAPER, LONGER = 0.04, 1.1
#: Directions in which the body is measured: latitudes, rad, and how many around.
LATITUDES = np.radians(np.arange(-75.0, 76.0, 15.0))
AROUND = 24


def is_smooth(planar: Planar) -> bool:
    """Whether most of the surface is curved, a flat base aside."""
    rest = float(planar.areas[1:].sum())
    unlabelled = float((planar.label < 0).mean())
    large = float(planar.areas[1:][planar.areas[1:] > SMALL * planar.areas.sum()].sum())
    return unlabelled > 0.2 or (rest > 0.0 and large < 0.5 * rest)


def turned(planar: Planar) -> tuple[str, float, float] | None:
    """Name ("bead", "drop"), width and length in mm of a turned stone; None where it is none.

    The length is measured along the axis about which it is turned.
    """
    found = moments(planar.vertices, planar.faces)
    unlike = [abs(found.inertia[k - 1] - found.inertia[k - 2]) for k in range(3)]
    for k in np.argsort(unlike, kind="stable"):  # the axis whose two others are most alike first
        local = planar.vertices @ np.vstack([plane_axes(found.axes[k]), found.axes[k]]).T
        local -= (local.min(axis=0) + local.max(axis=0)) / 2.0
        reach = _reach(local)
        width, length = 2.0 * float(np.median(reach[len(LATITUDES) // 2])), np.ptp(local[:, 2])
        if np.ptp(reach, axis=1).max() > OFF * width:
            continue
        mean = reach.mean(axis=1)
        ellipse = np.hypot(width / 2 * np.cos(LATITUDES), length / 2 * np.sin(LATITUDES))
        if np.abs(mean - ellipse).max() < OFF * width:
            return "bead", width, float(length)
        if np.abs(mean - mean[::-1]).max() > TAPER * width and length > LONGER * width:
            return "drop", width, float(length)
    return None


def _reach(local: FloatArray) -> FloatArray:
    """[L, A] how far a body reaches in directions of each latitude, all around z, mm."""
    turn = 2.0 * np.pi * np.arange(AROUND) / AROUND
    level = np.column_stack([np.cos(turn), np.sin(turn)])
    flat = np.cos(LATITUDES)[:, None, None] * level
    high = np.broadcast_to(np.sin(LATITUDES)[:, None, None], (len(LATITUDES), AROUND, 1))
    towards = np.concatenate([flat, high], axis=2)
    return np.asarray((towards @ local.T).max(axis=2))

"""The proportions of a stone that stands upright, and the facets of its crown and pavilion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.cad.cuts.recognise_outline import Outline
from engine.cad.cuts.recognise_pose import UPRIGHT_DEG, Pose
from engine.types import FloatArray

#: Outlines that are measured from corner to corner, and proportions by the mean diameter.
ROUNDS = ("round", "octagon")
#: Facets under this part of the surface are crumbs of noise.
CRUMB = 5e-4
#: Facets nearer to level belong to the table or the culet; the flattest stars are steeper.
LEVEL_DEG = 0.7
#: A facet's mirror image differs by less, degrees.
MIRROR_DEG = 3.0
#: Mains of a round, and how far from evenly they may stand around it, degrees.
MAINS, EVEN_DEG = 8, 5.0
#: Mains span so much of the crown's or pavilion's height; halves that do are steeper.
SPANS = 0.93
#: A facet reaches the table when it comes this near to it, as part of the crown's height.
REACHES = 0.01
#: A facet's azimuth is a side's when it lies this near, degrees.
ALONG_DEG = 1.0


@dataclass(frozen=True, eq=False)
class Half:
    """The crown or the pavilion, without table, culet and base.

    facets  : numbers of its facets. height : mm, from the girdle's edge to table or culet.
    mains   : the eight flattest of them that reach from the girdle to the table or culet, if there
    are so many. even : whether these stand evenly around the axis.
    bend_deg: by how much their angles to the girdle plane differ.
    stepped : the part of its area whose facets are parallel to a side of the outline.
    """

    facets: tuple[int, ...]
    height: float
    mains: tuple[int, ...]
    even: bool
    bend_deg: float
    stepped: float


def half(pose: Pose, edge: Outline, side: float) -> Half:
    """The crown (side 1) or the pavilion (-1)."""
    planar = pose.planar
    steep = side * planar.normals[:, 2] > np.sin(np.radians(UPRIGHT_DEG))
    steep &= planar.areas > CRUMB * planar.areas.sum()
    steep &= side * planar.normals[:, 2] < np.cos(np.radians(LEVEL_DEG))
    facets = tuple(int(f) for f in np.flatnonzero(steep))
    start, end = (pose.top, pose.highest) if side > 0 else (-pose.low, -pose.lowest)
    height = end - start
    spans = [np.clip(side * pose.planar.corners(f)[:, 2], start, end) for f in facets]
    spanned = np.array([float(np.ptp(z)) for z in spans])
    far = np.flatnonzero(spanned > SPANS * spanned.max(initial=0.0))
    flat = np.argsort(-np.abs(planar.normals[np.array(facets, int)[far], 2]), kind="stable")
    mains = tuple(facets[i] for i in far[flat[:MAINS]])
    tilts = np.degrees(np.arccos(np.abs(planar.normals[list(facets), 2])))
    bend = float(np.ptp(tilts)) if facets else 0.0
    return Half(facets, height, mains, _evenly(pose, mains), bend, _stepped(pose, edge, facets))


def _evenly(pose: Pose, mains: tuple[int, ...]) -> bool:
    """Whether eight mains stand evenly around the axis."""
    normals = pose.planar.normals[list(mains)]
    azimuth = np.sort(np.degrees(np.arctan2(normals[:, 1], normals[:, 0])))
    steps = np.diff(azimuth, append=azimuth[:1] + 360.0)
    return len(mains) == MAINS and bool(np.abs(steps - 360.0 / MAINS).max() < EVEN_DEG)


def _stepped(pose: Pose, edge: Outline, facets: tuple[int, ...]) -> float:
    if not facets or not len(edge.sides):
        return 0.0
    chosen = list(facets)
    normals, areas = pose.planar.normals[chosen], pose.planar.areas[chosen]
    azimuth = np.arctan2(normals[:, 1], normals[:, 0])
    apart = (azimuth[:, None] - edge.sides + np.pi) % (2.0 * np.pi) - np.pi
    along = np.abs(apart).min(axis=1) < np.radians(ALONG_DEG)
    return float(areas[along].sum() / areas.sum())


def mirrored(pose: Pose, edge: Outline, facets: tuple[int, ...]) -> bool:
    """Whether the facets, but for a tenth of their area, have a mirror image across the length."""
    if not facets:
        return False
    normals, areas = pose.planar.normals[list(facets)], pose.planar.areas[list(facets)]
    across = np.array([-np.sin(edge.turn), np.cos(edge.turn), 0.0])
    images = normals - 2.0 * np.outer(normals @ across, across)
    paired = (images @ normals.T).max(axis=1) > np.cos(np.radians(MIRROR_DEG))
    return bool(areas[paired].sum() > 0.9 * areas.sum())


def tilt_deg(pose: Pose, facets: tuple[int, ...]) -> float | None:
    """Mean angle of facets to the girdle plane by area, degrees; None without facets."""
    if not facets:
        return None
    chosen = list(facets)
    angle = np.degrees(np.arccos(np.clip(np.abs(pose.planar.normals[chosen, 2]), 0.0, 1.0)))
    return float(np.average(angle, weights=pose.planar.areas[chosen]))


def flat_width(pose: Pose, facet: int | None, edge: Outline) -> float:
    """Width of a flat across the stone, mm; of a round its table's from corner to corner, and its
    culet's from side to side."""
    if facet is None:
        return 0.0
    corners = pose.planar.corners(facet)[:, :2]
    if edge.shape in ROUNDS:
        turn = np.pi * np.arange(360) / 360
        wide = np.ptp(corners @ np.stack([np.cos(turn), np.sin(turn)]), axis=0)
        return float(wide.max() if facet == pose.table else wide.min())
    return float(np.ptp(corners @ [-np.sin(edge.turn), np.cos(edge.turn)]))


def _lowest(pose: Pose, facets: set[int]) -> FloatArray:
    """[N] distance from the axis, mm, of the lowest point of each facet."""
    nearest = []
    for facet in sorted(facets):
        corners = pose.planar.corners(facet)
        tip = corners[corners[:, 2].argmin()]
        nearest.append(float(np.hypot(tip[0], tip[1])))
    return np.array(nearest)


def breadth(edge: Outline) -> float:
    """What proportions are parts of: the width, of a round the mean diameter, mm."""
    return (edge.width + edge.length) / 2.0 if edge.shape in ROUNDS else edge.width


def slope_deg(pose: Pose, part: Half, inset: float, round_: bool) -> float | None:
    """Angle of the mains of a round; else of the way that is `inset` mm shorter on both sides."""
    if round_:
        return tilt_deg(pose, part.mains)
    return float(np.degrees(np.arctan2(part.height, inset / 2.0))) if inset > 0.0 else None


def inner_facets(
    pose: Pose, crown: Half, pavilion: Half, table: float, wide: float
) -> tuple[float, float]:
    """Star length and lower-half length of a round brilliant, as in `Proportions`."""
    lower = _lowest(pose, set(pavilion.facets) - set(pavilion.mains))
    above = [f for f in crown.facets if f not in crown.mains and _touches(pose, f)]
    stars = _lowest(pose, set(above))
    edge = table / 2.0 * np.cos(np.pi / 8.0)
    star = (stars.mean() - edge) / (wide / 2.0 - edge) if len(stars) else np.nan
    return float(star), float(1.0 - 2.0 * lower.mean() / wide)


def _touches(pose: Pose, facet: int) -> bool:
    """Whether a facet of the crown reaches the table."""
    height = pose.highest - pose.top
    return bool(pose.planar.corners(facet)[:, 2].max() > pose.highest - REACHES * height)

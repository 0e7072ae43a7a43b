"""Walls of metal too thin to be cast or worn.

A wall is measured where two surfaces face away from each other with metal between them, and both
are flat over a patch of at least a millimetre each way: edges, wires, prongs, beads and the lip of
a collet have no such patch. Metal beside a stone is the setter's, who cuts webs between seats and
burnishes lips as thin as need be; links of a chain are wire or strip of their own.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.spatial import cKDTree

from engine.cad.check.bonds import Bonds
from engine.cad.check.report import Finding, place
from engine.cad.check.surface import BoolArray, Samples
from engine.cad.check.survey import Body, Stone, Survey, inverse, moved
from engine.cad.silhouette import plane_axes
from engine.types import FloatArray

#: Structural metal is at least this thick, mm: thinner walls do not fill when cast, and bend
#: (estimated; casters ask for 0.8 mm and accept half a millimetre where a neighbour supports it).
THIN, TOO_THIN = 0.7, 0.4
#: ... but what holds no stone in earrings, necklaces and bracelets, such as butterflies, clasps and
#: hollow hoops, is made of sheet, mm (estimated).
THIN_FINDING = 0.2
#: Metal this near to a stone belongs to its setting, mm.
SETTING = 0.6
#: A patch has points with the same wall behind them at this distance on all sides, mm.
PATCH = 0.6
#: A patch bends no more than a cylinder of half this radius, mm.
BEND = 5.0
#: Points per mm2, and the most of them.
DENSITY, MOST = 24.0, 24_000
#: Surfaces face away from each other: cosines of their normals, and to the way across.
_AGAINST, _ACROSS = -0.9, 0.9
#: A body is thin where at least so many points are: fewer are an edge's.
_LEAST = 6


def thin_walls(survey: Survey, bonds: Bonds) -> Iterator[Finding]:
    """Bodies of metal with a wall too thin, one finding each."""
    links = {id(bonds.bodies[i]) for i in bonds.chain}
    seen = set()
    for body in survey.metal:
        if id(body) in links or body.shell.volume <= 0.0:
            continue
        set_ = any(_set(body.vertices, (stone,)).any() for stone in survey.stones)
        if not set_ and id(body.shell) in seen:
            continue
        found = thinnest(body, survey.stones if set_ else ())
        seen.add(id(body.shell))
        least = THIN if set_ or survey.piece.kind == "ring" else THIN_FINDING
        if found is not None and found[0] < least:
            yield _finding(body, *found, least)


def thinnest(body: Body, stones: tuple[Stone, ...]) -> tuple[float, FloatArray] | None:
    """Thickness of the thinnest wall, mm, and a point on it; None where all are thick enough."""
    samples = _spread(body)
    if samples is None:
        return None
    point, partner, thick = _walls(samples)
    if not len(point):
        return None
    free = ~_set(samples.points, stones)
    keep = free[point] & free[partner]
    point, thick = point[keep], thick[keep]
    flat = _flat(samples.points[point], samples.normals[point])
    point, thick = point[flat], thick[flat]
    if len(point) < _LEAST:
        return None
    order = np.argsort(thick, kind="stable")
    usual = order[min(_LEAST - 1, len(order) - 1)]  # not the very thinnest: one point may be odd
    return float(thick[usual]), samples.points[point[usual]]


def _spread(body: Body) -> Samples | None:
    """Points spread evenly over a body; the same ones every time."""
    corners = body.triangles
    vector = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    doubled = np.linalg.norm(vector, axis=1)
    total = 0.5 * float(doubled.sum())
    count = int(min(DENSITY * total, MOST))
    if count < _LEAST:
        return None
    rng = np.random.default_rng(0)
    steps = (np.arange(count) + rng.random(count)) / count
    share = np.cumsum(doubled)
    face = np.searchsorted(share, steps * share[-1]).clip(max=len(corners) - 1)
    u, v = np.sqrt(rng.random(count)), rng.random(count)
    weights = np.stack([1.0 - u, u * (1.0 - v), u * v], axis=1)
    points = np.einsum("nk,nkj->nj", weights, corners[face])
    return Samples(points, vector[face] / doubled[face, None], face)


def _walls(samples: Samples) -> tuple[np.ndarray, np.ndarray, FloatArray]:
    """Points with another one behind the wall: both indices, and the thickness there, mm."""
    tree = cKDTree(samples.points, balanced_tree=False, compact_nodes=False)
    reach = THIN / _ACROSS
    pairs = tree.query_pairs(reach, output_type="ndarray")
    a, b = pairs.T
    against = np.einsum("ij,ij->i", samples.normals[a], samples.normals[b]) < _AGAINST
    a, b = a[against], b[against]
    a, b = np.concatenate([a, b]), np.concatenate([b, a])
    way = samples.points[a] - samples.points[b]
    thick = np.einsum("ij,ij->i", way, samples.normals[a])
    across = (thick > _ACROSS * np.linalg.norm(way, axis=1)) & (thick < THIN)
    a, b, thick = a[across], b[across], thick[across]
    order = np.lexsort((thick, a))
    _, first = np.unique(a[order], return_index=True)
    kept = order[first]
    return a[kept], b[kept], thick[kept]


def _flat(points: FloatArray, normals: FloatArray) -> BoolArray:
    """[N] whether others of the same surface lie on all sides of a point, `PATCH` away.

    The surface may bend as a collet does, not as a wire does.
    """
    flat = np.zeros(len(points), dtype=bool)
    if len(points) < _LEAST:
        return flat
    tree = cKDTree(points)
    for i, near in enumerate(tree.query_ball_point(points, 1.5 * PATCH)):
        same = np.array(near)[normals[near] @ normals[i] > -_AGAINST]
        offset = points[same] - points[i]
        over = offset @ normals[i]
        offset -= np.outer(over, normals[i])
        squared = (offset**2).sum(axis=1)
        out = offset[(squared > (0.5 * PATCH) ** 2) & (np.abs(over) < 0.03 + squared / BEND)]
        flat_out = out @ plane_axes(normals[i]).T
        sectors = np.floor(np.arctan2(flat_out[:, 1], flat_out[:, 0]) / (np.pi / 4.0))
        flat[i] = len(np.unique(sectors)) >= 7
    return flat


def _set(points: FloatArray, stones: tuple[Stone, ...]) -> BoolArray:
    """[N] whether points lie within `SETTING` of a stone."""
    found = np.zeros(len(points), dtype=bool)
    for stone in stones:
        low, high = stone.bounds[0] - SETTING, stone.bounds[1] + SETTING
        near = np.flatnonzero(((points >= low) & (points <= high)).all(axis=1))
        local = moved(points[near], inverse(stone.part.transform))
        normals, offsets = stone.gem.coarse
        found[near[((local @ normals.T - offsets) < SETTING).all(axis=1)]] = True
    return found


def _finding(body: Body, thick: float, at: FloatArray, least: float) -> Finding:
    wish = "0.8 mm" if least == THIN else f"{least:g} mm"
    return Finding(
        "thin-wall",
        "error" if thick < TOO_THIN else "warning",
        (body.part.name,),
        f"A wall of {body.title} is only {thick:.2f} mm thick; make it at least {wish}.",
        place(at),
        value=round(thick, 3),
        limit=least,
    )

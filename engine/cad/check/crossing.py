"""Stones that cut each other, and metal that goes through a stone."""

from __future__ import annotations

from collections.abc import Iterator

import manifold3d
import numpy as np

from engine.cad.check.contact import REACH, Contact
from engine.cad.check.report import Finding, place
from engine.cad.check.survey import Stone, Survey
from engine.types import FloatArray

#: Stones may touch; facets that coincide overlap by rounding, mm (estimated).
STONES_OVERLAP = 0.02
#: Metal may be drawn into a stone this deep, mm: a setter presses it there (estimated) ...
METAL_OVERLAP = 0.05
#: ... and from here on the stone cannot be set, mm (estimated).
METAL_THROUGH = 0.15


def stones_cut(survey: Survey) -> Iterator[Finding]:
    """Pairs of stones that share room."""
    stones = survey.stones
    if not stones:
        return
    low = np.stack([stone.bounds[0] for stone in stones])
    high = np.stack([stone.bounds[1] for stone in stones])
    for i, stone in enumerate(stones):
        meets = (low[i + 1 :] < high[i]).all(axis=1) & (high[i + 1 :] > low[i]).all(axis=1)
        for j in i + 1 + np.flatnonzero(meets):
            found = _shared(stone, stones[j])
            if found is not None:
                yield _cut(stone, stones[j], *found)


def _planes(stone: Stone) -> tuple[FloatArray, FloatArray]:
    """Hull planes in the piece's frame."""
    turned = stone.gem.normals @ stone.part.transform[:3, :3].T
    return turned, stone.gem.offsets + turned @ stone.part.transform[:3, 3]


def _shared(a: Stone, b: Stone) -> tuple[float, FloatArray] | None:
    """How deep two stones cut each other, mm, and where; None when they do not."""
    planes = (_planes(a), _planes(b))
    for (normals, offsets), other in zip(planes, (b, a), strict=True):
        if ((other.vertices @ normals.T).min(axis=0) - offsets).max() > -STONES_OVERLAP:
            return None
    both = _solid(a) ^ _solid(b)
    points = np.asarray(both.to_mesh64().vert_properties)[:, :3]
    if not len(points):
        return None
    normals = np.concatenate([planes[0][0], planes[1][0]])
    depth = float(np.ptp(points @ normals.T, axis=0).min())
    return (depth, points.mean(axis=0)) if depth > STONES_OVERLAP else None


def _solid(stone: Stone) -> manifold3d.Manifold:
    faces = stone.gem.faces.astype(np.uint64)
    return manifold3d.Manifold(manifold3d.Mesh64(np.ascontiguousarray(stone.vertices), faces))


def _cut(a: Stone, b: Stone, depth: float, at: FloatArray) -> Finding:
    return Finding(
        "stones-cut",
        "error",
        (a.part.name, b.part.name),
        f"Stones '{a.part.name}' and '{b.part.name}' cut {depth:.2f} mm into each other; move them "
        "apart or choose smaller ones.",
        place(at),
        value=round(depth, 3),
        limit=STONES_OVERLAP,
    )


def metal_in_stone(contacts: tuple[Contact, ...]) -> Iterator[Finding]:
    """Stones that metal reaches into. Beads and drops are drilled for their wire, so not these."""
    for contact in contacts:
        stone = contact.stone
        name = stone.part.name
        if contact.buried and not (contact.away < REACH).any():
            yield Finding(
                "metal-in-stone",
                "error",
                (name,),
                f"Stone '{name}' is buried in metal; cut a seat for it.",
                place(stone.middle),
            )
            continue
        if stone.gem.axis is None or not len(contact.away):
            continue
        deepest = int(contact.away.argmin())
        depth = -float(contact.away[deepest])
        if depth > METAL_OVERLAP:
            yield Finding(
                "metal-in-stone",
                "error" if depth > METAL_THROUGH else "warning",
                (name,),
                f"Metal reaches {depth:.2f} mm into stone '{name}'; cut its seat, or move the "
                "metal off it.",
                place(contact.place(deepest)),
                value=round(depth, 3),
                limit=METAL_OVERLAP,
            )

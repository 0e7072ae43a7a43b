"""The cut of a stone of unknown origin: its name, and its proportions as a certificate states them.

A name is given only where outline, facets and proportions all fit a cut; anything else is
"unknown", with whatever could be measured.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from engine.cad.cuts.kinds import KINDS
from engine.cad.cuts.recognise_facets import planar
from engine.cad.cuts.recognise_measures import (
    ROUNDS,
    Half,
    breadth,
    flat_width,
    half,
    inner_facets,
    mirrored,
    slope_deg,
)
from engine.cad.cuts.recognise_outline import Outline, outline
from engine.cad.cuts.recognise_pose import Pose, pose
from engine.cad.cuts.recognise_smooth import is_smooth, turned
from engine.types import Mesh

UNKNOWN = "unknown"

#: What is recognised beside `KINDS`.
OTHERS = {"trillion": "trillion", UNKNOWN: "unknown cut"}

#: An old European cut has three of: table at most, crown angle at least, lower halves at most,
#: culet at least so large. GIA, "How the Laboratory Describes Round Unmodified Brilliant Cut
#: Diamonds", 2013, https://paperzz.com/doc/7296672; its "slightly large" culet is .03 (estimated).
OLD_EUROPEAN = (0.53, 40.0, 0.60, 0.03)

#: Up to the first length over width a step cut with cut corners is an Asscher; up to the second it
#: is one where a corner takes so much of the width (estimated).
SQUARE, NEARLY_SQUARE, WIDE_CORNER = 1.04, 1.12, 0.19

#: A rose cut has two rows of facets, the least of them six and three, that differ so much in angle.
LEAST_ROSE, ROSE_BEND_DEG = 9, 4.0

#: Facets along the sides make so much of the area of a step cut, at least, and of the pavilion of
#: a cut of another kind, at most.
STEPPED, FANNED = 0.85, 0.70


@dataclass(frozen=True)
class Recognised:
    """A cut's name and proportions; None is what the stone does not have or does not show.

    name    : as in `KINDS`, "trillion" or "unknown". title : in words. outline : seen from above.
    width, length, depth : mm; of a round the least and the largest diameter.
    table, crown, girdle, pavilion, culet, total : widths and heights as parts of the width (of a
    round: of the mean diameter). The girdle is measured where it is thickest.
    crown_deg, pavilion_deg : of a round the angle of the mains, else of the way from the girdle to
    the edge of the table, or to the culet, across the width.
    star, lower_half : of a round brilliant, as in `Proportions`.
    crown_facets, pavilion_facets : without table and culet.
    """

    name: str
    title: str
    outline: str | None = None
    width: float | None = None
    length: float | None = None
    depth: float | None = None
    ratio: float | None = None
    table: float | None = None
    crown: float | None = None
    crown_deg: float | None = None
    girdle: float | None = None
    pavilion: float | None = None
    pavilion_deg: float | None = None
    culet: float | None = None
    total: float | None = None
    star: float | None = None
    lower_half: float | None = None
    crown_facets: int | None = None
    pavilion_facets: int | None = None


def title(name: str) -> str:
    """A cut's name in words."""
    return KINDS[name].title if name in KINDS else OTHERS.get(name, name.replace("-", " "))


def recognise(mesh: Mesh) -> Recognised:
    """The cut of a closed stone, however it is turned, placed, scaled and triangulated."""
    found = planar(mesh.vertices, mesh.faces)
    if found is None:
        return _named(UNKNOWN)
    smooth = is_smooth(found)
    if smooth and (body := turned(found)) is not None:
        name, width, length = body
        ratio = length / width
        return replace(_named(name), width=width, length=length, depth=width, ratio=ratio)
    standing = pose(found)
    edge = None if standing is None else outline(standing.rim[:, :, :2])
    if standing is None or edge is None:
        return _named(UNKNOWN)
    if smooth:
        dome = standing.base and standing.table is None
        return replace(_named("cabochon" if dome else UNKNOWN), **_sizes(standing, edge))
    crown, pavilion = half(standing, edge, 1.0), half(standing, edge, -1.0)
    measured = replace(
        _named(UNKNOWN),
        **_sizes(standing, edge),
        **_proportions(standing, edge, crown, pavilion),
    )
    name = _name(standing, edge, crown, pavilion, measured)
    return replace(measured, name=name, title=title(name))


def _named(name: str) -> Recognised:
    return Recognised(name, title(name))


def _sizes(standing: Pose, edge: Outline) -> dict[str, Any]:
    depth = standing.highest - standing.lowest
    return {
        "outline": edge.shape,
        "width": edge.width,
        "length": edge.length,
        "depth": depth,
        "ratio": edge.length / edge.width,
        "total": depth / breadth(edge),
    }


def _proportions(standing: Pose, edge: Outline, crown: Half, pavilion: Half) -> dict[str, Any]:
    """What is measured of a faceted stone."""
    wide = breadth(edge)
    table = flat_width(standing, standing.table, edge)
    culet = flat_width(standing, standing.culet, edge)
    values: dict[str, Any] = {
        "table": table / wide if standing.table is not None else None,
        "crown": crown.height / wide,
        "girdle": (standing.top - standing.low) / wide,
        "crown_facets": len(crown.facets),
        "pavilion_facets": len(pavilion.facets),
    }
    round_ = edge.shape in ROUNDS
    if standing.table is not None:
        values["crown_deg"] = slope_deg(standing, crown, wide - table, round_)
    if not standing.base:
        values["pavilion"] = pavilion.height / wide
        values["pavilion_deg"] = slope_deg(standing, pavilion, wide - culet, round_)
        values["culet"] = culet / wide
    if _is_brilliant(edge, crown, pavilion):
        values["star"], values["lower_half"] = inner_facets(standing, crown, pavilion, table, wide)
    return values


def _is_brilliant(edge: Outline, crown: Half, pavilion: Half) -> bool:
    """Whether the facets are those of the round brilliant, eight mains above and below."""
    return (
        edge.shape in ROUNDS
        and (len(crown.facets), len(pavilion.facets)) == (32, 24)
        and crown.even
        and pavilion.even
    )


def _name(standing: Pose, edge: Outline, crown: Half, pavilion: Half, found: Recognised) -> str:
    """The cut that everything fits, or "unknown"."""
    counts = len(crown.facets), len(pavilion.facets)
    symmetric = edge.shape in ROUNDS or mirrored(standing, edge, crown.facets + pavilion.facets)
    if edge.shape == "other" or not symmetric:
        return UNKNOWN
    if standing.base:
        domed = (
            standing.table is None and counts[0] >= LEAST_ROSE and crown.bend_deg > ROSE_BEND_DEG
        )
        return "rose" if domed else UNKNOWN
    if standing.table is None:
        return UNKNOWN
    if edge.shape in ROUNDS:
        if _is_brilliant(edge, crown, pavilion):
            return "old-european" if _is_old(found) else "round"
        return "single" if counts == (8, 8) and crown.even and pavilion.even else UNKNOWN
    stepped = crown.stepped > STEPPED and pavilion.stepped > STEPPED
    if stepped:
        return _step_cut(edge)
    return _brilliant_cut(edge, counts) if pavilion.stepped < FANNED else UNKNOWN


def _is_old(found: Recognised) -> bool:
    """Whether a round brilliant is an old European cut."""
    table, crown, lower, culet = OLD_EUROPEAN
    signs = [
        found.table is not None and found.table <= table,
        found.crown_deg is not None and found.crown_deg >= crown,
        found.lower_half is not None and found.lower_half <= lower,
        found.culet is not None and found.culet >= culet,
    ]
    return sum(signs) >= 3


def _step_cut(edge: Outline) -> str:
    ratio = edge.length / edge.width
    if edge.shape == "cut-cornered":
        wide = ratio < NEARLY_SQUARE and edge.corner > WIDE_CORNER
        return "asscher" if ratio < SQUARE or wide else "emerald"
    if edge.shape == "octagon":
        return "asscher"
    if edge.shape == "rectangle":
        return "baguette"
    return "tapered-baguette" if edge.shape == "trapezoid" else UNKNOWN


def _brilliant_cut(edge: Outline, counts: tuple[int, int]) -> str:
    names = {
        "oval": "oval",
        "cushion": "cushion",
        "square": "princess",
        "rectangle": "princess",
        "cut-cornered": "radiant",
        "pear": "pear",
        "marquise": "marquise",
        "heart": "heart",
        "triangle": "trillion",
    }
    least = 9 if edge.shape == "triangle" else 16
    return names.get(edge.shape, UNKNOWN) if min(counts) >= least else UNKNOWN

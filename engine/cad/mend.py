"""Mending: from what a file holds to a welded, consistent, outward surface.

What is not done: crossing metal parts are not united, self-intersecting metal is left as it is,
and holes larger than `HOLE_SHARE` of the part stay open (and are reported).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from engine.cad.bodies import Body, Repairs
from engine.cad.clean import clean, weld, weld_tolerance
from engine.cad.holes import fill
from engine.cad.orient import orient
from engine.cad.raw import RawPart
from engine.cad.topology import boundary, compact, edges
from engine.errors import GeometryError
from engine.types import Note

#: Coordinates beyond this are no jewelry, and their products overflow.
FARTHEST_MM = 1e9


def mend(part: RawPart, span: float, file: str | None = None) -> Body:
    """Weld, clean, orient and close one part.

    part : vertices in mm. span : diagonal of the whole model, mm, which sets the weld tolerance.
    Raises `GeometryError` naming the part when it is empty, not finite or has no area.
    """
    check(part, file)
    tolerance = weld_tolerance(part.vertices[np.unique(part.faces)], span)
    used, faces = compact(part.faces)
    given = part.vertices[used]
    vertices, faces = weld(given, faces, tolerance)
    welded = len(given) - len(vertices)
    faces, degenerate, duplicate = clean(vertices, faces, tolerance)
    if not len(faces):
        raise _no_area(part.name, file)
    faces, turned, inside_out, twisted = orient(vertices, faces)
    vertices, faces, filled = fill(vertices, faces)
    kept, faces = compact(faces)
    vertices = vertices[kept]
    table = edges(faces)
    rest = len(boundary(faces, table))
    crowded = int((table.count > 2).sum())
    repairs = Repairs(
        welded, degenerate, duplicate, turned, inside_out, filled, rest, crowded, twisted
    )
    return Body(
        part.name,
        vertices,
        faces,
        rest == 0,
        part.layer,
        part.material,
        look=part.look,
        repairs=repairs,
    )


def check(part: RawPart, file: str | None = None) -> None:
    """Raise `GeometryError` for a part without faces, with bad indices, NaN or no extent."""

    def refused(message: str) -> GeometryError:
        return GeometryError(message, file=file, part=part.name)

    if not len(part.faces) or not len(part.vertices):
        raise refused(
            "the part has no faces; delete it in the CAD program or mesh it before export"
        )
    if part.faces.min() < 0 or part.faces.max() >= len(part.vertices):
        raise refused("a face refers to a vertex that does not exist; export the part again")
    wrong = np.flatnonzero(~np.isfinite(part.vertices).all(axis=1))
    if len(wrong):
        raise refused(
            f"vertex {wrong[0]} is not a finite number ({len(wrong)} such vertices); "
            "rebuild the part's mesh and export it again",
        )
    if np.abs(part.vertices).max() > FARTHEST_MM:
        raise refused(
            "a vertex lies farther than 1000 km from the origin; check the unit or move the part "
            "to the origin",
        )
    if not np.ptp(part.vertices, axis=0).any():
        raise _no_area(part.name, file)


def _no_area(name: str, file: str | None) -> GeometryError:
    return GeometryError(
        "the part has no area, all its triangles are points or lines; delete it or mesh it again",
        file=file,
        part=name,
    )


# ---- the report --------------------------------------------------------------------------------

_STEPS: tuple[tuple[Callable[[Repairs], int], str], ...] = (
    (lambda r: r.welded, "welded {n} coincident vertices"),
    (lambda r: r.degenerate, "removed {n} triangles without area"),
    (lambda r: r.duplicate, "removed {n} duplicate triangles"),
    (lambda r: r.turned, "turned {n} triangles to face the same way as their neighbours"),
    (lambda r: r.inside_out, "turned {n} surfaces that were inside out"),
    (lambda r: r.filled, "filled {n} small holes"),
)


def report(bodies: Sequence[Body]) -> list[Note]:
    """One note per step of mending over all parts, one warning per part that stays imperfect."""
    notes = []
    for count, text in _STEPS:
        touched = [(body, count(body.repairs)) for body in bodies if count(body.repairs)]
        if touched:
            done = text.format(n=f"{sum(n for _, n in touched):,}")
            only = touched[0][0].name if len(touched) == 1 else None
            place = f"part '{only}'" if only else f"{len(touched)} parts"
            notes.append(Note("mended", f"In {place}, {done}{_named(touched)}.", only))
    for body in bodies:
        notes += _left(body)
    return notes


def _named(touched: Sequence[tuple[Body, int]]) -> str:
    """The parts by name where a reader can still take them in."""
    if not 1 < len(touched) <= 5:
        return ""
    return " (" + ", ".join(f"'{body.name}'" for body, _ in touched) + ")"


def _left(body: Body) -> list[Note]:
    """What mending could not settle in one part."""
    repairs, notes = body.repairs, []
    if repairs.open_edges:
        count = repairs.open_edges
        text = f"Part '{body.name}' stays open along {count} edges; its weight is a guess."
        notes.append(Note("warning", text, body.name))
    if repairs.crowded_edges:
        text = (
            f"In part '{body.name}', {repairs.crowded_edges} edges carry more than two triangles."
        )
        notes.append(Note("mended", text, body.name))
    if repairs.twisted:
        text = f"Part '{body.name}' has no outside: it is twisted like a Möbius strip."
        notes.append(Note("warning", text, body.name))
    return notes

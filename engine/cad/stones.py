"""Stones must be solids: light is followed through them from facet to facet.

Checked: closed, oriented, encloses its space once (volume against hull), no triangle cuts
through another one. Not checked: overlaps within one plane, crossings in stones of more than
6,000 triangles, one stone reaching into another.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.cad.bodies import Body
from engine.cad.crossing import crosses
from engine.cad.facets import convexity
from engine.cad.solid import hull_faces
from engine.cad.topology import compact
from engine.errors import GeometryError
from engine.types import Note


def fault(body: Body) -> str | None:
    """What keeps a body from being a stone, as half a sentence; None when nothing does."""
    if not body.closed:
        return f"is open along {body.repairs.open_edges} edges"
    if body.repairs.twisted:
        return "has no inside, it is twisted like a Möbius strip"
    if not 0.0 < convexity(body.vertices, body.faces) < 1.001:
        return "encloses some of its space twice"
    if crosses(body.vertices, body.faces):
        return "cuts through itself"
    return None


def sound(body: Body, force: bool, file: str | None = None) -> tuple[Body, Note | None]:
    """The body itself when it is a solid; with `force` otherwise its convex hull, and a note.

    Raises `GeometryError` naming the part and the remedy for a faulty stone without `force`.
    """
    wrong = fault(body)
    if wrong is None:
        return body, None
    faces = hull_faces(body.vertices)
    if faces is None:
        raise GeometryError(
            f"the stone {wrong} and is flat; close its mesh in the CAD program, or assign it a "
            "metal if it is no stone",
            file=file,
            part=body.name,
        )
    if not force:
        raise GeometryError(
            f"the stone {wrong}, so light cannot be followed through it; close its mesh in the CAD "
            "program, use --force to take its convex hull, or --assign a metal if it is no stone",
            file=file,
            part=body.name,
        )
    kept, faces = compact(faces)
    text = f"Stone '{body.name}' {wrong}; its convex hull is used instead, as forced."
    vertices = body.vertices[np.asarray(kept)]
    hull = replace(body, vertices=vertices, faces=faces, closed=True)
    return hull, Note("warning", text, body.name)

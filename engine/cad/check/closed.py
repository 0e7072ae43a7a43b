"""Surfaces that enclose nothing, or are turned inside out."""

from __future__ import annotations

from collections.abc import Iterator

from engine.cad.check.bonds import Bonds
from engine.cad.check.detached import CRUMB
from engine.cad.check.report import Finding, place
from engine.cad.check.survey import Survey


def not_closed(survey: Survey, bonds: Bonds) -> Iterator[Finding]:
    """Stones and metal with open edges, and metal whose outside faces in."""
    meshes = survey.piece.meshes
    for stone in survey.stones:
        if not meshes[stone.part.mesh].closed:
            yield Finding(
                "open-stone",
                "error",
                (stone.part.name,),
                f"Stone '{stone.part.name}' is not closed, light cannot be followed through it; "
                "close its surface.",
                place(stone.middle),
            )
    for body in bonds.bodies:
        if not body.shell.closed:
            yield Finding(
                "open-metal",
                "warning",
                (body.part.name,),
                f"The surface of {body.title} has open edges, so it encloses no metal; close it "
                "before it is printed or cast.",
                place(body.middle),
            )
        elif body.shell.volume < -CRUMB:
            yield Finding(
                "inside-out",
                "warning",
                (body.part.name,),
                f"The surface of {body.title} is inside out; turn its normals.",
                place(body.middle),
            )

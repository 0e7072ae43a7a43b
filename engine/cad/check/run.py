"""All checks over one piece."""

from __future__ import annotations

from engine.cad.check.bonds import Bonds
from engine.cad.check.contact import contact
from engine.cad.check.crossing import metal_in_stone, stones_cut
from engine.cad.check.detached import detached
from engine.cad.check.floating import floating
from engine.cad.check.links import open_links
from engine.cad.check.prongs import missing_prongs
from engine.cad.check.report import Report, ordered
from engine.cad.check.survey import Survey
from engine.types import Piece


def check(piece: Piece) -> Report:
    """Look for every fault in a piece, in mm as it stands; clean pieces have no findings."""
    survey = Survey.of(piece)
    contacts = tuple(contact(stone, survey.metal) for stone in survey.stones if survey.metal)
    bonds = Bonds.of(survey)
    return ordered(
        [
            *floating(survey, contacts),
            *missing_prongs(contacts),
            *stones_cut(survey),
            *metal_in_stone(contacts),
            *open_links(bonds),
            *detached(bonds),
        ]
    )

"""All checks over one piece."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from engine.cad.check.bonds import Bonds
from engine.cad.check.closed import not_closed
from engine.cad.check.contact import contact
from engine.cad.check.crossing import metal_in_stone, stones_cut
from engine.cad.check.detached import detached
from engine.cad.check.floating import floating
from engine.cad.check.links import open_links
from engine.cad.check.prongs import missing_prongs
from engine.cad.check.report import Finding, Report, ordered, place
from engine.cad.check.size import as_meant, wrong_scale
from engine.cad.check.survey import Survey
from engine.cad.check.walls import thin_walls
from engine.types import Piece


def check(piece: Piece) -> Report:
    """Look for every fault in a piece as it stands; a clean piece has no findings.

    Where the scale is wrong and the right one is likely, all else is measured at that size.
    """
    meant, factor = as_meant(piece)
    found = [_back(finding, factor) for finding in _faults(Survey.of(meant))]
    return ordered([*wrong_scale(piece), *found])


def _faults(survey: Survey) -> Iterator[Finding]:
    contacts = tuple(contact(stone, survey.metal) for stone in survey.stones if survey.metal)
    bonds = Bonds.of(survey)
    yield from floating(survey, contacts)
    yield from missing_prongs(contacts)
    yield from stones_cut(survey)
    yield from metal_in_stone(contacts)
    yield from open_links(bonds)
    yield from detached(bonds)
    yield from thin_walls(survey, bonds)
    yield from not_closed(survey, bonds)


def _back(finding: Finding, factor: float) -> Finding:
    """A finding in the piece's own frame."""
    if factor == 1.0 or finding.at is None:
        return finding
    return replace(finding, at=place(np.array(finding.at) / factor))

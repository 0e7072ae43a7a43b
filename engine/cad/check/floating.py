"""Stones that nothing holds: floating, or free to leave towards one side."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.cad.check.contact import HOLDS, Contact
from engine.cad.check.report import Finding, place
from engine.cad.check.surface import fine
from engine.cad.check.survey import Body, Stone, Survey, gap, inverse, moved

#: The widest arc without metal over a stone, degrees: held within half of its girdle only, it
#: slides out of the other half. A little more than half a turn for arcs that end in a facet.
WIDEST_OPEN_DEG = 185.0


def floating(survey: Survey, contacts: tuple[Contact, ...]) -> Iterator[Finding]:
    """Stones without metal, with metal only over or under the girdle, or only on one side."""
    if not survey.metal:
        return
    for contact in contacts:
        stone = contact.stone
        if contact.touches:
            if stone.gem.axis is not None and not contact.buried:
                yield from _loose(contact)
        elif not _strung(stone, survey.others):
            yield _floats(stone, survey.metal)


def _floats(stone: Stone, metal: tuple[Body, ...]) -> Finding:
    away = gap(stone.vertices[stone.gem.faces], metal)
    name = stone.part.name
    return Finding(
        "floating-stone",
        "error",
        (name,),
        f"Stone '{name}' floats, the nearest metal is {away:.2f} mm away; set it into its seat or "
        "bring prongs to it.",
        place(stone.middle),
        value=round(away, 3),
        limit=HOLDS,
    )


def _strung(stone: Stone, others: tuple[Body, ...]) -> bool:
    """Whether something else than metal, such as a thread, touches the stone."""
    for body in others:
        near = body.near(stone.bounds, HOLDS)
        if len(near):
            points = fine(near, 0.1 * stone.gem.width).points
            away, _ = stone.gem.outside(moved(points, inverse(stone.part.transform)))
            if (away < HOLDS).any():
                return True
    return False


def _loose(contact: Contact) -> Iterator[Finding]:
    """A stone that metal touches, but does not keep from leaving."""
    for held, side, remedy in (
        (contact.over, "over", "bend prongs, beads or a lip onto its crown"),
        (contact.under, "under", "give it a seat to rest on"),
    ):
        arcs = contact.arcs(held)
        if not len(arcs):
            text = f"nothing lies {side} its girdle"
            yield _loose_finding(contact, text, remedy, 360.0)
            continue
        wide = np.degrees(widest_gap(arcs)[0])
        if wide > WIDEST_OPEN_DEG:
            text = f"metal lies {side} its girdle on one side only, {wide:.0f} degrees are open"
            yield _loose_finding(contact, text, remedy + " on the open side", wide)


def widest_gap(arcs: np.ndarray) -> tuple[float, float]:
    """Width and middle, rad, of the widest gap between arcs [K, 2]."""
    start, end = arcs[:, 1], np.roll(arcs[:, 0], -1)
    gap = (end - start) % (2.0 * np.pi)
    if len(arcs) == 1:
        gap = 2.0 * np.pi - (arcs[:, 1] - arcs[:, 0])
    widest = int(gap.argmax())
    return float(gap[widest]), float(start[widest] + 0.5 * gap[widest])


def _loose_finding(contact: Contact, text: str, remedy: str, wide: float) -> Finding:
    name = contact.stone.part.name
    return Finding(
        "loose-stone",
        "error",
        (name,),
        f"Stone '{name}' is loose, {text}; {remedy}.",
        place(contact.stone.middle),
        value=round(float(wide), 1),
        limit=WIDEST_OPEN_DEG,
        unit="deg",
    )

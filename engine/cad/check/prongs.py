"""Prongs that are missing from a pattern which the others make."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.cad.check.contact import Contact
from engine.cad.check.gem import Gem
from engine.cad.check.report import Finding, place
from engine.cad.check.survey import moved
from engine.types import FloatArray

#: Metal over more of the girdle than this is a lip or a bar, no prong.
WIDEST_PRONG = np.radians(70.0)
#: Prongs are placed this evenly, as part of their spacing ...
EVEN = 0.2
#: ... and a prong stands opposite another within this angle.
OPPOSITE = np.radians(18.0)
#: An opening up to here leaves the stone held well enough to be worn, degrees (estimated).
WORN_OPEN_DEG = 125.0
#: Narrower stones are melee: they share beads with their neighbours, and those at the edge have
#: fewer. Only a wide opening counts there. mm, of 0.08 ct (estimated).
MELEE_MM = 2.7


def missing_prongs(contacts: tuple[Contact, ...]) -> Iterator[Finding]:
    """Stones held by three prongs or more that are one short of an even or symmetric pattern."""
    for contact in contacts:
        if contact.stone.gem.axis is None:
            continue
        arcs = contact.arcs(contact.over)
        if len(arcs) < 3 or np.ptp(arcs, axis=1).max() > WIDEST_PRONG:
            continue
        prongs = arcs.mean(axis=1) % (2.0 * np.pi)
        azimuth = one_short(np.sort(prongs))
        if azimuth is None:
            azimuth = _unmatched(prongs, contact.stone.gem)
        if azimuth is None:
            continue
        open_deg = _opening(arcs, azimuth)
        if open_deg > WORN_OPEN_DEG or contact.stone.gem.width > MELEE_MM:
            yield _finding(contact, len(arcs), azimuth, open_deg)


def one_short(prongs: FloatArray) -> float | None:
    """Where one more prong would make sorted azimuths [K] an even round; None where none would."""
    gap = np.diff(prongs, append=prongs[0] + 2.0 * np.pi)
    widest = int(gap.argmax())
    others = np.delete(gap, widest)
    step = 2.0 * np.pi / (len(prongs) + 1)
    uneven = max(np.abs(others - step).max(), abs(gap[widest] / 2.0 - step))
    return None if uneven > EVEN * step else float(prongs[widest] + 0.5 * gap[widest])


def _unmatched(prongs: FloatArray, gem: Gem) -> float | None:
    """Where the partner of the only prong without one should stand, by the stone's symmetry."""
    if gem.half_turn:
        return _lonely(prongs, prongs + np.pi)
    for axis in gem.mirrors:
        found = _lonely(prongs, 2.0 * axis - prongs)
        if found is not None:
            return found
    return None


def _lonely(prongs: FloatArray, images: FloatArray) -> float | None:
    """The image of the one prong whose image meets no prong, when all others' do."""
    apart = (images[:, None] - prongs[None] + np.pi) % (2.0 * np.pi) - np.pi
    alone = np.flatnonzero(np.abs(apart).min(axis=1) > OPPOSITE)
    return float(images[alone[0]]) if len(alone) == 1 and len(prongs) > 2 else None


def _opening(arcs: FloatArray, azimuth: float) -> float:
    """Degrees of the gap between arcs that an azimuth lies in."""
    start, end = arcs[:, 1], np.roll(arcs[:, 0], -1)
    before = (azimuth - start) % (2.0 * np.pi)
    return float(np.degrees(((end - start) % (2.0 * np.pi))[before.argmin()]))


def _finding(contact: Contact, prongs: int, azimuth: float, open_deg: float) -> Finding:
    stone = contact.stone
    name = stone.part.name
    return Finding(
        "missing-prong",
        "error" if open_deg > WORN_OPEN_DEG else "warning",
        (name,),
        f"Stone '{name}' is held by {prongs} prongs where a pattern of {prongs + 1} has one "
        f"missing, {open_deg:.0f} degrees of its girdle are open; add the prong.",
        place(moved(stone.gem.rim_point(azimuth), stone.part.transform)),
        value=round(open_deg, 1),
        limit=WORN_OPEN_DEG,
        unit="deg",
    )

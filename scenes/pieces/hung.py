"""A chain that hangs from two pegs by the rings at its ends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.errors import GeometryError
from engine.types import FloatArray
from scenes.pieces.catenary import Hanging, hang
from scenes.pieces.course import stood
from scenes.pieces.laid import Strung, count_links
from scenes.pieces.links import TAUT, Link, apart, gap, stadium
from scenes.pieces.stand import PEG
from scenes.pieces.weave import LEAST, Weave

# An end ring's wire as part of its neighbour's, and the room in it beside peg and link, mm.
_RING, _ROOM = 0.9, 0.35


@dataclass(frozen=True, eq=False)
class Hung:
    """Things in a row, end ring to end ring, in the plane y = 0; `form` says how they hang.

    The pegs' axes are at (-span/2, 0) and (span/2, 0) in (x, z).
    """

    row: list[Strung]
    form: Hanging


def hang_up(weave: Weave, length: float, span: float, load: float = 0.0) -> Hung:
    """The chain between two pegs.

    length : mm, from peg to peg along the chain. span : mm between the pegs. load : volume in mm^3
    of the chain's metal that weighs as much as what hangs on the middle link, which then is one
    that stands upright in the plane. Raises GeometryError where the chain cannot hang so.
    """
    link, room = weave.link, weave.tight
    ring, pitch = _end_ring(link), weave.pitch(room)
    to_link = apart(ring, link, -np.pi / 2.0, room)
    to_peg = ring.half - ring.wire / 2.0 - PEG - TAUT
    # Both ends are alike; between them stands an upright link where something hangs on it.
    every = 1 if weave.step == 0.0 else 4 if load else 2
    count = count_links(pitch, length - 2.0 * (to_link + to_peg) + pitch, every)
    count += 2 if every == 4 else 0
    hinge = link.pivot if weave.swings else pitch / 2.0
    reaches = np.array([[pitch - hinge] * 2 if i % 2 == 0 else [hinge] * 2 for i in range(count)])
    reaches[0, 0] = reaches[-1, 1] = to_link
    reaches = np.concatenate([[[to_peg, 0.0]], reaches, [[0.0, to_peg]]])
    weights = np.array([ring.volume, *[link.volume] * count, ring.volume])
    weights[(count + 1) // 2] += load
    form = hang(reaches, weights, span)
    rolls = weave.step * np.arange(count)
    row = [
        _hung(thing, roll, reach, slope, joint)
        for thing, roll, reach, slope, joint in zip(
            [ring, *[link] * count, ring],
            [np.pi / 2.0, *rolls, np.pi / 2.0],
            reaches[:, 0],
            form.slopes,
            form.joints[:-1] - [span / 2.0, 0.0],
            strict=True,
        )
    ]
    _check(row, form)
    return Hung(row, form)


def _end_ring(link: Link) -> Link:
    wire = min(max(_RING * link.wire, 0.4), 0.9)
    outer = 2.0 * (wire + PEG) + (link.thick or link.wire) + _ROOM
    return stadium(wire, outer, outer)


def _check(row: list[Strung], form: Hanging) -> None:
    """Raise GeometryError where links touch that bend the most, or those at the ends."""
    sharp = np.argsort(-np.abs(np.diff(form.slopes)))[:2]
    for i in (*sharp, 0, len(row) - 2):
        a, b = (thing.link.solid.moved(thing.transform) for thing in row[i : i + 2])
        if gap(a, b, 0.1) < LEAST:
            raise GeometryError(
                f"links would hang at {np.degrees(np.ptp(form.slopes[i : i + 2])):.0f} degrees to "
                "each other, more than they can; choose a wider span or smaller links"
            )


def _hung(link: Link, roll: float, reach: float, slope: float, joint: FloatArray) -> Strung:
    """A link whose first joint, (x, z), is given."""
    place = np.eye(4)
    place[:3, :3] = stood(0.0, slope, roll)
    place[:3, 3] = np.array([joint[0], 0.0, joint[1]]) + reach * place[:3, 0]
    return Strung(link, roll, place)

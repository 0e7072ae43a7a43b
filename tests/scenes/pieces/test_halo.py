"""Halo rings: melee that follows the outline, closes up, is held, and clears everything."""

from functools import cache
from typing import Any

import manifold3d
import numpy as np
import pytest

from engine.cad.check import check
from engine.cad.cuts import make
from engine.errors import SceneError
from engine.types import Piece
from scenes.pieces import Halo, build
from scenes.pieces.assembly import GAP
from scenes.pieces.frame import GAP_MM, ROOM, Frame
from tests.scenes.pieces.bodies import body, box, stones

#: Density of 18 karat yellow gold, g/mm3, rounded: enough for what a ring may weigh.
GOLD = 0.0155

RINGS: dict[str, dict[str, Any]] = {
    "round": {},
    "oval": {"cut": "oval", "stone_mm": 5.0},
    "emerald": {"cut": "emerald", "stone_mm": 4.5, "style": "pave"},
    "princess": {"cut": "princess", "stone_mm": 5.0},
}


@cache
def ring(name: str) -> Piece:
    return build("halo", **RINGS[name])


@pytest.fixture(params=RINGS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_one_closed_body_of_a_plausible_weight(name: str) -> None:
    piece = ring(name)
    metal = body(piece, piece.parts[0])
    assert metal.status() == manifold3d.Error.NoError
    assert len(metal.decompose()) == 1
    assert 2.5 < GOLD * metal.volume() < 6.0
    assert piece.parts[1].name == "centre stone"
    layers = {part.layer for part in piece.parts}
    assert layers == {"metal", "centre stone", "melee"}
    assert piece.bounds()[0, 2] == pytest.approx(0.0, abs=1e-4)
    assert piece.inside_mm == pytest.approx(54.0 / np.pi)


def test_nothing_is_found_against_it(name: str) -> None:
    assert check(ring(name)).findings == ()


def test_stones_are_in_their_seats_and_clear_of_each_other(name: str) -> None:
    piece = ring(name)
    metal, solids = body(piece, piece.parts[0]), stones(piece)
    for solid in solids[:6]:
        assert metal.min_gap(solid, 0.1) == pytest.approx(GAP, abs=5e-4)
        assert (metal ^ solid).volume() == pytest.approx(0.0, abs=1e-9)
    centre, halo = solids[0], [s for s, p in zip(solids, piece.parts[1:], strict=True)
                               if p.name.startswith("halo")]  # fmt: skip
    assert min(centre.min_gap(s, 2.0) for s in halo) > 0.2
    gaps = [a.min_gap(b, 1.0) for a, b in zip(halo, halo[1:] + halo[:1], strict=True)]
    # As wide as 64 flats let them be: up to 2 micrometres more where two corners do not meet.
    assert gaps == pytest.approx([GAP_MM] * len(gaps), abs=6e-3)


def test_every_stone_of_the_halo_is_held_by_its_beads(name: str) -> None:
    """Lifted by a tenth of a millimetre it meets metal in four places at least."""
    piece = ring(name)
    metal = body(piece, piece.parts[0])
    for part, solid in list(zip(piece.parts[1:], stones(piece), strict=True))[1::4]:
        up = metal ^ solid.translate(0.1 * part.transform[:3, 2])
        assert sum(bit.volume() > 1e-6 for bit in up.decompose()) >= 4, part.name


@pytest.mark.parametrize("cut", ["round", "oval", "princess", "emerald"])
def test_melee_follows_the_outline(cut: str) -> None:
    stone = make(cut, width=5.0)
    frame = Frame.around(stone, 1.3, 0.6)
    assert frame.melee == pytest.approx(1.3, rel=0.08)
    outline = stone.girdle().outline
    part = np.linspace(0.0, 1.0, 40)[:, None, None]
    dense = (outline + part * (np.roll(outline, -1, axis=0) - outline)).reshape(-1, 2)
    away = np.linalg.norm(frame.places[:, None] - dense[None], axis=2).min(axis=1)
    assert away == pytest.approx(ROOM + frame.melee / 2.0, abs=0.01)


def test_a_pave_shank_carries_melee_on_both_shoulders() -> None:
    piece = ring("emerald")
    places = [p.transform[:3, 3] for p in piece.parts if p.name.startswith("shoulder")]
    assert len(places) >= 8
    x = np.sort([place[0] for place in places])
    assert x == pytest.approx(-x[::-1], abs=1e-9)
    out = max(place[2] for place in places)
    assert out < min(box(s)[0, 2] for s in stones(piece)[1:10])


def test_a_shallow_stone_is_raised_until_its_halo_is_clear() -> None:
    flat = Halo(cut="cabochon", stone_mm=5.0, drop_mm=1.2).build()
    low = min(flat.vertices(p)[:, 2].min() for p in flat.parts if p.name.startswith("halo"))
    assert low > 54.0 / np.pi + 1.7 + 0.8


def test_wrong_parameters_are_named() -> None:
    for parameters, word in (
        ({"cut": "baguette"}, "choose one of round"),
        ({"melee_mm": 3.0}, "Halo: melee_mm is 3"),
        ({"style": "rope"}, "choose one of plain, pave"),
        ({"drop_mm": 0.0}, "drop_mm is 0"),
    ):
        with pytest.raises(SceneError, match=word):
            build("halo", **parameters)

"""Eternity rings: a row that closes, stones held and apart, walls that carry."""

from functools import cache
from typing import Any

import manifold3d
import numpy as np
import pytest

from engine.cad.check import check
from engine.errors import SceneError
from engine.types import Piece
from scenes.pieces import Eternity, build
from scenes.pieces.assembly import GAP
from tests.scenes.pieces.bodies import body, box, stones

#: Density of 18 karat yellow gold, g/mm3, rounded: enough for what a ring may weigh.
GOLD = 0.0155

#: Parameters, number of stones, and the weight in grams that a shop would expect.
RINGS: dict[str, tuple[dict[str, Any], int, float, float]] = {
    "prongs": ({}, 28, 1.3, 2.4),
    "half": ({"extent": "half", "stone_mm": 2.6}, 12, 1.6, 3.0),
    "princess": ({"cut": "princess", "extent": "half"}, 14, 2.4, 4.0),
    "emerald": ({"cut": "emerald", "stone_mm": 2.5, "extent": "half"}, 12, 3.0, 5.0),
    "channel": ({"setting": "channel"}, 27, 3.4, 5.0),
    "princess channel": ({"setting": "channel", "cut": "princess", "extent": "half"}, 14, 5, 7),
    "pave": ({"setting": "pave", "stone_mm": 1.6}, 37, 2.0, 3.5),
}


@cache
def ring(name: str) -> Piece:
    return build("eternity", **RINGS[name][0])


@cache
def metal(name: str) -> manifold3d.Manifold:
    return body(ring(name), ring(name).parts[0])


@pytest.fixture(params=RINGS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_one_closed_body_of_a_plausible_weight(name: str) -> None:
    _, count, low, high = RINGS[name]
    piece = ring(name)
    assert metal(name).status() == manifold3d.Error.NoError
    assert len(metal(name).decompose()) == 1
    assert low < GOLD * metal(name).volume() < high
    assert [part.role for part in piece.parts] == ["metal", *["stone"] * count]
    assert len(piece.meshes) == 2
    assert (piece.kind, piece.name) == ("ring", "eternity")


def test_nothing_is_found_against_it(name: str) -> None:
    assert check(ring(name)).findings == ()


def test_it_fits_the_finger_and_stands(name: str) -> None:
    piece = ring(name)
    assert piece.inside_mm is not None
    assert piece.inside_mm == pytest.approx(54.0 / np.pi)
    assert piece.bounds()[0, 2] == pytest.approx(0.0, abs=1e-6)
    middle = _middle(piece)
    v = piece.meshes[0].vertices - middle
    assert 2.0 * np.hypot(v[:, 0], v[:, 2]).min() == pytest.approx(piece.inside_mm, abs=5e-3)
    for part in piece.parts[1:]:
        out = piece.vertices(part) - middle
        assert np.hypot(out[:, 0], out[:, 2]).min() > piece.inside_mm / 2.0 + 0.25


def test_stones_are_apart_and_in_their_seats(name: str) -> None:
    gap = Eternity(**RINGS[name][0]).gap_mm
    solids = stones(ring(name))
    full = RINGS[name][0].get("extent", "full") == "full"
    for first, second in [(0, 1), (3, 4)]:
        found = solids[first].min_gap(solids[second], 1.0)
        assert gap - 1e-3 < found < gap + (0.1 if full else 5e-3)
    for solid in solids[:4]:
        assert metal(name).min_gap(solid, 0.1) == pytest.approx(GAP, abs=5e-4)
        assert (metal(name) ^ solid).volume() == pytest.approx(0.0, abs=1e-9)


def test_stones_are_held_from_above(name: str) -> None:
    """A tenth of a millimetre up, a stone meets metal on both sides of the row."""
    piece = ring(name)
    solid, part = stones(piece)[2], piece.parts[3]
    up = metal(name) ^ solid.translate(0.1 * part.transform[:3, 2])
    places = np.array([box(bit).mean(axis=0) for bit in up.decompose() if bit.volume() > 1e-6])
    local = (places - part.transform[:3, 3]) @ part.transform[:3, :3]
    held = [(local[:, 1] > 0.1).sum(), (local[:, 1] < -0.1).sum()]
    assert min(held) >= (1 if "channel" in name else 2)


@pytest.mark.parametrize("name", sorted(set(RINGS) - {"pave"}))
def test_the_band_carries(name: str) -> None:
    """Beside the hole under a stone there is 0.8 mm of metal between finger and window or seat."""
    piece = ring(name)
    assert piece.inside_mm is not None
    turn = piece.parts[1].transform[:3, :3]
    half = float(piece.meshes[1].vertices[:, 1].max())
    start = _middle(piece) + turn @ [0.0, 0.6 * half, piece.inside_mm / 2.0 + 0.07]
    column = manifold3d.Manifold.cylinder(0.72, 0.02).rotate((0.0, _lean(turn), 0.0))
    column = column.translate(start)
    assert (metal(name) ^ column).volume() == pytest.approx(column.volume(), rel=1e-4)


def _lean(turn: np.ndarray) -> float:
    """Degrees around the finger by which a stone leans."""
    return float(np.degrees(np.arctan2(turn[0, 2], turn[2, 2])))


def _middle(piece: Piece) -> np.ndarray:
    """Where the axes of two stones meet, on the finger's axis."""
    a, b = piece.parts[1].transform, piece.parts[3].transform
    lengths = np.linalg.lstsq(
        np.stack([a[[0, 2], 2], -b[[0, 2], 2]], axis=1), (b - a)[[0, 2], 3], rcond=None
    )[0]
    middle: np.ndarray = a[:3, 3] + lengths[0] * a[:3, 2]
    middle[1] = 0.0
    return middle


@pytest.mark.parametrize(
    ("parameters", "word"),
    [
        ({"setting": "glue"}, "choose one of prong, channel, pave"),
        ({"setting": "channel", "cut": "oval"}, "for a channel setting choose one of round, prin"),
        ({"setting": "pave", "stone_mm": 3.0}, "at most 2.5 for pave"),
        ({"stone_mm": 9.0}, "Eternity: stone_mm is 9"),
        ({"wall_mm": 0.4}, "wall_mm is 0.4; give a value from 0.8"),
    ],
)
def test_wrong_parameters_are_named(parameters: dict[str, Any], word: str) -> None:
    with pytest.raises(SceneError, match=word):
        build("eternity", **parameters)

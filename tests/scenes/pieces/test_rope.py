"""Ropes: every ring goes through the three before it and the three after it, all around."""

import numpy as np
import pytest

from engine.errors import GeometryError, SceneError
from scenes.pieces.chain import Chain
from scenes.pieces.course import Sway
from scenes.pieces.laid import Strung
from scenes.pieces.rope import THROUGH, lay_rope
from scenes.pieces.weave import LEAST
from tests.scenes.pieces.linking import gaps, together

LENGTH = 300.0


@pytest.fixture(scope="module")
def rope() -> list[Strung]:
    return lay_rope(3.0, LENGTH, Sway(((2, 0.3, 0.4),)))


@pytest.mark.parametrize("ahead", range(1, 9))
def test_rings_go_through_three_and_keep_clear_of_all(rope: list[Strung], ahead: int) -> None:
    near = gaps(rope, ahead)
    assert near.min() >= LEAST - 2e-3
    # All around, and where the end meets the beginning.
    for i in [*range(0, len(rope), 29), *range(len(rope) - 8, len(rope))]:
        linked = together(rope[i], rope[(i + ahead) % len(rope)])
        assert linked == (1 if ahead <= THROUGH else 0)


def test_every_turn_of_the_rope_rests_on_the_ground(rope: list[Strung]) -> None:
    low = np.array([thing.link.solid.moved(thing.transform).vertices[:, 2].min() for thing in rope])
    assert low.min() == pytest.approx(0.0, abs=1e-9)
    turn = 10  # rings in a little more than a turn of the screw
    assert max(low[i : i + turn].min() for i in range(len(low) - turn)) < 0.06


def test_length_and_width_are_as_asked(rope: list[Strung]) -> None:
    middles = np.array([thing.transform[:3, 3] for thing in rope])
    around = np.linalg.norm(middles - np.roll(middles, 1, axis=0), axis=1).sum()
    assert around == pytest.approx(LENGTH, abs=3.0)
    top = max(thing.link.solid.moved(thing.transform).vertices[:, 2].max() for thing in rope)
    assert top == pytest.approx(3.0, abs=0.06)


def test_a_rope_is_one_shared_ring() -> None:
    piece = Chain(style="rope", length_mm=300.0, width_mm=3.5).build()
    assert len(piece.meshes) == 1
    assert {part.layer for part in piece.parts} == {"chain"}
    assert piece.bounds()[0, 2] == pytest.approx(0.0, abs=1e-6)


def test_what_cannot_be_made_is_refused() -> None:
    with pytest.raises(GeometryError, match="does not bend"):
        Chain(style="rope", length_mm=100.0, width_mm=6.0).build()
    with pytest.raises(GeometryError, match="rings is more than"):
        Chain(style="rope", length_mm=900.0, width_mm=1.2).build()
    with pytest.raises(SceneError, match="endless"):
        Chain(style="rope", display="stand")

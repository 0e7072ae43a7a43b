"""How a stone is seen: its axis, girdle, symmetry, and distances from it."""

from __future__ import annotations

import numpy as np
import pytest

from engine.cad.check.gem import Gem
from engine.cad.check.survey import welded
from engine.cad.cuts import KINDS, make
from scenes.pieces.solids import join
from tests.engine.cad.check import planted

UP = np.array([0.0, 0.0, 1.0])


def gem(name: str, width: float = 4.0) -> Gem:
    return Gem.of(*welded(make(name, width=width).mesh()))


@pytest.mark.parametrize("name", sorted(set(KINDS) - {"bead", "drop"}))
def test_a_table_faces_up_and_the_girdle_is_at_zero(name: str) -> None:
    stone = gem(name)
    assert stone.axis is not None
    assert stone.axis @ UP == pytest.approx(1.0, abs=1e-3)
    assert stone.girdle == pytest.approx(0.0, abs=0.15)


@pytest.mark.parametrize("name", ["bead", "drop"])
def test_beads_and_drops_have_no_table(name: str) -> None:
    assert gem(name).axis is None


@pytest.mark.parametrize("name", ["round", "princess", "emerald", "oval"])
def test_even_stones_look_the_same_after_half_a_turn(name: str) -> None:
    assert gem(name).half_turn


def test_the_notch_of_a_stone_that_is_not_convex_is_outside() -> None:
    """As a heart's cleft: metal may stand there."""
    body = join(
        [planted.block((-3, -3, -1), (3, 0, 1)), planted.block((-3, -1, -1), (0, 3, 1))], []
    )
    stone = Gem.of(*welded(body))
    assert not stone.convex
    assert not stone.half_turn
    away, _ = stone.outside(np.array([[0.5, 0.5, 0.0], [-1.5, -1.5, 0.0], [4.0, -1.0, 0.0]]))
    assert away == pytest.approx([0.5, -1.0, 1.0], abs=0.05)

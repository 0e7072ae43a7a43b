"""Missing prongs: one is left out of a pattern; patterns of their own stay clean."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from engine.cad.check import check
from engine.cad.check.gem import Gem
from engine.cad.check.prongs import _unmatched, one_short
from engine.cad.cuts import emerald, round_brilliant, to_mesh
from engine.types import FloatArray
from tests.engine.cad.check import planted
from tests.engine.cad.shapes import hull


@pytest.mark.parametrize(("prongs", "left_out", "severity"), [(4, 1, "error"), (6, 5, "warning")])
def test_a_missing_prong(prongs: int, left_out: int, severity: str) -> None:
    (found,) = check(planted.solitaire(prongs, missing=(left_out,))).findings
    assert (found.kind, found.severity) == ("missing-prong", severity)
    assert found.parts == ("centre stone",)
    azimuth = 2.0 * np.pi * (left_out + 0.5) / prongs
    assert found.at is not None
    across = np.array(found.at[:2]) / (planted.STONE_MM / 2.0)
    assert across == pytest.approx([np.cos(azimuth), np.sin(azimuth)], abs=0.15)


def rad(*degrees: float) -> FloatArray:
    angle: FloatArray = np.radians(np.array(degrees, float))
    return angle


@pytest.mark.parametrize(
    ("prongs", "where"),
    [
        ((45, 135, 225), 315),
        ((0, 60, 120, 180, 300), 240),
        ((10, 130, 250), None),
        ((0, 90, 180, 270), None),
        ((0, 72, 144, 216), 288),
        ((30, 60, 210, 240), None),
    ],
)
def test_one_short_of_an_even_round(prongs: Sequence[float], where: float | None) -> None:
    found = one_short(rad(*prongs))
    assert found == (None if where is None else pytest.approx(np.radians(where)))


def gem_of(points: FloatArray) -> Gem:
    return Gem.of(*hull(points))


def pear() -> Gem:
    """A half round and a tip at -y, table up."""
    turn = np.linspace(0.0, np.pi, 25)
    rim = np.concatenate([np.column_stack([np.cos(turn), np.sin(turn)]), [[0.0, -1.8]]]) * 3.0
    flat = [np.column_stack([s * rim, np.full(len(rim), z)]) for s, z in ((0.6, 1.0), (1.0, 0.0))]
    return gem_of(np.concatenate([*flat, [[0.0, 0.0, -2.5]]]))


def test_the_partner_of_a_prong_by_the_stones_symmetry() -> None:
    long = Gem.of(*_mesh(emerald(4.0, 1.5)))
    assert long.half_turn
    assert _unmatched(rad(40, 140, 220), long) == pytest.approx(np.radians(320.0))
    assert _unmatched(rad(40, 140, 220, 320), long) is None
    assert _unmatched(rad(90, 210, 330), Gem.of(*_mesh(round_brilliant(5.0)))) is None


def test_a_pear_may_be_held_by_five_but_not_by_four_of_them() -> None:
    stone = pear()
    assert not stone.half_turn
    (tip,) = stone.mirrors
    five = tip + rad(0, 75, 135, 225, 285)
    assert _unmatched(five, stone) is None
    missing = _unmatched(np.delete(five, 1), stone)
    assert missing is not None
    assert np.cos(missing - five[1]) == pytest.approx(1.0)


def _mesh(cut: object) -> tuple[FloatArray, np.ndarray]:
    mesh = to_mesh(cut)  # type: ignore[arg-type]
    return mesh.vertices, mesh.faces

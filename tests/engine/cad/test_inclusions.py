"""Inclusions: inside their stone, the same in every picture, larger with the grade."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import ConvexHull

from engine.cad.clarity import GRADES
from engine.cad.cuts import emerald, round_brilliant, to_mesh
from engine.cad.inclusions import Body, inclusions
from engine.types import FloatArray

#: No axis of the crystal is one of the stone.
TILTED: FloatArray = np.linalg.qr(np.array([[1.0, 0.2, 0.3], [0.1, 1.0, -0.4], [-0.2, 0.5, 1.0]]))[
    0
]


def drawn(
    grade: str, size: float = 6.5, silk: bool = True, name: str = "a", slim: bool = False
) -> tuple[FloatArray, list[Body]]:
    mesh = to_mesh(emerald(size, 1.5) if slim else round_brilliant(diameter=size))
    points = mesh.vertices + np.array([3.0, -2.0, 7.0])
    return points, inclusions(points, TILTED, GRADES[grade], silk, name)


@pytest.mark.parametrize("grade", ["VVS1", "SI1", "SI2"])
@pytest.mark.parametrize(("size", "slim"), [(0.8, False), (6.5, False), (5.0, True)])
def test_every_body_lies_inside_the_stone(grade: str, size: float, slim: bool) -> None:
    points, found = drawn(grade, size, slim=slim)
    planes = ConvexHull(points).equations
    rng = np.random.default_rng(1)
    ball = rng.normal(size=(2000, 3))
    ball /= np.linalg.norm(ball, axis=1, keepdims=True)
    for body in found:
        np.testing.assert_allclose(body.axes @ body.axes.T, np.eye(3), atol=1e-12)
        surface = body.centre + (ball * body.half) @ body.axes
        assert (surface @ planes[:, :3].T + planes[:, 3]).max() < 1e-9
        assert (body.half > 0).all()
    assert len({tuple(body.centre) for body in found}) == len(found)


def test_a_stone_keeps_its_own_and_no_two_are_alike() -> None:
    one, again, other = (drawn("SI1", name=name)[1] for name in ("a", "a", "b"))
    assert [tuple(b.centre) for b in one] == [tuple(b.centre) for b in again]
    assert [tuple(b.half) for b in one] == [tuple(b.half) for b in again]
    assert not {tuple(b.centre) for b in one} & {tuple(b.centre) for b in other}


def test_grades_go_from_none_to_large() -> None:
    found = {grade: drawn(grade)[1] for grade in GRADES}
    assert found["FL"] == found["IF"] == []
    assert GRADES["FL"].flawless
    assert GRADES["IF"].flawless
    included = list(GRADES)[2:]
    assert included == ["VVS1", "VVS2", "VS1", "VS2", "SI1", "SI2"]
    crystals = [max(b.half[0] for b in found[g] if b.kind == "crystal") for g in included]
    assert 2 * crystals[0] < 0.007  # below what a loupe of ten times shows
    assert 2 * crystals[-1] > 0.07  # above what the eye shows
    assert all(len(bodies) <= 24 for bodies in found.values())


def test_silk_lies_in_three_directions_across_the_optic_axis() -> None:
    needles = [b for b in drawn("SI2")[1] if b.kind == "needle"]
    along = np.array([b.axes[0] for b in needles])
    np.testing.assert_allclose(along @ TILTED[2], 0.0, atol=1e-12)
    angles = np.degrees(np.arctan2(along @ TILTED[1], along @ TILTED[0]))
    assert sorted(set(np.round(angles))) == [0, 60, 120]
    assert not [b for b in drawn("SI2", silk=False)[1] if b.kind == "needle"]


def test_a_small_stone_has_small_ones() -> None:
    assert max(b.half[0] for b in drawn("SI2", 0.8)[1] if b.kind == "crystal") < 0.013

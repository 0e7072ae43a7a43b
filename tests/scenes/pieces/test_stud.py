"""Studs as they are sold: the stone held, the butterfly in its groove, lying as they can lie."""

from functools import cache
from typing import Any

import manifold3d
import numpy as np
import pytest
from scipy.spatial import ConvexHull

from engine.errors import SceneError
from engine.types import FloatArray, Piece
from scenes.pieces import Stud
from scenes.pieces.assembly import GAP
from scenes.pieces.motion import turn
from scenes.pieces.stones import CUTS
from tests.scenes.pieces.bodies import body, shifted, stones

#: Densities, g/mm^3: 18 karat yellow gold, diamond.
GOLD, DIAMOND = 0.0155, 0.00352

KINDS: dict[str, dict[str, Any]] = {
    "prongs": {},
    "three": {"prongs": 3},
    "six": {"prongs": 6, "cut": "oval"},
    "corners": {"cut": "princess", "stone_mm": 4.0},
    "bezel": {"setting": "bezel", "cut": "emerald"},
    "bare": {"back": "none"},
}


@cache
def stud(kind: str) -> Piece:
    return Stud(**KINDS[kind]).build()


def solids(piece: Piece) -> list[manifold3d.Manifold]:
    return [body(piece, part) for part in piece.parts]


@pytest.mark.parametrize("kind", KINDS)
def test_bodies_are_closed_apart_and_weigh_what_studs_weigh(kind: str) -> None:
    piece = stud(kind)
    made = solids(piece)
    names = ["metal", "stone"] if kind == "bare" else ["metal", "butterfly", "stone"]
    assert [part.name for part in piece.parts] == names
    assert (piece.kind, piece.name) == ("earring", "stud")
    for solid in made:
        assert solid.status() == manifold3d.Error.NoError
        assert len(solid.decompose()) == 1
    for k, solid in enumerate(made):
        for other in made[:k]:
            assert (solid ^ other).volume() == pytest.approx(0.0, abs=1e-9)
    assert 0.2 < GOLD * sum(s.volume() for s in made[:-1]) < 2.2


@pytest.mark.parametrize("kind", KINDS)
def test_the_stone_is_held(kind: str) -> None:
    piece = stud(kind)
    metal, (stone,) = solids(piece)[0], stones(piece)
    assert metal.min_gap(stone, 0.1) == pytest.approx(GAP, abs=1e-3)
    for along in (-0.15, 0.15):
        assert (metal ^ shifted(piece, along)).volume() > 1e-3


def test_the_butterfly_sits_in_the_groove() -> None:
    """Clear of the post by a hair; pulled off, its scrolls meet the end of the post."""
    piece = stud("prongs")
    metal, butterfly, _ = solids(piece)
    assert 0.01 < metal.min_gap(butterfly, 0.5) < 0.1
    back = -piece.parts[0].transform[:3, 2]
    for along in (-1.0, 0.7):
        assert (metal ^ butterfly.translate(along * back)).volume() > 1e-3


@pytest.mark.parametrize("kind", KINDS)
def test_it_lies_where_it_stays(kind: str) -> None:
    """The centre of gravity is over what touches the ground; the front faces -y."""
    piece = stud(kind)
    made = solids(piece)
    points = np.concatenate([piece.vertices(part) for part in piece.parts])
    assert points[:, 2].min() == pytest.approx(0.0, abs=1e-9)
    feet = points[points[:, 2] < 3e-3, :2]
    grams = [s.volume() * (DIAMOND if p.role == "stone" else GOLD)
             for s, p in zip(made, piece.parts, strict=True)]  # fmt: skip
    middle = np.average([_middle(s) for s in made], axis=0, weights=grams)
    hull = ConvexHull(feet)
    assert (hull.equations[:, :2] @ middle[:2] + hull.equations[:, 2] < 0.0).all()
    assert piece.parts[-1].transform[1, 2] < -np.cos(np.radians(25.0))


def _middle(solid: manifold3d.Manifold) -> FloatArray:
    mesh = solid.to_mesh64()
    a, b, c = np.moveaxis(np.asarray(mesh.vert_properties)[:, :3][mesh.tri_verts], 1, 0)
    part = np.einsum("ij,ij->i", a, np.cross(b, c))
    return np.asarray(part @ (a + b + c) / (4.0 * part.sum()))


def test_without_its_butterfly_it_looks_up() -> None:
    front = stud("bare").parts[-1].transform[:3, 2]
    assert 5.0 < np.degrees(np.arcsin(front[2])) < 25.0


def test_a_pair_is_two_that_share_their_meshes() -> None:
    piece = Stud(pair=True).build()
    assert len(piece.parts) == 6
    assert len(piece.meshes) == 3
    left, right = (
        manifold3d.Manifold.compose([body(piece, p) for p in piece.parts if side in p.name])
        for side in ("left", "right")
    )
    assert 1.0 < left.min_gap(right, 5.0) < 4.0


@pytest.mark.parametrize("seed", range(4))
def test_draws_can_be_built(seed: int) -> None:
    design = Stud.draw(np.random.default_rng(seed), CUTS)
    assert design == Stud.draw(np.random.default_rng(seed), CUTS)
    assert design.build().bounds()[0, 2] == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(
    ("parameters", "word"),
    [
        ({"prongs": 5}, "prongs is 5; give 4"),
        ({"prongs": 3, "cut": "emerald"}, "prongs is 3; give 4"),
        ({"stone_mm": 30.0}, "stone_mm is 30; give a value from 2.5 to 10"),
        ({"back": "clip"}, "back is 'clip'; choose one of butterfly, none"),
    ],
)
def test_wrong_parameters_are_named(parameters: dict[str, Any], word: str) -> None:
    with pytest.raises(SceneError, match=word):
        Stud(**parameters)


def test_a_turn_is_right_handed() -> None:
    move = turn([0.0, 0.0, 2.0], np.pi / 2.0)
    assert move @ [1.0, 0.0, 0.0, 1.0] == pytest.approx([0.0, 1.0, 0.0, 1.0])

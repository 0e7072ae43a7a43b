"""Drop earrings: linked, clear of each other, and hung where they stay."""

from itertools import combinations
from typing import Any

import manifold3d
import numpy as np
import pytest

from engine.cad.check import check
from engine.errors import SceneError
from engine.types import FloatArray, Part, Piece
from scenes.pieces import DropEarring
from scenes.pieces.assembly import GAP, Body, Placed
from scenes.pieces.chain import CLEAR
from scenes.pieces.drop_earring import FrenchHook
from scenes.pieces.rest import gravity
from scenes.pieces.stones import CUTS
from tests.scenes.pieces.bodies import body, shifted
from tests.scenes.pieces.linking import linking, moved
from tests.scenes.pieces.loops import inside

DESIGNS = {
    "prongs": DropEarring(),
    "bezel": DropEarring(cut="emerald", setting="bezel", stone_mm=5.0, hook_mm=22.0),
    "large": DropEarring(prongs=6, stone_mm=12.0, hook_mm=14.0),
    "pair": DropEarring(cut="oval", stone_mm=3.0, pair=True),
}
EARRINGS = [("prongs", ""), ("bezel", ""), ("large", ""), ("pair", "left "), ("pair", "right ")]


@pytest.fixture(scope="module")
def pieces() -> dict[str, Piece]:
    return {name: design.build() for name, design in DESIGNS.items()}


def part(piece: Piece, name: str) -> Part:
    return next(p for p in piece.parts if p.name == name)


def circle(middle: FloatArray, radius: float, u: int, v: int) -> FloatArray:
    """[40, 3] mm, in the plane of two axes."""
    turn = np.linspace(0.0, 2.0 * np.pi, 40, endpoint=False)
    axes = radius * np.eye(3)
    return np.asarray(middle + np.cos(turn)[:, None] * axes[u] + np.sin(turn)[:, None] * axes[v])


@pytest.mark.parametrize(("name", "side"), EARRINGS)
def test_the_ring_hangs_in_the_eye(name: str, side: str, pieces: dict[str, Piece]) -> None:
    """Both wires are there, closed, and each passes once through the other."""
    piece, design = pieces[name], DESIGNS[name]
    hook, mount = part(piece, f"{side}hook"), part(piece, f"{side}mount")
    eye = moved(circle(FrenchHook(design.hook_mm).eye, 1.0, 1, 2), hook.transform)
    pull = design.pendant().mount().ring
    ring = moved(circle(pull - np.array([0.0, 1.125, 0.0]), 1.125, 0, 1), mount.transform)
    assert inside(piece, hook, eye)
    assert inside(piece, mount, ring)
    assert abs(linking(eye, ring)) == pytest.approx(1.0)
    assert 0.005 <= body(piece, hook).min_gap(body(piece, mount), 0.5) <= 0.05


@pytest.mark.parametrize("name", DESIGNS)
def test_bodies_are_closed_apart_and_right(name: str, pieces: dict[str, Piece]) -> None:
    piece = pieces[name]
    made = {p.name: body(piece, p) for p in piece.parts}
    assert len(made) == (7 if name == "pair" else 4)
    for solid in made.values():
        assert solid.status() == manifold3d.Error.NoError
        assert len(solid.decompose()) == 1
    for a, b in combinations(made.values(), 2):
        assert a.min_gap(b, 0.1) > 0.005
    assert check(piece).findings == ()
    assert (piece.kind, piece.name) == ("earring", "drop-earring")


@pytest.mark.parametrize(("name", "side"), EARRINGS)
def test_it_hangs_where_it_stays(name: str, side: str, pieces: dict[str, Piece]) -> None:
    """Hook and drop have their weight under the place where the hook lies on the rod, and the drop
    has its own under the ring; nothing but the stand reaches the ground."""
    piece = pieces[name]
    hook, mount, stand = (part(piece, n) for n in (f"{side}hook", f"{side}mount", "stand"))
    rod, wire = body(piece, stand), body(piece, hook)
    assert 0.005 <= rod.min_gap(wire, 0.5) <= 0.05
    assert (rod ^ wire.translate([0.0, 0.0, -0.1])).volume() > 1e-4
    stone = DESIGNS[name].pendant().mount().stone
    drop: list[Body | Placed] = [
        Body("", piece.meshes[mount.mesh], mount.transform),
        Placed("", stone.cut, part(piece, f"{side}stone").transform),
    ]
    pull = moved(DESIGNS[name].pendant().mount().ring[None], mount.transform)[0]
    assert gravity(drop)[1] == pytest.approx(pull[1], abs=1e-6)
    assert piece.bounds()[0, 2] == pytest.approx(0.0, abs=1e-9)
    assert piece.vertices(mount)[:, 2].min() == pytest.approx(CLEAR)
    everything = gravity([Body("", piece.meshes[hook.mesh], hook.transform), *drop])
    axis = piece.vertices(stand)[:, 1].mean()
    assert everything[1] == pytest.approx(axis, abs=0.02)


@pytest.mark.parametrize("name", ["prongs", "bezel", "large"])
def test_the_stone_is_held_and_faces_the_front(name: str, pieces: dict[str, Piece]) -> None:
    piece = pieces[name]
    metal, stone = (body(piece, part(piece, n)) for n in ("mount", "stone"))
    assert metal.min_gap(stone, 0.1) == pytest.approx(GAP, abs=1e-3)
    for along in (-0.15, 0.15):
        assert (metal ^ shifted(piece, along)).volume() > 1e-3
    assert part(piece, "stone").transform[1, 2] < -np.cos(np.radians(25.0))


def test_a_pair_shares_its_meshes_and_one_stand(pieces: dict[str, Piece]) -> None:
    piece = pieces["pair"]
    assert len(piece.meshes) == 4
    left, right = (part(piece, f"{side} mount").transform[:3, 3] for side in ("left", "right"))
    assert right - left == pytest.approx([right[0] - left[0], 0.0, 0.0])
    assert [p.name for p in piece.parts if p.role == "other"] == ["stand"]


@pytest.mark.parametrize("seed", range(10))
def test_draws_can_be_built(seed: int) -> None:
    design = DropEarring.draw(np.random.default_rng(seed), CUTS)
    assert design == DropEarring.draw(np.random.default_rng(seed), CUTS)
    piece = design.build()
    made = [body(piece, p) for p in piece.parts]
    assert min(a.min_gap(b, 0.1) for a, b in combinations(made, 2)) > 0.005


@pytest.mark.parametrize(
    ("parameters", "word"),
    [
        ({"prongs": 5}, "DropEarring: prongs is 5; give 4"),
        ({"prongs": 6, "cut": "princess"}, "DropEarring: prongs is 6; give 4"),
        ({"hook_mm": 50.0}, "hook_mm is 50; give a value from 14 to 24"),
    ],
)
def test_wrong_parameters_are_named(parameters: dict[str, Any], word: str) -> None:
    with pytest.raises(SceneError, match=word):
        DropEarring(**parameters)

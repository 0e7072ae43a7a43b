"""Rings as a goldsmith would check them: size, closed metal, seats, prongs over the girdle."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import manifold3d
import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from engine.cad import load, write
from engine.cad.check import check
from engine.cad.cuts import Girdle, read_asc, round_brilliant, volume
from engine.cad.cuts.cut import check_ranges
from engine.errors import GeometryError, SceneError
from engine.types import Mesh, Piece
from scenes.pieces import Solitaire, ThreeStone, build, names
from scenes.pieces.assembly import GAP
from scenes.pieces.solids import Solid, join, sweep
from scenes.pieces.stones import stone
from tests.scenes.pieces.bodies import body, box

RINGS: dict[str, dict[str, Any]] = {
    "round": {},
    "six prongs": {"prongs": 6, "profile": "d", "size": 48.0},
    "oval": {"cut": "oval", "stone_mm": 5.5, "rails": 2},
    "emerald": {"cut": "emerald", "stone_mm": 5.0, "profile": "flat", "width_mm": 3.0},
    "princess": {"cut": "princess", "stone_mm": 5.5, "rails": 0},
    "small": {"stone_mm": 3.0, "inside_mm": 15.0},
    "three-stone": {},
    "three emeralds": {"cut": "emerald", "stone_mm": 4.8},
    "oval and rounds": {"cut": "oval", "side_cut": "round", "side": 0.5},
}


@cache
def ring(name: str) -> Piece:
    kind = "three-stone" if "three" in name or "rounds" in name else "solitaire"
    return build(kind, **RINGS[name])


@pytest.fixture(params=RINGS)
def piece(request: pytest.FixtureRequest) -> Piece:
    return ring(request.param)


def test_metal_is_one_closed_solid(piece: Piece) -> None:
    metal = body(piece, piece.parts[0])
    assert metal.status() == manifold3d.Error.NoError
    assert len(metal.decompose()) == 1
    assert 50.0 < metal.volume() < 500.0
    assert 30_000 <= len(piece.meshes[0].faces) <= 80_000


def test_parts_are_named_and_have_roles(piece: Piece) -> None:
    metal, *stones = piece.parts
    assert (metal.name, metal.role, metal.layer) == ("metal", "metal", "metal")
    assert stones[0].name == "centre stone"
    assert len({part.name for part in piece.parts}) == len(piece.parts)
    assert all(part.role == "stone" and part.layer == "stones" for part in stones)
    assert all(piece.meshes[part.mesh].normals is None for part in stones)
    assert piece.kind == "ring"


def test_stones_are_held_and_clear_of_the_metal(piece: Piece) -> None:
    """Every stone has its seat: near the metal, and nowhere in it."""
    metal = body(piece, piece.parts[0])
    for part in piece.parts[1:]:
        assert metal.min_gap(body(piece, part), 1.0) == pytest.approx(GAP, abs=5e-4)
        assert (metal ^ body(piece, part)).volume() == pytest.approx(0.0, abs=1e-9)


def test_prongs_reach_over_the_girdle(piece: Piece) -> None:
    """Metal stands above the girdle and inside the stone's outline, and never above the table."""
    metal = piece.vertices(piece.parts[0])
    for part in piece.parts[1:]:
        inverse = np.linalg.inv(part.transform)
        local = metal @ inverse[:3, :3].T + inverse[:3, 3]
        mesh = piece.meshes[part.mesh]
        girdle = outline(mesh.vertices)
        near = local[np.hypot(local[:, 0], local[:, 1]) < np.hypot(*girdle.half) * 1.4]
        over = near[near[:, 2] > girdle.top + 0.05]
        turn = np.arctan2(over[:, 1], over[:, 0])
        inside = np.hypot(over[:, 0], over[:, 1]) < [girdle.radius(t) - 0.25 for t in turn]
        quarters = np.floor_divide(turn[inside], np.pi / 2.0)
        assert len(set(quarters)) == 4
        if part.name == "centre stone":
            assert over[:, 2].max() < mesh.vertices[:, 2].max() + 0.25


def outline(vertices: np.ndarray) -> Girdle:
    """The girdle of a stone from its mesh: what is widest around z = 0."""
    band = vertices[np.abs(vertices[:, 2]) < 0.2]
    points = band[np.argsort(np.arctan2(band[:, 1], band[:, 0]), kind="stable")]
    return Girdle(points[:, :2], float(band[:, 2].min()), float(band[:, 2].max()))


def test_ring_stands_on_the_ground_and_fits_the_finger(piece: Piece) -> None:
    assert piece.inside_mm is not None
    low, high = piece.bounds()
    assert low[2] == pytest.approx(0.0, abs=1e-4)
    assert low[:2] == pytest.approx(-high[:2], abs=2e-3)
    metal = piece.vertices(piece.parts[0])
    centre = (high[0] - low[0]) / 2.0
    radius = np.hypot(metal[:, 0], metal[:, 2] - centre)
    assert 2.0 * radius.min() == pytest.approx(piece.inside_mm, abs=5e-3)
    highest = max(piece.parts, key=lambda part: float(piece.vertices(part)[:, 2].max()))
    assert highest.name in ("metal", "centre stone")


def test_size_is_the_circumference() -> None:
    assert ring("round").inside_mm == pytest.approx(54.0 / np.pi)
    assert ring("small").inside_mm == 15.0


def test_three_stones_lie_a_gap_apart() -> None:
    """Without a gallery nothing else stands in the way."""
    piece = ThreeStone(rails=0).build()
    centre, *sides = (body(piece, part) for part in piece.parts[1:])
    for side in sides:
        assert centre.min_gap(side, 2.0) == pytest.approx(0.15, abs=2e-3)
    assert piece.parts[2].mesh == piece.parts[3].mesh
    left, right = (piece.vertices(part).mean(axis=0) for part in piece.parts[2:])
    assert left == pytest.approx(right * [-1.0, 1.0, 1.0], abs=1e-6)


def test_metal_normals_are_smooth_along_the_shank() -> None:
    """At the foot of a court shank the normal turns with the surface, not with the triangles."""
    piece = ring("round")
    mesh = piece.meshes[0]
    assert mesh.normals is not None
    assert np.linalg.norm(mesh.normals, axis=1) == pytest.approx(1.0, abs=1e-5)
    out = 54.0 / np.pi / 2.0 + 1.7
    foot = (np.abs(mesh.vertices[:, 1]) < 1e-3) & (mesh.vertices[:, 2] < 3.0)
    across = mesh.vertices[foot] - [0.0, 0.0, out]
    outer = np.linalg.norm(across, axis=1) > out - 0.1
    expected = across[outer] / np.linalg.norm(across[outer], axis=1, keepdims=True)
    assert outer.sum() > 20
    assert np.einsum("ij,ij->i", mesh.normals[foot][outer], expected).min() > np.cos(0.02)


def test_two_rails_meet_the_prongs_of_a_square_stone() -> None:
    piece = Solitaire(cut="princess", stone_mm=6.66, rails=2).build()
    assert len(body(piece, piece.parts[0]).decompose()) == 1


def test_any_cut_can_be_set(tmp_path: Any) -> None:
    path = tmp_path / "octagon.asc"
    path.write_text(
        "GemCad 5.0\ng 96 0.0\ny 8 y\nI 1.54\nH Octagon\n"
        "a -90 1.0 96 12 24 36 48 60 72 84\na -42 0.66 96 12 24 36 48 60 72 84\n"
        "a 35 0.66 96 12 24 36 48 60 72 84\na 0 0.4 96\n"
    )
    for cut in (read_asc(path), round_brilliant(1.0, table=0.6)):
        piece = Solitaire(cut=cut, stone_mm=5.0).build()
        assert np.ptp(piece.meshes[1].vertices[:, 0]) == pytest.approx(5.0)
        assert len(body(piece, piece.parts[0]).decompose()) == 1


@pytest.mark.parametrize(
    ("parameters", "word"),
    [
        ({"size": 20.0}, "size is 20; give a value from 40 to 76"),
        ({"inside_mm": 40.0}, "inside_mm is 40"),
        ({"width_mm": 0.0}, "width_mm is 0"),
        ({"thickness_mm": float("nan")}, "thickness_mm is nan"),
        ({"taper": 3.0}, "taper is 3"),
        ({"profile": "square"}, "profile is 'square'; choose one of court"),
        ({"stone_mm": 100.0}, "stone_mm is 100"),
        ({"prongs": 5}, "prongs is 5"),
        ({"prongs": 6, "cut": "princess"}, "prongs is 6"),
        ({"prong_mm": 0.1}, "prong_mm is 0.1"),
        ({"rails": 9}, "rails is 9"),
        ({"rise_mm": -1.0}, "rise_mm is -1"),
        ({"cut": "marquis"}, "cut is 'marquis'; choose one of round"),
        ({"cut": "round", "ratio": 1.5}, "leave it out"),
        ({"cut": "oval", "ratio": 5.0}, "ratio is 5; give a value from 0.8 to 3"),
        ({"colour": "red"}, "no parameter 'colour'"),
    ],
)
def test_wrong_parameters_are_named(parameters: dict[str, Any], word: str) -> None:
    with pytest.raises(SceneError, match=word):
        build("solitaire", **parameters)


def test_wrong_three_stones_are_named() -> None:
    with pytest.raises(SceneError, match="side is 2"):
        ThreeStone(side=2.0)
    with pytest.raises(SceneError, match="prongs is 6"):
        ThreeStone(prongs=6)
    with pytest.raises(GeometryError, match="too large for this ring size"):
        ThreeStone(size=40.0, stone_mm=14.0, side=1.0).build()


def test_names() -> None:
    assert {"solitaire", "three-stone", "bezel", "pave-band", "melee-ring"} <= set(names())
    with pytest.raises(SceneError, match="choose one of solitaire"):
        build("solitair")


def test_floating_parts_are_refused() -> None:
    turn = np.linspace(0.0, 2.0 * np.pi, 12, endpoint=False)
    circle = np.column_stack([np.cos(turn), np.sin(turn), np.zeros(12)])
    can = sweep(np.stack([circle, circle + np.array([0.0, 0.0, 2.0])]), closed=False)
    away = np.eye(4)
    away[0, 3] = 5.0
    with pytest.raises(GeometryError, match="do not touch"):
        join([can, can.moved(away)], [])
    with pytest.raises(GeometryError, match="no closed solid"):
        join([Solid(can.vertices, can.faces[1:])], [])


def test_named_cuts_have_the_asked_width() -> None:
    for cut in ("round", "oval", "emerald", "princess"):
        made = stone(cut, 4.0)
        assert 2.0 * made.girdle().half[0] == pytest.approx(4.0)


def test_ranges_include_their_ends() -> None:
    check_ranges("ring", {"size": (40.0, 40.0, 76.0)})
    with pytest.raises(SceneError, match="size is 39"):
        check_ranges("ring", {"size": (39.9, 40.0, 76.0)})


@pytest.mark.parametrize("profile", ["court", "d", "flat"])
def test_a_ring_turned_anyhow_in_its_file_stands_up_again(tmp_path: Path, profile: str) -> None:
    whole = build("solitaire", profile=profile)
    turn = np.eye(4)
    turn[:3, :3] = Rotation.random(rng=1).as_matrix()
    parts = tuple(replace(part, transform=turn @ part.transform) for part in whole.parts)
    read = load(write(replace(whole, parts=parts), tmp_path / "ring.3dm"))
    moved = next(part for part in read.parts if part.role == "metal").transform @ turn
    assert abs(moved[1, 1]) > np.cos(np.radians(0.05))
    assert moved[2, 2] > np.cos(np.radians(0.05))


def test_a_stone_may_be_given_by_its_weight() -> None:
    """A brilliant of a carat is 6.5 mm wide, within what proportions allow; denser ones less."""
    one = Solitaire(carat=1.0).build()
    assert carat(one.meshes[1], 3.52) == pytest.approx(1.0)
    assert np.ptp(one.meshes[1].vertices[:, 0]) == pytest.approx(6.5, rel=0.02)
    assert Solitaire(carat=1.0, density=4.0).gem()[1] < 6.3
    assert Solitaire(cut=round_brilliant(), carat=1.0).gem()[1] == pytest.approx(6.46, abs=0.1)
    three = ThreeStone(carat=0.5, side=0.6).build()
    assert carat(three.meshes[1], 3.52) == pytest.approx(0.5)
    with pytest.raises(SceneError, match=r"carat is 0\.05, which makes a stone 2\.4 mm wide"):
        Solitaire(carat=0.05).build()


def carat(mesh: Mesh, density: float) -> float:
    return volume(mesh) * 1e-3 * density / 0.2


def test_cathedral_shoulders_carry_the_head() -> None:
    """Arches stand free between shank and gallery rail, and end below the girdle."""
    plain, arched = ring("round"), Solitaire(cathedral=True).build()
    metal, more = body(plain, plain.parts[0]), body(arched, arched.parts[0])
    assert len(more.decompose()) == 1
    assert more.genus() == metal.genus() + 2
    assert 4.0 < more.volume() - metal.volume() < 30.0
    assert check(arched).findings == ()
    arches = [bit for bit in (more - metal).decompose() if bit.volume() > 0.5]
    assert len(arches) == 2
    assert max(box(bit)[1, 2] for bit in arches) < arched.parts[1].transform[2, 3]
    with pytest.raises(GeometryError, match="give rails as 1 or 2"):
        Solitaire(cathedral=True, rails=0).build()


def test_corners_of_a_princess_lie_under_v_prongs() -> None:
    """Metal lies over each corner and along both of its edges, and none of it in the stone."""
    piece = ring("princess")
    metal = body(piece, piece.parts[0])
    up = metal ^ body(piece, piece.parts[1]).translate([0.0, 0.0, 0.08])
    held = [box(bit) - piece.parts[1].transform[:3, 3] for bit in up.decompose()]
    held = [b for b in held if b[1, 2] > 0.0]
    assert len(held) == 4
    for b in held:
        assert np.ptp(b, axis=0)[:2] == pytest.approx([1.5, 1.5], abs=0.5)
        assert np.abs(b).max(axis=0)[:2] == pytest.approx([2.75, 2.75], abs=0.02)

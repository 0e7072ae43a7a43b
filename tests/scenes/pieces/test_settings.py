"""Bezel, pave and melee as a setter would check them: held all around, apart, room below."""

from collections import Counter
from functools import cache

import manifold3d
import numpy as np
import pytest
from scipy.spatial import KDTree

from engine.errors import GeometryError, SceneError
from engine.types import FloatArray, Part, Piece
from scenes.pieces import PIECES, Bezel, MeleeRing, PaveBand, build
from scenes.pieces.assembly import GAP
from scenes.pieces.ring import Finger
from tests.scenes.pieces.bodies import body, box, shifted, stones

#: Density of 18 karat yellow gold, g/mm3, rounded: enough for what a ring may weigh.
GOLD = 0.0155

NAMES = ("bezel", "pave-band", "melee-ring")


@cache
def ring(name: str) -> Piece:
    return build(name)


@cache
def metal(name: str) -> manifold3d.Manifold:
    return body(ring(name), ring(name).parts[0])


def centres(piece: Piece) -> FloatArray:
    return np.array([part.transform[:3, 3] for part in piece.parts if part.role == "stone"])


def touched(name: str, along: float) -> Counter[int]:
    """In how many places each stone meets metal when it moves `along` mm out of its seat."""
    overlap = metal(name) ^ shifted(ring(name), along)
    places = np.array([box(bit).mean(axis=0) for bit in overlap.decompose() if bit.volume() > 1e-5])
    outside = [_outside(ring(name), part, places) for part in ring(name).parts[1:]]
    return Counter(np.argmin(outside, axis=0).tolist())


def _outside(piece: Piece, part: Part, places: FloatArray) -> FloatArray:
    """How far outside a stone's planes places lie: [N] mm, negative within."""
    corners = piece.vertices(part)[piece.meshes[part.mesh].faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    height = places @ normals.T - np.einsum("ij,ij->i", corners[:, 0], normals)
    return np.asarray(height.max(axis=1))


@pytest.mark.parametrize(
    ("name", "count", "sizes", "grams"),
    [
        ("bezel", 1, 1, (4.0, 6.0)),
        ("pave-band", 68, 1, (5.0, 7.0)),
        ("melee-ring", 61, 3, (3.8, 5.5)),
    ],
)
def test_a_closed_body_and_its_stones(
    name: str, count: int, sizes: int, grams: tuple[float, float]
) -> None:
    piece = ring(name)
    assert metal(name).status() == manifold3d.Error.NoError
    assert len(metal(name).decompose()) == 1
    assert grams[0] < GOLD * metal(name).volume() < grams[1]
    assert [part.role for part in piece.parts] == ["metal", *["stone"] * count]
    assert len({part.name for part in piece.parts}) == count + 1
    assert len(piece.meshes) == 1 + sizes
    assert (piece.kind, piece.name) == ("ring", name)


@pytest.mark.parametrize("name", NAMES)
def test_stones_are_clear_of_the_metal(name: str) -> None:
    together = shifted(ring(name), 0.0)
    assert (metal(name) ^ together).volume() == pytest.approx(0.0, abs=1e-9)
    for stone in stones(ring(name))[::30]:
        assert metal(name).min_gap(stone, 0.1) == pytest.approx(GAP, abs=5e-4)


@pytest.mark.parametrize(("name", "places"), [("pave-band", 5), ("melee-ring", 4)])
def test_every_stone_is_held_from_above_and_below(name: str, places: int) -> None:
    """A tenth of a millimetre up, and it meets the beads or prongs; down, and it meets its seat."""
    count = len(ring(name).parts) - 1
    up, down = touched(name, 0.10), touched(name, -0.10)
    assert set(up) == set(down) == set(range(count))
    assert min(up.values()) >= places


def test_the_collar_closes_over_the_crown_all_around() -> None:
    """Metal lies under the pavilion, and on the crown 0.2 mm inside the girdle."""
    (stone,) = stones(ring("bezel"))
    inside = stone.scale((0.93, 0.93, 1.0)).translate((0.0, 0.0, 0.3))
    for solid in (stone.translate((0.0, 0.0, -0.1)), inside):
        overlap = metal("bezel") ^ solid
        assert len(overlap.decompose()) == 1
        width = np.ptp(box(solid), axis=0)[:2]
        assert np.ptp(box(overlap), axis=0)[:2] == pytest.approx(width, abs=1e-3)


@pytest.mark.parametrize("name", NAMES[1:])
def test_melee_lies_a_gap_apart(name: str) -> None:
    """0.1 mm within the row, as asked; nowhere closer than 0.05 mm."""
    solids, places = stones(ring(name)), centres(ring(name))
    pairs = [(i, j) for i, j in KDTree(places).query_pairs(6.0) if _near(solids[i], solids[j])]
    gaps = np.array([solids[i].min_gap(solids[j], 1.0) for i, j in pairs])
    assert len({k for pair in pairs for k in pair}) == len(solids)
    assert gaps.min() == pytest.approx(0.10, abs=0.005)


def _near(first: manifold3d.Manifold, second: manifold3d.Manifold) -> bool:
    a, b = (box(s) for s in (first, second))
    return bool((np.maximum(a[0], b[0]) - np.minimum(a[1], b[1])).max() < 0.5)


@pytest.mark.parametrize("name", NAMES)
def test_tables_face_outward_and_the_ring_fits(name: str) -> None:
    piece = ring(name)
    assert piece.inside_mm is not None
    middle = np.array([0.0, 0.0, piece.inside_mm / 2.0 + 1.7])
    outward = (centres(piece) - middle) * [1.0, 0.0, 1.0]
    axes = np.array([part.transform[:3, 2] for part in piece.parts[1:]])
    assert (np.einsum("ij,ij->i", axes, outward) > 0.8 * np.linalg.norm(outward, axis=1)).all()
    v = piece.meshes[0].vertices - middle
    assert 2.0 * np.hypot(v[:, 0], v[:, 2]).min() == pytest.approx(piece.inside_mm, abs=5e-3)
    assert piece.bounds()[0, 2] == pytest.approx(0.0, abs=1e-4)


def test_the_collar_is_thick_enough_and_open_below() -> None:
    (stone,) = stones(ring("bezel"))
    girdle = float(ring("bezel").parts[1].transform[2, 3])
    inner, outer = sorted(metal("bezel").slice(girdle).to_polygons(), key=np.ptp)
    inner, outer = (_dense(np.asarray(loop)) for loop in (inner, outer))
    wall, _ = KDTree(outer).query(inner)
    assert 0.8 < np.min(wall) < 0.9
    culet = box(stone)[0, 2]
    column = manifold3d.Manifold.cylinder(culet - 15.0, 0.5).translate([0.0, 0.0, 15.0])
    assert (metal("bezel") ^ column).volume() == 0.0


def _dense(loop: FloatArray) -> FloatArray:
    part = np.linspace(0.0, 1.0, 20, endpoint=False)[:, None, None]
    return np.asarray((loop + part * (np.roll(loop, -1, axis=0) - loop)).reshape(-1, 2))


@pytest.mark.parametrize("cut", ["round", "emerald", "princess"])
def test_a_collar_fits_any_cut(cut: str) -> None:
    piece = Bezel(cut=cut, stone_mm=5.0).build()
    body_ = body(piece, piece.parts[0])
    (stone,) = stones(piece)
    assert len(body_.decompose()) == 1
    assert (body_ ^ stone).volume() == pytest.approx(0.0, abs=1e-9)
    assert (body_ ^ stone.translate([0.0, 0.0, 0.1])).volume() > 0.1


def test_a_large_bezel_still_meets_its_shank() -> None:
    piece = Bezel(size=44.0, stone_mm=12.0, ratio=1.3).build()
    assert len(body(piece, piece.parts[0]).decompose()) == 1


def test_a_full_eternity_band_closes_and_stands_on_its_beads() -> None:
    piece = PaveBand(rows=1, coverage=1.0, stone_mm=2.0).build()
    places = centres(piece)
    turn = np.sort(np.arctan2(places[:, 0], places[:, 2] - places[:, 2].mean()))
    assert np.diff(turn) == pytest.approx(2.0 * np.pi / len(turn), abs=1e-6)
    assert piece.bounds()[0, 2] == pytest.approx(0.0, abs=1e-6)
    solids = stones(piece)
    assert 0.10 <= solids[0].min_gap(solids[1], 1.0) < 0.15


def test_counts_follow_the_parameters() -> None:
    assert len(PaveBand(rows=2, coverage=0.2).build().parts) == 1 + 9 + 8
    piece = MeleeRing(halo=24, shoulder=3).build()
    names = Counter(part.name.rstrip("0123456789 ") for part in piece.parts)
    assert names == {"metal": 1, "centre stone": 1, "halo stone": 24, "shoulder stone": 12}


@pytest.mark.parametrize(
    ("name", "parameters", "word"),
    [
        ("bezel", {"stone_mm": 30.0}, "Bezel: stone_mm is 30; give a value from 2.5 to 14"),
        ("bezel", {"wall_mm": 0.1}, "wall_mm is 0.1"),
        ("bezel", {"lip_mm": 2.0}, "lip_mm is 2"),
        ("bezel", {"rise_mm": -1.0}, "rise_mm is -1"),
        ("bezel", {"profile": "square"}, "profile is 'square'"),
        ("bezel", {"cut": "round", "ratio": 1.5}, "leave it out"),
        ("pave-band", {"stone_mm": 5.0}, "PaveBand: stone_mm is 5"),
        ("pave-band", {"gap_mm": 0.0}, "gap_mm is 0; give a value from 0.05 to 0.15"),
        ("pave-band", {"rows": 0}, "rows is 0"),
        ("pave-band", {"coverage": 1.5}, "coverage is 1.5"),
        ("pave-band", {"edge_mm": 0.0}, "edge_mm is 0"),
        ("pave-band", {"thickness_mm": 1.0}, "thickness_mm is 1; give a value from 1.28"),
        ("melee-ring", {"halo": 18}, "halo is 18; give a multiple of 4"),
        ("melee-ring", {"halo": 8}, "8 stones around 6.5 mm would be 4.24 mm wide"),
        ("melee-ring", {"centre_mm": 1.0}, "MeleeRing: centre_mm is 1"),
        ("melee-ring", {"shoulder": 0}, "shoulder is 0"),
        ("melee-ring", {"size": float("nan")}, "size is nan"),
    ],
)
def test_wrong_parameters_are_named(name: str, parameters: dict[str, float], word: str) -> None:
    with pytest.raises(SceneError, match=word):
        build(name, **parameters)


def test_melee_without_room_is_refused() -> None:
    with pytest.raises(GeometryError, match="run down to the foot; lower shoulder"):
        MeleeRing(shoulder=14, shoulder_mm=1.8).build()
    with pytest.raises(GeometryError, match="in the shank; lower drop_mm"):
        MeleeRing(centre_mm=3.5, halo=12, drop_mm=1.2, rise_mm=0.2).build()


def test_all_rings_are_for_a_finger() -> None:
    for name, kind in PIECES.items():
        if kind.family == "ring":
            assert issubclass(kind, Finger), name
            assert kind(inside_mm=16.0).inside == 16.0, name

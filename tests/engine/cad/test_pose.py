"""Pose: rings, stones and pendants stand right from any orientation; people can overrule it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from engine.cad.finger import find_finger
from engine.cad.load import interpret
from engine.cad.raw import RawPart
from engine.cad.silhouette import eyes, largest_gap
from engine.errors import SceneError
from engine.types import FloatArray, LoadOptions, Piece
from tests.engine.cad import shapes

TO_UP = {"x": (1, 0, 0), "-x": (-1, 0, 0), "y": (0, 1, 0), "-y": (0, -1, 0), "z": (0, 0, 1)}


def placed(parts: tuple[RawPart, ...], rotation: FloatArray) -> tuple[RawPart, ...]:
    shift = np.array([40.0, -30.0, 100.0])
    return tuple(
        RawPart(p.name, p.vertices @ rotation.T + shift, p.faces, p.layer, p.material)
        for p in parts
    )


def centre(piece: Piece, name: str) -> FloatArray:
    part = next(p for p in piece.parts if p.name == name)
    vertices = piece.vertices(part)
    middle: FloatArray = 0.5 * (vertices.min(axis=0) + vertices.max(axis=0))
    return middle


def rests(piece: Piece) -> bool:
    bounds = piece.bounds()
    return bool(np.allclose(bounds.sum(axis=0)[:2], 0, atol=1e-5) and abs(bounds[0, 2]) < 1e-5)


@pytest.mark.parametrize("seed", range(6))
def test_a_ring_stands_however_it_lies_in_the_file(seed: int) -> None:
    rotation = np.eye(3) if seed == 0 else Rotation.random(rng=seed).as_matrix()
    piece = interpret(shapes.model(*placed(shapes.solitaire(), rotation)), LoadOptions())
    assert piece.kind == "ring"
    assert piece.inside_mm == pytest.approx(17.2, abs=0.02)
    assert rests(piece)
    size = np.ptp(piece.bounds(), axis=0)
    assert size[0] == pytest.approx(20.2, abs=0.05)
    assert size[1] == pytest.approx(6.0, abs=0.5)
    assert centre(piece, "Diamond")[2] == pytest.approx(size[2] - 1.8, abs=0.2)
    assert centre(piece, "Diamond")[:2] == pytest.approx(0.0, abs=0.05)


def tilt_deg(piece: Piece, name: str, facing: FloatArray) -> float:
    """Angle between z and what was the direction `facing` of a part in its file."""
    part = next(p for p in piece.parts if p.name == name)
    cosine = (part.transform[:3, :3] @ facing)[2]
    return float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))


@pytest.mark.parametrize("seed", range(5))
def test_uneven_melee_does_not_lean_the_head(seed: int) -> None:
    """One accent beside the centre stone shifts the stones' weight by a degree about the axis."""
    accent = shapes.part("Melee", shapes.moved(shapes.gem(2.2), x=10.0, y=5.0))
    rotation = np.eye(3) if seed == 0 else Rotation.random(rng=seed).as_matrix()
    parts = placed((*shapes.solitaire(), accent), rotation)
    piece = interpret(shapes.model(*parts), LoadOptions())
    assert tilt_deg(piece, "Band", rotation[:, 0]) == pytest.approx(0.0, abs=0.05)


@pytest.mark.parametrize("seed", [16, 35, 38])
def test_a_signet_turned_anyhow_does_not_lean_towards_the_files_axes(seed: int) -> None:
    """Its head is within 5 degrees of where an axis of the file falls across the finger axis."""
    signet = shapes.joined(shapes.ring(), shapes.moved(shapes.box(3, 9, 6), x=11.5))
    rotation = Rotation.random(rng=seed).as_matrix()
    part = shapes.part("Signet", shapes.turned(signet, rotation, (0, 0, 0)))
    piece = interpret(shapes.model(part), LoadOptions())
    assert tilt_deg(piece, "Signet", rotation[:, 0]) == pytest.approx(0.0, abs=0.05)


def test_what_was_turned_is_told_in_axes_of_the_file() -> None:
    piece = interpret(shapes.model(*shapes.solitaire()), LoadOptions())
    told = shapes.text_of(piece, "posed")
    assert "finger axis (z of the file) along y" in told
    assert "head (x of the file, where the stones are) up" in told
    tilted = Rotation.from_euler("x", 10, degrees=True).as_matrix()
    piece = interpret(shapes.model(*placed(shapes.solitaire(), tilted)), LoadOptions())
    assert "10.0 degrees off z of the file" in shapes.text_of(piece, "posed")


def test_a_ring_without_stones_shows_its_heavy_side_up() -> None:
    signet = shapes.joined(shapes.ring(), shapes.moved(shapes.box(9, 3, 6), y=-11.5))
    piece = interpret(shapes.model(shapes.part("Signet", signet)), LoadOptions())
    assert "head (-y of the file, where most metal is) up" in shapes.text_of(piece, "posed")
    assert piece.bounds()[1, 2] == pytest.approx(8.6 + 1.5 + 13.0, abs=0.1)


def test_a_plain_band_keeps_the_files_up() -> None:
    band = shapes.turned(shapes.ring(), np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0.0]]), (0, 0, 0))
    piece = interpret(shapes.model(shapes.part("Band", band), up="z"), LoadOptions())
    assert piece.kind == "ring"
    assert "as the band is even" in shapes.text_of(piece, "posed")
    assert np.ptp(piece.bounds(), axis=0) == pytest.approx([20.2, 3.0, 20.2], abs=0.05)


def test_the_same_ring_always_stands_the_same_way_round() -> None:
    mark = shapes.part("Mark", shapes.moved(shapes.box(0.5, 0.5, 0.5), x=-9.3, z=1.7))
    pieces = [
        interpret(shapes.model(*shapes.solitaire(), mark, up=up), LoadOptions()) for up in "zy"
    ]
    assert centre(pieces[0], "Mark") == pytest.approx(centre(pieces[1], "Mark"), abs=1e-6)


@pytest.mark.parametrize("turn", [0, 180])
def test_of_two_ways_round_the_files_y_goes_right(turn: float) -> None:
    """The head points to x or -x of the file, the finger along z: y must become the piece's x."""
    about_z = Rotation.from_euler("z", turn, degrees=True).as_matrix()
    piece = interpret(shapes.model(*placed(shapes.solitaire(), about_z)), LoadOptions())
    band = next(p for p in piece.parts if p.name == "Band")
    assert band.transform[0, :3] == pytest.approx([0, 1, 0], abs=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_a_lopsided_head_does_not_tilt_the_finger_axis(seed: int) -> None:
    lump = shapes.moved(shapes.box(9, 9, 9), x=13.5, z=5.0)
    turn = Rotation.random(rng=seed).as_matrix()
    finger = find_finger(*shapes.turned(shapes.joined(shapes.ring(), lump), turn, (5, 6, 7)))
    assert finger is not None
    assert abs(finger.axis @ turn[:, 2]) > np.cos(np.radians(0.1))
    assert 2 * finger.radius == pytest.approx(17.2, abs=0.03)


@pytest.mark.parametrize("up", TO_UP)
def test_up_is_obeyed(up: str) -> None:
    piece = interpret(shapes.model(*shapes.solitaire()), LoadOptions(up=up))
    wanted = np.array(TO_UP[up], dtype=float)
    band = next(p for p in piece.parts if p.name == "Band")
    assert band.transform[2, :3] == pytest.approx(wanted, abs=1e-9)
    assert rests(piece)


def test_a_wrong_axis_is_refused() -> None:
    with pytest.raises(SceneError, match="'w' is no axis; use one of -x, -y, -z, x, y, z"):
        interpret(shapes.model(*shapes.solitaire()), LoadOptions(up="w"))


@pytest.mark.parametrize(("up", "row"), [("z", [0, 0, 1]), ("y", [0, 1, 0])])
def test_no_pose_keeps_the_orientation_but_grounds(up: str, row: list[float]) -> None:
    piece = interpret(shapes.model(*shapes.solitaire(), up=up), LoadOptions(pose=False))
    assert piece.parts[0].transform[2, :3] == pytest.approx(row)
    assert rests(piece)
    assert piece.inside_mm == pytest.approx(17.2, abs=0.02)
    assert f"orientation is kept, its {up} axis up" in shapes.text_of(piece, "posed")


@pytest.mark.parametrize("seed", range(4))
def test_a_loose_stone_shows_its_table_and_stands_on_its_culet(seed: int) -> None:
    rotation = Rotation.random(rng=seed).as_matrix()
    stone = shapes.part("Diamond", shapes.turned(shapes.gem(6.0, stretch=1.4), rotation, (9, 9, 9)))
    piece = interpret(shapes.model(stone), LoadOptions())
    assert piece.kind == "stone"
    vertices = piece.vertices(piece.parts[0])
    low, high = piece.bounds()
    assert (vertices[:, 2] < 1e-6).sum() == 1
    assert (vertices[:, 2] > high[2] - 1e-6).sum() == 8
    assert high[0] - low[0] > 1.2 * (high[1] - low[1])
    assert "table" in shapes.text_of(piece, "posed")


@pytest.mark.parametrize(("long", "corner"), [(7.0, 1.0), (5.0, 0.0), (5.2, 0.7)])
@pytest.mark.parametrize("seed", range(3))
def test_a_step_cut_lies_square_to_the_view(seed: int, long: float, corner: float) -> None:
    """Outlines 5 mm broad with and without cut corners; the long side goes right."""
    x, y, c = long / 2, 2.5, corner
    side = np.array([[x, y - c], [x - c, y], [c - x, y], [-x, y - c]])
    rim = np.concatenate([side, -side])
    rims = [(0.6, 0.7), (1.0, 0.1), (1.0, -0.1), (0.4, -1.8)]
    points = [np.column_stack([rim * r, np.full(8, z)]) for r, z in rims]
    turn = Rotation.random(rng=seed).as_matrix()
    stone = shapes.turned(shapes.hull(np.concatenate(points)), turn, (1, 2, 3))
    piece = interpret(shapes.model(shapes.part("Diamond", stone)), LoadOptions())
    size = np.ptp(piece.bounds(), axis=0)
    assert np.sort(size[:2]) == pytest.approx([5.0, long], abs=0.01)
    if long > 5.5:
        assert size[0] > size[1]


def test_a_large_pavilion_facet_is_no_table() -> None:
    """A three-sided cut with a small table: each pavilion facet is larger."""
    angle = 2 * np.pi * np.arange(3) / 3
    points = [
        np.column_stack([np.cos(angle) * r, np.sin(angle) * r, np.full(3, z)])
        for r, z in ((0.5, 0.3), (1.0, 0.0))
    ]
    cut = shapes.hull(np.concatenate([*points, [[0.0, 0.0, -0.8]]]) * 3)
    for seed in range(3):
        turn = Rotation.random(rng=seed).as_matrix()
        stone = shapes.part("Gem", shapes.turned(cut, turn, (1, 2, 3)))
        piece = interpret(shapes.model(stone), LoadOptions())
        height = piece.vertices(piece.parts[0])[:, 2]
        assert sorted(np.round(height, 6)) == pytest.approx([0, 2.4, 2.4, 2.4, 3.3, 3.3, 3.3])


def test_a_stone_without_a_table_keeps_its_up() -> None:
    angle = 2 * np.pi * np.arange(6) / 6
    girdle = np.column_stack([np.cos(angle), np.sin(angle), np.zeros(6)])
    peaked = shapes.hull(np.concatenate([girdle, [[0, 0, 0.6], [0, 0, -1.4]]]) * 3)
    piece = interpret(shapes.model(shapes.part("Gem", peaked), up="y"), LoadOptions())
    assert "has no table to tell its top; y of the file is up" in shapes.text_of(piece, "posed")
    assert np.ptp(piece.bounds(), axis=0) == pytest.approx([6, 6, 5.196], abs=1e-3)


def test_a_flat_base_lies_down() -> None:
    angle = 2 * np.pi * np.arange(12) / 12
    rims = [(1.0, 0.0), (0.9, -0.25), (0.5, -0.55)]
    points = [
        np.column_stack([np.cos(angle) * r, np.sin(angle) * r, np.full(12, z)]) for r, z in rims
    ]
    rose = shapes.hull(np.concatenate([*points, [[0, 0, -0.7]]]) * 3)
    piece = interpret(shapes.model(shapes.part("Diamond", rose)), LoadOptions())
    assert (piece.vertices(piece.parts[0])[:, 2] < 1e-6).sum() == 12


def pendant_parts() -> tuple[RawPart, ...]:
    """A drop along y with a stone on its +z side and an eye at its +y end."""
    eye = shapes.moved(shapes.ring(3.0, 0.8, 1.0), y=13.0)
    plate = shapes.moved(shapes.box(7, 20, 2), y=0.8)
    stone = shapes.moved(shapes.gem(5.0), z=2.0)
    return shapes.part("Plate", shapes.joined(plate, eye)), shapes.part("Diamond", stone)


@pytest.mark.parametrize("seed", range(4))
def test_a_pendant_hangs_from_its_bail_stone_to_the_front(seed: int) -> None:
    rotation = Rotation.random(rng=seed).as_matrix()
    piece = interpret(shapes.model(*placed(pendant_parts(), rotation)), LoadOptions())
    assert piece.kind == "pendant"
    assert piece.inside_mm is None
    assert rests(piece)
    size = np.ptp(piece.bounds(), axis=0)
    assert size[2] == pytest.approx(24.5, abs=0.5)
    assert centre(piece, "Diamond")[1] < centre(piece, "Plate")[1] - 1
    assert centre(piece, "Diamond")[2] < 12.0
    assert "the bail is up" in shapes.text_of(piece, "posed")


@pytest.mark.parametrize("seed", range(4))
def test_an_ear_stud_shows_its_table_its_post_to_the_back(seed: int) -> None:
    post = shapes.part("Post", shapes.moved(shapes.box(0.8, 0.8, 9), z=-5))
    rotation = np.eye(3) if seed == 0 else Rotation.random(rng=seed).as_matrix()
    parts = placed((post, shapes.part("Diamond", shapes.gem(6.0))), rotation)
    piece = interpret(shapes.model(*parts, name="ear stud"), LoadOptions())
    assert piece.kind == "earring"
    diamond = next(p for p in piece.parts if p.name == "Diamond").transform[:3, :3]
    assert diamond @ rotation[:, 2] == pytest.approx([0, -1, 0], abs=1e-3)
    assert centre(piece, "Post")[1] > centre(piece, "Diamond")[1] + 2.0
    assert "faces the viewer" in shapes.text_of(piece, "posed")


def test_a_name_makes_a_hoop_an_earring() -> None:
    hoop = shapes.part("Hoop", shapes.ring(20.0, 1.2, 2.0))
    assert interpret(shapes.model(hoop), LoadOptions()).kind == "ring"
    named = interpret(shapes.model(hoop, name="Ohrring_links"), LoadOptions())
    assert named.kind == "earring"
    assert named.inside_mm is None
    assert np.ptp(named.bounds(), axis=0)[1] == pytest.approx(2.0, abs=0.01)


def test_other_things_keep_their_up() -> None:
    slab = shapes.part("Slab", shapes.box(10, 20, 5))
    piece = interpret(shapes.model(slab, up="y"), LoadOptions())
    assert piece.kind == "other"
    assert np.ptp(piece.bounds(), axis=0) == pytest.approx([10, 5, 20])
    assert "keeps its file's y axis up" in shapes.text_of(piece, "posed")


def test_a_finger_hole_is_measured_where_it_is_narrowest() -> None:
    """Two bands side by side, the second narrower."""
    both = shapes.joined(shapes.ring(18.0), shapes.moved(shapes.ring(17.0, wall=2.0), z=3.0))
    finger = find_finger(*both)
    assert finger is not None
    assert 2 * finger.radius == pytest.approx(17.0, abs=0.03)
    assert abs(finger.axis[2]) == pytest.approx(1.0, abs=1e-6)


def test_boxes_and_small_holes_are_no_rings() -> None:
    assert find_finger(*shapes.box(10, 10, 10)) is None
    assert find_finger(*shapes.ring(3.0, wall=6.0)) is None
    arc = shapes.ring(17.0)
    half = (arc[0][arc[1]][:, :, 0] > 0).all(axis=1)
    assert find_finger(arc[0], arc[1][half]) is None


def test_gaps_and_eyes_of_a_plane_figure() -> None:
    grid = np.stack(np.meshgrid(np.linspace(-5, 5, 400), np.linspace(-5, 5, 400)), -1).reshape(
        -1, 2
    )
    holed = grid[np.linalg.norm(grid - [2.0, 1.0], axis=1) > 1.5]
    gap = largest_gap(holed, 10.0)
    assert gap is not None
    assert gap[0] == pytest.approx([2.0, 1.0], abs=0.15)
    assert gap[1] == pytest.approx(1.5, abs=0.15)
    assert len(eyes(holed, 10.0)) == 1
    assert eyes(grid, 10.0) == []

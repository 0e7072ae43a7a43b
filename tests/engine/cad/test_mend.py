"""Mending: every step on a mesh that needs it, and left alone on one that does not."""

from __future__ import annotations

import numpy as np
import pytest

from engine.cad.bodies import Body
from engine.cad.holes import loops
from engine.cad.mend import mend, report
from engine.cad.normals import crease_normals
from engine.cad.orient import winding
from engine.cad.solid import moments, signed_volume
from engine.cad.stones import fault, sound
from engine.cad.topology import boundary
from engine.errors import GeometryError
from tests.engine.cad import shapes
from tests.engine.cad.shapes import Solid


def mended(solid: Solid, name: str = "thing") -> Body:
    return mend(shapes.part(name, solid), span=float(np.ptp(solid[0], axis=0).max()))


def volume(body: Body) -> float:
    return float(signed_volume(body.vertices, body.faces).sum())


def texts(body: Body) -> str:
    return " ".join(note.text for note in report([body]))


def test_a_clean_mesh_is_left_alone() -> None:
    solid = shapes.gem()
    body = mended(solid)
    assert np.array_equal(body.faces, solid[1])
    assert np.array_equal(body.vertices, solid[0])
    assert body.closed
    assert report([body]) == []


def test_soup_is_welded_and_said() -> None:
    body = mended(shapes.soup(shapes.box()))
    assert len(body.vertices) == 8
    assert body.closed
    assert "welded 28 coincident vertices" in texts(body)


def test_weld_joins_what_straddles_a_cell_but_not_what_is_apart() -> None:
    for size in np.linspace(10.0, 10.00005, 12):
        vertices, faces = shapes.soup(shapes.box(size, size, size))
        jitter = np.random.default_rng(1).uniform(-1e-5, 1e-5, vertices.shape)
        assert len(mended((vertices + jitter, faces)).vertices) == 8
    apart = np.random.default_rng(1).uniform(-1e-2, 1e-2, vertices.shape)
    assert len(mended((vertices + apart, faces)).vertices) > 8


def test_degenerate_and_duplicate_faces_go() -> None:
    vertices, faces = shapes.octahedron()
    more = np.concatenate([faces, faces[:2], [[0, 0, 1]]]).astype(np.int32)
    body = mended((vertices, more))
    assert len(body.faces) == 8
    assert "removed 1 triangles without area" in texts(body)
    assert "removed 2 duplicate triangles" in texts(body)


def test_a_sliver_with_three_corners_is_turned_not_torn_out() -> None:
    """A vertex in the middle of an edge, with a line-shaped triangle that closes the crack."""
    vertices, faces = shapes.octahedron()
    a, b, c = (int(i) for i in faces[0])
    middle = len(vertices)
    more = np.concatenate([vertices, [(vertices[a] + vertices[b]) / 2]])
    split = np.array([[a, middle, c], [middle, b, c], [a, b, middle]], dtype=np.int32)
    body = mended((more, np.concatenate([split, faces[1:]])))
    assert body.closed
    assert volume(body) == pytest.approx(4 / 3)
    area = np.linalg.norm(
        np.cross(
            body.vertices[body.faces[:, 1]] - body.vertices[body.faces[:, 0]],
            body.vertices[body.faces[:, 2]] - body.vertices[body.faces[:, 0]],
        ),
        axis=1,
    )
    assert area.min() > 0.1


def test_turned_triangles_and_inside_out_bodies_are_oriented() -> None:
    vertices, faces = shapes.octahedron()
    some = faces.copy()
    some[[1, 4]] = some[[1, 4]][:, ::-1]
    body = mended((vertices, some))
    assert volume(body) == pytest.approx(4 / 3)
    assert "turned 2 triangles" in texts(body)
    inside_out = mended((vertices, faces[:, ::-1].copy()), "Diamond")
    assert volume(inside_out) == pytest.approx(4 / 3)
    assert "part 'Diamond', turned 1 surfaces that were inside out" in texts(inside_out)


def test_each_component_is_oriented_but_a_cavity_stays() -> None:
    outer, inner = shapes.box(4, 4, 4), shapes.box(2, 2, 2)
    hollow = shapes.joined(outer, (inner[0], inner[1][:, ::-1].copy()))
    assert volume(mended(hollow)) == pytest.approx(64 - 8)
    beside = shapes.moved((inner[0], inner[1][:, ::-1].copy()), x=10)
    assert volume(mended(shapes.joined(outer, beside))) == pytest.approx(64 + 8)


def test_small_holes_are_filled_large_ones_reported() -> None:
    vertices, faces = shapes.ball(3.0, 24)
    body = mended((vertices, faces[5:]))
    assert body.closed
    assert "filled" in texts(body)
    above = (vertices[faces][:, :, 2] < 1.5).all(axis=1)
    bowl = mended((vertices, faces[above]), "Bowl")
    assert not bowl.closed
    assert "Part 'Bowl' stays open along" in texts(bowl)


def test_a_moebius_strip_is_reported() -> None:
    angle = 2 * np.pi * np.arange(24) / 24
    rim = [
        [
            (4 + s * np.cos(a / 2)) * np.cos(a),
            (4 + s * np.cos(a / 2)) * np.sin(a),
            s * np.sin(a / 2),
        ]
        for a in angle
        for s in (-1.0, 1.0)
    ]
    faces = []
    for i in range(24):
        low, high = (2 * i, 2 * i + 1), (2 * i + 2, 2 * i + 3) if i < 23 else (1, 0)
        faces += [[low[0], low[1], high[0]], [low[1], high[1], high[0]]]
    body = mended((np.array(rim), np.array(faces, dtype=np.int32)), "Loop")
    assert body.repairs.twisted
    assert "'Loop' has no outside" in texts(body)


def test_boundary_of_a_square_hole_is_one_loop() -> None:
    vertices, faces = shapes.box()
    top = (vertices[faces][:, :, 2] > 0).all(axis=1)
    found = loops(boundary(faces[~top]))
    assert [len(loop) for loop in found] == [4]
    assert len(boundary(faces)) == 0


def test_winding_is_one_inside_and_none_outside() -> None:
    vertices, faces = shapes.box()
    assert winding(np.array([0.1, 0.2, -0.3]), vertices, faces) == pytest.approx(1.0)
    assert winding(np.array([0.9, 0.2, -0.3]), vertices, faces) == pytest.approx(0.0, abs=1e-12)


def test_moments_of_a_box_surface() -> None:
    """Second moments of a cube's surface: two faces at 1/2 and four of variance 1/12 per axis."""
    found = moments(*shapes.box(1, 1, 1))
    assert found.area == pytest.approx(6)
    assert found.volume == pytest.approx(1)
    assert found.inertia == pytest.approx([2 * 0.25 + 4 / 12] * 3)


@pytest.mark.parametrize(
    ("solid", "words"),
    [
        ((np.zeros((0, 3)), np.zeros((0, 3), dtype=np.int32)), ["no faces", "delete"]),
        ((np.eye(3), np.array([[0, 1, 7]], dtype=np.int32)), ["does not exist", "export"]),
        (
            (np.array([[0, 0, 0], [1, np.nan, 0], [0, 1, 0]]), np.array([[0, 1, 2]], np.int32)),
            ["vertex 1", "not a finite", "rebuild"],
        ),
        (
            (np.array([[0, 0, 0], [1, 0, 0], [2, 0, 0.0]]), np.array([[0, 1, 2]], np.int32)),
            ["no area", "delete"],
        ),
        ((np.ones((3, 3)), np.array([[0, 1, 2]], np.int32)), ["no area", "mesh it again"]),
        ((np.eye(3) * 1e200, np.array([[0, 1, 2]], np.int32)), ["farther", "check the unit"]),
    ],
    ids=["no faces", "bad index", "nan", "line", "point", "far"],
)
def test_hopeless_parts_are_refused_by_name(solid: Solid, words: list[str]) -> None:
    with pytest.raises(GeometryError) as caught:
        mend(shapes.part("Prong 3", solid), span=1.0, file="a.obj")
    sentence = str(caught.value)
    assert "part 'Prong 3'" in sentence
    assert "a.obj" in sentence
    for word in words:
        assert word in sentence


def test_normals_smooth_below_the_crease_and_split_above() -> None:
    vertices, faces = shapes.box()
    split, renumbered, normals = crease_normals(vertices, faces, 40.0)
    assert len(split) == 24
    flat = normals[renumbered]
    assert np.ptp(flat, axis=1) == pytest.approx(0.0, abs=1e-6)
    whole, _, smooth = crease_normals(vertices, faces, 100.0)
    assert len(whole) == 8
    assert np.abs(smooth) == pytest.approx(1 / np.sqrt(3), abs=1e-6)


def test_normals_weigh_faces_by_angle_and_area() -> None:
    """Two right triangles along one edge: one of 0.5 mm2 facing z, one of 1.0 mm2 facing -y."""
    vertices = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 2.0]])
    faces = np.array([[0, 1, 2], [0, 3, 1]], dtype=np.int32)
    _, split, normals = crease_normals(vertices, faces, 120.0)
    at_origin = np.array([0.0, 1.0, 1.0 * 0.5]) * np.pi / 2
    at_other = np.array([0.0, 1.0 * np.arctan(2.0), 0.5 * np.pi / 4])
    for corner, expected in ((0, at_origin), (1, at_other)):
        unit = expected / np.linalg.norm(expected)
        assert normals[split[0, corner]] == pytest.approx(unit, abs=1e-6)


def test_normals_of_a_ball_point_outward() -> None:
    vertices, faces = shapes.ball(3.0, 32)
    split, _, normals = crease_normals(vertices, faces, 40.0)
    assert len(split) == len(vertices)
    cosine = np.einsum("ij,ij->i", normals, split / 3.0)
    assert cosine.min() > np.cos(np.radians(1.0))


def test_open_stones_are_refused_or_replaced_by_their_hull() -> None:
    vertices, faces = shapes.gem()
    body = mended((vertices, faces[3:]), "Ruby 7")
    with pytest.raises(GeometryError, match=r"part 'Ruby 7': the stone is open.*close its mesh"):
        sound(body, force=False)
    forced, note = sound(body, force=True)
    assert note is not None
    assert "'Ruby 7' is open" in note.text
    assert "convex hull" in note.text
    assert forced.closed
    assert volume(forced) == pytest.approx(moments(vertices, faces).volume)


def test_a_flat_stone_cannot_be_forced() -> None:
    sheet = (np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0.0]]), np.array([[0, 1, 2]], np.int32))
    with pytest.raises(GeometryError, match=r"part 'Gem': .* is flat"):
        sound(mended(sheet, "Gem"), force=True)


def test_self_intersecting_stones_are_found_and_sound_ones_are_not() -> None:
    assert fault(mended(shapes.gem())) is None
    crossed = shapes.joined(shapes.gem(), shapes.moved(shapes.gem(), x=5.0, y=0.3, z=0.2))
    assert fault(mended(crossed)) == "cuts through itself"
    nested = shapes.joined(shapes.gem(6.0), shapes.gem(5.9))
    assert fault(mended(nested)) == "encloses some of its space twice"
    touching = shapes.joined(shapes.gem(6.0), shapes.moved(shapes.gem(6.0), x=6.5))
    assert fault(mended(touching)) is None

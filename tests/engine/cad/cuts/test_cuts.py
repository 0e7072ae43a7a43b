"""The parametric cuts: proportions of the trade, closed convex solids, symmetry, weight."""

from collections.abc import Callable

import numpy as np
import pytest
import trimesh

from engine.cad.cuts import (
    Cut,
    carat,
    emerald,
    from_mesh,
    oval,
    polygons,
    princess,
    round_brilliant,
    to_mesh,
    volume,
)
from engine.errors import CuletError, GeometryError, SceneError

CUTS: dict[str, Callable[[], Cut]] = {
    "round": round_brilliant,
    "culet": lambda: round_brilliant(culet=0.02),
    "old": lambda: round_brilliant(table=0.5, crown_deg=38.0, pavilion_deg=42.0, girdle=0.02),
    "thin girdle": lambda: round_brilliant(girdle=0.01),
    "oval": oval,
    "long oval": lambda: oval(ratio=1.8),
    "emerald": emerald,
    "square emerald": lambda: emerald(ratio=1.1, keel=0.15),
    "princess": princess,
    "deep princess": lambda: princess(table=0.6, pavilion=0.7, main=0.15),
}


@pytest.fixture(params=CUTS)
def cut(request: pytest.FixtureRequest) -> Cut:
    return CUTS[request.param]()


@pytest.mark.parametrize(
    ("table", "crown_deg", "pavilion_deg", "crown", "pavilion"),
    [(0.57, 34.0, 40.7, 14.5, 43.0), (0.53, 34.5, 40.75, 16.2, 43.1)],
    ids=["GIA", "Tolkowsky"],
)
def test_reference_stones(
    table: float, crown_deg: float, pavilion_deg: float, crown: float, pavilion: float
) -> None:
    """Heights that follow from certificate proportions, in per cent of the girdle diameter."""
    cut = round_brilliant(1.0, table, crown_deg, pavilion_deg, 0.025, 0.50, 0.80)
    vertices = to_mesh(cut).vertices
    mains = vertices[np.hypot(vertices[:, 0], vertices[:, 1]) > 0.4999, 2]
    low, high = vertices[:, 2].min(), vertices[:, 2].max()
    assert 100.0 * (high - mains.max()) == pytest.approx(crown, abs=0.05)
    assert 100.0 * (mains.min() - low) == pytest.approx(pavilion, abs=0.05)
    assert 100.0 * (mains.max() - mains.min()) == pytest.approx(2.5, abs=1e-6)
    assert np.ptp(vertices[:, 0]) == pytest.approx(1.0)


def test_total_depth_of_the_gia_stone() -> None:
    vertices = to_mesh(round_brilliant(1.0, 0.57, 34.0, 40.7, 0.025)).vertices
    assert 100.0 * np.ptp(vertices[:, 2]) == pytest.approx(60.0, abs=0.05)


def test_star_and_lower_half_lengths() -> None:
    """Stars and lower halves end where the certificate says, seen from above."""
    cut = round_brilliant(1.0, table=0.57, star=0.55, lower_half=0.78)
    vertices, loops = polygons(cut)
    between = np.array([np.cos(np.pi / 8), np.sin(np.pi / 8)])
    star = vertices[loops[cut.facets.index("star 1")], :2] @ between
    edge = 0.285 * np.cos(np.pi / 8)
    assert star.max() == pytest.approx(edge + 0.55 * (0.5 - edge))
    low = vertices[loops[cut.facets.index("lower half 1")], :2] @ between
    assert low.min() == pytest.approx(0.5 * (1.0 - 0.78))


@pytest.mark.parametrize(
    ("build", "polished"),
    [(round_brilliant, 57), (CUTS["culet"], 58), (oval, 57), (emerald, 49), (princess, 45)],
)
def test_number_of_polished_facets(build: Callable[[], Cut], polished: int) -> None:
    cut = build()
    assert len(cut.facets) - cut.kinds()["girdle"] == polished


def test_facets_of_the_round_brilliant() -> None:
    assert round_brilliant().kinds() == {
        "table": 1,
        "star": 8,
        "crown main": 8,
        "upper half": 16,
        "girdle": 64,
        "pavilion main": 8,
        "lower half": 16,
    }


def test_round_facets_meet_point_to_point() -> None:
    """Each kind has the corners that the trade draws, and no vertex is doubled."""
    cut = round_brilliant(sides=32)
    vertices, loops = polygons(cut)
    corners = {"table": 8, "star": 3, "crown main": 4, "upper half": 4, "girdle": 4,
               "pavilion main": 4, "lower half": 4}  # fmt: skip
    for facet, loop in zip(cut.facets, loops, strict=True):
        assert len(loop) == corners[facet.rstrip("0123456789 ")], facet
    assert len(vertices) == 8 + 8 + 2 * 32 + 8 + 1


def test_every_cut_is_closed_convex_and_without_slivers(cut: Cut) -> None:
    mesh = to_mesh(cut)
    solid = trimesh.Trimesh(mesh.vertices, mesh.faces, process=False)
    assert solid.is_watertight
    assert solid.is_winding_consistent
    assert solid.is_convex
    assert mesh.closed
    assert mesh.normals is None
    assert volume(mesh) > 0.0
    assert solid.euler_number == 2
    assert solid.edges_unique_length.min() > 0.01
    assert solid.area_faces.min() > 1e-4


def test_every_facet_is_planar_and_lies_on_its_plane(cut: Cut) -> None:
    vertices, loops = polygons(cut)
    for normal, offset, loop, name in zip(cut.normals, cut.offsets, loops, cut.facets, strict=True):
        assert len(loop) >= 3, name
        assert np.abs(vertices[loop] @ normal - offset).max() < 1e-9, name
    assert (vertices @ cut.normals.T - cut.offsets).max() < 1e-9


@pytest.mark.parametrize(
    ("name", "turns"), [("round", 8), ("princess", 4), ("emerald", 2), ("oval", 2)]
)
def test_symmetry(name: str, turns: int) -> None:
    """Turning by 360/n degrees and mirroring in x map the planes onto themselves."""
    cut = CUTS[name]()
    planes = np.column_stack([cut.normals, cut.offsets])
    c, s = np.cos(2 * np.pi / turns), np.sin(2 * np.pi / turns)
    turn, mirror = np.eye(4), np.diag([-1.0, 1.0, 1.0, 1.0])
    turn[:2, :2] = [[c, -s], [s, c]]
    for motion in (turn, mirror):
        distance = np.linalg.norm(planes[:, None] - (planes @ motion.T)[None], axis=2)
        assert distance.min(axis=1).max() < 1e-9
    assert len(np.unique(np.round(planes, 9), axis=0)) == len(planes)


def test_pose(cut: Cut) -> None:
    mesh = to_mesh(cut)
    assert cut.facets[0] == "table"
    assert cut.normals[0] == pytest.approx([0.0, 0.0, 1.0])
    upright = np.abs(cut.normals[:, 2]) < 1e-9
    girdle = [v for loop, up in zip(polygons(cut)[1], upright, strict=True) if up for v in loop]
    assert abs(polygons(cut)[0][girdle, 2].mean()) < 0.02
    assert np.ptp(mesh.vertices[:, 1]) >= np.ptp(mesh.vertices[:, 0]) - 1e-9


def test_a_round_of_6_5_mm_weighs_a_carat() -> None:
    """The trade's rule of thumb; diamond has 3.515 g/cm3."""
    assert carat(round_brilliant(6.5), 3.515) == pytest.approx(1.0, rel=0.05)


def test_scale_move_and_grow() -> None:
    cut = emerald()
    assert volume(to_mesh(cut.scaled(2.0))) == pytest.approx(8.0 * volume(to_mesh(cut)))
    far = cut.moved(np.array([30.0, -20.0, 10.0]))
    middle = to_mesh(far).vertices.mean(axis=0) - to_mesh(cut).vertices.mean(axis=0)
    assert middle == pytest.approx([30.0, -20.0, 10.0])
    wide = np.ptp(to_mesh(cut.grown(0.02)).vertices, axis=0) - np.ptp(to_mesh(cut).vertices, axis=0)
    assert wide[:2] == pytest.approx([0.04, 0.04])


def test_round_trip_through_a_mesh(cut: Cut) -> None:
    mesh = to_mesh(cut)
    again, change = from_mesh(mesh)
    assert change < 1e-5
    assert len(again.facets) == len(cut.facets)
    back = to_mesh(again)
    assert back.faces.shape == mesh.faces.shape
    assert volume(back) == pytest.approx(volume(mesh), rel=1e-9)


@pytest.mark.parametrize(
    ("build", "word"),
    [
        (lambda: round_brilliant(table=0.95), "table is 0.95"),
        (lambda: round_brilliant(crown_deg=float("nan")), "crown_deg is nan"),
        (lambda: round_brilliant(sides=20), "sides modulo 16"),
        (lambda: round_brilliant(diameter=-1.0), "width is -1"),
        (lambda: oval(ratio=9.0), "length to width is 9"),
        (lambda: emerald(corner=0.4), "corner is 0.4"),
        (lambda: emerald(crown_deg=(70.0, 30.0, 20.0)), "crown step 1 is 70"),
        (lambda: princess(pavilion=0.2), "pavilion is 0.2"),
    ],
)
def test_proportions_out_of_range_are_named(build: Callable[[], Cut], word: str) -> None:
    with pytest.raises(SceneError, match=word):
        build()


def test_rows_that_do_not_fit_are_named() -> None:
    """A step steeper than the one before it would be concave: its neighbour cuts it away."""
    with pytest.raises(CuletError, match="crown"):
        emerald(crown_deg=(20.0, 36.0, 50.0))


def test_open_planes_are_refused() -> None:
    cut = round_brilliant()
    with pytest.raises(GeometryError, match="do not enclose"):
        to_mesh(Cut("open", cut.normals[33:], cut.offsets[33:], cut.facets[33:]))
    with pytest.raises(GeometryError, match="leave nothing"):
        to_mesh(cut.grown(-5.0))
    with pytest.raises(GeometryError, match="one normal, offset and name"):
        Cut("odd", cut.normals, cut.offsets[1:], cut.facets)

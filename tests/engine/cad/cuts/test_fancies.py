"""Fancy brilliants: facets, symmetry, outlines, random proportions; weights of all cuts."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import trimesh

from engine.cad.cuts import (
    KINDS,
    Cut,
    Heart,
    Shape,
    carat,
    cushion,
    heart,
    make,
    marquise,
    pear,
    polygons,
)
from engine.errors import GeometryError, SceneError

FACETED = [name for name in KINDS if not KINDS[name].smooth]

#: Polished facets of crown and of pavilion: brilliants have 33 and 24 (a pear 58 to 56 in all, with
#: its culet, https://yourjewel.com/EDUCATION/loosedia.htm), a heart about 59 (http://zoultier.com).
POLISHED = {"cushion": 57, "pear": 57, "marquise": 57, "heart": 59}

#: Where turned (parts of a turn) and mirrored (axis) planes fall onto themselves.
SYMMETRY: dict[str, tuple[tuple[int, ...], str]] = {
    "cushion": ((4,), "xy"),
    "pear": ((), "x"),
    "marquise": ((2,), "xy"),
}

#: Carat over length x width x depth, mm: GIA's rules as http://blog.esslinger.com/
#: stone-weight-estimation-formula/ gives them; baguettes from
#: http://3dbook.octonus.com/dataeng/crypted/6_01.htm. For an oval or round the mean of length and
#: width, for a tapered baguette that of its ends, takes the place of the width.
TRADE = [
    ("round", None, 0.0061),
    ("oval", 1.3, 0.0062),
    ("emerald", 1.5, 0.0092),
    ("emerald", 2.0, 0.0100),
    ("pear", 1.25, 0.00615),
    ("pear", 1.5, 0.00600),
    ("marquise", 2.0, 0.00580),
    ("marquise", 2.5, 0.00585),
    ("heart", 1.0, 0.0059),
    ("baguette", 2.0, 0.00915),
    ("tapered-baguette", 2.0, 0.00915),
]


def planes(cut: Cut) -> np.ndarray:
    return np.column_stack([cut.normals, cut.offsets])


@pytest.mark.parametrize("name", POLISHED)
def test_number_of_polished_facets(name: str) -> None:
    shape = make(name, width=5.0)
    assert isinstance(shape, Cut | Heart)
    assert sum(shape.kinds().values()) - shape.kinds()["girdle"] == POLISHED[name]


@pytest.mark.parametrize("name", SYMMETRY)
def test_symmetry(name: str) -> None:
    cut = make(name, width=5.0)
    assert isinstance(cut, Cut)
    turns, mirrors = SYMMETRY[name]
    motions = []
    for part in turns:
        c, s = np.cos(2 * np.pi / part), np.sin(2 * np.pi / part)
        motions.append(np.array([[c, -s, 0, 0], [s, c, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]))
    motions += [np.diag([(-1.0) ** (axis == "x"), (-1.0) ** (axis == "y"), 1, 1])
                for axis in mirrors]  # fmt: skip
    assert len(motions) >= 1
    for motion in motions:
        apart = np.linalg.norm(planes(cut)[:, None] - (planes(cut) @ motion.T)[None], axis=2)
        assert apart.min(axis=1).max() < 1e-6


@pytest.mark.parametrize("name", FACETED)
def test_facets_lie_on_their_planes_and_meet_in_points(name: str) -> None:
    shape = make(name, width=5.0)
    cut = shape.right if isinstance(shape, Heart) else shape
    assert isinstance(cut, Cut)
    vertices, loops = polygons(cut)
    assert (vertices @ cut.normals.T - cut.offsets).max() < 1e-8
    assert all(len(loop) >= 3 for loop in loops)
    body = trimesh.Trimesh(cut.mesh().vertices, cut.mesh().faces, process=False)
    assert body.is_convex
    assert body.edges_unique_length.min() > 1.5e-3  # mm: nothing too fine to see
    assert cut.kinds()["girdle"] <= 64


@pytest.mark.parametrize("build", [cushion, pear, marquise], ids=lambda build: build.__name__)
def test_brilliant_facets_meet_point_to_point(build: Callable[[], Cut]) -> None:
    """Stars are triangles, mains kites that reach the girdle in one point, as the trade draws."""
    cut = build()
    vertices, loops = polygons(cut)
    corners: dict[str, set[int]] = {}
    for facet, loop in zip(cut.facets, loops, strict=True):
        corners.setdefault(facet.rstrip("0123456789 "), set()).add(len(loop))
    assert corners["table"] == {8}
    assert corners["star"] == {3}
    assert corners["crown main"] == {4}
    assert corners["pavilion main"] == {4}
    tip = vertices[:, 2].argmin()
    mains = [loop for facet, loop in zip(cut.facets, loops, strict=True)
             if facet.startswith("pavilion main")]  # fmt: skip
    assert all(tip in loop for loop in mains)


def test_heart_is_two_convex_halves_with_a_cleft() -> None:
    made = heart(6.0)
    mesh = made.mesh()
    whole = trimesh.Trimesh(mesh.vertices, mesh.faces, process=False)
    half = trimesh.Trimesh(made.right.mesh().vertices, made.right.mesh().faces, process=False)
    assert half.is_convex
    assert not whole.is_convex
    assert whole.is_watertight
    assert whole.volume == pytest.approx(2.0 * half.volume)
    assert mesh.vertices[:, 0].min() == pytest.approx(-3.0)
    outline = made.girdle().outline
    top = outline[:, 1].max()
    cleft = made.girdle().radius(np.pi / 2.0)
    assert 0.08 * 6.0 < top - cleft < 0.16 * 6.0
    assert made.girdle().radius(-np.pi / 2.0) == pytest.approx(3.0, rel=1e-6)
    assert not (np.abs(whole.triangles_center[:, 0]) < 1e-9).any()  # no wall between the halves


def test_facets_across_the_middle_of_a_heart_are_one_plane() -> None:
    made = heart(6.0)
    whole = trimesh.Trimesh(made.mesh().vertices, made.mesh().faces, process=False)
    table = whole.face_normals[:, 2] > 1.0 - 1e-12
    assert np.ptp(whole.triangles[table][:, :, 2]) < 1e-9
    assert made.kinds()["table"] == 1
    assert made.kinds()["crown main"] == 9  # one at the tip, two on either side, two in the cleft


@pytest.mark.parametrize(("name", "ratio", "factor"), TRADE)
def test_weights_are_those_of_the_trade(name: str, ratio: float | None, factor: float) -> None:
    shape = make(name, width=4.0, ratio=ratio)
    width, length, depth = np.ptp(shape.mesh().vertices, axis=0)
    across = {"oval": ((width + length) / 2.0) ** 2, "tapered-baguette": length * width * 0.85}
    expected = across.get(name, width * length) * depth * factor
    assert carat(shape, 3.52) == pytest.approx(expected, rel=0.13)


def test_marquise_is_two_arcs() -> None:
    cut = marquise(5.0, 2.0)
    outline = cut.girdle().outline
    radius = (100.0 + 25.0) / 20.0
    right = outline[outline[:, 0] > -1e-6]
    assert np.hypot(right[:, 0] + radius - 2.5, right[:, 1]) == pytest.approx(radius, abs=1e-6)


def test_pear_is_a_circle_below_and_pointed_above() -> None:
    outline = pear(5.0, 1.5).girdle().outline
    low = outline[outline[:, 1] < -1.5]
    centre = np.array([0.0, -1.25])
    assert np.linalg.norm(low - centre, axis=1) == pytest.approx(2.5, abs=0.01)
    tip = outline[outline[:, 1].argmax()]
    assert tip == pytest.approx([0.0, 3.75], abs=1e-9)


BUILDERS: dict[str, tuple[Callable[..., Shape], dict[str, tuple[float, float]]]] = {
    "cushion": (cushion, {"ratio": (1.0, 1.3), "table": (0.4, 0.75), "crown_deg": (20, 50),
                          "pavilion_deg": (32, 55), "girdle": (0.01, 0.12), "star": (0.25, 0.75),
                          "lower_half": (0.5, 0.95), "tips": (0, 1)}),
    "pear": (pear, {"ratio": (1.25, 1.9), "table": (0.4, 0.75), "crown_deg": (20, 50),
                    "culet": (-0.05, 0.25), "tips": (0, 1), "girdle": (0.01, 0.12)}),
    "marquise": (marquise, {"ratio": (1.5, 2.5), "wing": (0.3, 0.7), "star": (0.25, 0.75),
                            "pavilion_deg": (32, 55), "tips": (0, 1)}),
    "heart": (heart, {"ratio": (0.85, 1.2), "table": (0.4, 0.75), "culet": (0.32, 0.5),
                      "lower_half": (0.5, 0.95), "tips": (0, 1)}),
}  # fmt: skip


@pytest.mark.parametrize("name", BUILDERS)
def test_random_proportions_build_closed_stones_or_say_why_not(name: str) -> None:
    build, ranges = BUILDERS[name]
    rng = np.random.default_rng(11)
    shapes, refused = [], []
    for _ in range(12):
        drawn = {field: float(rng.uniform(*bounds)) for field, bounds in ranges.items()}
        try:
            shapes.append(build(5.0, **drawn))
        except GeometryError as error:
            refused.append(error.message)
    assert all("closer to the usual ones" in message for message in refused)
    assert shapes
    for shape in shapes:
        body = trimesh.Trimesh(shape.mesh().vertices, shape.mesh().faces, process=False)
        assert body.is_watertight
        assert body.volume > 0.0


@pytest.mark.parametrize("name", BUILDERS)
def test_every_range_is_named_when_left(name: str) -> None:
    build, ranges = BUILDERS[name]
    for field, (low, high) in ranges.items():
        word = "length to width" if field == "ratio" else field
        for value in (low - 0.01 - 0.1 * abs(low), high + 0.01 + 0.1 * abs(high), float("nan")):
            wrong: dict[str, Any] = {field: value}
            with pytest.raises(SceneError, match=word):
                build(5.0, **wrong)
    with pytest.raises(SceneError, match="width is 0"):
        build(0.0)

"""Stones by name, in mm or carat, and what a setting asks of them."""

from typing import Any

import numpy as np
import pytest
import trimesh

from engine.cad.cuts import KINDS, Shape, carat, make, volume
from engine.errors import SceneError


@pytest.fixture(params=KINDS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def ratios(name: str) -> tuple[float | None, ...]:
    return KINDS[name].ratio or (None,)


def solid(shape: Shape) -> trimesh.Trimesh:
    mesh = shape.mesh()
    return trimesh.Trimesh(mesh.vertices, mesh.faces, process=False)


def test_width_and_length_are_as_asked(name: str) -> None:
    for ratio in ratios(name):
        shape = make(name, width=4.0, ratio=ratio)
        low, high = solid(shape).bounds
        assert high[0] - low[0] == pytest.approx(4.0, rel=1e-6)
        assert high[1] - low[1] == pytest.approx(4.0 * (ratio or 1.0), rel=1e-6)
        assert shape.girdle().half == pytest.approx((2.0, 2.0 * (ratio or 1.0)), rel=1e-6)


def test_weight_is_as_asked(name: str) -> None:
    for ratio in ratios(name):
        assert carat(make(name, carat=0.7, ratio=ratio), 3.52) == pytest.approx(0.7, rel=1e-9)
    assert carat(make(name, carat=2.0, density=4.0), 4.0) == pytest.approx(2.0, rel=1e-9)


def test_every_kind_is_a_closed_solid_over_its_girdle(name: str) -> None:
    for ratio in ratios(name):
        shape = make(name, width=5.0, ratio=ratio)
        made = solid(shape)
        assert made.is_watertight
        assert made.is_winding_consistent
        assert made.euler_number == 2
        assert made.volume > 1.0
        girdle = shape.girdle()
        assert made.bounds[0, 2] <= girdle.low <= girdle.top <= made.bounds[1, 2]
        assert abs(girdle.low + girdle.top) < 0.1 * 5.0


def test_smooth_kinds_have_normals_and_faceted_ones_none(name: str) -> None:
    mesh = make(name, width=5.0).mesh()
    assert (mesh.normals is not None) == KINDS[name].smooth
    if mesh.normals is not None:
        facing = solid(make(name, width=5.0)).face_normals
        assert np.linalg.norm(mesh.normals, axis=1) == pytest.approx(1.0, abs=1e-6)
        shaded = mesh.normals[mesh.faces].mean(axis=1)
        assert np.einsum("ij,ij->i", facing, shaded).min() > 0.97


def test_crown_and_pavilion_are_the_surface(name: str) -> None:
    shape = make(name, width=5.0)
    made = solid(shape)
    level = np.abs(made.face_normals[:, 2]) > 1e-3
    for normal, at in list(
        zip(made.face_normals[level], made.triangles_center[level], strict=True)
    )[::7]:
        found = shape.crown(*at[:2]) if normal[2] > 0.0 else shape.pavilion(*at[:2])
        assert found == pytest.approx(at[2], abs=1e-6)


def test_girdle_is_the_outline(name: str) -> None:
    shape = make(name, width=5.0)
    outline = shape.girdle().outline
    beside = np.roll(outline, -1, axis=0)
    area = float((outline[:, 0] * beside[:, 1] - outline[:, 1] * beside[:, 0]).sum()) / 2.0
    assert area > 0.0  # counter-clockwise
    assert np.linalg.norm(beside - outline, axis=1).min() > 1e-6
    for point in outline[::5]:
        reach = shape.girdle().radius(float(np.arctan2(point[1], point[0])))
        assert reach == pytest.approx(float(np.hypot(*point)), abs=1e-9)


def test_grown_moved_scaled(name: str) -> None:
    shape = make(name, width=5.0)
    first = solid(shape)
    wide = solid(shape.grown(0.05))
    assert (wide.extents[:2] >= first.extents[:2] + 0.1 - 1e-6).all()
    assert wide.volume > first.volume + 0.05 * first.area
    assert solid(shape.scaled(2.0)).volume == pytest.approx(8.0 * first.volume)
    shift = np.array([30.0, -20.0, 10.0])
    assert solid(shape.moved(shift)).bounds == pytest.approx(first.bounds + shift, abs=1e-9)
    assert len(shape.moved(shift).girdle().outline) == len(shape.girdle().outline)


def test_tips_are_on_the_outline(name: str) -> None:
    """Where a tip is, the outline stands out: it is farther from the axis than around it."""
    girdle = make(name, width=5.0).girdle()
    for tip in KINDS[name].points:
        near = [girdle.radius(tip + turn) for turn in (-0.06, 0.06)]
        assert girdle.radius(tip) > max(near) + 0.01


@pytest.mark.parametrize(
    ("name", "parameters", "word"),
    [
        ("marquis", {"width": 5.0}, "no cut is called 'marquis'"),
        ("round", {}, "neither width nor carat"),
        ("round", {"width": 5.0, "carat": 1.0}, "both width and carat"),
        ("round", {"width": 5.0, "ratio": 1.2}, "leave it out"),
        ("round", {"width": float("nan")}, "width is nan"),
        ("round", {"width": 100.0}, "width is 100"),
        ("round", {"carat": 0.0}, "carat is 0"),
        ("round", {"carat": 1.0, "density": 0.0}, "density is 0"),
        ("oval", {"width": 5.0, "ratio": 9.0}, "length to width is 9"),
        ("drop", {"carat": 1.0, "ratio": 0.5}, "length to width is 0.5"),
    ],
)
def test_wrong_sizes_are_named(name: str, parameters: dict[str, Any], word: str) -> None:
    with pytest.raises(SceneError, match=word):
        make(name, **parameters)


def test_a_round_of_6_5_mm_is_a_carat() -> None:
    assert carat(make("round", width=6.5), 3.52) == pytest.approx(1.0, rel=0.05)


def test_volume_of_a_ball() -> None:
    """Flat triangles inside a ball lack 0.1 % of it."""
    assert volume(make("bead", width=6.0).mesh()) == pytest.approx(36.0 * np.pi, rel=2e-3)

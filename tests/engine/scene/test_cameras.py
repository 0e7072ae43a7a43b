"""Cameras: conventions, rays against projection, lens and focus."""

from __future__ import annotations

import numpy as np
import pytest

from engine.errors import SceneError
from engine.scene import Lens, View, azimuth_deg, compose, project, rays, resolve_camera, view
from engine.types import Camera
from tests.engine.scene.samples import ring

CAMERA = Camera((3.0, -90.0, 40.0), (1.0, 2.0, 8.0), (0.0, 0.0, 1.0), 23.0, (50, 31))


def test_rays_and_project_are_inverse() -> None:
    origins, directions = rays(CAMERA)
    assert origins.shape == directions.shape == (31, 50, 3)
    assert np.linalg.norm(directions, axis=-1) == pytest.approx(1)
    depth = np.random.default_rng(0).uniform(1, 500, (31, 50))
    pixels, found = project(CAMERA, (origins + depth[..., None] * directions).reshape(-1, 3))
    x, y = np.meshgrid(np.arange(50) + 0.5, np.arange(31) + 0.5)
    assert pixels == pytest.approx(np.stack([x, y], axis=-1).reshape(-1, 2), abs=1e-9)
    assert found == pytest.approx(depth.ravel())


def test_row_0_is_on_top_and_columns_go_right() -> None:
    camera = resolve_camera(compose(ring()), view("front"))
    middle, above, right = np.array([[0, 0, 10], [0, 0, 12], [2, 0, 10.0]])
    pixels, _ = project(camera, np.stack([middle, above, right]))
    assert pixels[1, 1] < pixels[0, 1]
    assert pixels[2, 0] > pixels[0, 0]


def test_depth_is_negative_behind_the_camera() -> None:
    position, target = np.array(CAMERA.position), np.array(CAMERA.target)
    _, depth = project(CAMERA, np.stack([target, 2 * position - target, position]))
    assert depth[0] == pytest.approx(-depth[1])
    assert depth[0] > 0
    assert depth[2] == 0


@pytest.mark.parametrize(
    ("spec", "axis", "sign"), [("0/0", 1, -1), ("90/0", 0, 1), ("180/0", 1, 1), ("0/90", 2, 1)]
)
def test_directions_follow_the_convention(spec: str, axis: int, sign: int) -> None:
    camera = resolve_camera(compose(ring()), view(spec))
    towards = np.subtract(camera.position, camera.target)
    expected = np.zeros(3)
    expected[axis] = sign
    assert towards / np.linalg.norm(towards) == pytest.approx(expected, abs=1e-12)


def test_from_above_up_is_plus_y() -> None:
    camera = resolve_camera(compose(ring()), view("top"))
    assert camera.up == pytest.approx((0, 1, 0), abs=1e-12)


@pytest.mark.parametrize("elevation_deg", [0, 33, 89.9, 90])
@pytest.mark.parametrize("azimuth", [0, 30, 135, 290])
def test_the_azimuth_of_a_camera_can_be_read_back(azimuth: float, elevation_deg: float) -> None:
    camera = resolve_camera(compose(ring()), View(azimuth, elevation_deg))
    assert (azimuth_deg(camera) - azimuth + 180) % 360 == pytest.approx(180, abs=1e-6)


def test_the_field_of_view_is_that_of_36_mm_across_the_longer_side() -> None:
    for size in ((400, 300), (300, 400)):
        camera = resolve_camera(compose(ring(), lens=Lens(50.0), size=size))
        assert camera.fov_deg == pytest.approx(39.5978, abs=1e-4)  # a 50 mm lens on 35 mm film


def test_focus_by_name_by_distance_and_by_itself() -> None:
    piece = ring()
    for focus, part in ((None, "centre"), ("left", "left"), ("band", "band")):
        camera = resolve_camera(compose(piece, lens=Lens(focus=focus)), view("20/30"))
        found = next(p for p in piece.parts if p.name == part)
        vertices = piece.vertices(found)
        centre = (vertices.min(axis=0) + vertices.max(axis=0)) / 2
        sight = np.subtract(camera.target, camera.position)
        along = np.dot(centre - camera.position, sight) / np.linalg.norm(sight)
        assert camera.focus_mm == pytest.approx(along)
    assert resolve_camera(compose(piece, lens=Lens(focus=77.0))).focus_mm == 77
    with pytest.raises(SceneError, match="'shank'"):
        compose(piece, lens=Lens(focus="shank"))


def test_a_camera_has_the_blades_of_its_lens_and_the_pupil_of_the_round_one() -> None:
    round_ = resolve_camera(compose(ring(), lens=Lens(f_number=4.0)))
    bladed = resolve_camera(compose(ring(), lens=Lens(f_number=4.0, blades=9, blade_turn_deg=7.0)))
    assert (round_.blades, bladed.blades, bladed.blade_turn_deg) == (0, 9, 7.0)
    assert round_.aperture_mm == bladed.aperture_mm > 0


def test_without_an_f_number_all_is_sharp() -> None:
    assert resolve_camera(compose(ring())).aperture_mm == 0


def test_the_pupil_is_that_of_a_thin_lens_in_focus() -> None:
    far = resolve_camera(compose(ring(), lens=Lens(100.0, 8.0, focus=1e6)))
    assert far.aperture_mm == pytest.approx(100 / 8 / 2, rel=1e-3)
    near = resolve_camera(compose(ring(), lens=Lens(100.0, 8.0, focus=100.0)))
    assert near.aperture_mm == pytest.approx(50 / 8 / 2)  # 1:1: a 50 mm lens, 100 mm either way

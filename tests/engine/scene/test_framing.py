"""Every view frames every piece exactly: 85 % of the frame, centred both ways."""

from __future__ import annotations

import numpy as np
import pytest

from engine.scene import View, orbit, project, resolve_camera, view
from engine.scene.model import Scene
from engine.types import Camera, FloatArray
from tests.engine.scene.samples import pieces, scene_of

VIEWS = ("front", "three-quarter", "side", "top", "200/55", "0/0")
PIECES = pieces()


def extent(scene: Scene, camera: Camera) -> FloatArray:
    """[2, 2] lowest and highest projected x and y as fractions of the frame."""
    points = np.concatenate([scene.piece.vertices(part) for part in scene.piece.parts])
    pixels, depth = project(camera, points)
    assert (depth > 0).all()
    return np.stack([pixels.min(axis=0), pixels.max(axis=0)]) / camera.size


@pytest.mark.parametrize("name", PIECES)
@pytest.mark.parametrize("spec", VIEWS)
@pytest.mark.parametrize("size", [(400, 400), (400, 225), (240, 400)])
def test_a_view_fills_85_percent_and_is_centred(
    name: str, spec: str, size: tuple[int, int]
) -> None:
    scene = scene_of(PIECES[name], size)
    low, high = extent(scene, resolve_camera(scene, view(spec)))
    assert max(high - low) == pytest.approx(0.85, abs=1e-6)
    assert low + high == pytest.approx([1, 1], abs=1e-6)


@pytest.mark.parametrize("focal_mm", [20.0, 50.0, 400.0])
@pytest.mark.parametrize("fill", [0.3, 1.0])
def test_lens_and_fill_do_not_change_the_framing(focal_mm: float, fill: float) -> None:
    scene = scene_of(PIECES["ring"], focal_mm=focal_mm)
    low, high = extent(scene, resolve_camera(scene, View(35, 25, fill=fill)))
    assert max(high - low) == pytest.approx(fill, abs=1e-6)
    assert low + high == pytest.approx([1, 1], abs=1e-6)


@pytest.mark.parametrize("name", PIECES)
@pytest.mark.parametrize("elevation_deg", [0.0, 20.0, 90.0])
def test_a_turntable_keeps_its_scale_and_fits_all_round(name: str, elevation_deg: float) -> None:
    scene = scene_of(PIECES[name])
    cameras = [resolve_camera(scene, v) for v in orbit(24, elevation_deg)]
    assert np.ptp([c.target for c in cameras], axis=0) == pytest.approx([0, 0, 0], abs=1e-9)
    distances = [np.linalg.norm(np.subtract(c.position, c.target)) for c in cameras]
    assert np.ptp(distances) < 1e-9 * max(distances)
    extents = np.stack([extent(scene, camera) for camera in cameras])
    low, high = extents[:, 0].min(axis=0), extents[:, 1].max(axis=0)
    assert (low >= 0.075 - 1e-4).all()
    assert (high <= 0.925 + 1e-4).all()
    # The worst azimuth touches the frame, unless none of the 24 is quite the worst.
    assert max(high - low) > 0.85 - 0.01


def test_the_frames_of_an_orbit_are_evenly_spread_and_all_different() -> None:
    scene = scene_of(PIECES["ring"])
    positions = [resolve_camera(scene, v).position for v in orbit(8)]
    steps = [
        np.linalg.norm(np.subtract(a, b))
        for a, b in zip(positions, positions[1:] + positions[:1], strict=True)
    ]
    assert steps == pytest.approx([steps[0]] * 8)
    assert steps[0] > 1


def test_a_piece_of_one_point_still_has_a_camera() -> None:
    from engine.types import Mesh
    from tests.engine.scene.samples import single

    point = Mesh(np.array([[1.0, 2.0, 3.0]] * 3), np.array([[0, 1, 2]], dtype=np.int32))
    scene = scene_of(single(point))
    camera = resolve_camera(scene, view("front"))
    pixels, _ = project(camera, np.array([[1.0, 2.0, 3.0]]))
    assert pixels[0] == pytest.approx([200, 150])

"""The lens: depth of field by the thin-lens formula, highlights in the shape of the diaphragm."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from engine import trace
from engine.scene import Ground, Lens, Scene, View, project, rays, resolve_camera
from engine.trace.backend import dr, mi
from engine.trace.lens import Blades, Optic
from engine.types import Camera, FloatArray
from tests.engine.trace.pieces import ball, joined, placed, scene

LENS = Lens(focal_mm=400.0, f_number=2.8)
RADIUS = 0.8
#: Centres of a ball before the plane of focus and of one behind it, mm.
NEAR, FAR = (-4.0, -18.0, RADIUS), (4.0, 22.0, RADIUS)


def two_spots(lens: Lens) -> Scene:
    """Two tiny balls seen from the front, neither in focus."""
    mesh = ball(RADIUS).meshes[0]
    spots = joined(placed(mesh, "near", "pearl", NEAR), placed(mesh, "far", "pearl", FAR))
    level = View(0.0, 0.0, fill=0.6, name="level")
    pearl = {"near": "pearl-white", "far": "pearl-white"}
    what = scene(spots, pearl, ground=Ground("none"), view=level, lens=lens, size=(192, 96))
    camera = resolve_camera(what)
    return replace(what, lens=replace(lens, focus=-camera.position[1]))  # in focus: y = 0


def spots(lens: Lens) -> tuple[Camera, dict[str, tuple[FloatArray, FloatArray]]]:
    """Pixels [N, 2], relative to the ball's centre, and the weights of both spots."""
    what = two_spots(lens)
    frame = trace(what, spp=32, device="cpu")[0]
    height, width = frame.alpha.shape
    at = np.stack(np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5), axis=-1)
    centres, _ = project(frame.camera, np.array([NEAR, FAR]))
    halves = (slice(None, width // 2), slice(width // 2, None))
    return frame.camera, {
        name: ((at[:, half] - centre).reshape(-1, 2), frame.alpha[:, half].ravel().astype(float))
        for name, half, centre in zip(("near", "far"), halves, centres, strict=True)
    }


def thin_lens_blur(lens: Lens, focus: float, distance: float) -> float:
    """Diameter on 36 mm of what a point at `distance` becomes, mm: by where its picture would be.

    The film is where a point in focus has its picture, `focal_mm` behind the lens.
    """
    film = lens.focal_mm
    focal = 1 / (1 / film + 1 / focus)
    picture = 1 / (1 / focal - 1 / distance)
    assert lens.f_number is not None
    return focal / lens.f_number * abs(film - picture) / picture


def polygon_spread(blades: int) -> float:
    """Variance per axis of a regular polygon, or of a disk, of the unit disk's area."""
    if blades == 0:
        return 0.25
    half = np.pi / blades
    return float(half / np.tan(half) * (1 + np.tan(half) ** 2 / 3) / 4)


@pytest.mark.parametrize(("blades", "turn"), [(0, 0.0), (5, -25.0), (6, 10.0)])
def test_a_spot_out_of_focus_is_a_picture_of_the_opening(blades: int, turn: float) -> None:
    """Its size is that of thin lenses; its corners are those of the diaphragm."""
    lens = replace(LENS, blades=blades, blade_turn_deg=turn)
    camera, found = spots(lens)
    pixels_per_mm = camera.size[0] / 36
    for name, place in (("near", NEAR), ("far", FAR)):
        offsets, weight = found[name]
        distance = place[1] - camera.position[1]
        spread = np.average((offsets**2).mean(axis=1), weights=weight)
        ball_px = RADIUS * lens.focal_mm / distance * pixels_per_mm
        own = spread - 1 / 12 - ball_px**2 / 4  # less the pixel's share and the ball's
        diameter = 2 * np.sqrt(own / polygon_spread(blades))
        expected = thin_lens_blur(lens, camera.focus_mm, distance) * pixels_per_mm
        assert expected > 50
        assert diameter == pytest.approx(expected, rel=0.015), name
        strength, angle = corners(offsets, weight)
        if blades == 0:
            assert max(strength.values()) < 0.04, name
            continue
        assert max(strength, key=lambda count: strength[count]) == blades, name
        # A corner is up (y points down) and turns clockwise; before the focus all is inverted.
        off = (angle[blades] - (turn - 90 + (180 if name == "near" else 0))) % (360 / blades)
        assert min(off, 360 / blades - off) < 3, name


def corners(offsets: FloatArray, weight: FloatArray) -> tuple[dict[int, float], dict[int, float]]:
    """How much a spot looks like a polygon of n corners, and the angle of one of them, degrees.

    By the mean of zⁿ, z = x + iy: zⁿ is harmonic, so a round blur does not change its mean.
    """
    z = offsets @ (1, 1j)
    mean = {n: np.average(z**n, weights=weight) for n in range(3, 9)}
    scale = {n: np.sqrt(np.average(np.abs(z) ** (2 * n), weights=weight)) for n in mean}
    strength = {n: float(np.abs(mean[n]) / scale[n]) for n in mean}
    return strength, {n: float(np.degrees(np.angle(mean[n]))) / n for n in mean}


@pytest.mark.parametrize("blades", [5, 8, 16])
def test_the_opening_is_filled_evenly_without_tearing(blades: int) -> None:
    u = np.random.default_rng(blades).random((2, 400_000), dtype=np.float32)
    disk = mi.warp.square_to_uniform_disk_concentric(mi.Point2f(*u))
    opening = Blades.create(blades, 17.0)
    x, y = np.array(opening.within(disk), dtype=float)
    edges = np.radians(17.0 - 90 + 360 / blades * (np.arange(blades) + 0.5))
    reach = np.sqrt(np.pi / blades / np.tan(np.pi / blades))
    out = (np.outer(np.cos(edges), x) + np.outer(np.sin(edges), y)).max(axis=0)
    assert reach * 0.999 < out.max() < reach * 1.00001
    # Cells that lie wholly inside all get their share; a corner is farthest at 1.13 of it.
    counts, _, _ = np.histogram2d(x, y, bins=24, range=((-0.6, 0.6),) * 2)
    assert stats.chisquare(counts.ravel()).pvalue > 1e-3
    assert counts.sum() / x.size == pytest.approx(1.44 / np.pi, rel=0.01)
    step = disk + mi.Vector2f(1e-3, 1e-3)
    moved = np.linalg.norm(np.array(opening.within(step)) - np.stack([x, y]), axis=0)
    assert moved.max() < 1.5 * np.sqrt(2) * 1e-3


@pytest.mark.parametrize("blades", [0, 6])
def test_the_rays_of_a_place_in_the_picture_meet_in_the_plane_of_focus(blades: int) -> None:
    camera = Camera(
        (3.0, -90.0, 40.0), (1.0, 2.0, 8.0), (0.0, 0.0, 1.0), 23.0, (50, 31), 7.0, 60.0, blades
    )
    u = np.random.default_rng(1).random((2, 64), dtype=np.float32)
    ray = Optic.create(camera).ray(mi.Float(20.5), mi.Float(11.5), mi.Point2f(*u))
    o, d = (np.array(v, dtype=float).T for v in (ray.o, ray.d))
    ahead = np.subtract(camera.target, camera.position)
    ahead = ahead / np.linalg.norm(ahead)
    met = o + d * ((60.0 - (o - camera.position) @ ahead) / (d @ ahead))[:, None]
    origins, directions = rays(camera)
    d = directions[11, 20]
    np.testing.assert_allclose(
        met, np.tile(origins[11, 20] + d * 60 / (d @ ahead), (64, 1)), atol=1e-4
    )
    assert np.ptp(o, axis=0).max() > 10


def test_everything_is_sharp_by_default_whatever_the_blades() -> None:
    what = replace(two_spots(Lens()), lens=Lens())
    sharp = trace(what, spp=2, device="cpu")[0]
    bladed = trace(replace(what, lens=Lens(blades=7, blade_turn_deg=9.0)), spp=2, device="cpu")[0]
    np.testing.assert_array_equal(sharp.xyz, bladed.xyz)
    np.testing.assert_array_equal(sharp.alpha, bladed.alpha)
    ray = Optic.create(bladed.camera).ray(mi.Float(7.5), mi.Float(4.5), mi.Point2f(0.1, 0.9))
    origins, directions = rays(bladed.camera)
    assert np.array(ray.o).ravel() == pytest.approx(origins[4, 7])
    assert np.array(ray.d).ravel() == pytest.approx(directions[4, 7], abs=1e-6)
    assert dr.width(ray.o) == 1

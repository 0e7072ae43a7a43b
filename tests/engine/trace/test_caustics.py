"""Caustics: with the layer, a picture without found caustics is whole; photons keep energy."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import trimesh
from scipy import stats

import materials
from engine import optics, trace
from engine.scene import Ground, Scene
from engine.types import Camera, Mesh, Piece
from tests.engine.trace.pieces import (
    ball,
    band,
    brilliant,
    furnace,
    gem_file,
    placed,
    scene,
    smooth,
    studio,
)

Array = npt.NDArray[np.float64]

SIDE = 16
#: Looks under the girdle of what stands at the origin, at some 4 x 4 mm of ground.
CLOSE = Camera((4.0, -14.0, 9.0), (0.5, -3.2, 0.0), (0.0, 0.0, 1.0), 16.0, (SIDE, SIDE))
#: A sky without small lamps, which the reference would find too seldom, but not the same all round.
DOME = {
    "shape": "dome",
    "name": "room",
    "azimuth_deg": -60.0,
    "elevation_deg": 50.0,
    "radiance": 1.5,
    "far": 0.1,
    "power": 2.0,
    "key": True,
}

#: At the camera's side of the stone it has faded by half, and is blue.
GRADED = Ground("sweep", 0.9, (0.1, 0.2, 0.9), "round", fade_from=0.0, fade_to=1.0, fade_level=0.3)


def coarse_ball() -> Piece:
    """A ball of few triangles, whose interpolated normals are far from the triangles' own."""
    sphere = trimesh.creation.icosphere(subdivisions=1, radius=2.5)
    return placed(smooth(sphere), "ball", "metal", (0.0, 0.0, 2.5))


SCENES: dict[str, tuple[Callable[[], Scene], Camera, float]] = {
    "brilliant": (lambda: scene(brilliant(), {"stone": "diamond"}), CLOSE, 550.0),
    "coloured stone": (lambda: scene(brilliant(), {"stone": "ruby"}), CLOSE, 610.0),
    "polished metal": (lambda: scene(band(5.0), {"band": "gold-18k-yellow"}), CLOSE, 480.0),
    "coarse polished metal": (
        lambda: scene(coarse_ball(), {"ball": "silver-925"}),
        CLOSE,
        600.0,
    ),
    "coated pearl": (lambda: scene(ball(2.5), {"pearl": "pearl-white"}), CLOSE, 550.0),
    "mirror ground": (
        lambda: scene(brilliant(), {"stone": "emerald"}, ground=Ground("mirror", 0.4)),
        CLOSE,
        520.0,
    ),
    "coloured, graduated ground": (
        lambda: scene(brilliant(), {"stone": "diamond"}, ground=GRADED),
        CLOSE,
        450.0,
    ),
    "open lens": (
        lambda: scene(brilliant(), {"stone": "diamond"}),
        replace(CLOSE, aperture_mm=1.5, focus_mm=12.0),
        430.0,
    ),
}


def compiled(what: Scene, wavelength: float | None = None) -> Any:
    """The scene as kernels read it, all its light within 1 nm of `wavelength` if one is given."""
    from engine.trace.backend import mi
    from engine.trace.compile import compile_scene

    made = compile_scene(what)
    if wavelength is None:
        return made
    ends = mi.ScalarVector2f(wavelength - 1, wavelength + 1)
    narrow = mi.ContinuousDistribution(ends, mi.Float([1.0, 1.0]))
    return replace(made, wavelengths=replace(made.wavelengths, density=narrow))


def layer(made: Any, camera: Camera, photons: int, seed: int = 1) -> Any:
    from engine.trace.caustics import trace_layer
    from engine.trace.lens import Optic
    from engine.trace.walk import Limits

    return trace_layer(made, camera, Optic.create(camera), photons, seed, Limits())


def found_by_chance(made: Any, camera: Camera, spp: int) -> tuple[Array, Array]:
    """What the reference loses with `ground_caustics` off: mean Y per pixel and its variance.

    Both walks draw the same numbers, so all other light cancels.
    """
    from engine.trace.backend import dr, mi
    from engine.trace.features import first_hit
    from engine.trace.lens import Optic
    from engine.trace.reference import Reference
    from engine.trace.sequence import generator, numbers
    from engine.trace.walk import Limits

    width, height = camera.size
    index = dr.arange(mi.UInt32, width * height * spp)
    sample, pixel = index // (width * height), index % (width * height)
    u = numbers(pixel, sample, mi.UInt32(3))
    x, y = mi.Float(pixel % width), mi.Float(pixel // width)
    ray = Optic.create(camera).ray(x + u.pixel.x, y + u.pixel.y, u.lens)
    λ, inverse_pdf = made.wavelengths.sample(u.wavelength)
    ground = first_hit(made, ray).ground
    parts = []
    for kept in (True, False):
        rng = generator(pixel, sample, mi.UInt32(3))
        reference = Reference(made, Limits(ground_caustics=kept))
        walk = reference.walk(ray, λ, u.lobe, u.sky, rng, ground)
        parts.append(made.wavelengths.to_xyz(walk.radiance, λ, inverse_pdf).y)
    lost = np.array(parts[0] - parts[1], dtype=np.float64).reshape(spp, height, width)
    return lost.mean(axis=0), lost.var(axis=0, ddof=1) / spp


def blocks(image: Array) -> Array:
    """Sums over 2 x 2 pixels."""
    sums: Array = image.reshape(SIDE // 2, 2, SIDE // 2, 2).sum(axis=(1, 3))
    return sums


@pytest.mark.parametrize("name", SCENES)
def test_base_and_layer_are_the_whole(name: str) -> None:
    make, camera, wavelength = SCENES[name]
    made = compiled(replace(make(), studio=studio(DOME)), wavelength)
    expected, noise = found_by_chance(made, camera, spp=1024)
    traced = layer(made, camera, photons=1 << 20)
    light, own = (image[..., 1].astype(np.float64) for image in (traced.xyz, traced.variance))
    total = expected.sum()
    error = math.sqrt((noise + own).sum())
    assert error < 0.015 * total, "a confidence interval proves nothing when it is wide"
    # Where next to nothing lands, the variance of what was found is not known either.
    lit = blocks(expected) > 0.1 * blocks(expected).max()
    assert lit.sum() > 20
    z = (blocks(light) - blocks(expected))[lit] / np.sqrt(blocks(noise + own)[lit])
    scores = np.abs([*z, (light.sum() - total) / error])
    # Sidak: one false alarm in a thousand runs over all blocks and the sum together.
    assert scores.max() < stats.norm.isf((1 - (1 - 1e-3) ** (1 / scores.size)) / 2)


@pytest.mark.parametrize("name", ["brilliant", "mirror ground"])
def test_frames_with_the_layer_are_what_the_reference_traces(name: str) -> None:
    what = replace(SCENES[name][0](), size=(SIDE, SIDE), studio=studio(DOME))
    lit = trace(what, spp=256, seed=5, caustics="full", device="cpu")[0]
    whole = trace(what, spp=2048, seed=6, estimator="reference", caustics="off", device="cpu")[0]
    assert lit.caustics is not None
    assert whole.caustics is None
    assert lit.caustics.xyz[..., 1].sum() > 0.02 * lit.xyz[..., 1].sum()
    ground = lit.features.part == -1
    near = ground & (lit.caustics.xyz[..., 1] > 0)
    difference = (lit.xyz - whole.xyz)[near].sum(axis=0)
    error = np.sqrt((lit.variance + whole.variance)[near].sum(axis=0))

    assert (np.abs(difference) < 3.8 * error).all()
    again = lit.bare().lit(lit.caustics)
    np.testing.assert_allclose(again.xyz, lit.xyz, atol=1e-6)
    np.testing.assert_allclose(again.shadow, lit.shadow, atol=1e-6)


def test_one_seed_gives_the_same_bits_and_another_does_not() -> None:
    made = compiled(SCENES["brilliant"][0]())
    one, again, other = (layer(made, CLOSE, 1 << 17, seed) for seed in (1, 1, 2))
    assert one.xyz.min() >= 0
    assert one.xyz.max() > 0
    np.testing.assert_array_equal(one.xyz, again.xyz)
    np.testing.assert_array_equal(one.variance, again.variance)
    assert (one.xyz != other.xyz).any()


def test_launches_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.trace import caustics

    made = compiled(SCENES["brilliant"][0]())
    whole = layer(made, CLOSE, 100_000)
    monkeypatch.setattr(caustics, "LAUNCH", 30_000)
    parts = layer(made, CLOSE, 100_000)
    # A photon that Embree rounds differently in another packet may land in the next pixel.
    assert np.abs(whole.xyz - parts.xyz).sum() < 1e-3 * whole.xyz.sum()


def test_the_variance_is_that_of_independent_seeds() -> None:
    made = compiled(SCENES["brilliant"][0]())
    layers = [layer(made, CLOSE, 1 << 15, seed) for seed in range(16)]
    found = np.var([each.xyz for each in layers], axis=0, ddof=1).mean(axis=(0, 1))
    told = np.mean([each.variance for each in layers], axis=(0, 1, 2))
    np.testing.assert_allclose(told, found, rtol=0.1)


def test_a_clear_body_lets_all_light_through(tmp_path: Path) -> None:
    """Flux on the ground is radiance x (mean projected area, a quarter of the surface) x 2π."""
    from engine.trace.backend import dr, mi
    from engine.trace.photons import Photons
    from engine.trace.sequence import generator
    from engine.trace.walk import Limits

    what = scene(ball(), {"pearl": gem_file(tmp_path, "nothing", 1.0)}, studio=furnace())
    count = 1 << 19
    rng = generator(dr.arange(mi.UInt32, count), mi.UInt32(0), mi.UInt32(5))
    λ = mi.Spectrum(mi.Float(550.0))
    landed = Photons(compiled(what), Limits()).shoot(dr.repeat(λ, count), rng)
    flux = np.array(dr.mean(landed.flux), dtype=np.float64)
    mesh = what.piece.meshes[0]
    surface = trimesh.Trimesh(mesh.vertices, mesh.faces, process=False).area
    expected = 2 * math.pi * surface / 4
    error = flux.std() / math.sqrt(count)
    assert error < 0.002 * expected
    assert flux.mean() == pytest.approx(expected, abs=3.3 * error)


def test_roulette_changes_nothing_in_the_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.trace import photons
    from engine.trace.backend import dr, mi
    from engine.trace.sequence import generator
    from engine.trace.walk import Limits

    monkeypatch.setattr(photons, "PATH_DEPTH", 1)
    monkeypatch.setattr(photons, "SURVIVAL", 0.8)
    made = compiled(scene(brilliant(), {"stone": "ruby"}))
    count = 1 << 17
    means, errors = [], []
    for limits in (Limits(roulette=False, max_depth=64), Limits()):
        rng = generator(dr.arange(mi.UInt32, count), mi.UInt32(0), mi.UInt32(6))
        λ, _ = made.wavelengths.sample(rng.next_float32())
        flux = np.array(dr.mean(photons.Photons(made, limits).shoot(λ, rng).flux))
        means.append(flux.mean())
        errors.append(flux.std() / math.sqrt(count))
    assert math.hypot(*errors) < 0.03 * means[0]
    assert means[1] == pytest.approx(means[0], abs=3.3 * math.hypot(*errors))


def test_wavelengths_that_go_together_bring_as_much_as_each_alone() -> None:
    """Flux of each colour in rings on the ground, with three others or by itself."""
    from engine.trace.backend import dr, mi
    from engine.trace.photons import Photons
    from engine.trace.sequence import generator
    from engine.trace.walk import Limits

    made = compiled(scene(brilliant(), {"stone": "diamond"}))
    count, colours = 1 << 17, np.array([400.0, 460.0, 560.0, 760.0])
    rings = np.array([0.0, 2.5, 5.0, 10.0, 40.0])
    turn = np.arange(count) % 4  # each colour decides the way of every fourth photon

    def landed(λ: Array, seed: int) -> tuple[Array, Array]:
        rng = generator(dr.arange(mi.UInt32, count), mi.UInt32(0), mi.UInt32(seed))
        found = Photons(made, Limits()).shoot(mi.Spectrum(*(mi.Float(row) for row in λ)), rng)
        dr.eval(found.p, found.flux)
        radii = np.array([dr.norm(p) for p in found.p])
        return radii, np.array(found.flux, dtype=np.float64)

    def counted(radii: Array, flux: Array) -> tuple[Array, Array]:
        sums, squares = (np.histogram(radii, rings, weights=flux**k)[0] for k in (1, 2))
        return sums, squares

    radii, flux = landed(colours[(turn + np.arange(4)[:, None]) % 4], 1)
    arrived = flux[:, (flux > 0).any(axis=0)] > 0
    assert 2.5 < arrived.sum(axis=0).mean() < 3.8
    for index, colour in enumerate(colours):
        lane = (index - turn) % 4, np.arange(count)
        together, noise = counted(radii[lane], flux[lane])
        alone, own = counted(*(each[0] for each in landed(np.full((4, count), colour), 2 + index)))
        z = (together - alone) / np.sqrt(noise + own)
        assert np.abs(z).max() < 3.8


def test_a_wavelength_that_is_held_up_leaves_the_path_to_the_others() -> None:
    from engine.trace.backend import mi
    from engine.trace.flight import Flight
    from engine.trace.photons import Photons
    from engine.trace.walk import Limits

    made = compiled(scene(ball(1.0), {"pearl": "pearl-white"}))  # around (0, 0, 1)
    flight = Flight.start(mi.Point3f(5, 0, 4), mi.Vector3f(0, 0, -1), [])
    flight.o[1] = mi.Point3f(0, 0, 4)  # the ball is in the way
    flight.d[2] = mi.Vector3f(0, 0.6, 0.8)  # never comes down
    flight.d[3] = mi.Vector3f(0.6, 0, -0.8)
    flight.alike, flight.landed = mi.Bool(False), mi.Bool(True)
    flight.P = mi.Spectrum(1.0, 0.5, 0.8, 0.6)
    flight.β = mi.Spectrum(1.0, 1.0, 1.0, 0.4)
    landed = Photons(made, Limits()).land(flight)
    np.testing.assert_allclose(np.array(landed.flux)[:, 0], [4 / 1.6, 0, 0, 1.6 / 1.6], rtol=1e-6)
    np.testing.assert_allclose(np.array(landed.p[3])[:, 0], [8, 0, 0], atol=1e-5)


def wedge() -> Mesh:
    """A block over x in (-4, 4), level on top at z = 6, its bottom inclined by `APEX`."""
    slope = 4 * math.tan(APEX)
    sides = [(-4.0, 4 - slope), (4.0, 4 + slope), (4.0, 6.0), (-4.0, 6.0)]
    points = [(x, y, z) for x, z in sides for y in (-3.0, 3.0)]
    hull = trimesh.Trimesh(points, process=False).convex_hull
    return Mesh(np.array(hull.vertices), np.array(hull.faces, dtype=np.int32))


APEX = math.radians(15.0)


def test_a_prism_spreads_colours_on_the_ground_as_snell_says() -> None:
    from engine.trace.backend import dr, mi
    from engine.trace.photons import Photons
    from engine.trace.walk import Limits

    what = scene(placed(wedge(), "prism", "stone", (0.0, 0.0, 0.0)), {"prism": "diamond"})
    wavelengths = np.linspace(400.0, 700.0, 256).reshape(4, 64)
    count = wavelengths.shape[1]
    walk = Photons(compiled(what), Limits()).walk(
        mi.Point3f(0, 0, 9),
        dr.repeat(mi.Vector3f(0, 0, -1), count),
        mi.Spectrum(*(mi.Float(row) for row in wavelengths)),
        mi.PCG32(size=count, initstate=4),
        mi.Bool(True),
    )
    flux, x = np.array(walk.flux), np.array([p.x for p in walk.p], dtype=np.float64)
    n = np.interp(wavelengths, optics.WAVELENGTHS, optics.tabulate(materials.load("diamond")).n)
    # Straight through the top; the bottom bends it to the thicker side.
    expected = -4 * np.tan(np.arcsin(n * np.sin(APEX)) - APEX)
    # Some are reflected inside, by chance.
    direct = (flux > 0) & (np.abs(x - expected) < 0.05)
    assert direct.sum() > 120
    # All four wavelengths of a photon meet the same facets, so all of them arrive.
    assert (direct.all(axis=0) | ~direct.any(axis=0)).all()
    # Rays start some 0.1 µm per mm off a surface.
    np.testing.assert_allclose(x[direct], expected[direct], atol=5e-4)
    violet, red = x[direct][0], x[direct][-1]
    assert violet < red - 0.08


@pytest.mark.parametrize("blades", [0, 6])
def test_a_point_on_the_ground_finds_the_pixel_that_sees_it(blades: int) -> None:
    """The way from a point to a pixel undoes the camera's ray, through any part of the pupil."""
    from engine.trace.backend import dr, mi
    from engine.trace.caustics import connect
    from engine.trace.lens import Optic

    camera = replace(CLOSE, size=(16, 12), aperture_mm=2.0, focus_mm=10.0, blades=blades)
    optic = Optic.create(camera)
    pixel = dr.arange(mi.UInt32, 16 * 12)
    rng = mi.PCG32(size=16 * 12)
    lens = mi.Point2f(rng.next_float32(), rng.next_float32())
    ray = optic.ray(mi.Float(pixel % 16) + 0.5, mi.Float(pixel // 16) + 0.5, lens)
    p = ray.o + ray.d * (-ray.o.z / ray.d.z)
    bare = compiled(scene(ball(0.01), {"pearl": "pearl-white"}))
    found, weight = connect(bare, optic, p, ray.d, mi.Bool(True), lens)
    assert (np.array(weight) > 0).all()
    np.testing.assert_array_equal(np.array(found), np.array(pixel))


def test_a_pixel_averages_over_the_ground_that_it_sees() -> None:
    """Flux spread evenly over a pixel's patch of ground gives the radiance albedo / π."""
    from engine.trace.backend import dr, mi
    from engine.trace.caustics import connect
    from engine.trace.lens import Optic

    camera = replace(CLOSE, position=(0.0, -30.0, 30.0), fov_deg=60.0, size=(24, 16))
    optic = Optic.create(camera)

    def ground(x: Any, y: Any) -> Any:
        ray = optic.ray(mi.Float(x), mi.Float(y), mi.Point2f(0.5))
        return ray.o + ray.d * (-ray.o.z / ray.d.z)

    pixel = dr.arange(mi.UInt32, 24 * 16)
    x, y = mi.Float(pixel % 24), mi.Float(pixel // 24)
    across = ground(x + 1, y + 0.5) - ground(x, y + 0.5)
    along = ground(x + 0.5, y + 1) - ground(x + 0.5, y)
    area = dr.norm(dr.cross(across, along))
    made = compiled(scene(ball(0.01), {"pearl": "pearl-white"}))
    lens = mi.Point2f(0.5)
    _, weight = connect(made, optic, ground(x + 0.5, y + 0.5), mi.Vector3f(0), mi.Bool(True), lens)
    np.testing.assert_allclose(np.array(weight * area), 0.9 / np.pi, rtol=0.005)

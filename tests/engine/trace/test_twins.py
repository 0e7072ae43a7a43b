"""The estimators against their numpy twins, ray by ray."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import materials
from engine import optics
from engine.cad.cuts import Cut, emerald, round_brilliant, to_mesh
from engine.scene import Environment
from engine.types import FloatArray
from tests.engine.trace import twin
from tests.engine.trace.pieces import furnace, placed, scene

RAYS = 3000

STONES = {
    "brilliant of diamond": (round_brilliant(6.5), "diamond"),
    "emerald cut of ruby": (emerald(5.0, 1.4), "ruby"),
}


def landscape() -> Environment:
    """A smooth sky that differs from direction to direction and from wavelength to wavelength."""
    height = 256
    polar = ((np.arange(height) + 0.5) / height * np.pi)[:, None]
    azimuth = (np.arange(2 * height) + 0.5) / height * np.pi
    radiance = 1.0 + 0.5 * np.sin(polar) * np.cos(azimuth) + 0.3 * np.cos(polar)
    slope = 0.5 + np.linspace(0, 1, len(optics.WAVELENGTHS))
    image = radiance[..., None].astype(np.float32)
    return Environment(image, slope[None], (1.0, 1.0, 1.0), (0.0, 0.0, 1.0))


def rays() -> list[twin.Ray]:
    """Rays from all around that are aimed at the stone's neighbourhood; some miss."""
    rng = np.random.default_rng(5)
    origin = rng.normal(size=(RAYS, 3))
    origin *= 12 / np.linalg.norm(origin, axis=1, keepdims=True)
    aim = rng.uniform(-2.2, 2.2, size=(RAYS, 3)) - origin
    # Rounded before either of the two sees them: both start from the same bits.
    origin, aim = (a.astype(np.float32).astype(np.float64) for a in (origin, aim))
    λ = rng.uniform(380, 750, size=RAYS).astype(np.float32).astype(np.float64)
    return [
        twin.Ray(o, d / np.linalg.norm(d), float(w)) for o, d, w in zip(origin, aim, λ, strict=True)
    ]


def streams() -> list[tuple[int, int]]:
    """State and increment of a generator per ray."""
    rng = np.random.default_rng(6)
    numbers = rng.integers(0, 2**63, size=(RAYS, 2), dtype=np.uint64)
    return [(int(a), 2 * int(b) % 2**64 | 1) for a, b in numbers]


def traced(estimator: Any, cut: Cut, gem: str) -> FloatArray:
    """Radiance [RAYS, 4] that the kernel finds along `rays`."""
    from engine.trace.backend import dr, mi
    from engine.trace.compile import compile_scene
    from engine.trace.sky import Sky
    from engine.trace.walk import Limits

    piece = placed(to_mesh(cut), "stone", "stone", (0.0, 0.0, 0.0))
    compiled = compile_scene(scene(piece, {"stone": gem}, studio=furnace()), ground=False)
    compiled = replace(compiled, sky=Sky.create(landscape(), upper_only=False))
    some = rays()
    o, d = (np.array([getattr(ray, name) for ray in some]).T for name in "od")
    ray = mi.Ray3f(mi.Point3f(o), mi.Vector3f(d))
    λ = mi.Spectrum(mi.Float([ray.wavelength for ray in some]))
    half = mi.Point2f(0.5)
    walk = estimator(compiled, Limits()).walk(
        ray, λ, half, half, generator(mi, RAYS), dr.full(mi.Bool, True, RAYS)
    )
    return np.array(walk.radiance, dtype=np.float64).T


def generator(mi: Any, count: int) -> Any:
    """Dr.Jit's PCG32 in the states of `streams`."""
    rng = mi.PCG32(size=count)
    state, inc = np.array(streams(), dtype=np.uint64).T
    rng.state, rng.inc = mi.UInt64(state), mi.UInt64(inc)
    return rng


def test_stream_is_that_of_the_kernels() -> None:
    from engine.trace.backend import mi

    kernel = generator(mi, RAYS)
    ours = [twin.Stream(*stream) for stream in streams()]
    for _ in range(3):
        found = np.array(kernel.next_float32(), dtype=np.float64)
        np.testing.assert_array_equal(found, [stream.draw() for stream in ours])


@pytest.mark.parametrize("name", STONES)
def test_reference_is_its_twin_ray_by_ray(name: str) -> None:
    from engine.trace.reference import Reference

    cut, gem = STONES[name]
    stone = twin.Stone(cut, optics.tabulate(materials.load(gem)))
    sky = twin.Sky(landscape())
    expected = np.array(
        [
            twin.reference(stone, sky, ray, twin.Stream(*stream))
            for ray, stream in zip(rays(), streams(), strict=True)
        ]
    )
    off = np.abs(traced(Reference, cut, gem)[:, 0] - expected) / expected.mean()
    # One ray in a thousand may meet an edge, or draw a number so near to the reflectance, that
    # float32 and float64 part ways.
    assert (off < 2e-4).mean() > 0.998, np.quantile(off, [0.5, 0.9, 0.99, 1.0])

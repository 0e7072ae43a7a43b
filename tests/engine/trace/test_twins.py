"""The estimators against their numpy twins, ray by ray."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import materials
from engine import optics
from engine.cad.cuts import Cut, emerald, round_brilliant, to_mesh
from engine.scene import Environment
from tests.engine.trace import twin
from tests.engine.trace.pieces import furnace, placed, scene
from tests.physics.statistics import limit
from tests.physics.walks import walk

RAYS, CHAINS = 3000, 800
#: How far the wavelengths of a walk lie apart, nm.
APART = (0.0, 0.5, 20.0, 150.0)

STONES = {
    "brilliant of diamond": (round_brilliant(6.5), "diamond"),
    "emerald cut of spinel": (emerald(5.0, 1.4), "spinel-red"),
}


def landscape() -> Environment:
    """A smooth sky that differs from direction to direction and from wavelength to wavelength."""
    height = 256
    polar = ((np.arange(height) + 0.5) / height * np.pi)[:, None]
    azimuth = (np.arange(2 * height) + 0.5) / height * np.pi
    radiance = 1.0 + 0.5 * np.sin(polar) ** 2 * np.cos(6 * azimuth) + 0.3 * np.cos(5 * polar)
    slope = 0.5 + np.linspace(0, 1, len(optics.WAVELENGTHS))
    image = radiance[..., None].astype(np.float32)
    return Environment(image, slope[None], (1.0, 1.0, 1.0), (0.0, 0.0, 1.0))


def rays(count: int) -> list[twin.Ray]:
    """Rays from all around that are aimed at the stone's neighbourhood; some miss."""
    rng = np.random.default_rng(5)
    origin = rng.normal(size=(count, 3))
    origin *= 12 / np.linalg.norm(origin, axis=1, keepdims=True)
    aim = rng.uniform(-2.2, 2.2, size=(count, 3)) - origin
    # Rounded before either of the two sees them: both start from the same bits.
    origin, aim = (a.astype(np.float32).astype(np.float64) for a in (origin, aim))
    λ = rng.uniform(380, 750, size=count).astype(np.float32).astype(np.float64)
    return [
        twin.Ray(o, d / np.linalg.norm(d), float(w)) for o, d, w in zip(origin, aim, λ, strict=True)
    ]


def streams() -> list[tuple[int, int]]:
    """State and increment of a generator per ray."""
    rng = np.random.default_rng(6)
    numbers = rng.integers(0, 2**63, size=(RAYS, 2), dtype=np.uint64)
    return [(int(a), 2 * int(b) % 2**64 | 1) for a, b in numbers]


def sky_and_stone(cut: Cut, gem: str) -> tuple[twin.Sky, twin.Stone]:
    """What the twins need to know."""
    return twin.Sky(landscape()), twin.Stone(cut, optics.tabulate(materials.load(gem)))


def kernel(estimator: Any, cut: Cut, gem: str, **limits: Any) -> Any:
    """An estimator on a stone that floats in the landscape."""
    from engine.trace.compile import compile_scene
    from engine.trace.sky import Sky
    from engine.trace.walk import Limits

    piece = placed(to_mesh(cut), "stone", "stone", (0.0, 0.0, 0.0))
    compiled = compile_scene(scene(piece, {"stone": gem}, studio=furnace()), ground=False)
    compiled = replace(compiled, sky=Sky.create(landscape(), upper_only=False))
    return estimator(compiled, Limits(**limits))


def traced(estimator: Any, some: list[twin.Ray], lanes: Any, rng: Any) -> Any:
    """The walk of a kernel along rays at the wavelengths `lanes`, [4, N] nm."""
    return walk(estimator, np.array([r.o for r in some]), np.array([r.d for r in some]), lanes, rng)


def generator(count: int) -> Any:
    """Dr.Jit's PCG32 in the states of `streams`."""
    from engine.trace.backend import mi

    rng = mi.PCG32(size=count)
    state, inc = np.array(streams()[:count], dtype=np.uint64).T
    rng.state, rng.inc = mi.UInt64(state), mi.UInt64(inc)
    return rng


def test_stream_is_that_of_the_kernels() -> None:
    drawn = generator(RAYS)
    ours = [twin.Stream(*stream) for stream in streams()]
    for _ in range(3):
        found = np.array(drawn.next_float32(), dtype=np.float64)
        np.testing.assert_array_equal(found, [stream.draw() for stream in ours])


@pytest.mark.parametrize("name", STONES)
def test_reference_is_its_twin_ray_by_ray(name: str) -> None:
    from engine.trace.reference import Reference

    sky, stone = sky_and_stone(*STONES[name])
    some = rays(RAYS)
    expected = []
    for ray, stream in zip(some, streams(), strict=True):
        ours = twin.Stream(*stream)
        for _ in range(4):  # two points that only the chain needs
            ours.draw()
        expected.append(twin.reference(stone, sky, ray, ours))
    lane = [ray.wavelength for ray in some]
    found = traced(kernel(Reference, *STONES[name]), some, [lane] * 4, generator(RAYS)).radiance[0]
    off = np.abs(np.array(found) - expected) / np.mean(expected)
    # One ray in a thousand may meet an edge, or draw a number so near to the reflectance, that
    # float32 and float64 part ways.
    assert (off < 2e-4).mean() > 0.998, np.quantile(off, [0.5, 0.9, 0.99, 1.0])


@pytest.mark.parametrize("name", STONES)
def test_chain_is_its_twin_ray_by_ray(name: str) -> None:
    """One wavelength on all lanes, no roulette: then a chain draws nothing that matters."""
    from engine.trace.chain import Chain

    sky, stone = sky_and_stone(*STONES[name])
    some = rays(CHAINS)
    expected = [twin.chain(stone, sky, ray) for ray in some]
    lane = [ray.wavelength for ray in some]
    walk_ = traced(
        kernel(Chain, *STONES[name], roulette=False), some, [lane] * 4, generator(CHAINS)
    )
    off = np.abs(np.array(walk_.radiance).mean(axis=0) - expected)
    # Light that is trapped may meet an edge in the end, which rounding decides.
    assert (off < 3e-4).mean() > 0.97, np.quantile(off, [0.5, 0.9, 0.97, 0.99, 1.0])
    assert off.mean() < 3e-4


@pytest.mark.parametrize("name", STONES)
def test_chain_is_its_twin_in_the_mean_of_each_ray_and_wavelength(name: str) -> None:
    """Four wavelengths and the roulette: what is drawn has the mean of four single chains."""
    from engine.trace.backend import mi
    from engine.trace.chain import Chain

    count, many = 60, 400
    sky, stone = sky_and_stone(*STONES[name])
    some = rays(count)
    lanes = spread(some)
    expected = np.array(
        [
            [
                twin.chain(stone, sky, replace(ray, wavelength=float(λ)))
                for ray, λ in zip(some, lane, strict=True)
            ]
            for lane in lanes
        ]
    )
    rng = mi.PCG32(size=count * many, initstate=8)
    walk_ = traced(kernel(Chain, *STONES[name]), some * many, np.tile(lanes, many), rng)
    found = np.array(walk_.radiance, dtype=np.float64).reshape(4, many, count)
    error = found.std(axis=1, ddof=1) / np.sqrt(many)
    apart = found.mean(axis=1) - expected
    # What survives the roulette once in a thousand times may not have been seen at all.
    z = np.abs(apart) / np.hypot(error, 3e-3)
    # Nothing helps where rounding decides: a ray that meets an edge.
    assert (z > limit(z.size)).mean() < 0.01, np.sort(z.ravel())[-10:]
    # Each wavelength over all rays: a hundredth of the radiance would be seen.
    error = np.sqrt(np.square(error).sum(axis=1)) / count
    assert (error < 0.004).all()
    assert (np.abs(apart.mean(axis=1)) < limit(4) * error + 3e-4).all(), apart.mean(axis=1)


def test_chain_is_its_twin_on_every_lane_of_a_dark_stone(tmp_path: Path) -> None:
    """Where a few facets take all light, each wavelength is on its own: nothing is drawn."""
    from engine.trace.chain import Chain

    cut, gem = round_brilliant(6.5), smoky(tmp_path)
    sky, stone = sky_and_stone(cut, gem)
    some = rays(CHAINS)
    lanes = spread(some)
    expected = [
        [
            twin.chain(stone, sky, replace(ray, wavelength=float(λ)))
            for ray, λ in zip(some, lane, strict=True)
        ]
        for lane in lanes
    ]
    walk_ = traced(kernel(Chain, cut, gem, roulette=False), some, lanes, generator(CHAINS))
    off = np.abs(np.array(walk_.radiance) - expected)
    assert (off < 2e-4).mean() > 0.99, np.quantile(off, [0.5, 0.9, 0.99, 1.0])


def smoky(folder: Path) -> str:
    """A material file of a diamond that absorbs, more so towards the blue; its path."""
    made_up = "evidence: estimated, source: made up for a test"
    path = folder / "smoky.yaml"
    path.write_text(
        f"""name: smoky
label: A test gem
kind: gem
density: {{{made_up}, value: 3.5}}
roughness: {{{made_up}, value: 0.0}}
index:
  evidence: estimated
  source: that of the library's diamond
  model: sellmeier
  form: b w^2 / (w^2 - c^2)
  unit: um
  terms: [{{b: 0.3306, c: 0.1750}}, {{b: 4.3356, c: 0.1060}}]
  valid_nm: [226, 830]
  outside: formula
absorption:
  {{{made_up}, model: table, outside: hold, wavelength_nm: [360, 830], per_mm: [1.2, 0.6]}}
""",
        encoding="utf-8",
    )
    return str(path)


def spread(some: list[twin.Ray]) -> Any:
    """[4, N] wavelengths, nm, that begin together and part at some facet, or never."""
    first = np.array([ray.wavelength for ray in some])
    lanes = [(first - 380 + apart) % 400 + 380 for apart in APART]
    return np.array(lanes, dtype=np.float32)

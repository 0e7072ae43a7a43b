"""Stones that overlap or touch: of two, the one that light entered first holds until it is left."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine import trace
from engine.scene import Scene, environment
from tests.engine.trace.pieces import joined, studio
from tests.physics.contacts import CONTACTS, SIDE, UP, cube, lit
from tests.physics.statistics import assert_frames_agree
from tests.physics.walks import Aimed, aimed, walk

#: Where two faces coincide, chance decides which of them a mesh reports to the reference. The chain
#: asks for the facets of the stone it is in; a furnace and a gap test it there.
#: Contacts that `test_estimators` does not compare already.
OVERLAPS = (
    "cubes that overlap",
    "stones that overlap",
    "a hollow stone that overlaps",
    "a prong between two stones",
    "a smooth stone",
    "a prong that holds a smooth stone",
)


@pytest.mark.parametrize("name", OVERLAPS)
def test_both_estimators_see_the_same_contact(name: str) -> None:
    assert_estimators_agree(lit(CONTACTS[name]()))


@pytest.mark.parametrize("name", ["a hollow stone that overlaps", "a smooth stone"])
def test_both_estimators_see_the_same_colour(name: str) -> None:
    """Light is absorbed all its way, also past the surface of another stone."""
    assert_estimators_agree(lit(CONTACTS[name](), ("ruby", "diamond")))


def assert_estimators_agree(what: Scene) -> None:
    chain = trace(what, spp=6, seed=1, device="cpu")[0]
    reference = trace(what, spp=24, seed=2, estimator="reference", device="cpu")[0]
    assert_frames_agree(chain, reference, SIDE)


@pytest.mark.parametrize("name", ["a prong that cuts in", "stones that overlap"])
def test_each_wavelength_has_its_own_way_past_metal_and_neighbours(name: str) -> None:
    """Four wavelengths of one walk find what walks of one wavelength find, each by itself."""
    from engine.trace.chain import Chain
    from engine.trace.compile import compile_scene
    from engine.trace.reference import Reference
    from engine.trace.walk import Limits

    compiled = compile_scene(lit(CONTACTS[name]()), ground=True)
    rays = aimed(CONTACTS[name](), 30_000)
    lanes = np.array([430.0, 500.0, 570.0, 640.0])
    spread = np.repeat(lanes[:, None], len(rays.d), axis=1)
    found = walked_lanes(Chain(compiled, Limits()), rays, spread, 1)
    for i, wavelength in enumerate(lanes):
        alone = np.full((4, len(rays.d)), wavelength)
        plain = walked_lanes(Reference(compiled, Limits()), rays, alone, 2 + i)[0] / 4
        error = np.hypot(found[i].std(), plain.std()) / np.sqrt(len(rays.d))
        assert abs(found[i].mean() - plain.mean()) < 4 * error
        assert error < 0.03 * plain.mean()


def test_light_is_absorbed_up_to_the_surface_of_a_neighbour() -> None:
    """Straight through the arm of a hollow ruby into the diamond that reaches into it."""
    from engine.trace.chain import Chain
    from engine.trace.compile import compile_scene
    from engine.trace.reference import Reference
    from engine.trace.walk import Limits

    what = lit(CONTACTS["a hollow stone that overlaps"](), ("ruby", "diamond"))
    compiled = compile_scene(what, ground=False)
    rng = np.random.default_rng(5)
    count = 20_000
    o = np.column_stack([np.full(count, -9.0), rng.uniform(0.8, 1.8, count), np.full(count, UP)])
    rays = Aimed(o, np.tile([1.0, 0.0, 0.0], (count, 1)), np.zeros(count))
    green = np.full((4, count), 550.0)
    chain = walked_lanes(Chain(compiled, Limits()), rays, green, 1).mean(axis=0)
    plain = walked_lanes(Reference(compiled, Limits()), rays, green, 2)[0] / 4
    error = np.hypot(chain.std(), plain.std()) / np.sqrt(count)
    assert abs(chain.mean() - plain.mean()) < 4 * error
    assert error < 0.02 * plain.mean()


def walked_lanes(estimator: Any, rays: Aimed, lanes: Any, seed: int) -> Any:
    """[4, N] radiance less what the estimator leaves out, of a walk along each ray."""
    from engine.trace.backend import mi

    rng = mi.PCG32(size=len(rays.d), initstate=seed)
    return np.array(walk(estimator, rays.o, rays.d, lanes, rng).radiance, dtype=np.float64)


def test_touching_stones_have_a_hair_of_air_between_them() -> None:
    """Faces that coincide do not glue the stones together, nor does chance decide."""
    touching, apart = (
        trace(lit(joined(cube("one", 0.0), cube("two", x))), spp=6, seed=seed, device="cpu")[0]
        for seed, x in enumerate((4.0, 4.005))
    )
    assert_frames_agree(touching, apart, SIDE)


def test_no_pixel_is_black_or_burns() -> None:
    """Few samples of a crowded scene stay between nothing and a little more than the lights."""
    for name in ("stones that overlap", "a prong between two stones"):
        frame = trace(lit(CONTACTS[name]()), spp=16, seed=3, device="cpu")[0]
        stone = frame.features.stone > 0.99
        brightest = float(environment(studio()).radiance.sum(axis=-1).max())
        assert np.isfinite(frame.xyz).all()
        # The ground seen through a stone is known light less what is blocked, both sampled.
        assert frame.xyz[stone].min() > -0.02
        assert frame.xyz.max() < 2 * brightest

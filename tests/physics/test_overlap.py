"""Stones that overlap or touch: of two, the one that light entered first holds until it is left."""

from __future__ import annotations

import numpy as np
import pytest

from engine import trace
from engine.scene import environment
from tests.engine.trace.pieces import joined, studio
from tests.physics.contacts import CONTACTS, SIDE, cube, lit
from tests.physics.statistics import assert_frames_agree

#: Where two faces coincide, chance decides which of them a mesh reports to the reference. The chain
#: asks the planes of the stone it is in; a furnace and a gap test it there.
#: Contacts that `test_estimators` does not compare already.
OVERLAPS = (
    "cubes that overlap",
    "stones that overlap",
    "a hollow stone that overlaps",
    "a prong between two stones",
)


@pytest.mark.parametrize("name", OVERLAPS)
def test_both_estimators_see_the_same_contact(name: str) -> None:
    what = lit(CONTACTS[name]())
    chain = trace(what, spp=6, seed=1, device="cpu")[0]
    reference = trace(what, spp=24, seed=2, estimator="reference", device="cpu")[0]
    assert_frames_agree(chain, reference, SIDE)


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

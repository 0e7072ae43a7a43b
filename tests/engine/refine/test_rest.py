"""What a sketch leaves is refined, and the sketch put back on it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.refine import REFINERS
from engine.refine.joint import joined
from engine.refine.rest import estimate, rest
from engine.refine.welch import Welch
from engine.types import Frame, ImageArray, Sketch
from tests.engine.refine.frames import METAL, STONE, make_frame
from tests.engine.refine.test_joint import card, inner

SIZE = (48, 48)


def facets() -> ImageArray:
    """[H, W, 1] light of facets a pixel wide: no neighbour shows what a pixel shows."""
    rng = np.random.default_rng(5)
    return rng.uniform(0.1, 2.0, (*SIZE, 1)).astype(np.float32)


def sketched(frame: Frame, here: Any, around: Any = None) -> Frame:
    """`frame` with a sketch that explains `here` and none of its noise."""
    both = here, here if around is None else around
    images = [np.broadcast_to(i, frame.xyz.shape).astype(np.float32) for i in both]
    return replace(
        frame, sketch=Sketch(images[0], images[1], frame.variance, (images[1] - images[0]) ** 2)
    )


def error(frame: Frame, light: Any) -> float:
    return float(((frame.xyz - light)[8:-8, 8:-8] ** 2).mean())


@pytest.mark.parametrize("part", [METAL, STONE])
def test_facets_that_a_sketch_knows_are_no_obstacle(part: int) -> None:
    light = facets() + 0.5
    frame = make_frame(0.5, 0.3, part=part, size=SIZE)
    frame = replace(frame, xyz=frame.xyz + facets())
    alone, helped = Welch()(frame), Welch()(sketched(frame, facets()))
    assert error(helped, light) < 0.3 * error(frame, light)
    assert error(helped, light) < 0.4 * error(alone, light)
    assert helped.sketch is None


def test_the_sketch_of_all_places_takes_the_place_of_that_of_the_samples() -> None:
    frame = sketched(make_frame(1.0, 0.0, size=SIZE), 0.4, 0.5)
    for name in ("welch", "neural"):
        after = REFINERS[name]("cpu")(frame)
        np.testing.assert_allclose(after.xyz, 1.1, rtol=1e-5)


def test_light_is_kept_but_for_what_the_sketches_differ_in() -> None:
    frame = make_frame(1.0, 0.5, part=STONE, size=SIZE)
    after = Welch()(sketched(frame, facets()))
    assert after.xyz.sum(dtype=np.float64) == pytest.approx(frame.xyz.sum(dtype=np.float64), 1e-5)


def test_an_estimate_is_the_frame_moved_to_all_places() -> None:
    frame = sketched(make_frame(1.0, 0.2, size=SIZE), 0.4, 0.5)
    found = estimate(frame)
    np.testing.assert_allclose(found.xyz, frame.xyz + 0.1, rtol=1e-6)
    assert frame.sketch is not None
    np.testing.assert_allclose(found.variance, frame.sketch.variance + 0.01, rtol=1e-3)
    plain = make_frame(1.0, 0.2, size=SIZE)
    assert rest(plain) is plain
    np.testing.assert_array_equal(estimate(plain).xyz, plain.xyz)


def test_views_lend_each_other_what_their_sketches_leave() -> None:
    """What a neighbour mirrors from there is not what is seen from here, but its sketch knows."""
    frame, other = card(0, seed=1), card(1, 1.0, seed=2, noise=0.1)
    plain = joined(frame, [other])
    assert inner(plain.samples / frame.samples).mean() < 1.02
    frame, other = sketched(frame, 0.2), sketched(other, 0.7)
    both = joined(frame, [other])
    assert inner(both.samples / frame.samples).mean() > 1.4
    assert abs(inner(both.xyz).mean() - inner(frame.xyz).mean()) < 0.01
    assert both.sketch is not None
    assert frame.sketch is not None
    assert inner(both.sketch.variance).mean() < 0.8 * inner(frame.sketch.variance).mean()

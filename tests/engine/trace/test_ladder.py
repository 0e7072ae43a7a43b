"""Several sample counts of one run, of a window of the picture."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import engine
from engine.errors import SceneError
from engine.scene import Scene
from engine.trace import ladder
from scenes.pieces import build

SIZE = 40


@pytest.fixture(scope="module")
def scene() -> Scene:
    return engine.compose(build("solitaire"), studio="tent", size=(SIZE, SIZE))


def traced(scene: Scene, spp: int) -> Any:
    frames = engine.trace(scene, spp=spp, seed=5, adaptive=False, device="cpu", behind=True)
    return frames[0]


def test_each_frame_is_what_trace_makes_of_as_many_samples(scene: Scene) -> None:
    frames = ladder(scene, spp=(1, 2, 8), seed=5, device="cpu")
    for frame, spp in zip(frames, (1, 2, 8), strict=True):
        alone = traced(scene, spp)
        assert (frame.samples == spp).all()
        np.testing.assert_allclose(frame.xyz, alone.xyz, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(frame.variance, alone.variance, rtol=1e-3, atol=1e-6)
    assert np.array_equal(frames[-1].features.part, alone.features.part)
    behind = frames[-1].features.behind
    assert behind is not None
    assert np.array_equal(behind.sequence, alone.features.behind.sequence)


def test_a_window_is_cut_from_the_whole_picture(scene: Scene) -> None:
    left, top, width, height = 9, 4, 22, 15
    part = ladder(scene, spp=(4,), window=(left, top, width, height), seed=5, device="cpu")[0]
    whole = traced(scene, 4)
    area = slice(top, top + height), slice(left, left + width)
    np.testing.assert_allclose(part.xyz, whole.xyz[area], rtol=1e-5, atol=1e-6)
    assert np.array_equal(part.features.part, whole.features.part[area])
    np.testing.assert_allclose(part.features.position, whole.features.position[area], atol=1e-5)
    assert part.camera == whole.camera


def test_a_window_outside_and_samples_that_fall_are_refused(scene: Scene) -> None:
    with pytest.raises(SceneError, match=r"the window \(30, 0, 20, 20\) is not inside"):
        ladder(scene, spp=(1,), window=(30, 0, 20, 20))
    for wrong in ((), (2, 1), (0, 1), (4, 4)):
        with pytest.raises(SceneError, match="samples must ascend"):
            ladder(scene, spp=wrong)

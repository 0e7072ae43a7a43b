"""Frames: repeatable, tiled, with features and layers that fit the picture."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from engine import trace
from engine.errors import SceneError, SetupError
from engine.scene import Ground, Lens, Scene, View, orbit, project
from engine.trace import render
from engine.trace.features import soft_parts
from engine.types import Frame
from tests.engine.trace.pieces import band, brilliant, joined, placed, scene, studio


def ring(**changes: object) -> Scene:
    """A band with a stone on top."""
    stone = placed(brilliant().meshes[0], "stone", "stone", (0.0, 0.0, 20.6))
    materials = {"band": "gold-18k-yellow", "stone": "diamond"}
    level = View(azimuth_deg=20.0, elevation_deg=6.0, name="level")  # sees the horizon
    return scene(joined(band(), stone), materials, **{"view": level, **changes})


@pytest.fixture(scope="module")
def frame() -> Frame:
    return trace(ring(), spp=8, device="cpu")[0]


def test_a_seed_gives_the_same_bits_and_another_seed_does_not(frame: Frame) -> None:
    again = trace(ring(), spp=8, device="cpu")[0]
    for name in ("xyz", "variance", "alpha", "shadow"):
        np.testing.assert_array_equal(getattr(frame, name), getattr(again, name))
    other = trace(ring(), spp=8, seed=1, device="cpu")[0]
    assert np.abs(other.xyz - frame.xyz).max() > 0


@pytest.fixture(scope="module")
def even() -> Frame:
    """As many samples for every pixel."""
    return trace(ring(), spp=8, adaptive=False, device="cpu")[0]


def test_tiles_do_not_show(even: Frame, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "TILE_PIXELS", 64 * 5)
    tiled = trace(ring(), spp=8, adaptive=False, device="cpu")[0]
    # Embree rounds a hit differently when its packet holds other rays: the last bit may change.
    np.testing.assert_allclose(even.xyz, tiled.xyz, rtol=1e-5, atol=1e-5)
    np.testing.assert_array_equal(even.features.part, tiled.features.part)


def test_background_is_the_backdrop_exactly(frame: Frame) -> None:
    far = (frame.features.part == -2) & (frame.alpha == 0)
    assert far.sum() > 100
    assert frame.backdrop is not None
    np.testing.assert_allclose(frame.xyz[far] / np.array(frame.backdrop), 1.0, rtol=1e-6)
    assert frame.variance[far].max() < 1e-12
    assert (frame.shadow[far] == 0).all()


def test_shadow_falls_beside_the_piece_and_agrees_with_the_picture(frame: Frame) -> None:
    ground = (frame.features.part == -1) & (frame.alpha == 0)
    assert frame.shadow[ground].max() > 0.1
    assert frame.backdrop is not None
    darker = 1 - frame.xyz[..., 1] / frame.backdrop[1]
    np.testing.assert_allclose(frame.shadow[ground], np.clip(darker[ground], 0, 1), atol=2e-5)


def test_transparent_frames_hold_the_piece_only(even: Frame) -> None:
    cut = trace(ring(ground=Ground("none", 0.9)), spp=8, adaptive=False, device="cpu")[0]
    assert cut.backdrop is None
    assert (cut.xyz[cut.alpha == 0] == 0).all()
    inside = cut.alpha == 1
    np.testing.assert_array_equal(cut.xyz[inside], even.xyz[inside])
    np.testing.assert_array_equal(cut.shadow, even.shadow)


def test_position_feature_lies_on_the_pixels_own_ray(frame: Frame) -> None:
    seen = frame.features.part >= 0
    pixels, depth = project(frame.camera, frame.features.position[seen].astype(float))
    rows, columns = np.nonzero(seen)
    np.testing.assert_allclose(pixels[:, 0], columns + 0.5, atol=2e-3)
    np.testing.assert_allclose(pixels[:, 1], rows + 0.5, atol=2e-3)
    np.testing.assert_allclose(depth, frame.features.depth[seen], rtol=1e-5)


def test_features_name_the_parts(frame: Frame) -> None:
    features = frame.features
    full = frame.alpha > 0.999
    assert set(np.unique(features.part)) == {-2, -1, 0, 1}
    assert (features.stone[full & (features.part == 1)] > 0.5).mean() > 0.9
    gold = features.albedo[full & (features.part == 0) & (features.stone == 0)].mean(axis=0)
    assert gold[1] > gold[2], "gold is yellow"
    length = np.linalg.norm(features.normal[full & (features.stone == 0)], axis=-1)
    assert 0.9 < np.median(length) <= 1.0001


def test_camera_rig_turns_the_lights_and_world_rig_does_not() -> None:
    """A body of revolution looks the same from everywhere only if its lights come along."""
    lights = {
        "shape": "rectangle",
        "name": "box",
        "azimuth_deg": -60.0,
        "elevation_deg": 40.0,
        "width_deg": 40.0,
        "height_deg": 40.0,
        "radiance": 4.0,
        "key": True,
    }
    views = (View(0.0, 30.0, name="a"), View(180.0, 30.0, name="b"))
    changes = {}
    for rig in ("camera", "world"):
        what = scene(brilliant(), {"stone": "diamond"}, studio=studio(lights, rig=rig))
        one, two = (f.xyz.mean(axis=(0, 1)) for f in trace(what, views, spp=64, device="cpu"))
        changes[rig] = float(np.abs(one - two).max() / one.max())
    assert changes["camera"] < 0.01
    assert changes["world"] > 0.03


def test_frames_are_traced_when_asked_for() -> None:
    start = time.perf_counter()
    frames = trace(ring(size=(2048, 2048)), orbit(360), spp=1024, device="cpu")
    assert len(frames) == 360
    assert time.perf_counter() - start < 5


def test_a_lens_blurs_what_is_out_of_focus(frame: Frame) -> None:
    open_ = trace(
        ring(lens=Lens(focal_mm=100.0, f_number=4.0, focus="stone")), spp=32, device="cpu"
    )[0]
    sharp = trace(ring(), spp=32, device="cpu")[0]
    partial = [(f.alpha[40:] > 0.02) & (f.alpha[40:] < 0.98) for f in (sharp, open_)]
    assert partial[1].sum() > 1.2 * partial[0].sum()


def test_progress_counts_samples_to_the_last() -> None:
    seen: list[tuple[str, int, int]] = []
    views = orbit(2)
    frames = trace(
        ring(size=(16, 16)), views, spp=3, device="cpu", progress=lambda *a: seen.append(a)
    )
    list(frames)
    total = 2 * 16 * 16 * 3
    done = [entry[1] for entry in seen]
    assert {entry[0] for entry in seen} == {"trace"}
    assert {entry[2] for entry in seen} == {total}
    assert done == sorted(done)
    assert total // 2 in done
    assert done[-1] == total


@pytest.mark.parametrize("spp", [0, -1, 1 << 21])
def test_bad_sample_counts_are_refused(spp: int) -> None:
    with pytest.raises(SceneError, match="spp"):
        trace(ring(), spp=spp)


def test_unknown_device_and_estimator_are_refused() -> None:
    with pytest.raises(SceneError, match="tpu"):
        trace(ring(), device="tpu")  # type: ignore[arg-type]
    with pytest.raises(SceneError, match="magic"):
        trace(ring(), estimator="magic")  # type: ignore[arg-type]


def test_cuda_without_a_device_says_what_to_do() -> None:
    from engine.trace.variant import _cuda_works

    if _cuda_works():
        assert trace(replace(ring(), size=(8, 8)), spp=1, device="cuda")[0].alpha.size == 64
    else:
        with pytest.raises(SetupError, match="--device cpu"):
            trace(ring(), device="cuda")


@pytest.mark.parametrize(
    ("materials", "soft"),
    [
        ({"band": "gold-18k-yellow", "stone": "pearl-white"}, (1,)),
        ({"band": "neutral-grey", "stone": "diamond"}, (0,)),
        ({"band": "silver-925", "stone": "ruby"}, ()),
    ],
)
def test_diffuse_parts_are_told_from_those_that_mirror(
    materials: dict[str, str], soft: tuple[int, ...]
) -> None:
    assert soft_parts(replace(ring(), materials=materials)) == soft

"""Sketches: of the same mean wherever they are taken, near to the picture, and no part of it."""

from __future__ import annotations

import numpy as np
import pytest

from engine import trace
from engine.scene import Ground, Lens, Scene
from engine.trace import fit, ladder
from engine.types import Frame, Sketch
from materials import Finish
from tests.engine.trace.pieces import band, brilliant, furnace, joined, placed, scene


def ring(**changes: object) -> Scene:
    """A band with a stone on top, on the ground."""
    stone = placed(brilliant().meshes[0], "stone", "stone", (0.0, 0.0, 20.6))
    materials = {"band": "gold-18k-yellow", "stone": "diamond"}
    return scene(joined(band(), stone), materials, **{"size": (48, 48), **changes})


def sketched(what: Scene, spp: int = 8, seed: int = 0) -> tuple[Frame, Sketch]:
    frame = trace(what, spp=spp, seed=seed, device="cpu", adaptive=False, sketch=True)[0]
    assert frame.sketch is not None
    return frame, frame.sketch


@pytest.mark.parametrize("lens", [None, Lens(focal_mm=100.0, f_number=4.0, focus="stone")])
def test_all_places_have_the_mean_of_those_of_the_samples(lens: Lens | None) -> None:
    """Else refined light would be wrong by the difference."""
    what = ring() if lens is None else ring(lens=lens)
    gaps = []
    for seed in range(24):
        frame, found = sketched(what, 4, seed)
        gap = found.around - found.here
        part = frame.features.part
        gaps.append([gap[part == p].mean(axis=0) for p in (-1, 0, 1)])
    mean, error = np.mean(gaps, axis=0), np.std(gaps, axis=0, ddof=1) / np.sqrt(len(gaps))
    assert (np.abs(mean) < 4 * error + 1e-6).all()
    assert error[2].max() > 1e-5, "the places are others"


def test_the_picture_is_the_same_bits_with_and_without() -> None:
    frame, _ = sketched(ring())
    alone = trace(ring(), spp=8, device="cpu", adaptive=False)[0]
    assert alone.sketch is None
    np.testing.assert_array_equal(frame.xyz, alone.xyz)
    np.testing.assert_array_equal(frame.variance, alone.variance)


def test_what_a_sketch_leaves_of_a_stone_is_smooth() -> None:
    """Facets show in the sketch, so neighbours differ far less in what it leaves."""
    frame, found = sketched(scene(brilliant(), {"stone": "diamond"}, size=(64, 64)), 128)
    inside = frame.features.stone > 0.999
    pairs = inside[:, 1:] & inside[:, :-1]
    steps = [
        float((np.diff(image, axis=1)[pairs] ** 2).mean())
        for image in (frame.xyz, frame.xyz - found.here)
    ]
    assert steps[1] < 0.1 * steps[0]


def test_the_variance_is_that_of_what_is_left() -> None:
    what = ring(size=(24, 24))
    runs = [sketched(what, 4, seed) for seed in range(40)]
    left = np.array([frame.xyz - found.here for frame, found in runs])
    told = np.mean([found.variance for _, found in runs], axis=0)
    piece = runs[0][0].features.part >= 0
    actual = left.var(axis=0, ddof=1)[piece].mean()
    # Samples that are spread evenly do better than the variance of independent ones says.
    assert 0.4 < actual / told[piece].mean() < 1.1


def test_empty_ground_is_known_already() -> None:
    frame, found = sketched(ring())
    empty = frame.alpha == 0
    assert frame.backdrop is not None
    np.testing.assert_allclose(found.here[empty] / np.array(frame.backdrop), 1.0, rtol=1e-5)
    np.testing.assert_allclose(found.around[empty], found.here[empty], rtol=1e-5)
    _, cut = sketched(ring(ground=Ground("none", 0.9)))
    assert (cut.here[empty] == 0).all()
    assert (cut.around[empty & (found.around == found.here).all(axis=-1)] == 0).all()


def test_in_a_furnace_all_light_is_accounted_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """R + T = 1: a clear stone in even light is as bright as the light, whatever is left inside."""
    monkeypatch.setattr(fit, "DIM", 1.0)
    what = scene(brilliant(), {"stone": "diamond"}, studio=furnace(), size=(24, 24))
    frame, found = sketched(what)
    inside = frame.features.stone > 0.999
    up = found.around[inside]  # what looks down meets ground, which is darker
    assert up.max() == pytest.approx(1.0, abs=2e-3)
    assert (up <= 1.002).all()


def test_parts_that_it_does_not_help_are_left_out() -> None:
    rng = np.random.default_rng(0)
    part = np.repeat(np.array([[-1, 0, 1]], np.int32), 8, 0)
    xyz = rng.uniform(0.5, 1.0, (8, 3, 3)).astype(np.float32)
    variance = np.full_like(xyz, 0.01)
    more = np.array([1.0, 1.5, 3.0], np.float32)[None, :, None]
    drawn = Sketch(0.5 * xyz, 0.6 * xyz, variance * more, variance)
    found = fit.helpful(drawn, xyz, variance, part)
    for name in ("here", "around", "variance"):
        np.testing.assert_array_equal(getattr(found, name)[:, :2], getattr(drawn, name)[:, :2])
    assert (found.here[:, 2] == 0).all()
    assert (found.around[:, 2] == 0).all()
    np.testing.assert_array_equal(found.variance[:, 2], variance[:, 2])


def test_a_ladder_sketches_as_trace_does() -> None:
    what = ring()
    steps = ladder(what, spp=(1, 4, 8), device="cpu")
    for frame, spp in zip(steps, (1, 4, 8), strict=True):
        _, alone = sketched(what, spp)
        assert frame.sketch is not None
        np.testing.assert_allclose(frame.sketch.here, alone.here, rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(frame.sketch.around, alone.around, rtol=1e-4, atol=1e-5)
    assert ladder(what, spp=(1,), device="cpu", sketch=False)[0].sketch is None


def test_where_no_ray_meets_the_piece_the_ground_is_known() -> None:
    """Large pictures have launches of nothing else."""
    frame = ladder(ring(size=(96, 96)), spp=(2, 4), window=(0, 0, 8, 8), device="cpu")[-1]
    assert (frame.alpha == 0).all()
    assert frame.sketch is not None
    assert frame.backdrop is not None
    np.testing.assert_allclose(frame.sketch.around / np.array(frame.backdrop), 1.0, rtol=1e-5)


def test_what_blurs_its_mirror_image_is_not_told_a_sharp_one() -> None:
    """Matte metal shows no lamp, and a sketch of one would be a hole in the picture."""
    contrast = {}
    for finish in ("mirror", "satin", "matte"):
        frame, found = sketched(ring(finishes={"band": Finish(finish)}))
        light = found.around[..., 1][(frame.features.part == 0) & (frame.alpha > 0.999)]
        contrast[finish] = light.std() / light.mean()
    assert contrast["mirror"] > 0.3
    assert contrast["satin"] < 0.1
    assert contrast["matte"] < 0.1

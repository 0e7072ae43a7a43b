"""Energy is kept: furnaces, invisible stones, and the light that is trapped."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from engine.scene import Ground, Scene
from engine.trace.render import Job, render
from engine.trace.walk import Limits
from engine.types import Frame
from tests.engine.trace.pieces import (
    ball,
    band,
    brilliant,
    furnace,
    gem_file,
    joined,
    scene,
)

ESTIMATORS = ("chain", "reference")


def traced(what: Scene, estimator: str, spp: int, limits: Limits | None = None) -> Frame:
    """One frame of a piece that floats in the sky."""
    job = Job(spp, 1, estimator, "llvm_ad_spectral", limits or Limits(), ground=False)
    return render(what, [what.view], job)[0]


def stone_mean(frame: Frame) -> tuple[float, float]:
    """Mean luminance over the stone's pixels, and its standard error."""
    mask = frame.features.stone > 0.999
    assert mask.sum() > 300
    error = np.sqrt(frame.variance[..., 1][mask].sum()) / mask.sum()
    return float(frame.xyz[..., 1][mask].mean()), float(error)


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_lossless_stone_vanishes_in_a_furnace(estimator: str) -> None:
    what = scene(brilliant(), {"stone": "diamond"}, studio=furnace())
    mean, _ = stone_mean(traced(what, estimator, 256))
    assert mean == pytest.approx(1.0, abs=0.002)


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_without_roulette_the_deficit_is_the_trapped_energy(estimator: str) -> None:
    # A white backdrop of radiance 1: pixels that the stone covers in part lack nothing either.
    white = Ground("sweep", 1.0)
    what = scene(brilliant(), {"stone": "diamond"}, studio=furnace(), ground=white)
    frame = traced(what, estimator, 256, Limits(roulette=False, max_depth=12))
    pixels = frame.alpha.sum()
    deficit = float((1.0 - frame.xyz[..., 1]).sum() / pixels)
    trapped = frame.provenance["trace"]["trapped"] / pixels
    assert 0.01 < trapped < 0.2
    # The throughput is a mean over drawn wavelengths, the deficit is weighed by the eye.
    assert deficit == pytest.approx(trapped, abs=0.003)


def test_stone_of_index_one_leaves_no_trace(tmp_path: Path) -> None:
    nothing = gem_file(tmp_path, "nothing", 1.0)
    what = scene(brilliant(), {"stone": nothing})
    seen = traced(what, "chain", 4)
    glass = traced(replace(what, materials={"stone": gem_file(tmp_path, "glass", 1.5)}), "chain", 4)
    bare = _sky_behind(what)
    mask = seen.features.stone > 0.999
    assert np.abs(seen.xyz - bare)[mask].max() < 1e-3
    assert np.abs(glass.xyz - bare)[mask].mean() > 0.05


def _sky_behind(what: Scene) -> npt.NDArray[np.float64]:
    """The sky along the camera rays of `what`, as the tracer itself samples them."""
    from engine.scene import resolve_camera
    from engine.trace.backend import dr, mi
    from engine.trace.compile import compile_scene
    from engine.trace.lens import Optic
    from engine.trace.sequence import numbers

    compiled = compile_scene(what, ground=False).turned(np.radians(what.view.azimuth_deg))
    camera = resolve_camera(what)
    width, height = camera.size
    optic = Optic.create(camera)
    index = dr.arange(mi.UInt32, width * height)
    total = mi.Vector3f(0)
    for sample in range(4):
        u = numbers(index, mi.UInt32(sample), mi.UInt32(1))
        ray = optic.ray(
            mi.Float(index % width) + u.pixel.x, mi.Float(index // width) + u.pixel.y, u.lens
        )
        λ, inverse_pdf = compiled.wavelengths.sample(u.wavelength)
        total += compiled.wavelengths.to_xyz(compiled.sky.eval(ray.d, λ), λ, inverse_pdf)
    return np.array(total).T.reshape(height, width, 3) / 4


def test_no_surface_makes_light() -> None:
    """In a furnace of radiance 1 nothing shines brighter than 1."""
    piece = joined(band(), ball())
    what = scene(piece, {"band": "silver-925", "pearl": "pearl-white"}, studio=furnace())
    for estimator in ESTIMATORS:
        frame = traced(what, estimator, 128)
        for part, least in ((0, 0.85), (1, 0.6)):
            mask = (frame.features.part == part) & (frame.alpha > 0.999)
            mean = float(frame.xyz[..., 1][mask].mean())
            assert least < mean < 1.003, (estimator, part, mean)

"""Energy is kept: furnaces, invisible stones, and the light that is trapped."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.scene import Ground, Scene
from engine.trace.render import Job, render
from engine.trace.walk import Limits
from engine.types import Frame
from tests.engine.trace import twin
from tests.engine.trace.pieces import (
    ball,
    band,
    brilliant,
    furnace,
    gem_file,
    joined,
    scene,
)
from tests.engine.trace.test_twins import landscape
from tests.physics.walks import Aimed, aimed, walk

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
    # A vertex of the chain is a facet's hit or a dozen of them.
    depth = {"chain": 2, "reference": 12}[estimator]
    frame = traced(what, estimator, 64, Limits(roulette=False, max_depth=depth))
    pixels = frame.alpha.sum()
    deficit = float((1.0 - frame.xyz[..., 1]).sum() / pixels)
    trapped = frame.provenance["trace"]["trapped"] / pixels
    assert 0.01 < trapped < 0.9
    # The throughput is a mean over drawn wavelengths, the deficit is weighed by the eye.
    assert deficit == pytest.approx(trapped, abs=0.003)


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_stone_of_index_one_leaves_no_trace(estimator: str, tmp_path: Path) -> None:
    """Every ray ends in the sky as if there were no stone; glass bends it elsewhere."""
    apart = []
    for name, n in (("nothing", 1.0), ("glass", 1.5)):
        what = scene(brilliant(), {"stone": gem_file(tmp_path, name, n)}, studio=furnace())
        rays, lanes, found = _under_the_landscape(what, estimator)
        sky = twin.Sky(landscape())
        bare = [
            np.mean([sky.radiance(d, float(λ)) for λ in column])
            for d, column in zip(rays.d, lanes.T, strict=True)
        ]
        apart.append(np.abs(found - bare))
    assert (apart[0] < 1e-3).mean() > 0.998
    assert apart[1].mean() > 0.05


def _under_the_landscape(what: Scene, estimator: str) -> tuple[Aimed, Any, Any]:
    """Rays, the wavelengths of their lanes [4, N], and what they find, [N]."""
    from engine.trace.backend import mi
    from engine.trace.compile import compile_scene
    from engine.trace.render import ESTIMATORS
    from engine.trace.sky import Sky

    compiled = compile_scene(what, ground=False)
    compiled = replace(compiled, sky=Sky.create(landscape(), upper_only=False))
    rays = aimed(what.piece, 2000)
    # One wavelength stands for all where an estimator follows one only.
    lanes = np.full((4, len(rays.d)), 550.0)
    if estimator == "chain":
        lanes += np.array([[-150.0], [-50.0], [0.0], [150.0]])
    rng = mi.PCG32(size=len(rays.d), initstate=1)
    found = walk(ESTIMATORS[estimator](compiled, Limits()), rays.o, rays.d, lanes, rng)
    return rays, lanes, np.array(found.radiance, dtype=np.float64).mean(axis=0)


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

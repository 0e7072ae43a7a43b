"""The samples that are denoised: ours, and the baseline's with the features that ours tell."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

import engine
from benchmarks.kit.baseline import Baseline
from engine.scene import Scene
from engine.types import Frame


def chain(scene: Scene, spp: int, seed: int) -> Frame:
    """Ours, spread as `culet render` spreads them."""
    return engine.trace(scene, spp=spp, seed=seed, device="cpu", behind=True, sketch=True)[0]


def baseline(renderer: Baseline, features: Frame, spp: int, seed: int) -> Frame:
    """The baseline's, as a frame: their variance is measured, since they are independent.

    features : a frame of the same scene.
    """
    each = np.stack([renderer.render(1, seed * 100_000 + n) for n in range(spp)]).astype(np.float64)
    return replace(
        features,
        xyz=each.mean(axis=0).astype(np.float32),
        variance=(each.var(axis=0, ddof=1) / spp).astype(np.float32),
        samples=np.full_like(features.samples, spp),
        sketch=None,
    )

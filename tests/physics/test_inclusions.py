"""Stones with inclusions: all estimators see the same, and what they see is darker."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.scene import Scene
from tests.engine.trace.pieces import brilliant, scene
from tests.engine.trace.test_inclusions import large
from tests.physics.statistics import assert_frames_agree
from tests.physics.test_furnace import radiance


def included(gem: str) -> Scene:
    return scene(
        brilliant(), {"stone": gem}, axes={"stone": (1.0, 0.3, 0.5)}, clarity={"stone": "SI2"}
    )


@pytest.mark.parametrize("gem", ["diamond", "ruby"])
def test_chain_and_reference_agree(gem: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Isotropic and crystal, seen through bodies as large as the facets."""
    from engine import trace

    large(monkeypatch)
    what = replace(included(gem), size=(72, 72))
    chain = trace(what, spp=8, seed=11, device="cpu")[0]
    reference = trace(what, spp=24, seed=12, estimator="reference", device="cpu")[0]
    assert_frames_agree(chain, reference, 12)


@pytest.mark.parametrize("estimator", ["chain", "reference"])
def test_inclusions_take_light_away(estimator: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the furnace, where a clear stone is not seen at all."""
    from tests.engine.trace.pieces import furnace

    large(monkeypatch)
    found = radiance(replace(included("diamond"), studio=furnace()), estimator, 200, 100)
    assert found.mean() < 0.8
    assert found.max() < 1.0 + 1e-3
    assert np.isfinite(found).all()

"""The contract: what breaks it is found, and a frame that does falls back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from engine.refine import neural
from engine.refine.contract import CONTRAST, ENERGY, bounded, fidelity, interval
from engine.refine.neural import Neural
from engine.refine.planes import planes
from engine.refine.welch import Welch
from engine.types import Behind, Frame
from tests.engine.refine.frames import GROUND, METAL, STONE, make_frame

SIZE = (48, 60)


def facets() -> Any:
    """[H, W] stripes of facets, five pixels wide."""
    return np.broadcast_to(1 + np.arange(SIZE[1]) // 5, SIZE).astype(np.uint32)


def stone(noise: float = 0.1, seed: int = 0) -> Frame:
    """Ground, metal, and a stone of dark and bright facets."""
    part = np.full(SIZE, STONE)
    part[:, :12], part[:, 12:24] = GROUND, METAL
    light = np.where(part == STONE, np.where(facets() % 2, 0.2, 1.0), 0.8)[..., None]
    made = make_frame(light, noise, part=part, size=SIZE, seed=seed)
    behind = made.features.behind
    assert behind is not None
    told = Behind(**{**vars(behind), "sequence": np.where(part == STONE, facets(), 0)})
    return replace(made, features=replace(made.features, behind=told))


def changed(frame: Frame, where: Any, factor: float) -> Frame:
    xyz = np.where(where[..., None], frame.xyz * np.float32(factor), frame.xyz)
    return replace(frame, xyz=xyz.astype(np.float32))


def test_what_was_traced_keeps_the_contract() -> None:
    frame = stone()
    found = fidelity(frame, frame, 0.0)
    assert found.kept
    assert found.contrast == pytest.approx(1.0, abs=0.02)
    assert set(found.energy) == {-1, 0, 1}


def test_lost_light_is_found_in_the_part_that_lost_it() -> None:
    frame = stone(noise=0.02)
    found = fidelity(frame, changed(frame, frame.features.part == METAL, 0.98), 0.0)
    assert not found.kept
    broken = {part for part, (change, most) in found.energy.items() if abs(change) > most}
    assert broken == {0}
    change, most = found.energy[0]
    assert change == pytest.approx(-0.02, abs=1e-6)
    assert most == ENERGY


def test_noise_excuses_what_it_explains() -> None:
    frame = stone(noise=2.0)
    found = fidelity(frame, changed(frame, frame.features.part == METAL, 0.98), 0.0)
    assert found.energy[0][1] > 0.02
    assert found.kept


def test_blurred_facets_are_found() -> None:
    frame = stone(noise=0.05)
    blurred = frame.xyz.copy()
    for _ in range(3):
        blurred[:, 1:-1] = (blurred[:, :-2] + blurred[:, 1:-1] + blurred[:, 2:]) / 3
    inside = (frame.features.part == STONE)[..., None]
    found = fidelity(frame, replace(frame, xyz=np.where(inside, blurred, frame.xyz)), 0.0)
    assert found.contrast is not None
    assert found.contrast < CONTRAST
    assert not found.kept


def test_contrast_that_noise_hides_is_not_judged() -> None:
    frame = stone(noise=3.0)
    assert fidelity(frame, frame, 0.0).contrast is None


def test_stones_are_brought_back_into_their_interval_and_nothing_else_is() -> None:
    told = planes(stone())
    far = told.light + 5
    inside, share = bounded(far, told)
    low, high = interval(told)
    assert share == 1.0
    here = told.stone.expand_as(far)
    assert torch.equal(inside[here], high[here])
    assert torch.equal(inside[~here], far[~here])
    assert bool((low <= told.light).all())
    assert bounded(told.light, told)[1] == 0.0


def test_a_frame_that_breaks_it_falls_back_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = stone()
    monkeypatch.setattr(neural, "kept", lambda light, refined, part, noise: 0.5 * light)
    after = Neural()(frame)
    told = after.provenance["refine"]
    assert told["fallback"] == "welch"
    assert not told["contract"]["kept"]
    assert np.array_equal(after.xyz, Welch()(frame).xyz)


def test_a_frame_that_keeps_it_does_not() -> None:
    frame = stone()
    after = Neural()(frame)
    assert "fallback" not in after.provenance["refine"]
    assert not np.array_equal(after.xyz, frame.xyz)
    assert np.array_equal(after.shadow, frame.shadow)
    assert after.alpha is frame.alpha

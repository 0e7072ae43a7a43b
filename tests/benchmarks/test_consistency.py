"""Consistency is measured right, and joint refinement improves it on a real ring."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import engine
from benchmarks.consistency.measures import Moment, covisible, measure
from benchmarks.kit import scenes as kit
from benchmarks.kit.metrics import masks
from benchmarks.kit.references import Reference
from engine.refine import refine
from engine.scene import neighbours, orbit
from engine.types import Frames, ImageArray

SIZE, COUNT, SPP, TRUTH_SPP = (80, 80), 4, 8, 32


@pytest.fixture(scope="module")
def moments() -> list[Moment]:
    """Four views of a solitaire, a degree apart, with what they show."""
    scene = replace(kit.scene("solitaire-white"), size=SIZE)
    views = orbit(COUNT, scene.view.elevation_deg, start_deg=25.0, arc_deg=float(COUNT))
    found = []
    for view in views:
        frame = engine.trace(scene, view, spp=SPP, seed=1, device="cpu", behind=True)[0]
        halves = [
            engine.trace(scene, view, spp=TRUTH_SPP, seed=seed, device="cpu", adaptive=False)[0].xyz
            for seed in (1001, 1002)
        ]
        mean: ImageArray = (halves[0] + halves[1]) / np.float32(2)
        within = masks(frame, scene)
        truth = Reference(mean, (halves[0], halves[1]), np.stack(halves), within, 2 * TRUTH_SPP)
        found.append(Moment(frame, truth))
    return found


def pictures(moments: list[Moment], neighbours: Any = None) -> list[ImageArray]:
    frames = Frames(len(moments), lambda i: moments[i].frame)
    return [frame.xyz for frame in refine(frames, neighbours=neighbours, device="cpu")]


def test_views_together_flicker_less_and_err_less(moments: list[Moment]) -> None:
    views = orbit(COUNT, start_deg=25.0, arc_deg=float(COUNT))
    alone = measure(moments, pictures(moments))
    together = measure(moments, pictures(moments, neighbours(views)))
    assert together.warped < 0.85 * alone.warped
    assert together.relmse_metal < 0.95 * alone.relmse_metal
    assert together.relmse_stone < 1.0 * alone.relmse_stone
    assert together.gradient < 1.02 * alone.gradient


def exact(moments: list[Moment]) -> list[Moment]:
    """The same, as if the references had no noise."""
    return [replace(m, truth=replace(m.truth, halves=(m.truth.xyz, m.truth.xyz))) for m in moments]


def test_the_truth_itself_is_consistent(moments: list[Moment]) -> None:
    found = measure(exact(moments), [moment.truth.xyz for moment in moments])
    assert (found.relmse_stone, found.relmse_metal, found.gradient) == (0.0, 0.0, 0.0)
    assert (found.warped, found.energy, found.chroma) == (0.0, 0.0, 0.0)
    assert found.drift == 0.0
    assert found.colour == pytest.approx(0.0, abs=1e-6)


def test_a_change_from_frame_to_frame_is_told(moments: list[Moment]) -> None:
    """Every second picture is 10 % brighter, or redder."""
    wrong = [m.truth.xyz * np.float32(1.1 if i % 2 else 1.0) for i, m in enumerate(moments)]
    found = measure(exact(moments), wrong)
    assert 0.06 < found.warped < 0.11
    assert 0.08 < found.energy < 0.12
    assert found.chroma < 0.003
    tinted = [
        m.truth.xyz * np.array([1 + 0.1 * (i % 2), 1, 1], dtype=np.float32)
        for i, m in enumerate(moments)
    ]
    assert measure(moments, tinted).colour > 2.0


def test_a_shift_is_told(moments: list[Moment]) -> None:
    shifted = [
        0.5 * (m.truth.xyz + np.roll(m.truth.xyz, 1, axis=1)).astype(np.float32) for m in moments
    ]
    assert 0.25 < measure(moments, shifted).drift < 0.75


def test_covisible_pixels_show_one_point(moments: list[Moment]) -> None:
    here, there = moments[0].frame, moments[1].frame
    pixels, at = covisible(here, there)
    assert len(pixels) > 200
    nearest = np.round(at).astype(int)
    points = here.features.position.reshape(-1, 3)[pixels]
    found = there.features.position[nearest[:, 1], nearest[:, 0]]
    size = 2 * np.tan(np.radians(here.camera.fov_deg) / 2) / SIZE[0] * here.features.depth.max()
    assert np.linalg.norm(points - found, axis=-1).max() < 2.0 * size

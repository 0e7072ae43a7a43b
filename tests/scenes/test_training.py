"""The training set: made once, gone on with, the same again, and read back as it was."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.errors import FileError, InputError
from engine.refine import shots
from engine.refine.draws import adaptive, batch
from engine.refine.planes import planes
from scenes import training
from scenes.training import PLACES, VIEWS, Plan, generate, make, manifest, recipe_of

PLAN = Plan(side=16, spp=(1, 2, 4, 8), half_spp=4)
#: A solitaire.
SEED = 2


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("data")
    assert len(list(generate(where, "training", [SEED], PLAN))) == 1
    return where


def test_what_is_there_is_not_made_again(folder: Path) -> None:
    assert list(generate(folder, "training", [SEED], PLAN)) == []


def test_another_plan_needs_another_folder(folder: Path) -> None:
    with pytest.raises(InputError, match="made by another plan or version; choose another folder"):
        list(generate(folder, "training", [SEED], Plan(side=24)))


def test_a_shard_holds_neighbouring_views_of_some_windows(folder: Path) -> None:
    path = next(folder.glob("training-*.safetensors"))
    views = shots.read(path)
    assert len(views) == VIEWS * PLACES
    for shot in views:
        assert [int(frame.samples[0, 0]) for frame in shot.frames] == [1, 2, 4, 8]
        assert shot.halves.shape == (2, 16, 16, 3)
        assert not np.array_equal(*shot.halves)
        assert shot.frames[0].features.behind is not None
    first, second, _ = (shot.frames[0].camera.position for shot in views[:3])
    step = np.degrees(np.arctan2(first[0], -first[1]) - np.arctan2(second[0], -second[1]))
    told = shots.about(path)
    assert abs((step + told["step_deg"] + 180) % 360 - 180) < 3
    assert told["recipe"]["seed"] == SEED


def test_the_same_seed_gives_the_same_shard(folder: Path) -> None:
    again, _ = make(recipe_of(SEED, "training"), PLAN)
    for one, other in zip(again, shots.read(next(folder.glob("*.safetensors"))), strict=True):
        for ours, theirs in zip(one.frames, other.frames, strict=True):
            np.testing.assert_allclose(ours.xyz, theirs.xyz, rtol=1e-3, atol=1e-5)
            np.testing.assert_allclose(ours.variance, theirs.variance, rtol=3e-3, atol=1e-5)
        assert np.array_equal(one.frames[0].features.part, other.frames[0].features.part)


def test_scenes_in_a_row_differ_in_design_and_share_their_look() -> None:
    one, other = recipe_of(4, "training"), recipe_of(5, "training")
    assert (one.metal, one.studio, one.finish) == (other.metal, other.studio, other.finish)
    assert (one.design, one.view) != (other.design, other.view)
    assert recipe_of(8, "training").studio != one.studio


def test_the_manifest_names_seed_hash_and_versions(folder: Path) -> None:
    told = json.loads(json.dumps(manifest(folder)))
    (shard,) = told["shards"].values()
    assert len(shard["sha256"]) == 64
    assert shard["recipe"]["seed"] == SEED
    assert told["plan"]["side"] == 16
    assert set(told["versions"]) == {"culet", "mitsuba", "drjit"}


def test_a_scene_that_cannot_be_made_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(recipe: object, plan: object) -> None:
        raise InputError("nothing fits")

    monkeypatch.setattr(training, "make", broken)
    with caplog.at_level(logging.WARNING):
        assert list(generate(tmp_path, "training", [SEED], PLAN)) == []
    assert f"training-{SEED:06d}: left out: nothing fits" in caplog.text


def test_a_file_that_is_no_shard_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "training-000000.safetensors"
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(FileError, match="this is no training shard"):
        shots.read(path)


def test_samples_are_spread_as_the_tracer_spreads_them(folder: Path) -> None:
    shot = shots.read(next(folder.glob("*.safetensors")))[0]
    frame = adaptive(shot, 8)
    counts = set(np.unique(frame.samples).astype(int))
    assert counts <= {2, 4, 8}
    for number, spp in enumerate((1, 2, 4, 8)):
        here = frame.samples == spp
        assert np.array_equal(frame.xyz[here], shot.frames[number].xyz[here])


def test_batches_are_drawn_by_their_number(folder: Path) -> None:
    views = shots.read(next(folder.glob("*.safetensors")))
    one, other = (batch(views, np.random.default_rng(7), 3, 16) for _ in range(2))
    assert np.array_equal(one.planes.context, other.planes.context)
    assert np.array_equal(one.target, other.target)
    assert one.target.shape == (3, 3, 16, 16)
    third = batch(views, np.random.default_rng(8), 3, 16)
    assert not np.array_equal(one.target, third.target)


def test_inputs_and_target_are_turned_and_lit_alike(folder: Path) -> None:
    """At many samples, an input and its target show the same picture."""
    views = shots.read(next(folder.glob("*.safetensors")))
    clear = [replace(view, frames=view.frames[-1:]) for view in views]
    for seed in range(4):
        drawn = batch(clear, np.random.default_rng(seed), 4, 16)
        error = float((drawn.planes.whole - drawn.target).abs().mean())
        for turn in ((-1,), (-2,), (-1, -2)):
            turned = drawn.target.flip(turn)
            assert error < float((drawn.planes.whole - turned).abs().mean())
    assert planes(views[0].frames[-1]).light.shape == (1, 3, 16, 16)

"""The stage: lazy, a new record per frame, honest provenance, devices."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from engine.errors import SceneError, SetupError
from engine.refine import REFINERS, refine
from engine.refine.surfaces import kinds
from engine.refine.welch import SPARSE, Welch
from engine.types import Frame, Frames, Sketch
from tests.engine.refine.frames import GROUND, METAL, lazy, make_frame

PART = np.where(np.arange(32) < 16, GROUND, METAL)[None, :]


def noisy(seed: int = 0) -> Frame:
    return make_frame(1.0, 0.3, part=PART, size=(32, 32), seed=seed)


def test_frames_are_refined_when_they_are_asked_for() -> None:
    made = []

    def make(index: int) -> Frame:
        made.append(index)
        return noisy(index)

    told: list[tuple[str, int, int]] = []
    refined = refine(Frames(3, make), device="cpu", progress=lambda *step: told.append(step))
    assert len(refined) == 3
    assert made == []
    refined[2]
    assert made == [2]
    assert told == [("refine", 3, 3)]


def test_only_light_changes() -> None:
    frame = noisy()
    before = {name: np.array(getattr(frame, name)) for name in ("xyz", "variance", "shadow")}
    refined = refine(lazy(frame), refiner="welch", device="cpu")[0]
    for name in ("alpha", "samples", "features", "camera", "backdrop", "white"):
        assert getattr(refined, name) is getattr(frame, name)
    for name, image in before.items():
        assert np.array_equal(getattr(frame, name), image), "the input was written to"
        assert getattr(refined, name).dtype == np.float32
        assert not np.array_equal(getattr(refined, name), image)


def test_the_provenance_tells_how() -> None:
    refined = refine(lazy(noisy()), refiner="welch", device="cpu")[0]
    report: dict[str, Any] = json.loads(json.dumps(refined.provenance["refine"]))
    assert report["method"] == "welch"
    assert report["device"] == "cpu"
    assert report["seconds"] >= 0
    assert report["settings"]["stone"]["passes"] == 1
    assert set(report["energy_change"]) == {"-1", "0"}
    assert all(abs(change) < 1e-6 for change in report["energy_change"].values())
    assert refined.provenance["trace"] == {"spp": 8}


def test_the_same_frame_is_refined_the_same_and_threads_are_left_alone() -> None:
    threads = torch.get_num_threads()
    first, second = (refine(lazy(noisy()), device="cpu")[0] for _ in range(2))
    assert np.array_equal(first.xyz, second.xyz)
    assert torch.get_num_threads() == threads


class Brighter:
    """A refiner that adds light to the piece, which the provenance has to tell."""

    name = "brighter"

    def told(self) -> dict[str, Any]:
        return {"device": "none"}

    def __call__(self, frame: Frame) -> Frame:
        piece = frame.features.part[..., None] >= 0
        return replace(frame, xyz=np.where(piece, frame.xyz * np.float32(1.5), frame.xyz))


def test_another_refiner_slots_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(REFINERS, "welch", lambda device: Brighter())
    report = refine(lazy(noisy()), device="cpu")[0].provenance["refine"]
    assert report["method"] == "brighter"
    assert report["energy_change"] == {"-1": 0.0, "0": pytest.approx(0.5, rel=1e-3)}


def test_the_network_tells_how_it_kept_its_contract_and_leaves_the_shadow() -> None:
    frame = noisy()
    refined = refine(lazy(frame), refiner="neural", device="cpu")[0]
    report = json.loads(json.dumps(refined.provenance["refine"]))
    assert report["method"] == "neural"
    assert len(report["weights"]) == 64
    assert set(report["contract"]) == {"bounded", "energy", "contrast", "kept"}
    assert report["contract"]["kept"]
    assert np.array_equal(refined.shadow, frame.shadow)


def test_a_frame_gets_the_refiner_that_makes_most_of_what_it_knows() -> None:
    plain = noisy()
    sketched = replace(
        plain, sketch=Sketch(0.5 * plain.xyz, 0.5 * plain.xyz, plain.variance, 0 * plain.xyz)
    )
    blind = replace(sketched, features=replace(plain.features, behind=None))
    refined = refine(lazy(plain, sketched, blind), device="cpu")
    methods = [frame.provenance["refine"]["method"] for frame in refined]
    assert methods == ["welch", "neural", "welch"]


@pytest.mark.parametrize("mirror", [False, True])
def test_ground_is_the_filters_whatever_the_refiner(mirror: bool) -> None:
    frame = replace(noisy(), mirror=mirror)
    network = refine(lazy(frame), refiner="neural", device="cpu")[0].xyz
    ground = PART.repeat(32, 0) == GROUND
    kind = kinds(frame.features, mirror=False)
    light, _ = Welch(windows=SPARSE).within(frame, kind, ground)
    assert np.array_equal(network[ground], light[ground])
    assert np.abs(network - light)[~ground].max() > 0.01
    errors = [np.square(image - 1)[ground].mean() for image in (network, frame.xyz)]
    assert errors[0] < 0.01 * errors[1]


def test_ground_that_the_piece_covers_in_part_is_the_networks() -> None:
    """The filter finds nothing like it around and leaves its noise."""
    frame = noisy()
    ground = PART.repeat(32, 0) == GROUND
    outline = ground & (np.roll(~ground, 1, 1) | np.roll(~ground, -1, 1))
    cover = np.random.default_rng(0).uniform(0.05, 0.95, ground.shape).astype(np.float32)
    frame = replace(frame, alpha=np.where(outline, cover, frame.alpha))
    network, statistical = (
        refine(lazy(frame), refiner=name, device="cpu")[0].xyz for name in ("neural", "welch")
    )
    assert np.square(network - 1)[outline].mean() < 0.6 * np.square(statistical - 1)[outline].mean()
    open_ = ground & ~outline
    light, _ = Welch(windows=SPARSE).within(frame, kinds(frame.features, mirror=False), open_)
    assert np.array_equal(network[open_], light[open_])


def test_an_unknown_refiner_is_refused_at_once() -> None:
    with pytest.raises(SceneError, match="refiner 'best' is unknown; use auto, neural or welch"):
        refine(lazy(noisy()), refiner="best")  # type: ignore[arg-type]


def test_frames_that_do_not_know_what_lies_behind_are_refused() -> None:
    frame = noisy()
    first = replace(frame, features=replace(frame.features, behind=None))
    with pytest.raises(SceneError, match="trace with behind=True, or refine with the statistical"):
        refine(lazy(first), refiner="neural", device="cpu")[0]


def test_an_unknown_device_is_refused_at_once() -> None:
    with pytest.raises(SceneError, match="device 'tpu' is unknown; use auto, cpu or cuda"):
        refine(lazy(noisy()), device="tpu")  # type: ignore[arg-type]


def test_cuda_is_refused_where_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    frames = refine(lazy(noisy()), device="cuda")
    with pytest.raises(SetupError, match="finds no CUDA device"):
        frames[0]
    assert refine(lazy(noisy()))[0].provenance["refine"]["device"] == "cpu"


def test_torch_is_loaded_with_the_first_frame() -> None:
    code = "import sys, engine.refine; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

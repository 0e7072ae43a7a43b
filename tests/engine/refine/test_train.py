"""Training: the same again, gone on with, and better than before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.errors import InputError
from engine.refine.losses import Weights, loss, relative, unbiased
from engine.refine.network import Network, Shape
from engine.refine.shots import Shot, write
from engine.refine.train import Config, Run, load, train, validate
from engine.types import Sketch
from tests.engine.refine.frames import GROUND, METAL, STONE, make_frame

CONFIG = Config(steps=6, batch=2, side=32, every=3, widths=(8, 8, 8))


def shot(seed: int) -> Shot:
    """A card with an edge, at several sample counts."""
    part = np.where(np.arange(48) < 16, GROUND, np.where(np.arange(48) < 32, METAL, STONE))[None]
    light = np.where(np.arange(48) % 16 < 8, 0.3, 1.0)[None, :, None]
    frames = []
    half = np.broadcast_to(0.5 * light, (48, 48, 3)).astype(np.float32)
    for number, spp in enumerate((1, 2, 4, 8, 16)):
        made = make_frame(light, 1.2, part=part, size=(48, 48), seed=10 * seed + number)
        share = np.float32(8 / spp)
        noisy = light + (made.xyz - light) * np.sqrt(share)
        count = np.full((48, 48), spp, np.float32)
        frames.append(
            replace(
                made,
                xyz=noisy.astype(np.float32),
                variance=made.variance * share,
                samples=count,
                sketch=Sketch(half, half, made.variance * share, 0 * half),
            )
        )
    truth = np.broadcast_to(light, (48, 48, 3)).astype(np.float32)
    return Shot(tuple(frames), np.stack([truth, truth]))


SHOTS = [shot(seed) for seed in range(3)]


def trained(folder: Path, steps: int, config: Config = CONFIG) -> Run:
    folder.mkdir(exist_ok=True)
    torch.manual_seed(0)
    model = Network(Shape(config.widths))
    return train(model, replace(config, steps=steps), SHOTS[:2], SHOTS[2:], folder)


def weights(run: Run) -> torch.Tensor:
    return torch.cat([p.detach().flatten() for p in run.model.parameters()])


def test_two_runs_end_with_the_same_weights(tmp_path: Path) -> None:
    one, other = (trained(tmp_path / name, 6) for name in "ab")
    assert torch.equal(weights(one), weights(other))
    assert one.curve[-1]["loss"] == other.curve[-1]["loss"]


def test_an_interrupted_run_goes_on_as_if_it_had_not_been(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.refine import train as module

    whole = trained(tmp_path / "whole", 6)
    step = module._step

    def stopped(run: Run, *rest: object) -> float:
        if run.step == 3:
            raise KeyboardInterrupt
        return step(run, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "_step", stopped)
    with pytest.raises(KeyboardInterrupt):
        trained(tmp_path / "cut", 6)
    monkeypatch.setattr(module, "_step", step)
    again = trained(tmp_path / "cut", 6)
    assert again.step == 6
    assert torch.equal(weights(again), weights(whole))
    assert [row["step"] for row in again.curve] == [3, 6]


def test_training_makes_pictures_better(tmp_path: Path) -> None:
    run = trained(tmp_path, 60, replace(CONFIG, every=60, rate=1e-2))
    after = validate(run.model, SHOTS[2:])
    for spp in (4, 8, 16):
        for where in ("stone", "rest"):
            assert after[f"{where}.{spp}.refined"] < 0.5 * after[f"{where}.{spp}.raw"]
    assert (tmp_path / "step-000060.png").exists()


def test_a_time_limit_ends_a_run(tmp_path: Path) -> None:
    torch.manual_seed(0)
    model = Network(Shape(CONFIG.widths))
    run = train(model, replace(CONFIG, steps=10**6), SHOTS, SHOTS, tmp_path, limit_s=0.5)
    assert 0.5 <= run.seconds < 20
    assert run.step < 1000
    assert run.curve[-1]["step"] == run.step


def test_data_is_found_by_its_split_and_missed_with_the_remedy(tmp_path: Path) -> None:
    write(tmp_path / "training-000000.safetensors", SHOTS[:2], {"seed": 0})
    found = load(tmp_path, "training")
    assert len(found) == 2
    ours, theirs = SHOTS[0].frames[2], found[0].frames[2]
    np.testing.assert_allclose(theirs.xyz, ours.xyz, rtol=1e-3)
    assert ours.sketch is not None
    assert theirs.sketch is not None
    np.testing.assert_allclose(theirs.sketch.here, ours.sketch.here, atol=2e-3)
    np.testing.assert_allclose(theirs.sketch.around, ours.sketch.around, rtol=1e-3)
    with pytest.raises(InputError, match="no shards of the split validation; make some"):
        load(tmp_path, "validation")


def test_the_loss_is_least_where_there_is_no_error() -> None:
    target = torch.rand(1, 3, 16, 16)
    best = float(loss(target, target, Weights()))
    for wrong in (target * 1.1, target + 0.05, target.flip(-1), target[:, [1, 0, 2]]):
        assert float(loss(wrong, target, Weights())) > best + 1e-3
    assert float(relative(target, target).max()) == 0


def test_noise_of_what_is_to_be_shown_does_not_count() -> None:
    torch.manual_seed(0)
    truth = torch.ones(1, 3, 128, 128)
    halves = truth + 0.1 * torch.randn(2, 1, 3, 128, 128)
    assert float(unbiased(truth, halves).mean()) == pytest.approx(0, abs=3e-4)
    assert float(unbiased(truth + 0.2, halves).mean()) == pytest.approx(0.04, rel=0.05)
    assert float(relative(truth, halves.mean(0)).mean()) > 4e-3

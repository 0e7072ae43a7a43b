"""Train the refiner's network.

    python -m scenes.training data/ --scenes 400
    python -m scenes.training data/ --scenes 40 --split validation
    python -m engine.refine.train data/ out/ --steps 6000

One loop: draw a batch, take a step, and now and then validate, write a picture and a checkpoint.
Each step draws by its own number, so a run that was interrupted goes on as if it had not been, and
two runs on one machine end with the same weights. `out/` gets `network.safetensors`, `run.json`
(configuration, data, curve) and pictures.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from engine import images
from engine.errors import InputError
from engine.refine import shots
from engine.refine.checkpoint import load_run, save_run
from engine.refine.draws import adaptive, batch
from engine.refine.losses import Weights, loss, unbiased
from engine.refine.network import Network, Shape
from engine.refine.pictures import write_sheet
from engine.refine.planes import as_planes, planes
from engine.refine.weights import save

log = logging.getLogger(__name__)

#: Samples per pixel at which a run is validated.
VALIDATED = (4, 8, 16)


@dataclass(frozen=True)
class Config:
    """How to train. rate : peak of the learning rate, which rises at first and falls to nothing."""

    steps: int = 6000
    batch: int = 8
    side: int = 96
    rate: float = 2e-3
    rise: float = 0.05
    decay: float = 1e-4
    clip: float = 1.0
    seed: int = 0
    every: int = 500
    widths: tuple[int, int, int] = Shape().widths
    weights: Weights = field(default_factory=Weights)


@dataclass
class Run:
    """A run in progress. curve : a row per validation."""

    model: nn.Module
    optimizer: torch.optim.Optimizer
    step: int
    seconds: float
    curve: list[dict[str, Any]]


def train(
    model: nn.Module,
    config: Config,
    training: Sequence[shots.Shot],
    validation: Sequence[shots.Shot],
    out: Path,
    device: str = "cpu",
    limit_s: float = float("inf"),
) -> Run:
    """Train `model`, or go on with what `out` holds, and return the finished run.

    limit_s : of training itself, validation not counted; the rate falls to nothing by then.
    """
    model = model.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimizer = torch.optim.AdamW(model.parameters(), config.rate, weight_decay=config.decay)
    run = Run(model, optimizer, 0, 0.0, [])
    load_run(out, run)
    since, before = time.perf_counter(), run.seconds
    running, count = 0.0, 0
    while run.step < config.steps and run.seconds < limit_s:
        for group in optimizer.param_groups:
            group["lr"] = config.rate * _pace(run, config, limit_s)
        running += _step(run, config, training, device)
        count += 1
        run.step += 1
        run.seconds = before + time.perf_counter() - since
        if run.step % config.every == 0 or run.step == config.steps or run.seconds >= limit_s:
            row = {"step": run.step, "seconds": round(run.seconds), "loss": running / count}
            run.curve.append({**row, **validate(model, validation, device)})
            log.info("%s", json.dumps(run.curve[-1]))
            write_sheet(out / f"step-{run.step:06d}.png", model, validation, device)
            save_run(out, run)
            since, before = time.perf_counter(), run.seconds
            running, count = 0.0, 0
    return run


def _pace(run: Run, config: Config, limit_s: float) -> float:
    """Share of the peak rate: a linear rise, then half a cosine."""
    done = max(run.step / config.steps, run.seconds / limit_s)
    if done < config.rise:
        return max(done / config.rise, 0.01)
    return 0.5 + 0.5 * float(np.cos(np.pi * min((done - config.rise) / (1 - config.rise), 1)))


def _step(run: Run, config: Config, training: Sequence[shots.Shot], device: str) -> float:
    """One step of the optimiser; its loss."""
    run.model.train()
    rng = np.random.default_rng([config.seed, run.step])
    drawn = batch(training, rng, config.batch, config.side)
    run.optimizer.zero_grad(set_to_none=True)
    error = loss(run.model(drawn.planes.to(device)), drawn.target.to(device), config.weights)
    error.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(run.model.parameters(), config.clip)
    run.optimizer.step()
    return float(error.detach())


@torch.no_grad()
def validate(
    model: nn.Module, validation: Sequence[shots.Shot], device: str = "cpu"
) -> dict[str, float]:
    """relMSE on stones and on everything else, before and after, at some sample counts."""
    model.eval()
    errors: dict[str, list[float]] = {}
    for shot in validation:
        halves = torch.stack([as_planes(half) for half in shot.halves])
        stone = torch.from_numpy(shot.frames[-1].features.stone > 0.5)[None, None]
        for spp in VALIDATED:
            told = planes(adaptive(shot, spp))
            refined = model(told.to(device)).cpu()
            for name, light in (("raw", told.whole), ("refined", refined)):
                error = unbiased(light, halves)
                for where, mask in (("stone", stone), ("rest", ~stone)):
                    if bool(mask.any()):
                        found = float(error[mask].double().mean())
                        errors.setdefault(f"{where}.{spp}.{name}", []).append(found)
    return {name: float(f"{np.mean(values):.4g}") for name, values in sorted(errors.items())}


def main() -> None:
    """Train by the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--steps", type=int, default=Config.steps)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="end after these")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    config = replace(Config(), steps=given.steps)
    torch.manual_seed(config.seed)
    model = Network(Shape(config.widths))
    data = {split: load(given.data, split) for split in ("training", "validation")}
    given.out.mkdir(parents=True, exist_ok=True)
    args = (model, config, data["training"], data["validation"], given.out, given.device)
    run = train(*args, limit_s=60 * given.minutes)
    save(given.out / "network.safetensors", model)
    told = {
        "config": asdict(config),
        "command": f"python -m engine.refine.train data out --steps {given.steps}"
        + (f" --minutes {given.minutes:g}" if np.isfinite(given.minutes) else ""),
        "device": given.device,
        "data": {split: len(found) for split, found in data.items()},
        "shards": {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(given.data.glob("*.safetensors"))
        },
        "seconds": round(run.seconds),
        "steps": run.step,
        "curve": run.curve,
    }
    text = json.dumps(told, indent=1) + "\n"
    images.replace(given.out / "run.json", lambda fresh: fresh.write_text(text, encoding="utf-8"))


def load(folder: Path, split: str) -> list[shots.Shot]:
    """All views of a split's shards. Raises InputError where there are none."""
    found = [shot for p in sorted(folder.glob(f"{split}-*.safetensors")) for shot in shots.read(p)]
    if not found:
        raise InputError(
            f"{folder}: no shards of the split {split}; make some: python -m scenes.training "
            f"{folder} --split {split}"
        )
    return found


if __name__ == "__main__":
    main()

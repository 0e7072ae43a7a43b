"""A training run on disk, so that it can go on: tensors and JSON, nothing pickled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from safetensors import safe_open
from safetensors.torch import save_file

from engine import images

if TYPE_CHECKING:
    from engine.refine.train import Run

NAME = "checkpoint.safetensors"


def save_run(folder: Path, run: Run) -> None:
    """Write the run's state, whole or not at all."""
    tensors = {f"model.{name}": t for name, t in run.model.state_dict().items()}
    state = run.optimizer.state_dict()["state"]
    for index, moments in state.items():
        tensors.update({f"optimizer.{index}.{name}": t for name, t in moments.items()})
    told = json.dumps({"step": run.step, "seconds": run.seconds, "curve": run.curve})
    copies = {name: tensor.detach().cpu().clone().contiguous() for name, tensor in tensors.items()}
    images.replace(folder / NAME, lambda fresh: save_file(copies, fresh, metadata={"run": told}))


def load_run(folder: Path, run: Run) -> None:
    """Continue where the folder's run was; nothing where it has none."""
    path = folder / NAME
    if not path.exists():
        return
    with safe_open(path, framework="pt") as file:
        told = json.loads((file.metadata() or {})["run"])
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    kept = {n.removeprefix("model."): t for n, t in tensors.items() if n.startswith("model.")}
    run.model.load_state_dict(kept)
    moments: dict[int, dict[str, object]] = {}
    for name, tensor in tensors.items():
        sort, _, rest = name.partition(".")
        if sort == "optimizer":
            index, _, moment = rest.partition(".")
            moments.setdefault(int(index), {})[moment] = tensor
    state = run.optimizer.state_dict()
    run.optimizer.load_state_dict({**state, "state": moments})
    run.step, run.seconds, run.curve = told["step"], told["seconds"], told["curve"]

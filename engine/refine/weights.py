"""Weights on disk: a safetensors file that tells the network's shape, and a checksum beside it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import load_model, save_file

from engine import images
from engine.errors import SetupError
from engine.refine.network import Network, Shape

#: The weights that ship with the engine; `weights/README.md` is their model card.
SHIPPED = Path(__file__).with_name("weights") / "network.safetensors"
#: Largest file that is looked at.
LARGEST = 8 << 20
REMEDY = "reinstall culet, or refine with the statistical filter (--refiner welch)"


def save(path: Path, model: Network) -> str:
    """Write the weights and `path` + ".sha256"; returns the checksum."""
    tensors = {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
    shape = {"culet": json.dumps(asdict(model.shape))}
    images.replace(path, lambda fresh: save_file(tensors, fresh, metadata=shape))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    _beside(path).write_text(f"{digest}  {path.name}\n", encoding="utf-8")
    return digest


def load(path: Path = SHIPPED) -> tuple[Network, str]:
    """The network of a file, and the file's checksum.

    Raises SetupError where the file is missing, too large, damaged, or not that of a network.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise SetupError(f"{path}: too large for the network's weights; {REMEDY}")
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        wanted = _beside(path).read_text(encoding="utf-8").split()[:1]
    except OSError as error:
        raise SetupError(f"{path}: the network's weights are missing; {REMEDY}") from error
    if wanted != [digest]:
        raise SetupError(f"{path}: the network's weights are damaged (checksum); {REMEDY}")
    try:
        with safe_open(path, framework="pt") as file:
            told = json.loads((file.metadata() or {})["culet"])
        model = Network(Shape(tuple(told["widths"])))
        load_model(model, str(path))
    except (SafetensorError, KeyError, ValueError, TypeError, RuntimeError) as error:
        raise SetupError(f"{path}: not weights of this network ({error}); {REMEDY}") from error
    return model.eval(), digest


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")

"""Weights: what ships is whole and small, and damage is told with its remedy."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from engine.errors import SetupError
from engine.refine.network import Network
from engine.refine.weights import LARGEST, SHIPPED, load, save


def test_the_shipped_weights_load_and_are_small() -> None:
    network, digest = load()
    assert sum(p.numel() for p in network.parameters()) <= 1_000_000
    assert SHIPPED.stat().st_size < LARGEST
    assert digest in SHIPPED.with_name("README.md").read_text(encoding="utf-8")


def test_weights_come_back_as_they_were(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = Network()
    digest = save(tmp_path / "n.safetensors", network)
    again, found = load(tmp_path / "n.safetensors")
    assert found == digest
    for name, tensor in network.state_dict().items():
        assert torch.equal(again.state_dict()[name], tensor)


def test_missing_weights_are_told_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="missing; reinstall culet, or refine with the statistic"):
        load(tmp_path / "none.safetensors")


def test_a_single_wrong_byte_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "n.safetensors"
    save(path, Network())
    data = bytearray(path.read_bytes())
    data[-5] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(SetupError, match=r"damaged \(checksum\)"):
        load(path)


def test_weights_of_something_else_are_refused(tmp_path: Path) -> None:
    class Other(torch.nn.Linear):
        shape = Network().shape

    path = tmp_path / "n.safetensors"
    save(path, Other(2, 2))  # type: ignore[arg-type]
    with pytest.raises(SetupError, match="not weights of this network"):
        load(path)

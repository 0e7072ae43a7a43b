"""The device that a variant computes on has a name."""

from __future__ import annotations

import ctypes
from typing import Any

import pytest

from engine.errors import SetupError
from engine.trace import llvm, variant


class Driver:
    """A CUDA driver with one device, or with none."""

    def __init__(self, names: list[bytes]) -> None:
        self.names = names

    def cuInit(self, _flags: int) -> int:
        return 0

    def cuDeviceGet(self, _device: Any, index: int) -> int:
        return 0 if index < len(self.names) else 101  # CUDA_ERROR_INVALID_DEVICE

    def cuDeviceGetName(self, label: Any, size: int, _device: Any) -> int:
        ctypes.memmove(label, self.names[0][: size - 1], len(self.names[0][: size - 1]))
        return 0


def test_the_cpu_is_named_with_its_compiler() -> None:
    major = llvm.select().version[0]
    assert variant.device_name("llvm_ad_spectral").startswith(f"CPU, LLVM {major}")


def test_a_cuda_device_has_the_name_that_its_driver_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(variant, "cuda_driver", lambda: Driver([b"NVIDIA H200"]))
    assert variant.device_name("cuda_ad_spectral") == "NVIDIA H200"


@pytest.mark.parametrize("driver", [None, Driver([])])
def test_without_a_cuda_device_there_is_no_name(
    monkeypatch: pytest.MonkeyPatch, driver: Driver | None
) -> None:
    monkeypatch.setattr(variant, "cuda_driver", lambda: driver)
    with pytest.raises(SetupError, match="culet doctor"):
        variant.device_name("cuda_ad_spectral")


def test_a_ray_is_traced_before_a_variant_is_trusted() -> None:
    assert variant.ray_hits()

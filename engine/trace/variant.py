"""The one place that picks Mitsuba's variant."""

from __future__ import annotations

import ctypes
import functools
import sys

from engine.errors import SceneError, SetupError
from engine.trace import llvm

VARIANTS = {"cpu": "llvm_ad_spectral", "cuda": "cuda_ad_spectral"}

#: The library of NVIDIA's driver on this system.
CUDA_DRIVER = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"


def activate(device: str = "auto") -> str:
    """Set the variant for `device` ("auto", "cpu" or "cuda") and return its name.

    "auto" takes CUDA where a ray is really traced on it, else LLVM on the CPU.

    Raises SceneError for an unknown device and SetupError when the device does not work here.
    """
    if device not in ("auto", *VARIANTS):
        raise SceneError(f"device '{device}' is unknown; use auto, cpu or cuda")
    missing = _llvm_missing()
    cuda = device != "cpu" and _cuda_works()
    if device == "cuda" and not cuda:
        raise SetupError(
            "CUDA was asked for, but no ray can be traced on a CUDA device here; "
            "use --device cpu, or see `culet doctor`"
        )
    if missing is not None and not cuda:
        raise missing
    from engine.trace.backend import mi

    variant = VARIANTS["cuda" if cuda else "cpu"]
    mi.set_variant(variant)
    mi.set_log_level(mi.LogLevel.Error)
    return variant


def _llvm_missing() -> SetupError | None:
    """Choose the LLVM library before drjit is imported; the error when there is none."""
    try:
        llvm.prepare()
    except SetupError as error:
        return error
    return None


def cuda_driver() -> ctypes.CDLL | None:
    """NVIDIA's driver, if this machine has one; asked without importing drjit."""
    try:
        return ctypes.CDLL(CUDA_DRIVER)
    except OSError:
        return None


def device_name(variant: str) -> str:
    """What computes in `variant`: the name of the CUDA device, or "CPU" and the LLVM behind it.

    Dr.Jit takes the first device that the driver shows (CUDA_VISIBLE_DEVICES chooses).

    Raises SetupError where there is no such device.
    """
    if variant != VARIANTS["cuda"]:
        version = ".".join(map(str, llvm.select().version))
        return f"CPU, LLVM {version}"
    driver = cuda_driver()
    device, label = ctypes.c_int(), ctypes.create_string_buffer(256)
    if driver is None or (
        driver.cuInit(0)
        or driver.cuDeviceGet(ctypes.byref(device), 0)
        or driver.cuDeviceGetName(label, len(label), device)
    ):
        raise SetupError("the driver names no CUDA device here; see `culet doctor`")
    return label.value.decode(errors="replace")


@functools.cache
def _cuda_works() -> bool:
    """Whether a ray is traced in the CUDA variant."""
    if cuda_driver() is None:
        return False
    from engine.trace.backend import dr, mi

    if not dr.has_backend(dr.JitBackend.CUDA):
        return False
    try:
        mi.set_variant(VARIANTS["cuda"])
        return ray_hits()
    except RuntimeError:
        return False


def ray_hits() -> bool:
    """Trace one ray in the present variant: on CUDA that takes OptiX, which may be missing where
    plain kernels run, in containers above all."""
    from engine.trace.backend import dr, mi

    cube = mi.load_dict({"type": "scene", "cube": {"type": "cube"}})
    return bool(dr.all(cube.ray_test(mi.Ray3f([0, 0, 5], [0, 0, -1]))))

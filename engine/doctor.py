"""Whether this machine can render, with what, and what to do if it cannot.

Nothing heavy is imported here: versions come from the packages' metadata, CUDA and OptiX are
asked through ctypes, and the test render runs in a process of its own, because a wrong LLVM does
not fail but aborts the process.
"""

from __future__ import annotations

import ctypes
import importlib.metadata
import json
import platform
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from engine.errors import SetupError
from engine.trace import llvm
from engine.trace.variant import CUDA_DRIVER, cuda_driver

State = Literal["ok", "note", "bad"]

#: Below this, larger pictures will not fit: 1024 x 1024 pixels with all features take about 1 GB.
LITTLE_MEMORY_GB = 2.0
LITTLE_DISK_GB = 1.0

_TINY_RENDER = "from engine.doctor import render_tiny; render_tiny()"
_TORCH_DEVICE = "import torch; print('cuda' if torch.cuda.is_available() else 'cpu')"
_PATIENCE_S = 180


@dataclass(frozen=True)
class Check:
    """One thing looked at.

    state : "ok"; "note": worth knowing, rendering works without it; "bad": rendering does not work.
    remedy: what to do; "" where there is nothing to do.
    """

    name: str
    state: State
    text: str
    remedy: str = ""


@dataclass(frozen=True)
class Report:
    """Everything looked at. variant : Mitsuba's, as `auto` takes it; None when none works."""

    checks: tuple[Check, ...]
    variant: str | None

    @property
    def can_render(self) -> bool:
        """Whether nothing stands in the way."""
        return all(check.state != "bad" for check in self.checks)

    def to_json(self) -> dict[str, Any]:
        """Plain values for `culet doctor --json`."""
        return {
            "can_render": self.can_render,
            "variant": self.variant,
            "checks": [asdict(check) for check in self.checks],
        }


def examine() -> Report:
    """Look at everything; takes some seconds, most of them for the test render."""
    cuda = find_cuda()
    library = find_llvm(needed=cuda.state != "ok")
    picture, variant = try_render() if library.state != "bad" else (None, None)
    checks = (
        Check("Python", "ok", f"{platform.python_version()} on {platform.platform(terse=True)}"),
        find_package("mitsuba"),
        find_package("drjit"),
        library,
        cuda,
        find_optix(),
        find_torch(),
        find_memory(),
        find_disk(Path.cwd()),
        *((Check("variant", "ok", variant),) if variant else ()),
        *((picture,) if picture else ()),
    )
    return Report(checks, variant)


def find_llvm(*, needed: bool) -> Check:
    """The LLVM library and why it was chosen. needed : whether rendering depends on it."""
    try:
        return Check("LLVM", "ok", str(llvm.select()))
    except SetupError as error:
        return Check("LLVM", "bad" if needed else "note", "no fitting library", str(error))


def find_package(name: str) -> Check:
    """A Python package that rendering needs."""
    try:
        return Check(name, "ok", importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        return Check(name, "bad", "not installed", "install Culet again: pip install culet")


def find_cuda() -> Check:
    """The first CUDA device, or why there is none. Without one, the CPU renders."""
    driver = cuda_driver()
    if driver is None:
        return Check(
            "CUDA", "note", f"no NVIDIA driver ({CUDA_DRIVER} is not there); the CPU renders"
        )
    count, device, label = ctypes.c_int(), ctypes.c_int(), ctypes.create_string_buffer(256)
    code = (
        driver.cuInit(0)
        or driver.cuDeviceGetCount(ctypes.byref(count))
        or driver.cuDeviceGet(ctypes.byref(device), 0)
        or driver.cuDeviceGetName(label, len(label), device)
    )
    if code != 0:
        return Check("CUDA", "note", f"the driver finds no device (error {code}); the CPU renders")
    more = f" and {count.value - 1} more" if count.value > 1 else ""
    return Check("CUDA", "ok", f"{label.value.decode(errors='replace')}{more}")


def find_optix() -> Check:
    """The ray-tracing library that the CUDA variant needs; it comes with the driver."""
    name = "nvoptix.dll" if sys.platform == "win32" else "libnvoptix.so.1"
    try:
        ctypes.CDLL(name)
    except OSError:
        return Check("OptiX", "note", f"not found ({name}); needed on CUDA only")
    return Check("OptiX", "ok", "found")


def find_torch() -> Check:
    """torch and the device that it would take; asked in a process of its own."""
    try:
        version = importlib.metadata.version("torch")
    except importlib.metadata.PackageNotFoundError:
        return Check("torch", "note", "not installed; pictures are refined without a network")
    try:
        device = _child(_TORCH_DEVICE).strip()
    except SetupError as error:
        return Check("torch", "note", f"{version} cannot be loaded: {error}")
    return Check("torch", "ok", f"{version} on {device}")


def find_memory() -> Check:
    """Main memory."""
    import psutil

    memory = psutil.virtual_memory()
    free, total = memory.available / 2**30, memory.total / 2**30
    text = f"{free:.1f} of {total:.1f} GiB free"
    if free < LITTLE_MEMORY_GB:
        return Check("memory", "note", text, "render smaller pictures, or close other programs")
    return Check("memory", "ok", text)


def find_disk(folder: Path) -> Check:
    """Room where pictures would be written."""
    free = shutil.disk_usage(folder).free / 2**30
    if free < LITTLE_DISK_GB:
        return Check("disk", "note", f"{free:.1f} GiB free", "make room in this folder")
    return Check("disk", "ok", f"{free:.0f} GiB free")


def try_render() -> tuple[Check, str | None]:
    """Trace a tiny stone in a process of its own; also the variant that was used."""
    try:
        answer = json.loads(_child(_TINY_RENDER))
    except (SetupError, ValueError) as error:
        return Check("test render", "bad", f"failed: {error}", "see above, or report it"), None
    return Check("test render", "ok", f"done in {answer['seconds']:.1f} s"), answer["variant"]


def render_tiny() -> None:
    """Trace 16 x 16 pixels of an octahedron of diamond; print variant and seconds as JSON.

    Raises SetupError when the result is not finite or all black.
    """
    import time

    import numpy as np

    from engine.scene import compose
    from engine.trace import trace
    from engine.trace.variant import activate
    from engine.types import Mesh, Part, Piece

    variant = activate()
    start = time.perf_counter()
    tips = np.array([*np.eye(3), *-np.eye(3)]) + np.array([0.0, 0.0, 1.0])
    upper = [[0, 1, 2], [1, 3, 2], [3, 4, 2], [4, 0, 2]]
    faces = np.array([*upper, *([b, a, 5] for a, b, _ in upper)], dtype=np.int32)
    stone = Part("stone", 0, np.eye(4), "stone")
    piece = Piece((Mesh(tips, faces),), (stone,), kind="stone")
    (frame,) = trace(compose(piece, size=(16, 16)), spp=1)
    if not np.isfinite(frame.xyz).all() or frame.xyz.max() <= 0:
        raise SetupError(f"{variant} computes a picture that is black or not finite")
    sys.stdout.write(json.dumps({"variant": variant, "seconds": time.perf_counter() - start}))


def _child(code: str) -> str:
    """Standard output of `code`, run by this Python in a new process.

    Raises SetupError with the last line of what it complained about.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, timeout=_PATIENCE_S
        )
    except subprocess.TimeoutExpired:
        raise SetupError(f"no answer within {_PATIENCE_S} s") from None
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"the process ended with {done.returncode}"]
        raise SetupError(said[-1].removeprefix("engine.errors.SetupError: "))
    return done.stdout

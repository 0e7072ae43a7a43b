"""How a picture came about, as JSON beside it."""

from __future__ import annotations

import dataclasses
import json
import math
import os
import platform
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

#: Distributions whose version can change a picture or how it is written.
PACKAGES = (
    "culet",
    "mitsuba",
    "drjit",
    "numpy",
    "scipy",
    "torch",
    "trimesh",
    "rhino3dm",
    "cascadio",
    "manifold3d",
    "pillow",
    "OpenEXR",
)


@cache
def versions() -> dict[str, str]:
    """Versions of Python and of the packages that are installed."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def machine() -> dict[str, Any]:
    """The computer, as far as it bears on times; which device a stage ran on it says itself."""
    return {
        "system": platform.platform(terse=True),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
    }


def to_json(provenance: Mapping[str, Any]) -> str:
    """The text of a provenance file: what every stage said of itself, readable, in order."""
    return json.dumps(plain(provenance), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def plain(value: Any) -> Any:
    """`value` in what JSON knows: arrays are lists, numbers that are none are text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return value.as_posix() if isinstance(value, Path) else str(value)

"""CAD files in, pieces out: load, describe, check, write.

    from engine.cad import LoadOptions, describe, load, write

    piece = load("ring.3dm", LoadOptions(ring_size="US 7"))
    print(describe(piece).ring_size)
    write(piece, "ring.glb")

Importing this package is cheap; each function brings in what it needs when it is first used.
`load`, `describe`, `check` and `write` share their name with the module that they are in:
as attributes of this package the names mean the functions, whoever imports the modules first.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from engine.types import LoadOptions

if TYPE_CHECKING:
    from engine.cad.check import Finding, Report, check
    from engine.cad.describe import PartInfo, PieceInfo, describe
    from engine.cad.load import load
    from engine.cad.write import write

__all__ = [
    "Finding",
    "LoadOptions",
    "PartInfo",
    "PieceInfo",
    "Report",
    "check",
    "describe",
    "load",
    "write",
]

_HOMES = {
    "Finding": "check",
    "Report": "check",
    "check": "check",
    "PartInfo": "describe",
    "PieceInfo": "describe",
    "describe": "describe",
    "load": "load",
    "write": "write",
}


class _Door(ModuleType):
    """This package; a module that sets itself as attribute becomes the function of its name."""

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, ModuleType) and name in _HOMES:
            value = getattr(value, name)
        super().__setattr__(name, value)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


sys.modules[__name__].__class__ = _Door

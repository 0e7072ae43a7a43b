"""CAD files in, pieces out: load, describe, write.

    from engine.cad import LoadOptions, describe, load, write

    piece = load("ring.3dm", LoadOptions(ring_size="US 7"))
    print(describe(piece).ring_size)
    write(piece, "ring.glb")

Importing this package is cheap; each function brings in what it needs when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.types import LoadOptions

if TYPE_CHECKING:
    from engine.cad.describe import PartInfo, PieceInfo, describe
    from engine.cad.load import load
    from engine.cad.write import write

__all__ = ["LoadOptions", "PartInfo", "PieceInfo", "describe", "load", "write"]

_HOMES = {
    "PartInfo": "describe",
    "PieceInfo": "describe",
    "describe": "describe",
    "load": "load",
    "write": "write",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)

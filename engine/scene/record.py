"""What a picture's provenance says of its inputs: the file, the scene, the materials' sources."""

from __future__ import annotations

import tomllib
from dataclasses import asdict
from typing import Any

import materials
from engine.scene.model import Scene
from engine.scene.toml import to_toml


def record(scene: Scene) -> dict[str, Any]:
    """JSON values under "load", "scene" and "materials".

    load      : the piece's name and kind, its file with hash and reading options, and what was
                mended, posed and warned about.
    scene     : what `Scene.save` writes, as nested tables; a piece without a file has no scene
                that could be read back, and is described by its parts' materials alone.
    materials : every material in use with the sources of its numbers.
    """
    piece = scene.piece
    load: dict[str, Any] = {"name": piece.name, "kind": piece.kind}
    if piece.source is not None:
        load |= asdict(piece.source)
    load["notes"] = [asdict(note) for note in piece.notes]
    finishes = {name: str(finish) for name, finish in scene.finishes.items()}
    described: dict[str, Any] = {"materials": dict(scene.materials), "finishes": finishes}
    if piece.source is not None:
        described = tomllib.loads(to_toml(scene))
    used = {name: materials.load(name) for name in sorted(set(scene.materials.values()))}
    return {
        "load": load,
        "scene": described,
        "materials": {
            name: {"label": material.label, "sources": [asdict(c) for c in material.sources]}
            for name, material in used.items()
        },
    }

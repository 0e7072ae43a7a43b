"""Scene <-> TOML.

    size = [1024, 1024]
    seed = 0
    studio = "tent"                 # or a table: the whole studio

    [piece]
    path = "ring.3dm"               # below the folder of this file, or absolute
    sha256 = "..."
    [piece.options]                 # engine.types.LoadOptions

    [materials]
    "Layer 03/1" = "gold-18k-yellow"
    [files]                         # hashes of the other files that are named above
    [ground] [view] [lens]

Numbers survive exactly. Files are found by `engine.scene.references`.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import tomli_w

from engine.errors import FileError, SceneError
from engine.scene.model import Scene
from engine.scene.reading import load_scene
from engine.scene.references import hash_file, is_path, shorten
from engine.scene.studios import Studio, load_studio, studio_names
from engine.types import LoadOptions, Piece

VERSION = 1

__all__ = ["load_scene", "save_scene", "to_toml"]


def to_toml(scene: Scene, folder: str | Path | None = None) -> str:
    """See `Scene.to_toml`."""
    source = scene.piece.source
    if source is None:
        raise SceneError(
            "this piece was made by a script and has no file; save the scene to a path"
        )
    files: dict[str, str] = {}

    def keep(path: str) -> str:
        short = shorten(path, folder)
        files[short] = hash_file(Path(path))
        return short

    options = _plain(asdict(source.options))
    if source.options.mapping is not None:
        options["mapping"] = keep(source.options.mapping)
    options["assign"] = [
        [glob, keep(name) if is_path(name) else name] for glob, name in source.options.assign
    ]
    data = {
        "version": VERSION,
        "size": list(scene.size),
        "seed": scene.seed,
        "studio": _studio(scene.studio, folder),
        "piece": {
            "path": shorten(source.path, folder),
            "sha256": source.sha256,
            "options": options,
        },
        "materials": {
            part.name: keep(name) if is_path(name) else name
            for part in scene.piece.parts
            for name in (scene.materials[part.name],)
        },
        "files": files,
        "ground": _plain(asdict(scene.ground)),
        "view": _plain(asdict(scene.view)),
        "lens": _plain(asdict(scene.lens)),
    }
    return "# A scene of Culet: `culet render` with this file renders it again.\n" + tomli_w.dumps(
        data
    )


def save_scene(scene: Scene, path: str | Path) -> Path:
    """Write the scene. Raises SceneError or FileError.

    A piece without a file is written beside it as .3dm, which holds its parts by name.
    """
    path = Path(path)
    if scene.piece.source is None:
        scene = replace(scene, piece=_store(scene.piece, path.with_suffix(".3dm")))
    _write(path, to_toml(scene, path.parent))
    return path


def _store(piece: Piece, path: Path) -> Piece:
    """The piece as it comes back from a file that `path` now holds."""
    from engine import cad

    cad.write(piece, path)
    options = LoadOptions(pose=False, unit="mm", up="z")
    loaded = cad.load(path, options)
    kept = [(part.name, part.role) for part in piece.parts]
    if sorted(kept) != sorted((part.name, part.role) for part in loaded.parts):
        raise SceneError(
            "this piece does not come back from a file with the same parts; "
            "write it with engine.write, load it again and compose with that",
            file=path,
        )
    return loaded


def _write(path: Path, text: str) -> None:
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".culet-", suffix=".toml")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            os.chmod(name, 0o644)
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        raise FileError(f"cannot be written: {error.strerror}", file=path) from None


def _plain(record: dict[str, Any]) -> dict[str, Any]:
    """Without what is None, which TOML cannot say; the reader takes absence for it."""
    return {key: value for key, value in record.items() if value is not None}


def _studio(studio: Studio, folder: str | Path | None) -> str | dict[str, Any]:
    """By name where the library's studio of that name is just this one, else all of it."""
    if studio.name in studio_names() and studio == load_studio(studio.name):
        return studio.name
    data = studio.model_dump(mode="json", exclude_defaults=True)
    if studio.hdri is not None:
        data["hdri"]["path"] = shorten(studio.hdri.path, folder)
    return data

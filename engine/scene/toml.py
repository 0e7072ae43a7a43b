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
    [finishes]                      # of metal that is not simply polished; materials.finish
    "Layer 03/1" = "worn:0.4"
    [files]                         # hashes of the other files that are named above
    [axes]                          # optic axes of crystals, where they are not along the table's
    "centre stone" = [1.0, 0.0, 0.0]
    [clarity]                       # of gems that are not flawless
    "centre stone" = "SI1"
    [ground] [view] [lens]

Numbers survive exactly. Files are found by `engine.scene.references`.
"""

from __future__ import annotations

import dataclasses
import shutil
import tempfile
from pathlib import Path
from typing import Any

import tomli_w

from engine import images
from engine.errors import FileError, SceneError
from engine.scene.model import Scene
from engine.scene.reading import load_scene
from engine.scene.references import hash_file, is_path, shorten
from engine.scene.studios import Studio, load_studio, studio_names
from engine.types import LoadOptions, Piece, Role, Source

VERSION = 1

__all__ = ["load_scene", "save_scene", "to_toml"]


def to_toml(scene: Scene, folder: str | Path | None = None) -> str:
    """See `Scene.to_toml`."""
    files: dict[str, str] = {}
    data = {
        "version": VERSION,
        "size": list(scene.size),
        "seed": scene.seed,
        "studio": _studio(scene.studio, folder),
        "piece": _piece(scene.piece, files, folder),
        "materials": {
            part.name: _material(scene.materials[part.name], files, folder)
            for part in scene.piece.parts
        },
        "finishes": {name: str(finish) for name, finish in scene.finishes.items()},
        "files": files,
        "ground": _plain(scene.ground),
        "view": _plain(scene.view),
        "lens": _plain(scene.lens),
    }
    if scene.axes:
        data["axes"] = {name: list(axis) for name, axis in scene.axes.items()}
    if scene.clarity:
        data["clarity"] = dict(scene.clarity)
    return f"# A scene: `culet render` with this file renders it again.\n{tomli_w.dumps(data)}"


def _piece(piece: Piece, files: dict[str, str], folder: str | Path | None) -> dict[str, Any]:
    """Where the piece came from; other files it needs are noted in `files`."""
    source = piece.source
    if source is None:
        raise SceneError(
            "this piece was made by a script and has no file; save the scene to a path"
        )
    options = _plain(source.options)
    if source.options.mapping is not None:
        options["mapping"] = _noted(source.options.mapping, files, folder)
    options["assign"] = [
        [pattern, _material(name, files, folder)] for pattern, name in source.options.assign
    ]
    options["finishes"] = list(map(list, source.options.finishes))
    path = shorten(source.path, folder)
    return {"path": path, "sha256": source.sha256, "options": options}


def _material(name: str, files: dict[str, str], folder: str | Path | None) -> str:
    return _noted(name, files, folder) if is_path(name) else name


def _noted(path: str, files: dict[str, str], folder: str | Path | None) -> str:
    """The path as it is written, with the file's hash noted in `files`."""
    short = shorten(path, folder)
    try:
        files[short] = hash_file(Path(path))
    except OSError as error:
        raise FileError(f"cannot be read: {error.strerror}", file=path) from None
    return short


def save_scene(scene: Scene, path: str | Path) -> Path:
    """Write the scene. Raises SceneError or FileError.

    A piece that a script made is written beside `ring.toml` as `ring.piece.3dm`, which keeps names,
    roles and vertices to the last bit; normals of metal are made anew from its creases.
    """
    path = Path(path)
    if scene.piece.source is None:
        scene = dataclasses.replace(scene, piece=_store(scene.piece, path))
    text = to_toml(scene, path.parent)
    return images.replace(path, lambda draft: draft.write_text(text, "utf-8", newline="\n"))


def _store(piece: Piece, scene: Path) -> Piece:
    """The piece as it comes back from the file that is written beside `scene`."""
    from engine.cad.load import load
    from engine.cad.write import write

    path, options = scene.with_suffix(".piece.3dm"), LoadOptions(pose=False, unit="mm", up="z")
    with tempfile.TemporaryDirectory(prefix="culet-") as folder:
        draft = write(piece, Path(folder) / path.name)
        loaded = load(draft, options)
        if _parts(loaded) != _parts(piece):
            raise SceneError(
                "this piece does not come back from a file with the same parts; "
                "write it with engine.write, load it again and compose with that",
                file=path,
            )
        images.replace(path, lambda final: shutil.copyfile(draft, final))
    source = Source(str(path), hash_file(path), "3dm", "mm", options)
    return dataclasses.replace(loaded, source=source)


def _parts(piece: Piece) -> list[tuple[str, Role]]:
    return sorted((part.name, part.role) for part in piece.parts)


def _plain(record: Any) -> dict[str, Any]:
    """A dataclass without what is None, which TOML cannot say; absence is read as it."""
    return {k: value for k, value in dataclasses.asdict(record).items() if value is not None}


def _studio(studio: Studio, folder: str | Path | None) -> str | dict[str, Any]:
    """By name where the library's studio of that name is just this one, else all of it."""
    if studio.name in studio_names() and studio == load_studio(studio.name):
        return studio.name
    data = studio.model_dump(mode="json", exclude_defaults=True)
    if studio.hdri is not None:
        data["hdri"]["path"] = shorten(studio.hdri.path, folder)
    return data

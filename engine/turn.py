"""Many views of one piece into one folder: the same exposure for all, resumable, bit for bit.

    views = engine.orbit(36, 25.0)
    engine.turntable(scene, views, "spin/")           # spin/01.png ... spin/36.png
    engine.turntable(scene, views, "spin/")           # again: nothing is left to do

A picture depends on its view and on what is traced from the views beside it, and on nothing that
was rendered before. So whatever is missing can be made at any time, and a job that was interrupted
ends with the same bits as one that was not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.pipeline import Settings, render
from engine.types import Picture, Piece, Progress

if TYPE_CHECKING:
    from engine.scene import Scene, View
    from engine.trace import Workbench


def turntable(
    scene: Scene,
    views: Sequence[View],
    folder: str | Path,
    settings: Settings | None = None,
    *,
    names: Sequence[str] | None = None,
    suffix: str = ".png",
    depth: int | None = None,
    workbench: Workbench | None = None,
    progress: Progress | None = None,
) -> list[Path]:
    """Render what is missing of `views` into `folder`; returns the paths of all of them.

    names    : of the files, without suffix; numbers from 1 by default.
    suffix, depth : as `engine.save`. workbench : as `engine.render`.
    progress : called as progress(stage, done, total), of what is missing.

    The exposure is metered on the first view. Raises FileError when the folder holds pictures of
    another job; otherwise as `render` and `save`.
    """
    from engine.finish import meter
    from engine.output import open_series, save

    chosen, views = settings or Settings(), tuple(views)
    names = tuple(names) if names is not None else numbers(len(views))
    paths = [Path(folder) / f"{name}{suffix}" for name in names]
    series = open_series(paths, asked(scene, views, chosen, suffix, depth))
    missing = series.missing()
    done, total = 0, len(missing)

    def keep(picture: Picture, index: int) -> None:
        nonlocal done
        save([picture], paths[index], depth=depth)
        done += 1
        if progress is not None:
            progress("save", done, total)

    if missing:
        if series.exposure is not None:
            chosen = replace(chosen, exposure=series.exposure)
        # All of them, of which the missing ones are asked for: neighbours are refined together.
        pictures = render(scene, views, chosen, workbench=workbench, progress=progress)
        if series.exposure is None:
            series.exposed(meter(pictures[0].frame, chosen.exposure, chosen.look))
        for index in missing:
            keep(pictures[index], index)
    return paths


def numbers(count: int, first: int = 1, digits: int = 0) -> tuple[str, ...]:
    """`count` numbers as text of equal length, of at least `digits` digits.

    >>> numbers(10)[:2], numbers(2, first=0, digits=4)
    (('01', '02'), ('0000', '0001'))
    """
    width = max(digits, len(str(first + count - 1)))
    return tuple(f"{first + i:0{width}d}" for i in range(count))


def asked(
    scene: Scene, views: Sequence[View], settings: Settings, suffix: str, depth: int | None
) -> dict[str, Any]:
    """All that the pictures depend on, as JSON values."""
    from engine.scene import record
    from engine.trace.variant import activate

    told = record(scene)
    return {
        "piece": {"name": scene.piece.name, "geometry": _geometry(scene.piece)},
        "materials": _materials(scene),
        "scene": {k: v for k, v in told["scene"].items() if k not in ("piece", "view")},
        "studio": scene.studio.model_dump(mode="json"),
        "size": list(scene.size),
        "seed": scene.seed,
        "views": [asdict(view) for view in views],
        "settings": asdict(replace(settings, device="auto")),
        "variant": activate(settings.device),
        "format": [suffix, depth],
    }


def _geometry(piece: Piece) -> str:
    """Hash of what light meets."""
    digest = hashlib.sha256()
    for data in _shapes(piece):
        digest.update(data)
    return digest.hexdigest()


def _shapes(piece: Piece) -> Iterator[bytes]:
    for mesh in piece.meshes:
        for array in (mesh.vertices, mesh.faces, mesh.normals):
            yield b"" if array is None else np.ascontiguousarray(array).tobytes()
    for part in piece.parts:
        yield f"{part.name} {part.mesh} {part.role}".encode()
        yield np.ascontiguousarray(part.transform).tobytes()


def _materials(scene: Scene) -> dict[str, str]:
    """Name -> hash of all that a material's file says."""
    import materials

    told = {
        name: materials.load(name).model_dump_json(by_alias=True)
        for name in sorted(set(scene.materials.values()))
    }
    return {name: hashlib.sha256(text.encode()).hexdigest()[:16] for name, text in told.items()}

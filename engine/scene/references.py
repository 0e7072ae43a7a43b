"""Files that a TOML file refers to.

A reference stays inside the folder of the file that makes it, or is an absolute path together with
the SHA-256 of what lies there: a scene from outside can then name only what its author already had.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from engine.errors import SceneError

LARGEST_FILE = 4 * 2**30


@dataclass(frozen=True)
class Reference:
    """A file that was found. path : absolute. sha256 : of its bytes."""

    path: Path
    sha256: str


def hash_file(path: Path) -> str:
    """SHA-256 of a file's bytes, lower-case hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def resolve(name: str, folder: Path, sha256: str | None, *, file: Path, field: str) -> Reference:
    """Find the file `name` that `file` refers to in `field`.

    folder : of `file`; relative names are looked up in it. sha256 : what it must hash to, if known.
    Raises SceneError: outside the folder without a hash, missing, too large, or changed.
    """

    def wrong(reason: str) -> SceneError:
        return SceneError(f"field '{field}': {reason}", file=file)

    if not name or "\0" in name:
        raise wrong("needs the path of a file")
    path = Path(name)
    try:
        found = (folder / path).resolve()
        inside = found.is_relative_to(folder.resolve())
        if not inside and not (path.is_absolute() and sha256):
            raise wrong(
                f"{name!r} lies outside the folder of this file; "
                "put it beside this file, or give its absolute path and its sha256"
            )
        if not found.is_file():
            raise wrong(f"there is no file {name!r}; put it back or correct the path")
        if found.stat().st_size > LARGEST_FILE:
            raise wrong(f"{name!r} is larger than 4 GB")
        digest = hash_file(found)
    except (OSError, RuntimeError, ValueError) as error:
        raise wrong(f"{name!r} cannot be read: {error}") from None
    if sha256 is not None and digest != sha256:
        raise wrong(
            f"{name!r} has changed since this was saved (its sha256 differs); "
            "put the old file back, or compose the scene again"
        )
    return Reference(found, digest)


def shorten(path: str | Path, folder: str | Path | None) -> str:
    """`path` as it is to be written into a file in `folder`: relative when below it."""
    found = Path(path).resolve()
    if folder is not None and found.is_relative_to(Path(folder).resolve()):
        return found.relative_to(Path(folder).resolve()).as_posix()
    return str(found)


def is_path(material: str) -> bool:
    """Whether a material is given by the path of its file; the rule of `materials.load`."""
    return material.lower().endswith((".yaml", ".yml")) or "/" in material or "\\" in material

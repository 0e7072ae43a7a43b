"""Bounded access to files from outside: what a parser gets, and what it gives back.

Every file is hostile until read: sizes are checked before anything is allocated, neighbours are
opened only inside the file's own folder, and whatever is wrong becomes one `FileError`.
"""

from __future__ import annotations

import io
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
import numpy.typing as npt

from engine.cad.raw import RawPart
from engine.cad.statement import NOTHING, Statement
from engine.errors import FileError
from engine.types import Note

#: Vertex indices of any width.
Indices = npt.NDArray[np.integer[Any]]

#: Larger files are refused: no piece of jewelry needs them, and memory is finite.
MAX_BYTES = 2 * 1024**3
#: Triangles of all parts together, instances counted each.
MAX_TRIANGLES = 20_000_000
#: Vertices of a file: what so many separate triangles need.
MAX_VERTICES = 3 * MAX_TRIANGLES
#: Parts of a file, instances counted each; also the number of nodes or block members visited.
MAX_PARTS = 100_000
#: Depth of nested nodes or blocks.
MAX_DEPTH = 64
#: Length of one line of a text format; splitting a longer one would take many times its size.
MAX_LINE = 4 * 1024**2


@dataclass(frozen=True, eq=False)
class Blob:
    """A file in memory. path : as given. data : all its bytes."""

    path: Path
    data: bytes

    def error(self, message: str, *, line: int | None = None, part: str | None = None) -> FileError:
        """The error that says `message` about this file."""
        shown = None if part is None else printable(part)
        return FileError(message, file=self.path, line=line, part=shown)

    def lines(self, start: int = 0) -> Iterator[bytes]:
        """Lines from offset `start`, also where old exporters end them with carriage returns only.

        Raises FileError for a line longer than `MAX_LINE`.
        """
        data = memoryview(self.data)[start:]
        newlines = b"\n" in self.data
        stream = io.BytesIO(data if newlines else bytes(data).replace(b"\r", b"\n"))
        while text := stream.readline(MAX_LINE + 1):
            if len(text) > MAX_LINE:
                raise self.error(
                    "it has a line of more than 4 MiB, so it is damaged or no text; export it "
                    "again."
                )
            yield text


@dataclass(frozen=True, eq=False)
class Content:
    """What a parser found; the fields mean what they mean in `engine.cad.raw.RawModel`."""

    parts: tuple[RawPart, ...]
    unit: str | None = None
    up: str = "z"
    named: bool = True
    notes: tuple[Note, ...] = ()
    stated: Statement = NOTHING


def load_blob(path: Path) -> Blob:
    """All bytes of a regular file of at most `MAX_BYTES`.

    Raises FileError when there is no such file, or it cannot be opened, or is empty or too large.
    """
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise FileError("this is a folder; name the CAD file inside it.", file=path)
        if not stat.S_ISREG(status.st_mode):
            raise FileError("this is not a regular file; save the model to disk first.", file=path)
        if status.st_size > MAX_BYTES:
            raise FileError(_too_large(status.st_size), file=path)
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise FileError(
            "there is no such file; check the name and the folder.", file=path
        ) from None
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or str(problem)
        raise FileError(
            f"the file cannot be opened ({reason}); check its name and its permissions.", file=path
        ) from None
    if len(data) > MAX_BYTES:
        raise FileError(_too_large(len(data)), file=path)
    if not data:
        raise FileError("the file is empty; export the model again.", file=path)
    return Blob(path, data)


def neighbour(blob: Blob, uri: str, what: str, *, quoted: bool = False) -> Path:
    """Path of the file that `blob` names, which must lie in its folder (or below).

    uri  : as written in the file. quoted : whether it is percent-encoded, as in glTF.
    what : what it is, for the error: "material library", "buffer".

    Raises FileError for absolute paths, URLs, "..", and links that lead out of the folder. The
    file need not exist.
    """
    name = (unquote(uri) if quoted else uri).replace("\\", "/")
    shown = name if len(name) <= 60 else name[:57] + "..."
    refused = blob.error(
        f"its {what} {shown!r} lies outside the file's folder, which is not opened; put it beside "
        "the file and correct the name, or export the model as one GLB."
    )
    if not name or "\0" in name or name.startswith("/") or ":" in name:
        raise refused
    try:
        folder = blob.path.resolve().parent
        target = (folder / name).resolve()
    except (OSError, RuntimeError, ValueError):
        raise refused from None
    if not target.is_relative_to(folder):
        raise refused
    return target


def printable(text: str) -> str:
    """One line of at most 200 characters: names go into tables, file names and terminals."""
    return "".join(c if c.isprintable() else " " for c in text[:200]).strip()


def skipped(count: int, one: str, many: str, remedy: str) -> tuple[Note, ...]:
    """A note about things left out, or none: `3 hidden objects were skipped; ...`."""
    if not count:
        return ()
    subject, verb = (one, "was") if count == 1 else (many, "were")
    return (Note("warning", f"{count} {subject} {verb} skipped; {remedy}"),)


def _too_large(size: int) -> str:
    return (
        f"the file has {size / 1024**3:.1f} GiB, more than the {MAX_BYTES / 1024**3:g} GiB that "
        "are read; export with coarser meshes or fewer objects."
    )

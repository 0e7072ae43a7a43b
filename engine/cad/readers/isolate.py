"""Readers that run in a process of their own: a damaged file may crash or hang a C++ library.

rhino3dm and OpenCASCADE are not written for hostile files. The child reads the file with bounded
memory and time and hands back plain arrays; whatever happens to it, the caller gets a `FileError`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from engine.cad.raw import RawPart
from engine.cad.readers.source import Blob, Content, load_blob
from engine.cad.statement import Statement
from engine.errors import InputError
from engine.types import Note

#: Address space of the child, where the system can limit it.
_MEMORY = 16 * 1024**3
_COMMAND = "from engine.cad.readers.isolate import child; child()"
_READERS = {
    "3dm": ("engine.cad.readers.rhino", "parse_rhino"),
    "step": ("engine.cad.readers.step", "parse_step"),
}


def isolated(blob: Blob, format: str, seconds: float, remedy: str) -> Content:
    """What the reader of `format` ("3dm", "step") finds in the file, read by a child process.

    seconds : after which the child is ended. remedy : what to do when it crashes or hangs.

    Raises FileError, also where the library crashed.
    """
    with tempfile.TemporaryDirectory(prefix="culet-") as folder:
        result = Path(folder) / "parts.npz"
        command = [
            sys.executable,
            "-P",
            "-c",
            _COMMAND,
            format,
            os.path.abspath(blob.path),
            str(result),
        ]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(_search_path())}
        try:
            subprocess.run(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=seconds,
                check=True,
            )
        except subprocess.TimeoutExpired:
            raise blob.error(f"reading took more than {seconds:.0f} s; {remedy}") from None
        except subprocess.CalledProcessError:
            raise blob.error(f"the file is damaged and cannot be read; {remedy}") from None
        except OSError as problem:
            raise blob.error(
                f"no process could be started to read it ({problem.strerror}); "
                "close other programs and try again."
            ) from None
        return _unpack(blob, result)


def child() -> None:
    """Entry of the child process: argv holds format, file and the file for the result."""
    format, path, result = sys.argv[1:]
    _limit_memory()
    module, function = _READERS[format]
    try:
        content = getattr(import_module(module), function)(load_blob(Path(path)))
    except InputError as problem:
        meta: dict[str, Any] = {"error": problem.message, "part": problem.part}
        np.savez(result, meta=_encoded(meta))
    else:
        _pack(content, result)
    # Some wrappers free a mesh twice at the end; there is nothing left to clean up.
    os._exit(0)


def _search_path() -> list[str]:
    """What the child must search to import the very same packages, the working folder included."""
    return [os.path.abspath(entry) for entry in sys.path]


def _limit_memory() -> None:
    if sys.platform == "win32":
        return
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_AS)
    if most == resource.RLIM_INFINITY or most > _MEMORY:
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _encoded(meta: dict[str, Any]) -> np.ndarray[Any, np.dtype[np.uint8]]:
    return np.frombuffer(json.dumps(meta).encode(), dtype=np.uint8)


def _pack(content: Content, result: str) -> None:
    parts = content.parts
    meta = {
        "names": [part.name for part in parts],
        "layers": [part.layer for part in parts],
        "materials": [part.material for part in parts],
        "unit": content.unit,
        "up": content.up,
        "named": content.named,
        "stated": [content.stated.kind, content.stated.standing],
        "notes": [[note.kind, note.text, note.part] for note in content.notes],
    }
    np.savez(
        result,
        meta=_encoded(meta),
        vertices=np.concatenate([np.zeros((0, 3)), *(part.vertices for part in parts)]),
        faces=np.concatenate([np.zeros((0, 3), np.int32), *(part.faces for part in parts)]),
        vertex_counts=np.array([len(part.vertices) for part in parts], dtype=np.int64),
        face_counts=np.array([len(part.faces) for part in parts], dtype=np.int64),
    )


def _unpack(blob: Blob, result: Path) -> Content:
    with np.load(result, allow_pickle=False) as arrays:
        meta = json.loads(arrays["meta"].tobytes())
        if "error" in meta:
            raise blob.error(meta["error"], part=meta["part"])
        vertices = np.split(arrays["vertices"], np.cumsum(arrays["vertex_counts"])[:-1])
        faces = np.split(arrays["faces"], np.cumsum(arrays["face_counts"])[:-1])
    fields = zip(meta["names"], vertices, faces, meta["layers"], meta["materials"], strict=False)
    return Content(
        parts=tuple(RawPart(*values) for values in fields),
        unit=meta["unit"],
        up=meta["up"],
        named=meta["named"],
        notes=tuple(Note(*values) for values in meta["notes"]),
        stated=Statement(*meta["stated"]),
    )

"""Pictures that belong together in one folder, such that an interrupted job goes on with them.

The folder's `series.json` says by a hash what was asked for and how it was exposed. A picture is
there when it and its JSON are, and its bytes are those that the JSON was written for.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from engine import images
from engine.errors import FileError
from engine.finish import Exposure
from engine.output.provenance import plain, to_json, versions

STATE = "series.json"
#: Largest state file that is read.
MOST_BYTES = 2**24


@dataclass(frozen=True)
class Series:
    """The pictures of a job in one folder.

    paths : where each picture goes. asked : hash of all that they depend on. request : the same,
    for people to read. exposure : of all pictures, once it is known.
    """

    paths: tuple[Path, ...]
    asked: str
    request: Mapping[str, Any]
    exposure: Exposure | None

    @property
    def folder(self) -> Path:
        return self.paths[0].parent

    def missing(self) -> list[int]:
        """Which pictures are not there, or not whole."""
        return [i for i, path in enumerate(self.paths) if not _whole(path)]

    def exposed(self, exposure: Exposure) -> Series:
        """Note the exposure of all pictures in the folder."""
        told = {
            "asked": self.asked,
            "exposure": asdict(exposure),
            "pictures": [path.name for path in self.paths],
            "request": self.request,
        }
        path = self.folder / STATE
        images.replace(path, lambda draft: draft.write_text(to_json(told), "utf-8"))
        return replace(self, exposure=exposure)


def open_series(paths: Sequence[Path], request: Mapping[str, Any]) -> Series:
    """The series of `paths`, all in one folder, as far as that has come.

    request : JSON values that say what is asked for; versions are added.
    Raises FileError when the folder holds another one.
    """
    told = {**plain(request), "versions": versions()}
    text = json.dumps(told, sort_keys=True, ensure_ascii=False)
    asked = hashlib.sha256(text.encode()).hexdigest()
    known = _state(paths[0].parent / STATE)
    if known is None:
        return Series(tuple(paths), asked, told, None)
    if known["asked"] != asked:
        other = _difference(known.get("request", {}), told)
        raise FileError(
            f"holds pictures of another job ({other}); choose another folder, or remove this one",
            file=paths[0].parent,
        )
    return Series(tuple(paths), asked, told, _exposure(known))


def exposure_in(folder: Path) -> Exposure | None:
    """How the pictures of a folder are exposed; None where it holds no series."""
    known = _state(folder / STATE)
    return None if known is None else _exposure(known)


def _exposure(known: Mapping[str, Any]) -> Exposure:
    found = known["exposure"]
    return Exposure(found["ev"], tuple(found["white"]), found["by"])


def _state(path: Path) -> dict[str, Any] | None:
    """What a state file says; None where there is none."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise FileError("is larger than any that was written here; remove it", file=path)
        told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        exposure = told["exposure"]
        numbers = [float(exposure["ev"]), *(float(v) for v in exposure["white"])]
        if len(numbers) != 4 or not isinstance(told["asked"], str):
            raise ValueError
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FileError("is damaged; remove it to start again", file=path) from error
    return told


def _difference(known: Any, told: Any, path: str = "") -> str:
    """Where two requests differ first, in words."""
    if isinstance(known, dict) and isinstance(told, dict):
        for name in sorted({*known, *told}):
            if known.get(name) != told.get(name):
                inner = f"{path} {name}".strip()
                return _difference(known.get(name), told.get(name), inner)
    short = [text if len(text) < 40 else "..." for text in (str(known), str(told))]
    return f"{path or 'it'} was {short[0]}, now {short[1]}"


def _whole(path: Path) -> bool:
    """Whether a picture is there as it was written."""
    beside = path.with_name(f"{path.name}.json")
    try:
        told = json.loads(beside.read_text(encoding="utf-8"))
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        return bool(told["save"]["sha256"] == found)
    except (OSError, ValueError, KeyError, TypeError):
        return False

"""Where pictures go: one file, or a folder with a name for every picture; found out beforehand."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.errors import FileError, InputError


@dataclass(frozen=True)
class Target:
    """Where the pictures of one input go.

    file     : the input.
    out      : the picture itself, or the folder that takes them.
    template : of the names in that folder, as `engine.save` takes it.
    """

    file: Path
    out: Path
    template: str = "{view}"


def plan(files: Sequence[Path], out: Path | None, pictures_each: int) -> list[Target]:
    """A target per input; nothing is written yet.

    out : a picture, if one is made; else a folder. None is `FILE.png` here, or this folder.
    Raises InputError when it cannot be told where to write, FileError when one cannot write there.
    """
    from engine.output.stage import DEPTHS

    several = len(files) > 1 or pictures_each > 1
    if out is None:
        out = Path() if several else Path(f"{files[0].stem}.png")
    if os.path.isdir(out) or not out.suffix:  # pathlib's own raises when a name is too long
        check_folder(out)
        more = "_{view}" if pictures_each > 1 else ""
        return [
            Target(file, out, name.replace("{", "{{").replace("}", "}}") + more)
            for file, name in zip(files, _names(files), strict=True)
        ]
    if out.suffix.lower() not in DEPTHS:
        raise InputError(
            f"'{out.suffix}' is no kind of picture that can be written; "
            f"choose {', '.join(DEPTHS)}, or a folder that exists",
            file=out,
        )
    if several:
        made = len(files) * pictures_each
        raise InputError(
            f"names one picture, but {made} will be made; name a folder instead", file=out
        )
    check_folder(out.parent)
    return [Target(files[0], out)]


def check_folder(folder: Path) -> None:
    """Find out whether files can be made in `folder`, which need not exist yet; leaves no trace.

    Raises FileError.
    """
    existing = next(path for path in (folder, *folder.absolute().parents) if os.path.exists(path))
    if not existing.is_dir():
        raise FileError("is a file, so no picture can be put below it", file=existing)
    try:
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise FileError(
            f"cannot be written to ({reason}); choose another folder with -o", file=existing
        ) from None


def _names(files: Sequence[Path]) -> list[str]:
    """A name per input: its stem, with the suffix where two share a stem."""
    stems = Counter(file.stem for file in files)
    names = [
        file.stem if stems[file.stem] == 1 else f"{file.stem}-{file.suffix.lstrip('.')}"
        for file in files
    ]
    twice = [name for name, count in Counter(map(os.path.normcase, names)).items() if count > 1]
    if twice:
        raise InputError(
            f"two inputs would both be written as '{twice[0]}'; render them into different folders"
        )
    return names

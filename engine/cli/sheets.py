"""Many pictures and one sheet that shows them all."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cli.console import progress_bars, tell
from engine.cli.targets import check_folder
from engine.errors import FileError

if TYPE_CHECKING:
    from engine.types import Pictures, Progress


@dataclass(frozen=True)
class SheetTarget:
    """Where a sheet goes, and the folder for its pictures."""

    sheet: Path
    folder: Path


@dataclass(frozen=True)
class Shot:
    """A picture of a sheet.

    name   : of its file, without the suffix. lines : below it on the sheet.
    record : what its JSON and that of the sheet say of it.
    """

    name: str
    lines: tuple[str, ...]
    record: Mapping[str, Any]


@dataclass(frozen=True)
class Heading:
    """What stands above the pictures of a sheet, and how many stand in a row (None: about as many
    as rows)."""

    title: str
    note: str = ""
    columns: int | None = None


def plan_sheet(out: Path | None, name: str) -> SheetTarget:
    """Where to write; nothing is written yet.

    out : `sheet.png`, with its pictures in the folder `sheet` beside it, or a folder that takes
    both. None is `<name>.png` here.
    Raises FileError when one cannot write there.
    """
    from engine.images import SUFFIXES

    path = Path(f"{name}.png") if out is None else out
    if os.path.isdir(path) or not path.suffix:
        target = SheetTarget(path / "sheet.png", path)
    elif path.suffix.lower() in SUFFIXES:
        target = SheetTarget(path, path.with_suffix(""))
    else:
        raise FileError(
            f"'{path.suffix}' is no kind of picture that a sheet can be; "
            f"choose {', '.join(SUFFIXES)}, or a folder",
            file=path,
        )
    if target.sheet.is_dir():
        raise FileError("is a folder; choose another name for the sheet", file=target.sheet)
    check_folder(target.folder)
    return target


def develop(
    pictures: Pictures, shots: Sequence[Shot], heading: Heading, target: SheetTarget
) -> None:
    """Make the pictures one by one, write each, then the sheet and its JSON.

    shots : one for each picture.
    """
    with progress_bars() as progress:
        _develop(pictures, shots, heading, target, progress)
    if progress is not None:
        tell(f"wrote {target.sheet} and {len(shots)} pictures in {target.folder}")


def _develop(
    pictures: Pictures,
    shots: Sequence[Shot],
    heading: Heading,
    target: SheetTarget,
    progress: Progress | None,
) -> None:
    from engine import images
    from engine.output import Cell, contact_sheet, save
    from engine.output.provenance import to_json

    cells, told = [], []
    for i, shot in enumerate(shots):
        path = target.folder / f"{shot.name}.png"
        picture = pictures[i]
        save([replace(picture, provenance={"variation": shot.record, **picture.provenance})], path)
        cells.append(Cell.of(picture, *shot.lines))
        told.append({"picture": os.path.relpath(path, target.sheet.parent), **shot.record})
        if progress is not None:
            progress("pictures", i + 1, len(shots))
    made = contact_sheet(cells, title=heading.title, note=heading.note, columns=heading.columns)
    images.write(target.sheet, made)
    record = {"title": heading.title, "note": heading.note, "pictures": told}
    beside = target.sheet.with_name(f"{target.sheet.name}.json")
    images.replace(beside, lambda draft: draft.write_text(to_json(record), "utf-8"))


def file_names(texts: Sequence[str]) -> list[str]:
    """A file name for each text: no odd characters, none twice.

    >>> file_names(["ruby", "my/ruby", "my ruby"])
    ['ruby', 'my-ruby', 'my-ruby-2']
    """
    names: list[str] = []
    for text in texts:
        name = re.sub(r"[^\w.-]+", "-", text).strip("-.")[:100] or "picture"
        used = sum(re.fullmatch(rf"{re.escape(name)}(-\d+)?", n) is not None for n in names)
        names.append(f"{name}-{used + 1}" if used else name)
    return names

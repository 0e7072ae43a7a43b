"""File names of pictures: readable, safe on every system, unique within a job."""

from __future__ import annotations

import re
from string import Formatter

from engine.errors import SceneError
from engine.types import Picture

#: What a template may hold.
FIELDS = ("piece", "view", "index")

#: Longest name without its suffix: leaves room for layers below the usual limit of 255 bytes.
_LONGEST = 120

#: Names that Windows keeps for devices.
_RESERVED = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))}


def names(picture: Picture, index: int, template: str, taken: set[str]) -> str:
    """The name of a picture without suffix; it is put into `taken`.

    template : text with {piece}, {view} and {index} (from 1, three digits). The piece's name is
               what `load` left in the provenance, or "piece".
    A name that is taken already, in any case of letters, gets a number.
    """
    piece = str(picture.provenance.get("load", {}).get("name", "piece"))
    wanted = template.format(piece=piece, view=picture.name, index=f"{index + 1:03d}")
    name = unique = safe(wanted)
    number = 2
    while unique.casefold() in taken:
        unique = f"{name}-{number}"
        number += 1
    taken.add(unique.casefold())
    return unique


def safe(name: str) -> str:
    """`name` with everything replaced that some file system takes for more than a letter.

    >>> safe("ring 30/20: top")
    'ring-30-20-top'
    """
    kept = re.sub(r"[^\w.]+", "-", name, flags=re.UNICODE).strip("-.")
    kept = kept.encode()[:_LONGEST].decode(errors="ignore") or "picture"
    return f"{kept}-" if kept.split(".")[0].casefold() in _RESERVED else kept


def check_template(template: str, fields: tuple[str, ...] = FIELDS) -> None:
    """Raise SceneError unless `template` holds no other fields than these."""
    try:
        parsed = [part for part in Formatter().parse(template) if part[1] is not None]
    except ValueError:
        parsed = [("", "", "", None)]
    # A format specification could ask for a name of any length.
    held = [str(name) + (f":{spec}" if spec else "") for _, name, spec, _ in parsed]
    if unknown := [field for field in held if field not in fields]:
        known = ", ".join(f"{{{field}}}" for field in fields)
        raise SceneError(f"a name template cannot hold '{{{unknown[0]}}}': use {known}")

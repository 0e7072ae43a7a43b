"""What a file of ours says of itself beyond its geometry: the kind of piece, and that it stands.

The text "culet: kind=earring; standing" is a comment or a header in OBJ, PLY and STL, a document
string in 3DM and an extra of the asset in glTF, under "culet" there. Names of files get changed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import get_args

from engine.types import Kind, Piece

KEY = "culet"
#: What glTF files of ours call the program that wrote them.
GENERATOR = "culet"

#: Bytes at the start of a text file, or of a header, in which the statement is looked for.
HEAD = 256

_FOUND = re.compile(rb"culet: (kind=[ -~]{0,60})")


@dataclass(frozen=True)
class Statement:
    """kind : of the piece, or None. standing : whether the file holds it as it stands or lies,
    on the plane through the file's origin, its front to the viewer."""

    kind: Kind | None = None
    standing: bool = False


NOTHING = Statement()


def statement(piece: Piece) -> str:
    """The value that a file of `piece` states under `KEY`."""
    return f"kind={piece.kind}; standing"


def parse(text: str) -> Statement:
    """What a stated value means; nothing where it means nothing.

    >>> parse("kind=earring; standing")
    Statement(kind='earring', standing=True)
    >>> parse("kind=sofa")
    Statement(kind=None, standing=False)
    """
    words = [word.strip() for word in text.split(";")]
    said = dict(word.partition("=")[::2] for word in words)
    kinds: tuple[Kind, ...] = get_args(Kind)
    kind = next((kind for kind in kinds if kind == said.get("kind")), None)
    return Statement(kind, "standing" in said)


def find(data: bytes) -> Statement:
    """The statement in the head of a file of text or with a header of text."""
    found = _FOUND.search(data[:HEAD])
    return NOTHING if found is None else parse(found[1].decode("ascii"))

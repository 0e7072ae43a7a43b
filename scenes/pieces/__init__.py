"""Parametric pieces of jewelry.

>>> build("solitaire", cut="princess", stone_mm=5.0).kind
'ring'
"""

from __future__ import annotations

import difflib
from dataclasses import fields
from typing import Any

from engine.errors import SceneError
from engine.types import Piece
from scenes.pieces.bangle import Bangle as Bangle
from scenes.pieces.bezel import Bezel as Bezel
from scenes.pieces.chain import Chain as Chain
from scenes.pieces.design import Design as Design
from scenes.pieces.drop_earring import DropEarring as DropEarring
from scenes.pieces.eternity import Eternity as Eternity
from scenes.pieces.halo import Halo as Halo
from scenes.pieces.hoop import Hoop as Hoop
from scenes.pieces.melee_ring import MeleeRing as MeleeRing
from scenes.pieces.pave_band import PaveBand as PaveBand
from scenes.pieces.pendant import Pendant as Pendant
from scenes.pieces.plain_band import PlainBand as PlainBand
from scenes.pieces.signet import Signet as Signet
from scenes.pieces.solitaire import Solitaire as Solitaire
from scenes.pieces.strand import PearlStrand as PearlStrand
from scenes.pieces.stud import Stud as Stud
from scenes.pieces.tennis import Tennis as Tennis
from scenes.pieces.three_stone import ThreeStone as ThreeStone

PIECES: dict[str, type[Design]] = {
    "solitaire": Solitaire,
    "three-stone": ThreeStone,
    "bezel": Bezel,
    "pave-band": PaveBand,
    "melee-ring": MeleeRing,
    "halo": Halo,
    "eternity": Eternity,
    "plain-band": PlainBand,
    "signet": Signet,
    "stud": Stud,
    "hoop": Hoop,
    "drop-earring": DropEarring,
    "pendant": Pendant,
    "chain": Chain,
    "pearl-strand": PearlStrand,
    "bangle": Bangle,
    "tennis-bracelet": Tennis,
}


def names() -> list[str]:
    """Names of the pieces that `build` knows."""
    return list(PIECES)


def build(name: str, **parameters: Any) -> Piece:
    """A piece by name; its parameters are the fields of its class.

    Raises SceneError for an unknown name or parameter, or a value out of range.
    """
    if name not in PIECES:
        raise SceneError(f"no piece is called '{name}'{_near(name, names())}")
    known = [field.name for field in fields(PIECES[name])]
    for key in parameters:
        if key not in known:
            raise SceneError(f"a {name} has no parameter '{key}'{_near(key, known)}")
    return PIECES[name](**parameters).build()


def _near(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word, known, n=3, cutoff=0.5) or known
    return f"; choose one of {', '.join(close)}"

"""Words as pixels, in the font that comes with Pillow."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

#: What stands for characters that the font lacks and that no accent makes of a plain letter.
_INSTEAD = str.maketrans({"×": "x", "–": "-", "—": "-", "ß": "ss", "æ": "ae", "ø": "o", "‑": "-"})


def lettering(text: str, size: int) -> npt.NDArray[np.uint8]:
    """[H, W] coverage of a line of text, 0 to 255; H depends on the size alone.

    size : of the font in pixels. Accents are dropped: the font is plain Latin.
    """
    font = _font(size)
    ascent, descent = font.getmetrics()
    shown = plain(text)
    width = max(1, round(font.getlength(shown)) + 1)
    image = Image.new("L", (width, ascent + descent))
    ImageDraw.Draw(image).text((0, 0), shown, font=font, fill=255)
    return np.asarray(image)


def wrapped(text: str, size: int, width: int) -> list[str]:
    """`text` in lines no wider than `width` pixels, broken at spaces; a longer word stays whole."""
    font = _font(size)
    lines = [""]
    for word in plain(text).split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def plain(text: str) -> str:
    """`text` in the letters that the font has.

    >>> plain("Collier à 2 × 0,5 ct – Größe")
    'Collier a 2 x 0,5 ct - Grosse'
    """
    folded = unicodedata.normalize("NFKD", text.translate(_INSTEAD)).replace("⁄", "/")
    kept = (c for c in folded if not unicodedata.combining(c))
    return "".join(c if " " <= c <= "~" or c in "·°" else "?" for c in kept)


@cache
def _font(size: int) -> FreeTypeFont:
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)  # every wheel of Pillow has FreeType
    return font

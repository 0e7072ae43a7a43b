"""Ring sizes: ISO 8653, US and UK, as inside circumference in millimetres.

ISO 8653: the size is the inside circumference in mm (Wikipedia, "Ring size").
US: inside diameter 0.458 in + 0.032 in per size (the chart of the same page; size 0 has
0.458 in). "US ring sizes have never been standardized", so other charts differ by 0.2 mm.
UK: letter n (A = 1) has 36.25 + 1.25 n mm (R. Rowlett, "How Many? A Dictionary of Units of
Measurement", entry "ring size"); Z+1 counts on as 27.
"""

from __future__ import annotations

import math
import re

from engine.errors import SceneError

MM_PER_INCH = 25.4
#: Circumferences that a size may mean, mm: a child's smallest ring to the largest made.
SIZES_MM = (36.0, 85.0)

_US = re.compile(r"US(?:A)?\s*(\d+(?:\.\d+)?)?\s*(1/4|1/2|3/4)?")
_UK = re.compile(r"UK\s*([A-Z])\s*(?:\+\s*(\d))?\s*(1/2)?")
_ISO = re.compile(r"(?:ISO|EU|DE|FR)?\s*(\d+(?:\.\d+)?)")
_FRACTIONS = {None: 0.0, "1/4": 0.25, "1/2": 0.5, "3/4": 0.75}


def circumference_mm(size: str) -> float:
    """Inside circumference of a ring size, mm.

    >>> circumference_mm("54"), circumference_mm("ISO 54")
    (54.0, 54.0)
    >>> round(circumference_mm("US 7"), 1), circumference_mm("UK N 1/2")
    (54.4, 54.375)

    Raises `SceneError` for what is no size or fits no finger.
    """
    text = size.strip().upper().replace(",", ".")
    for sign, fraction in (("¼", " 1/4"), ("½", " 1/2"), ("¾", " 3/4")):
        text = text.replace(sign, fraction)
    found = _parse(text)
    if found is None:
        raise SceneError(
            f"'{size}' is no ring size; write it like '54' or 'ISO 54' (inside circumference in "
            "mm), 'US 7', or 'UK N 1/2'"
        )
    if not SIZES_MM[0] <= found <= SIZES_MM[1]:
        raise SceneError(
            f"ring size '{size}' would be {found / math.pi:.1f} mm inside, which fits no finger; "
            "sizes from ISO 36 to 85 are possible"
        )
    return found


def _parse(text: str) -> float | None:
    us = _US.fullmatch(text)
    if us and (us[1] or us[2]):
        number = float(us[1] or 0.0) + _FRACTIONS[us[2]]
        return math.pi * MM_PER_INCH * (0.458 + 0.032 * number)
    uk = _UK.fullmatch(text)
    if uk:
        letter = ord(uk[1]) - ord("A") + 1 + int(uk[2] or 0)
        return 36.25 + 1.25 * (letter + _FRACTIONS[uk[3]])
    iso = _ISO.fullmatch(text)
    return float(iso[1]) if iso else None


def inside_mm(size: str) -> float:
    """Inside diameter of a ring size, mm; raises as `circumference_mm`."""
    return circumference_mm(size) / math.pi


def describe_size(diameter_mm: float) -> str:
    """A diameter in all three systems, to the nearest half size; beyond fingers in ISO only.

    >>> describe_size(17.19)
    'ISO 54, US 7, UK N'
    """
    iso = math.pi * diameter_mm
    us = round(2 * (diameter_mm / MM_PER_INCH - 0.458) / 0.032) / 2
    halves = round(2 * (iso - 36.25) / 1.25)
    parts = [f"ISO {iso:.3g}"]
    if not SIZES_MM[0] <= iso <= SIZES_MM[1]:
        return parts[0]
    if us >= 0:
        parts.append(f"US {us:g}")
    if halves >= 2:
        letter, half = divmod(halves, 2)
        name = chr(ord("A") + letter - 1) if letter <= 26 else f"Z+{letter - 26}"
        parts.append(f"UK {name}{' 1/2' if half else ''}")
    return ", ".join(parts)

"""Reading n and k in columns: CSV as spreadsheets, spectrometers and web sites export it.

Columns are wavelength (or energy), n, and perhaps k; with or without a line of headings. Commas,
semicolons, tabs or blanks part them, and where they are not commas a number may have a decimal
comma. Lines that begin with # say where the numbers are from. A second heading begins a second
table (k below n).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from materials.errors import MaterialError
from materials.files import read_text
from materials.imports.optics import MOST_BYTES, MOST_ROWS, Optics, Samples, samples

Unit = Literal["nm", "um", "eV"]

#: Wavelength in vacuum of 1 eV, nm (h c / e, CODATA 2018, exact; colour and physics texts).
EV_NM = 1239.841984

#: The visible, in each unit.
_SEEN: dict[Unit, tuple[float, float]] = {
    "nm": (360.0, 830.0),
    "um": (0.36, 0.83),
    "eV": (EV_NM / 830.0, EV_NM / 360.0),
}
_UNIT_WORDS: dict[Unit, str] = {
    "nm": r"\bnm\b|nano",
    "um": r"\b[uµμ]m\b|mi[ck]ro",
    "eV": r"\bev\b|energ",
}
_LENGTH_WORDS = r"\bwl\b|wave|wellen|lambda|λ|longueur|lunghezza|onda"
_IN_WORDS: dict[Unit, str] = {"nm": "nanometres", "um": "micrometres", "eV": "electronvolts"}

#: How much better one unit must fit than another before it is taken for granted (estimated).
_CLEARLY = 1.5


@dataclass
class _Block:
    """A table: its headings, perhaps empty, and its rows."""

    headings: list[str]
    rows: list[list[float]]


def read_columns(path: Path, unit: Unit | None = None, source: str | None = None) -> Optics:
    """The constants in a CSV.

    unit : of the first column; by default what a heading says, else what the numbers suggest.
    source : where the numbers are from; by default what the file's comments say.
    Raises MaterialError.
    """
    text = read_text(path, MOST_BYTES)
    lines = [line.strip() for line in text.splitlines()]
    comments = " ".join(line.lstrip("#; ") for line in lines if line.startswith("#"))
    try:
        blocks = _blocks([line for line in lines if line and not line.startswith("#")])
        chosen, how = _unit(blocks, unit)
        n, k = _columns(blocks, chosen)
    except ValueError as error:
        raise MaterialError(f"{error}", file=path) from None
    said = " ".join((source or comments).split())[:1500]
    return Optics(
        n,
        k,
        evidence="measured" if said else "estimated",
        source=said or f"numbers of {path.name}, which does not say where they are from",
        notes=(f"its first column was read as {_IN_WORDS[chosen]} ({how})",),
    )


def _blocks(lines: Sequence[str]) -> list[_Block]:
    """The tables of a file. Raises ValueError."""
    if len(lines) > MOST_ROWS:
        raise ValueError(f"it has more than {MOST_ROWS} rows; a material needs far fewer")
    blocks: list[_Block] = []
    for number, line in enumerate(lines, 1):
        cells = _cells(line)
        row = [_number(cell) for cell in cells]
        if any(value is None for value in row):
            if blocks and not blocks[-1].rows:
                raise ValueError(f"row {number} holds no numbers: '{line[:40]}'")
            blocks.append(_Block([cell.casefold() for cell in cells], []))
            continue
        if not blocks:
            blocks.append(_Block([], []))
        blocks[-1].rows.append([value for value in row if value is not None])
    if not blocks or not blocks[-1].rows:
        raise ValueError("it holds no rows of numbers; give columns of wavelength, n and k")
    for block in blocks:
        widths = {len(row) for row in block.rows}
        if len(block.rows) < 2:
            raise ValueError("it holds fewer than two wavelengths")
        if len(widths) > 1 or min(widths) < 2:
            raise ValueError("each row must hold a wavelength and n, or a wavelength, n and k")
    return blocks


def _cells(line: str) -> list[str]:
    """The cells of a line, whatever parts them."""
    for mark in ("\t", ";"):
        if mark in line:
            return [cell.strip(' "') for cell in line.split(mark) if cell.strip(' "')]
    words = line.split()
    if "," not in line or all(re.fullmatch(r"[-+]?\d+,\d+\S*|\d+", word) for word in words[:2]):
        return words if len(words) > 1 else [cell.strip() for cell in line.split(",")]
    return [cell.strip(' "') for cell in line.split(",") if cell.strip(' "')]


def _number(cell: str) -> float | None:
    """A finite number, perhaps with a decimal comma; None for anything else."""
    if not re.fullmatch(r"[-+]?[\d.,]+(?:[eE][-+]?\d{1,3})?", cell) or len(cell) > 40:
        return None
    try:
        value = float(cell.replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _unit(blocks: Sequence[_Block], given: Unit | None) -> tuple[Unit, str]:
    """Unit of the first column, and how it is known. Raises ValueError where it is not."""
    if given is not None:
        return given, "as given"
    heading = " ".join(blocks[0].headings)
    for unit, words in _UNIT_WORDS.items():
        if re.search(words, heading):
            return unit, f"its heading '{heading[:30]}' says so"
    column = [row[0] for row in blocks[0].rows]
    fits = {unit: _share(min(column), max(column), *seen) for unit, seen in _SEEN.items()}
    if re.search(_LENGTH_WORDS, heading):
        fits["eV"] = 0.0
    ranked = sorted(fits, key=lambda unit: fits[unit])
    best, second = ranked[-1], ranked[-2]
    if fits[best] == 0.0:
        raise ValueError(
            f"its first column, {min(column):g} to {max(column):g}, holds no visible wavelength in "
            "nm, um or eV; say which it is with --unit"
        )
    if fits[best] < _CLEARLY * fits[second]:
        raise ValueError(
            f"its first column, {min(column):g} to {max(column):g}, may be {_IN_WORDS[second]} or "
            f"{_IN_WORDS[best]}; say which with --unit {second} or --unit {best}"
        )
    return best, "by their size"


def _share(low: float, high: float, first: float, last: float) -> float:
    """How much of the visible [first, last] a column covers, on a logarithmic scale."""
    inside = min(high, last) / max(low, first) if low > 0 else 0.0
    return max(math.log(inside), 0.0) / math.log(last / first) if inside > 0 else 0.0


def _columns(blocks: Sequence[_Block], unit: Unit) -> tuple[Samples, Samples | None]:
    """n and k of all tables. Raises ValueError."""
    found: dict[str, Samples] = {}
    for block in blocks[:4]:
        nm = [_nm(row[0], unit) for row in block.rows]
        for i, name in enumerate(_names(block), 1):
            if name is not None and name not in found:
                found[name] = samples(nm, [row[i] for row in block.rows])
    if "n" not in found:
        raise ValueError("it has no column n; head the columns with wavelength, n, k")
    return found["n"], found.get("k")


def _names(block: _Block) -> Sequence[str | None]:
    """What the columns after the first hold: by their headings, else by their order."""
    width = len(block.rows[0]) - 1
    named = [_meaning(heading) for heading in block.headings[-width:]]
    if any(named):
        return named
    if width > 2:
        raise ValueError("it has more than three columns; head them with wavelength, n, k")
    return ("n", "k")[:width]


def _meaning(heading: str) -> str | None:
    """ "n", "k" or None, of a heading."""
    plain = re.sub(r"[^a-zκ]", "", heading)
    if plain in ("n", "index", "refractiveindex", "realn", "nrefractiveindex"):
        return "n"
    return "k" if plain in ("k", "κ", "kappa", "extinction", "extinctioncoefficient") else None


def _nm(value: float, unit: Unit) -> float:
    if value <= 0:
        raise ValueError(f"its first column holds {value:g}; wavelengths and energies are above 0")
    return {"nm": value, "um": 1e3 * value, "eV": EV_NM / value}[unit]

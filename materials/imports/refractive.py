"""Reading files of refractiveindex.info: REFERENCES, COMMENTS, and DATA as tables or formulas."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from materials.errors import MaterialError
from materials.files import read_fields
from materials.imports.formulas import MOST_COEFFICIENTS, index, known
from materials.imports.optics import (
    MOST_BYTES,
    MOST_ROWS,
    VISIBLE,
    Optics,
    Samples,
    Unseen,
    samples,
)

#: Step of the table that stands for a formula, nm; straight between, off by less than 1e-5.
STEP_NM = 5

#: Longest text that is kept as a source.
MOST_TEXT = 1500

_FORMS = {1: "b w^2 / (w^2 - c^2)", 2: "b w^2 / (w^2 - c)"}


def read_refractive(path: Path) -> Optics:
    """The constants in a file of refractiveindex.info. Raises MaterialError."""
    fields = read_fields(path, MOST_BYTES)
    data = fields.get("DATA")
    if not isinstance(data, list) or not data:
        raise MaterialError(
            "has no list DATA, so it is no file of refractiveindex.info; give one, or a CSV",
            file=path,
        )
    try:
        return _optics(data, _source(fields, path), _said(fields))
    except ValueError as error:
        raise MaterialError(f"{error}; choose another file", file=path, field="DATA") from None


def _optics(data: list[Any], source: str, said: str) -> Optics:
    """The first n and the first k among all entries."""
    n: Samples | None = None
    k: Samples | None = None
    notes: list[str] = []
    sellmeier, evidence = None, "fitted" if _modelled(said) else "measured"
    for entry in data[:16]:
        kind = str(entry.get("type", "")) if isinstance(entry, Mapping) else ""
        what, _, which = kind.partition(" ")
        if what == "tabulated" and which in ("n", "k", "nk"):
            try:
                columns = _table(entry, len(which))
            except Unseen:
                if which != "k":
                    raise
                notes.append("its k lies outside the visible and was left out")
                continue
            if "n" in which and n is None:
                n = columns[0]
            if "k" in which and k is None:
                k = columns[-1]
        elif what == "formula" and which.isdigit() and int(which) in known():
            if n is None:
                n, sellmeier, evidence = *_formula(entry, int(which)), "fitted"
        else:
            raise ValueError(f"the type '{kind[:40]}' is not known")
    if n is None:
        raise ValueError("it says k, but not n")
    return Optics(n, k, evidence, source, sellmeier, tuple(notes))


def _modelled(said: str) -> bool:
    """Whether a table holds what a model gave."""
    return re.search(r"\b(model|fit|fitted|calculated|ab initio)\b", said, re.I) is not None


def _table(entry: Mapping[str, Any], columns: int) -> list[Samples]:
    """Columns of a table after the wavelengths, which are in um."""
    text = entry.get("data")
    lines = [line for line in str(text).splitlines() if line.strip()]
    if len(lines) > MOST_ROWS:
        raise ValueError(f"a table has more than {MOST_ROWS} rows")
    rows = []
    for line in lines:
        row = _numbers(line)
        if len(row) != columns + 1:
            raise ValueError(f"the row '{line.strip()[:40]}' has not {columns + 1} numbers")
        rows.append(row)
    nm = [1e3 * row[0] for row in rows]
    return [samples(nm, [row[i] for row in rows]) for i in range(1, columns + 1)]


def _formula(entry: Mapping[str, Any], number: int) -> tuple[Samples, dict[str, Any] | None]:
    """A formula as samples over its range, and as an index of model sellmeier where it is one."""
    c = _numbers(str(entry.get("coefficients")))
    span = _numbers(str(entry.get("wavelength_range", entry.get("range"))))
    if not 1 <= len(c) <= MOST_COEFFICIENTS or len(span) != 2 or not 0 < span[0] < span[1]:
        raise ValueError(f"formula {number} lacks its coefficients or its wavelength_range")
    low, high = 1e3 * span[0], 1e3 * span[1]
    first, last = max(low, VISIBLE[0]), min(high, VISIBLE[1])
    if first >= last:
        raise ValueError(f"its formula holds from {low:.4g} to {high:.4g} nm, outside the visible")
    steps = max(1, math.ceil((last - first) / STEP_NM))
    nm = [first + (last - first) * i / steps for i in range(steps + 1)]
    sampled = samples(nm, [index(number, c, 1e-3 * at) for at in nm])
    if number not in _FORMS:
        return sampled, None
    terms = [{"b": b, "c": at} for b, at in zip(c[1::2], c[2::2], strict=False) if b]
    valid = [max(low, 100.0), min(high, 20000.0)]
    fields = {"model": "sellmeier", "form": _FORMS[number], "unit": "um", "constant": c[0]}
    return sampled, fields | {"terms": terms, "valid_nm": valid, "outside": "formula"}


def _numbers(text: str) -> list[float]:
    """The finite numbers of a line. Raises ValueError."""
    found = []
    for word in text.split():
        try:
            value = float(word)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise ValueError(f"'{word[:40]}' is no number")
        found.append(value)
    return found


def _said(fields: Mapping[str, Any]) -> str:
    return f"{fields.get('REFERENCES', '')} {fields.get('COMMENTS', '')}"


def _source(fields: Mapping[str, Any], path: Path) -> str:
    """The references as one line of plain text, with their DOI; then where they stood."""
    text = _plain(str(fields.get("REFERENCES") or "the file names no reference"))
    comments = _plain(str(fields.get("COMMENTS") or ""))
    said = f"{text} ({comments})" if comments else text
    return f"{said[:MOST_TEXT]}; read from {path.name}, a file of refractiveindex.info"


def _plain(markup: str) -> str:
    """Text without tags; a link to a DOI is written out."""
    linked = re.sub(
        r'<a\s[^>]*?href="https?://(?:dx\.)?doi\.org/([^"]{1,200})"[^>]*>(.{0,2000}?)</a>',
        r"\2, doi:\1",
        markup[: 4 * MOST_TEXT],
        flags=re.S | re.I,
    )
    bare = html.unescape(re.sub(r"<[^<>]{0,300}>", "", linked))
    return " ".join("".join(c if c.isprintable() else " " for c in bare).split())

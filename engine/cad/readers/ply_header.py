"""The header of a PLY file: which elements with which properties follow."""

from __future__ import annotations

from dataclasses import dataclass

from engine.cad.readers.source import MAX_VERTICES, Blob

_MAX_HEADER = 1 << 20
_SCALARS = {
    "char": "i1",
    "uchar": "u1",
    "short": "i2",
    "ushort": "u2",
    "int": "i4",
    "uint": "u4",
    "float": "f4",
    "double": "f8",
    "int8": "i1",
    "uint8": "u1",
    "int16": "i2",
    "uint16": "u2",
    "int32": "i4",
    "uint32": "u4",
    "float32": "f4",
    "float64": "f8",
}
_ORDERS = {"ascii": "", "binary_little_endian": "<", "binary_big_endian": ">"}


@dataclass(frozen=True)
class Property:
    """One property. scalar : numpy type code; length : that of a list's length, or None."""

    name: str
    scalar: str
    length: str | None = None


@dataclass(frozen=True)
class Element:
    """One element: `count` records of `properties`."""

    name: str
    count: int
    properties: tuple[Property, ...]


@dataclass(frozen=True)
class Header:
    """order : "" (ASCII), "<" or ">". end : where the body starts. lines : of the header."""

    order: str
    elements: tuple[Element, ...]
    end: int
    lines: int


_Elements = list[tuple[str, int, list[Property]]]  # name, count, properties


def read_header(blob: Blob) -> Header:
    """The header; every declared count is checked against the size of the file.

    Raises FileError with the line that cannot be understood.
    """
    lines, end = _header_lines(blob)
    order: str | None = None
    elements: _Elements = []
    for number, text in enumerate(lines[1:-1], 2):
        words = text.split()
        if not words or words[0] in ("comment", "obj_info"):
            continue
        try:
            order = _declare(words, elements, order)
        except (ValueError, KeyError, IndexError):
            raise blob.error(
                f"the header line {text[:60]!r} is not understood; export the file again.",
                line=number,
            ) from None
        room = min(len(blob.data) - end, MAX_VERTICES)
        if elements and not 0 <= elements[-1][1] <= room:
            raise blob.error(
                f"it declares {elements[-1][1]} records of {elements[-1][0][:40]!r}, more than the "
                "file has room for, or than are read: export it again, with a coarser mesh.",
                line=number,
            )
    if any(len({item.name for item in items}) < len(items) for _, _, items in elements):
        raise blob.error("the header declares a property twice; export the file again.")
    if order is None:
        raise blob.error("the header names no format; export the file again.")
    found = tuple(Element(name, count, tuple(items)) for name, count, items in elements)
    return Header(order, found, end, len(lines))


def _declare(words: list[str], elements: _Elements, order: str | None) -> str | None:
    """Take in one line of the header; the byte order, now known or not yet.

    Raises ValueError, KeyError or IndexError for a line that makes no sense.
    """
    match words:
        case ["format", encoding, "1.0"]:
            return _ORDERS[encoding]
        case ["element", name, count]:
            elements.append((name, int(count), []))
        case ["property", "list", length, scalar, name] if _SCALARS[length][0] != "f":
            elements[-1][2].append(Property(name, _SCALARS[scalar], _SCALARS[length]))
        case ["property", scalar, name]:
            elements[-1][2].append(Property(name, _SCALARS[scalar]))
        case _:
            raise ValueError
    return order


def _header_lines(blob: Blob) -> tuple[list[str], int]:
    """The lines up to "end_header", and the offset of what follows."""
    head = blob.data[:_MAX_HEADER]
    newline = b"\r" if head[3:4] == b"\r" and head[4:5] != b"\n" else b"\n"
    lines: list[str] = []
    start = 0
    while (stop := head.find(newline, start)) >= 0:
        lines.append(head[start:stop].decode("utf-8", "replace").strip())
        start = stop + 1
        if lines[-1] == "end_header":
            return lines, start
    raise blob.error("the header has no end: the file is cut off or no PLY; export it again.")

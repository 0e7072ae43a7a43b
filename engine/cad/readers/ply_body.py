"""The body of a PLY file: its elements as tables of columns."""

from __future__ import annotations

import struct
from array import array
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.cad.readers.ply_header import Element, Header, Property
from engine.cad.readers.source import Blob

Column = npt.NDArray[np.generic]
#: Codes of `struct` for numpy's.
_CODES = {"i1": "b", "u1": "B", "i2": "h", "u2": "H", "i4": "i", "u4": "I", "f4": "f", "f8": "d"}


@dataclass
class Table:
    """Records of one element.

    scalars : by property name, [N].
    lists   : by property name, (values [L], lengths [N]).
    """

    scalars: dict[str, Column] = field(default_factory=dict)
    lists: dict[str, tuple[Column, Column]] = field(default_factory=dict)


def read_body(blob: Blob, header: Header) -> dict[str, Table]:
    """All elements of the file by name. Raises FileError where it ends too early."""
    tables: dict[str, Table] = {}
    source = _Binary(blob, header) if header.order else _Ascii(blob, header)
    for element in header.elements:
        if element.count and element.properties:
            tables[element.name] = source.table(element)
    return tables


class _Binary:
    """Reads elements one after the other from packed records."""

    def __init__(self, blob: Blob, header: Header) -> None:
        self.blob = blob
        self.order = header.order
        self.offset = header.end

    def table(self, element: Element) -> Table:
        return self.uniform(element) or self.ragged(element)

    def uniform(self, element: Element) -> Table | None:
        """The element when all its lists are as long as in its first record, or None."""
        lengths = self.first_lengths(element)
        fields: list[tuple[str, str] | tuple[str, str, tuple[int]]] = []
        for index, item in enumerate(element.properties):
            if item.length is not None:
                fields.append((f"n{index}", self.order + item.length))
            shape = (lengths[index],) if item.length is not None else None
            code = self.order + item.scalar
            fields.append((f"v{index}", code, shape) if shape else (f"v{index}", code))
        record = np.dtype(fields)
        if record.itemsize * element.count > len(self.blob.data) - self.offset:
            if any(item.length is not None for item in element.properties):
                return None
            raise self.cut_off(element)
        records = np.frombuffer(self.blob.data, record, element.count, self.offset)
        table = Table()
        for index, item in enumerate(element.properties):
            if item.length is None:
                table.scalars[item.name] = records[f"v{index}"]
            elif (records[f"n{index}"] != lengths[index]).any():
                return None
            else:
                table.lists[item.name] = (records[f"v{index}"].reshape(-1), records[f"n{index}"])
        self.offset += record.itemsize * element.count
        return table

    def first_lengths(self, element: Element) -> list[int]:
        """Lengths of the lists in the first record, 0 for scalars."""
        lengths = []
        position = self.offset
        for item in element.properties:
            length, position, _ = self.item(element, item, position)
            lengths.append(length)
        return lengths

    def item(self, element: Element, item: Property, position: int) -> tuple[int, int, int]:
        """Length of one value (0: scalar), the offset after it, and the offset of its items."""
        length = 0
        if item.length is not None:
            try:
                code = self.order + _CODES[item.length]
                (length,) = struct.unpack_from(code, self.blob.data, position)
            except struct.error:
                raise self.cut_off(element) from None
            position += int(item.length[1])
            if length < 0:
                raise self.blob.error(
                    f"a list of {element.name[:40]!r} has a negative length; export it again."
                )
        after = position + int(item.scalar[1]) * (length if item.length is not None else 1)
        if after > len(self.blob.data):
            raise self.cut_off(element)
        return length, after, position

    def ragged(self, element: Element) -> Table:
        """The element record by record; only what the lists of faces need is kept."""
        chunks: dict[str, list[bytes]] = {p.name: [] for p in element.properties}
        lengths: dict[str, list[int]] = {p.name: [] for p in element.properties}
        data = self.blob.data
        for _ in range(element.count):
            for item in element.properties:
                length, after, start = self.item(element, item, self.offset)
                chunks[item.name].append(data[start:after])
                lengths[item.name].append(length)
                self.offset = after
        table = Table()
        for item in element.properties:
            values: Column = np.frombuffer(b"".join(chunks[item.name]), self.order + item.scalar)
            if item.length is None:
                table.scalars[item.name] = values
            else:
                table.lists[item.name] = (values, np.array(lengths[item.name], dtype=np.int64))
        return table

    def cut_off(self, element: Element) -> Exception:
        return self.blob.error(
            f"it ends within the records of {element.name[:40]!r}: the file is cut off; export it "
            "again."
        )


class _Ascii:
    """Reads elements one after the other, one record per line."""

    def __init__(self, blob: Blob, header: Header) -> None:
        self.blob = blob
        self.lines = blob.lines(header.end)
        self.line = header.lines

    def table(self, element: Element) -> Table:
        columns: dict[str, array[Any]] = {
            p.name: array("d" if _is_float(p) else "q") for p in element.properties
        }
        lengths = {p.name: array("q") for p in element.properties}
        for _ in range(element.count):
            fields = self.record(element)
            try:
                position = 0
                for item in element.properties:
                    count = 1
                    if item.length is not None:
                        count = int(fields[position])
                        lengths[item.name].append(count)
                        position += 1
                    words = fields[position : position + count]
                    if count < 0 or len(words) < count:
                        raise self.bad()
                    columns[item.name].extend(map(float if _is_float(item) else int, words))
                    position += count
            except (ValueError, IndexError, OverflowError):
                raise self.bad() from None
        table = Table()
        for item in element.properties:
            values: Column = np.frombuffer(columns[item.name], columns[item.name].typecode)
            if item.length is None:
                table.scalars[item.name] = values
            else:
                table.lists[item.name] = (values, np.frombuffer(lengths[item.name], np.int64))
        return table

    def record(self, element: Element) -> list[bytes]:
        """The words of the next line that is not blank."""
        for text in self.lines:
            self.line += 1
            fields = text.split()
            if fields:
                return fields
        raise self.blob.error(
            f"it ends within the records of {element.name[:40]!r}: the file is cut off; export it "
            "again.",
            line=self.line,
        )

    def bad(self) -> Exception:
        return self.blob.error(
            "the line does not hold the numbers that the header declares; export the file again.",
            line=self.line,
        )


def _is_float(item: Property) -> bool:
    return item.scalar[0] == "f"

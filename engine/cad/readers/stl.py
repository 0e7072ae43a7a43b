"""STL, binary and ASCII."""

from __future__ import annotations

import re
from array import array

import numpy as np

from engine.cad.raw import RawPart
from engine.cad.readers.source import MAX_TRIANGLES, Blob, Content
from engine.cad.readers.tidy import check_total
from engine.types import FloatArray, Note

_HEADER = 84
_RECORD = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
_EXPORT_AGAIN = "export it again"


def is_binary(data: bytes) -> bool:
    """Whether the bytes are a complete binary STL: the size fits the declared count.

    A binary STL may begin with "solid" too, so the size decides, not the first word.
    """
    return len(data) >= _HEADER and len(data) == _HEADER + _RECORD.itemsize * _declared(data)


def is_ascii(data: bytes) -> bool:
    """Whether the bytes look like an ASCII STL."""
    head = data[:1024].lstrip().lower()
    text = head.startswith(b"solid") and (b"facet" in head or b"endsolid" in head)
    return text and b"\0" not in head and not is_binary(data)


def read_stl(blob: Blob) -> Content:
    """An STL file: one unnamed part, or one per solid where an ASCII file holds several.

    Vertices are as in the file, three per triangle, not welded; stored normals are not used.
    """
    return _read_ascii(blob) if is_ascii(blob.data) else _read_binary(blob)


def _declared(data: bytes) -> int:
    return int.from_bytes(data[80:84], "little")


def _read_binary(blob: Blob) -> Content:
    data = blob.data
    if len(data) < _HEADER:
        raise blob.error(f"this is too short to be an STL file; {_EXPORT_AGAIN}.")
    count = _declared(data)
    room = (len(data) - _HEADER) // _RECORD.itemsize
    if count > room:
        raise blob.error(
            f"it declares {count} triangles, but holds only {room}: the file is cut off or is no "
            f"STL; {_EXPORT_AGAIN}."
        )
    if count > MAX_TRIANGLES:
        raise _too_many(blob, f"{count} triangles, more")
    records = np.frombuffer(data, dtype=_RECORD, count=count, offset=_HEADER)
    with np.errstate(invalid="ignore"):  # a signalling NaN is still a NaN: mending names its part
        vertices = records["corners"].reshape(-1, 3).astype(np.float64)
    rest = len(data) - _HEADER - count * _RECORD.itemsize
    notes = () if not rest else (Note("warning", f"{rest} bytes after the triangles were ignored"),)
    return Content((_part(blob.path.stem, vertices),), named=False, notes=notes)


def _read_ascii(blob: Blob) -> Content:
    """Facets line by line: exact line numbers matter more here than the last bit of speed."""
    facets = _Facets(blob)
    line = 0
    for line, text in enumerate(blob.lines(), 1):
        fields = text.split(maxsplit=4)
        word = fields[0].lower() if fields else b""
        if word == b"vertex":
            facets.vertex(fields, line)
        elif word == b"endfacet":
            facets.end(line)
        elif word == b"solid":
            facets.solid(text, line)
    if facets.loop:
        raise blob.error(
            f"it ends in the middle of a facet: the file is cut off; {_EXPORT_AGAIN}.", line=line
        )
    named = len(facets.solids) > 1
    stem = blob.path.stem
    parts = [
        _part(name if named and name else stem, np.frombuffer(values, dtype=np.float64))
        for name, values in facets.solids
    ]
    return Content(tuple(parts), named=named)


class _Facets:
    """The state that the lines of an ASCII STL build up."""

    def __init__(self, blob: Blob) -> None:
        self.blob = blob
        self.solids: list[tuple[str, array[float]]] = []  # names and coordinates
        self.triangles = 0
        self.loop = 0  # corners seen since the last finished facet

    def vertex(self, fields: list[bytes], line: int) -> None:
        try:
            x, y, z = map(float, fields[1:])
        except ValueError:
            raise self.blob.error(
                f"a vertex needs three numbers; {_EXPORT_AGAIN}.", line=line
            ) from None
        self.loop += 1
        if self.loop > 3:
            raise self.corners("more than 3", line)
        if not self.solids:  # "solidring" without a space, say
            self.solids.append(("", array("d")))
        self.solids[-1][1].extend((x, y, z))

    def end(self, line: int) -> None:
        if self.loop != 3:
            raise self.corners(f"{self.loop}", line)
        self.loop = 0
        self.triangles += 1
        if self.triangles > MAX_TRIANGLES:
            raise _too_many(self.blob, "more triangles")

    def solid(self, text: bytes, line: int) -> None:
        if self.loop:
            raise self.blob.error(
                f"a solid begins in the middle of a facet; {_EXPORT_AGAIN}.", line=line
            )
        check_total(self.blob, len(self.solids), self.triangles)
        name = re.sub(rb"^\s*solid\s*", b"", text, flags=re.IGNORECASE)
        self.solids.append((name.decode("utf-8", "replace").strip(), array("d")))

    def corners(self, count: str, line: int) -> Exception:
        return self.blob.error(
            f"a facet has {count} corners instead of 3; {_EXPORT_AGAIN}.", line=line
        )


def _too_many(blob: Blob, what: str) -> Exception:
    return blob.error(
        f"it holds {what} than the {MAX_TRIANGLES} that are read; export with a coarser tolerance."
    )


def _part(name: str, corners: FloatArray) -> RawPart:
    vertices = corners.reshape(-1, 3)
    faces = np.arange(len(vertices), dtype=np.int32).reshape(-1, 3)
    return RawPart(name, vertices, faces)

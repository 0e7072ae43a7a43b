"""GemCad's own binary files (`.gem`), little-endian, without a header.

    facet    3 doubles p with p · x = 1 for every point x of the facet; int32 tier;
             string "name<tab>instructions"; then for each corner int32 1 and 3 doubles;
             int32 0 ends the corners
    end      the double -99999 where the next p would begin
    trailer  int32 symmetry, int32 mirror, int32 teeth of the index wheel, double refractive index,
             int32 32767, double index at the bottom; strings: four headers, four footnotes

A string is one byte of length and that many bytes of Windows-1252. What may follow the trailer, the
design of a preform, is not read. A facet's normal is p / |p| and its distance 1 / |p|: files hold
no angles and no indices. Corners are there, but the planes say all, and not every program scales
its corners with them; so only the planes are used.

GemCad's coordinates are a mirror image of the stone: an index i lies at the azimuth
90° - 360° (i - bottom) / teeth, clockwise from above, whereas it counts counter-clockwise by the
manual that `gemcad` names. Exchanging x and y makes the stone that the same design gives as `.asc`.

Sources: M. Parker, `GemCadGemImport.cs`, https://github.com/mbparker/gemcad-file-reader (records,
trailer); crate `indicatrix-formats`, module `gem`, https://docs.rs/indicatrix-formats (the marker
-99999, strings, preform, azimuths); all of it checked on four designs that were at hand as both
`.gem` and `.asc`, which agree facet by facet.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.cad.cuts.cut import Cut
from engine.cad.cuts.gemcad import (
    FARTHEST,
    MOST_FACETS,
    MOST_TEETH,
    Design,
    load_design,
    to_size,
)
from engine.errors import FileError

END = -99999.0
HEADERS = 4
_SAVE_AGAIN = "save the design in GemCad again, or as .asc"


def read_gem(path: str | Path, width: float = 6.5) -> Cut:
    """The stone of a binary GemCad file, `width` mm across its short way, table up.

    Raises FileError naming the byte and the facet when the file is no such design, GeometryError
    when its facets do not enclose a stone.
    """
    path = Path(path)
    return to_size(parse_gem(load_design(path, width), path), path, width)


def is_gem(data: bytes) -> bool:
    """Whether the bytes begin like a design: a plane, a tier, a label with a tab, a corner."""
    if len(data) < 29:
        return False
    tier, length = struct.unpack_from("<iB", data, 24)
    label = data[29 : 29 + length]
    corner = data[29 + length : 33 + length]
    return (
        0 <= tier <= MOST_FACETS
        and b"\t" in label
        and corner in (b"\0\0\0\0", b"\1\0\0\0")
        and bool(np.isfinite(struct.unpack_from("<3d", data)).all())
    )


def parse_gem(data: bytes, path: Path | None = None) -> Design:
    """The design in `data`; `path` is for messages only. Raises FileError with byte and facet."""
    source = _Bytes(data, path)
    design = Design()
    while source.double("the next facet's plane") != END:
        source.at -= 8
        if len(design.facets) >= MOST_FACETS:
            raise source.error(f"has more than {MOST_FACETS} facets; no stone has so many")
        source.facet = len(design.facets) + 1
        _facet(design, source)
    source.facet = None
    if not design.facets:
        raise source.error(f"holds no facets; {_SAVE_AGAIN}")
    _trailer(design, source)
    return design


def _facet(design: Design, source: _Bytes) -> None:
    """Read one facet: its plane and its name; corners are passed over."""
    start = source.at
    plane = np.array([source.double("the plane") for _ in range(3)])
    with np.errstate(over="ignore", invalid="ignore"):
        length = float(np.linalg.norm(plane))
    if not 1.0 / FARTHEST <= length <= FARTHEST:
        source.at = start
        raise source.error(f"has a plane that is no plane of a stone; {_SAVE_AGAIN}")
    tier = source.int32("the tier")
    name = source.text("the name").partition("\t")[0].strip()
    if tier != source.tier:
        source.tier, source.name = tier, ""
    source.name = name or source.name  # as in `.asc`, a name holds until the next
    while (more := source.int32("a corner")) != 0:
        if more != 1:
            source.at -= 4
            raise source.error(f"has the mark {more} where 0 or 1 belongs; {_SAVE_AGAIN}")
        source.skip(24, "a corner")
    design.facets.append((source.name, plane[[1, 0, 2]] / length, 1.0 / length))


def _trailer(design: Design, source: _Bytes) -> None:
    design.symmetry = source.int32("the symmetry")
    design.mirror = source.int32("the mirror mark") != 0
    design.gear = source.int32("the number of teeth")
    if not 1 <= abs(design.gear) <= MOST_TEETH:
        source.at -= 4
        raise source.error(
            f"says that the index wheel has {design.gear} teeth; 1 to {MOST_TEETH} make sense"
        )
    design.refractive_index = source.double("the refractive index")
    source.int32("a mark")
    design.offset = source.double("the index at the bottom")
    texts = [source.text("a header") for _ in range(HEADERS)]
    design.headers = [text for text in texts if text.strip()]


@dataclass
class _Bytes:
    """Reads one value after the other; what is missing is a FileError that says where.

    at   : offset of the next byte. facet : number of the facet that is being read.
    tier : of the latest facet. name : of the latest facet of that tier that has one.
    """

    data: bytes
    path: Path | None
    at: int = 0
    facet: int | None = None
    tier: int = 0
    name: str = ""

    def error(self, what: str) -> FileError:
        facet = "" if self.facet is None else f", facet {self.facet},"
        return FileError(f"at byte {self.at}{facet} the file {what}", file=self.path)

    def skip(self, size: int, what: str) -> int:
        """Pass `size` bytes over and return where they began."""
        if self.at + size > len(self.data):
            raise self.error(f"ends within {what}; {_SAVE_AGAIN}")
        self.at += size
        return self.at - size

    def double(self, what: str) -> float:
        return float(struct.unpack_from("<d", self.data, self.skip(8, what))[0])

    def int32(self, what: str) -> int:
        return int(struct.unpack_from("<i", self.data, self.skip(4, what))[0])

    def text(self, what: str) -> str:
        length = self.data[self.skip(1, what)]
        start = self.skip(length, what)
        # Windows-1252 leaves five bytes open; only remarks hold anything beyond ASCII.
        return self.data[start : start + length].decode("cp1252", errors="replace")

"""GemCad designs, and the text files that hold them (`.asc`); `gemcad_binary` reads the others.

    GemCad 5.0                      the program that wrote it
    g 96 0.0                        teeth of the index wheel, and the index that lies at the bottom
    y 8 y                           symmetry and mirror; every index is listed all the same
    I 1.54                          refractive index the design was made for
    H Standard Round Brilliant      header, repeated
    a -41.5 0.617 96 n 2 84 72 G x  facets: angle (negative: pavilion), distance, indices;
                                    `n` names the index before it, `G` starts a remark
    F ...                           footnote, repeated

A line that begins otherwise continues the one before it. An angle of zero is the table, or the
culet when the distance (or the zero) is negative. Distances are in units of the design.

Which way indices count decides between a stone and its mirror image. Seen from above the table
they increase counter-clockwise on a wheel of positive teeth, clockwise on one of negative (R. W.
Strickland, "GemCad User's Manual" 4.51, 1992, command "Index gear"; text at
https://mwitty.com/content.php?id=5697220). Here the index at the bottom lies at +x.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from engine.cad.cuts.cut import Cut, slope
from engine.cad.cuts.solid import polygons
from engine.errors import FileError, GeometryError, SceneError
from engine.types import FloatArray

MOST_BYTES = 1 << 20
MOST_TEETH = 1000
FARTHEST = 1e4

#: More facets than any published design has (estimated); so many are cut in two seconds.
MOST_FACETS = 600

Token = tuple[str, int]  # a word and the number of its line


@dataclass
class Design:
    """What a file says, as far as it is read.

    gear   : teeth of the index wheel; negative: counted clockwise. offset : index at the bottom.
    facets : (name, outward unit normal [3], distance in the design's units) of each facet.
    """

    gear: int = 96
    offset: float = 0.0
    symmetry: int = 1
    mirror: bool = False
    refractive_index: float | None = None
    headers: list[str] = field(default_factory=list)
    facets: list[tuple[str, FloatArray, float]] = field(default_factory=list)


def read_asc(path: str | Path, width: float = 6.5) -> Cut:
    """The stone of a GemCad `.asc` file, `width` mm across its short way, table up.

    Raises FileError naming the line when the file is no such design, GeometryError when its
    facets do not enclose a stone.
    """
    path = Path(path)
    data = load_design(path, width)
    # GemCad for Windows writes its code page; only remarks hold anything beyond ASCII.
    return to_size(parse_asc(data.decode("cp1252", errors="replace"), path), path, width)


def load_design(path: Path, width: float) -> bytes:
    """All bytes of a design. Raises FileError for a file that is none, SceneError for `width`."""
    if not 0.1 <= width <= 100.0:
        raise SceneError(f"width is {width:g} mm; give a value from 0.1 to 100")
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise FileError(f"cannot be read: {error.strerror}", file=path) from None
    if len(data) > MOST_BYTES:
        raise FileError("is larger than 1 MB and no GemCad design", file=path)
    return data


def parse_asc(text: str, path: Path | None = None) -> Design:
    """The design written in `text`; `path` is for messages only. Raises FileError with the line."""
    lines = text.splitlines()
    if not lines or not lines[0].lstrip("\ufeff").lower().startswith("gemcad"):
        raise FileError("is no GemCad design: line 1 must begin with 'GemCad'", file=path, line=1)
    design = Design()
    tier: list[Token] = []
    for number, line in enumerate(lines[1:], start=2):
        key, rest = line[:1], line[1:]
        if key == "a" and not rest[:1].isalpha():
            _tier(design, tier, path)
            tier = [(word, number) for word in rest.split()]
        elif key == "" or key.isspace() or key not in "gyIHF":
            tier += [(word, number) for word in line.split()] if tier else []
        else:
            _tier(design, tier, path)
            tier = []
            _record(design, key, rest, number, path)
    _tier(design, tier, path)
    if not design.facets:
        raise FileError("holds no facets; a design has lines that begin with 'a'", file=path)
    return design


def _record(design: Design, key: str, rest: str, line: int, path: Path | None) -> None:
    """One line of any kind but `a`."""
    words = rest.split()
    if key == "H":
        design.headers.append(rest.strip())
    elif key == "g":
        design.gear = int(_number(words, 0, "the number of teeth", line, path))
        if not 1 <= abs(design.gear) <= MOST_TEETH:
            raise FileError(f"the index wheel has {design.gear} teeth; 1 to {MOST_TEETH} make "
                            "sense", file=path, line=line)  # fmt: skip
        if len(words) > 1:
            design.offset = _number(words, 1, "the index at the bottom", line, path)
    elif key == "y":
        design.symmetry = int(_number(words, 0, "the symmetry", line, path))
        design.mirror = words[1:2] == ["y"]
    elif key == "I":
        design.refractive_index = _number(words, 0, "the refractive index", line, path)


def _tier(design: Design, tokens: list[Token], path: Path | None) -> None:
    """Add the facets of one `a` record: angle, distance, then indices, names and a remark."""
    if not tokens:
        return
    words = [word for word, _ in tokens]
    line = tokens[0][1]
    angle = _number(words, 0, "the facet angle", line, path)
    distance = _number(words, 1, "the facet's distance", line, path)
    if not -90.0 <= angle <= 90.0:
        raise FileError(f"a facet angle of {angle:g} degrees; angles go from -90 to 90",
                        file=path, line=line)  # fmt: skip
    below = distance < 0.0 or math.copysign(1.0, angle) < 0.0
    if distance < 0.0 and angle == 0.0:
        distance = -distance
    name, i = "", 2
    while i < len(tokens) and words[i] != "G":
        if words[i] == "n":
            name = " ".join(words[i + 1 : i + 2])
            _rename(design, name)
            i += 2
            continue
        index = _number(words, i, "an index", tokens[i][1], path)
        turn = 2.0 * math.pi * (index - design.offset) / design.gear
        normal = slope(turn, math.radians(angle))
        if angle == 0.0:
            normal = np.array([0.0, 0.0, -1.0 if below else 1.0])
        _add(design, name, normal, distance, tokens[i][1], path)
        i += 1
    if i == 2 and angle == 0.0:  # a table needs no index
        _add(design, "T", np.array([0.0, 0.0, -1.0 if below else 1.0]), distance, line, path)


def _rename(design: Design, name: str) -> None:
    """A name belongs to the facet just before it."""
    if design.facets:
        _, normal, distance = design.facets[-1]
        design.facets[-1] = (name, normal, distance)


def _add(
    design: Design, name: str, normal: FloatArray, distance: float, line: int, path: Path | None
) -> None:
    if len(design.facets) >= MOST_FACETS:
        raise FileError(f"more than {MOST_FACETS} facets; no stone has so many",
                        file=path, line=line)  # fmt: skip
    design.facets.append((name, normal, distance))


def _number(words: list[str], at: int, what: str, line: int, path: Path | None) -> float:
    """The number at a place of a record."""
    word = words[at] if at < len(words) else ""
    try:
        value = float(word)
    except ValueError:
        value = math.nan
    if not abs(value) <= FARTHEST:
        found = f"is '{word[:20]}'" if word else "is missing"
        raise FileError(f"{what} {found}; a number belongs there", file=path, line=line)
    return value


def to_size(design: Design, path: Path, width: float) -> Cut:
    """The stone of a design, `width` mm across its short way, girdle at z = 0, axis at the origin.

    path : names the stone where its design has no title. Raises GeometryError when the facets do
    not enclose a stone.
    """
    title = design.headers[0].strip() if design.headers else ""
    try:
        return _sized(_planes(design, title or path.stem), width)
    except GeometryError as error:
        raise GeometryError(error.message, file=path) from None


def _planes(design: Design, name: str) -> Cut:
    """The planes of the design in its own units, each one once."""
    normals = np.array([normal for _, normal, _ in design.facets])
    offsets = np.array([distance for _, _, distance in design.facets])
    # Some designs list a facet twice; the second one would only confuse the counts.
    keys = np.round(np.column_stack([normals, offsets]), 6)
    once = np.sort(np.unique(keys, axis=0, return_index=True)[1])
    counts: dict[str, int] = {}
    facets = []
    for text in (design.facets[i][0] for i in once):
        counts[text] = counts.get(text, 0) + 1
        facets.append(f"{text}, {counts[text]}".lstrip(", "))
    return Cut(name, normals[once], offsets[once], tuple(facets))


def _sized(cut: Cut, width: float) -> Cut:
    """The cut scaled to its width and put in its place."""
    vertices, loops = polygons(cut)
    upright = [v for loop, n in zip(loops, cut.normals, strict=True) if abs(n[2]) < 1e-6
               for v in loop]  # fmt: skip
    if not upright:
        upright = [int(np.linalg.norm(vertices[:, :2], axis=1).argmax())]
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    middle = (low + high) / 2.0
    middle[2] = (vertices[upright, 2].min() + vertices[upright, 2].max()) / 2.0
    return cut.moved(-middle).scaled(width / float((high - low)[:2].min()))

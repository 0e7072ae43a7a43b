"""GemCad's binary files: the same stones as from text, and every kind of damage."""

import os
import random
import struct
import time
from pathlib import Path

import numpy as np
import pytest
import trimesh

from engine.cad.cuts import read_asc, read_gem, to_mesh
from engine.cad.cuts.gemcad import MOST_BYTES, MOST_FACETS, Design, parse_asc
from engine.cad.cuts.gemcad_binary import is_gem, parse_gem
from engine.cad.load import load
from engine.errors import FileError, GeometryError, InputError, SceneError
from engine.types import FloatArray
from tests.engine.cad.cuts import designs

CAD = os.environ.get("CULET_CAD_DIR")
FACETS = sum(len(tier.indices) for tier in designs.PINWHEEL)


def planes(design: Design) -> FloatArray:
    """[F, 4] normals and distances, in the order of the file."""
    return np.array([[*normal, distance] for _, normal, distance in design.facets])


def names(design: Design) -> list[str]:
    return [name for name, _, _ in design.facets]


def write(tmp_path: Path, data: bytes, name: str = "design.gem") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(("gear", "offset"), [(96, 0.0), (96, 24.0), (-96, 0.0), (-96, 48.0)])
def test_both_files_of_a_design_give_the_same_planes(gear: int, offset: float) -> None:
    """Also of a design that is not its own mirror image, whichever way its wheel counts."""
    text = parse_asc(designs.asc(gear=gear, offset=offset).decode())
    binary = parse_gem(designs.gem(gear=gear, offset=offset))
    assert planes(binary) == pytest.approx(planes(text), abs=1e-8)
    assert names(binary) == names(text)
    mirrored = planes(binary) * [1.0, -1.0, 1.0, 1.0]
    assert np.abs(mirrored[:, None] - planes(text)).max(axis=2).min(axis=1).max() > 0.05


def test_the_trailer_is_read() -> None:
    design = parse_gem(designs.gem(gear=-96, offset=48.0))
    assert (design.gear, design.offset, design.symmetry, design.mirror) == (-96, 48.0, 8, False)
    assert (design.refractive_index, design.headers) == (1.76, ["Pinwheel"])


def test_a_design_becomes_a_stone(tmp_path: Path) -> None:
    cut = read_gem(write(tmp_path, designs.gem()), width=7.0)
    other = read_asc(write(tmp_path, designs.asc(), "design.asc"), width=7.0)
    assert cut.name == "Pinwheel"
    assert cut.facets == other.facets
    assert cut.normals == pytest.approx(other.normals, abs=1e-8)
    assert cut.offsets == pytest.approx(other.offsets, abs=1e-6)
    mesh = to_mesh(cut)
    solid = trimesh.Trimesh(mesh.vertices, mesh.faces, process=False)
    assert solid.is_watertight
    assert solid.is_convex
    assert min(solid.extents[:2]) == pytest.approx(7.0)


@pytest.mark.parametrize("name", ["a.gem", "a.GEM", "a.bin"])
def test_the_loader_knows_it_by_its_content(tmp_path: Path, name: str) -> None:
    piece = load(write(tmp_path, designs.gem(), name))
    assert piece.source is not None
    assert piece.source.format == "gem"
    assert [part.role for part in piece.parts] == ["stone"]


@pytest.mark.skipif(CAD is None, reason="needs real CAD files")
@pytest.mark.parametrize("name", ["SRB", "Compear125", "Turkey", "CubeIllusionTri"])
def test_published_pairs(name: str) -> None:
    """Facet by facet the same, within the digits of the text file."""
    assert CAD is not None
    stem = Path(CAD) / name
    text = parse_asc(stem.with_suffix(".asc").read_text("cp1252"))
    binary = parse_gem(stem.with_suffix(".gem").read_bytes())
    assert planes(binary) == pytest.approx(planes(text), abs=1e-8)
    assert names(binary) == names(text)
    assert (binary.gear, binary.offset) == (text.gear, text.offset)
    assert binary.headers == [header for header in text.headers if header]
    one, two = (to_mesh(read(stem.with_suffix(suffix))) for read, suffix in
                ((read_asc, ".asc"), (read_gem, ".gem")))  # fmt: skip
    assert len(one.vertices) == len(two.vertices)
    assert one.vertices == pytest.approx(two.vertices, abs=1e-5)


def test_every_cut_off_file_says_where(tmp_path: Path) -> None:
    data = designs.gem()
    for size in [1, 7, 8, 23, 24, 28, 29, 33, 61, 400, len(data) // 2, len(data) - 30]:
        with pytest.raises(FileError, match=r"at byte \d+.* the file (ends within|holds no)"):
            read_gem(write(tmp_path, data[:size]))


def changed(at: int, new: bytes) -> bytes:
    data = designs.gem()
    return data[:at] + new + data[at + len(new) :]


END = designs.gem().index(struct.pack("<d", -99999.0))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (changed(0, struct.pack("<d", np.nan)), "at byte 0, facet 1, .* no plane"),
        (changed(0, struct.pack("<d", 1e300)), "at byte 0, facet 1, .* no plane"),
        (changed(0, bytes(24)), "at byte 0, facet 1, .* no plane"),
        (changed(34, struct.pack("<i", 7)), "at byte 34, facet 1, .* the mark 7 where 0 or 1"),
        (changed(END + 16, struct.pack("<i", 0)), f"at byte {END + 16} .* has 0 teeth"),
        (changed(END + 16, struct.pack("<i", 1 << 30)), f"at byte {END + 16} .* teeth"),
        (designs.gem()[END:], "at byte 8 the file holds no facets"),
        (b"\x89PNG" + bytes(400), "a PNG picture"),
        (bytes(300), "at byte 0, facet 1, .* no plane"),
    ],
)
def test_damage_is_named(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(FileError, match=message) as caught:
        load(write(tmp_path, data))
    assert "design.gem" in str(caught.value)


def test_hostile_files_are_bounded(tmp_path: Path) -> None:
    record = struct.pack("<3diB", 0.1, 0.2, 1.0, 1, 2) + b"A\t" + struct.pack("<i", 0)
    with pytest.raises(FileError, match=f"more than {MOST_FACETS} facets"):
        read_gem(write(tmp_path, record * (MOST_FACETS + 1)))
    with pytest.raises(FileError, match="1 MB"):
        read_gem(write(tmp_path, bytes(MOST_BYTES + 1)))
    with pytest.raises(FileError, match="cannot be read"):
        read_gem(tmp_path / "nowhere.gem")
    with pytest.raises(SceneError, match="width"):
        read_gem(write(tmp_path, designs.gem()), width=1e9)
    label = designs.gem().index(b"C1\tcut") - 29
    without_pavilion = designs.gem()[label:]
    with pytest.raises(GeometryError, match="do not enclose"):
        read_gem(write(tmp_path, without_pavilion))


def test_what_follows_the_trailer_is_not_read() -> None:
    whole = designs.gem()
    with_preform = parse_gem(whole + b"\7preform" + whole[:100])
    assert planes(with_preform) == pytest.approx(planes(parse_gem(whole)))


def test_other_files_are_not_taken_for_designs() -> None:
    assert is_gem(designs.gem())
    for data in (b"", b"GemCad 5.0", bytes(28), bytes(500), designs.asc(), os.urandom(28)):
        assert not is_gem(data)


def mutated(data: bytes, rng: random.Random) -> bytes:
    """`data` with bits flipped, a piece cut out, doubled or replaced by random bytes."""
    new = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 5])):
        at = rng.randrange(len(new))
        match rng.randrange(5):
            case 0:
                new[at] ^= 1 << rng.randrange(8)
            case 1:
                del new[at : at + rng.randrange(1, 60)]
            case 2:
                new[at:at] = new[at : at + rng.randrange(200)]
            case 3:
                new[at : at + 8] = rng.randbytes(8)
            case _:
                del new[max(at, 40) :]
    return bytes(new)


@pytest.mark.parametrize("suffix", ["asc", "gem"])
def test_damaged_files_are_read_or_refused_in_time(tmp_path: Path, suffix: str) -> None:
    """Nothing but our errors, a sentence each, or a closed stone."""
    rng = random.Random(7)
    seed = designs.gem() if suffix == "gem" else designs.asc()
    read = read_gem if suffix == "gem" else read_asc
    answers = []
    for turn in range(250):
        data = mutated(seed, rng) if turn % 10 else rng.randbytes(rng.randrange(1, 2000))
        start = time.monotonic()
        try:
            mesh = to_mesh(read(write(tmp_path, data, f"design.{suffix}")))
        except InputError as problem:
            answers.append(str(problem))
        else:
            assert trimesh.Trimesh(mesh.vertices, mesh.faces, process=False).is_watertight
        assert time.monotonic() - start < 5.0
    assert 50 < len(answers) < 250
    assert all(f"design.{suffix}" in answer and "\n" not in answer for answer in answers)

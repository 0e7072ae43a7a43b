"""GemCad designs: what is read, what is refused and where."""

import os
from pathlib import Path

import numpy as np
import pytest
import trimesh
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.cad.cuts import polygons, read_asc, to_mesh
from engine.cad.cuts.gemcad import MOST_BYTES, MOST_FACETS, parse_asc
from engine.errors import FileError, InputError, SceneError

BRILLIANT = """GemCad 5.0
g 96 0.0
y 8 y
I 1.54
H A round of eight
a -90.000000 1.02653281 93 n G 87 81 75 69 63 57 51 45 39 33 27 21 15 9 3
a -42.500000 0.61819401 93 n 1 87 81 75 69 63 57 51 45 39 33 27 21 15 9 3 G Meet at center
a -41.500000 0.61701256 96 n 2 84 72 60
 48 36 24 12
a 34.000000 0.68444470 3 n A 9 15 21 27 33 39 45 51 57 63 69 75 81 87 93
a 28.000000 0.60896430 96 n B 12 24 36 48 60 72 84
 G Meet the girdle
a 16.000000 0.50613241 6 n C 18 30 42 54 66 78 90
a 0.000000 0.36450932 96 n T
F cut with care \xb0
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "design.asc"
    path.write_bytes(text.encode("cp1252", errors="replace"))
    return path


def test_a_design_becomes_a_stone(tmp_path: Path) -> None:
    cut = read_asc(write(tmp_path, BRILLIANT), width=7.0)
    assert cut.name == "A round of eight"
    assert len(cut.facets) == 16 + 16 + 8 + 16 + 8 + 8 + 1
    mesh = to_mesh(cut)
    solid = trimesh.Trimesh(mesh.vertices, mesh.faces, process=False)
    assert solid.is_watertight
    assert solid.is_convex
    assert min(solid.extents[:2]) == pytest.approx(7.0)
    table = cut.normals[:, 2].argmax()
    assert polygons(cut)[0][:, 2].max() == pytest.approx(cut.offsets[table])
    girdle = polygons(cut)[0][polygons(cut)[1][0]]
    assert girdle[:, 2].min() == pytest.approx(-girdle[:, 2].max())


@pytest.mark.skipif("CULET_CAD_DIR" not in os.environ, reason="needs real CAD files")
@pytest.mark.parametrize(
    ("name", "facets"), [("SRB", 73), ("Compear125", 67), ("Turkey", 74), ("CubeIllusionTri", 51)]
)
def test_published_designs(name: str, facets: int) -> None:
    """Every facet of a published design is in sight, and none of the edges is a sliver's."""
    cut = read_asc(Path(os.environ["CULET_CAD_DIR"]) / f"{name}.asc")
    mesh = to_mesh(cut)
    solid = trimesh.Trimesh(mesh.vertices, mesh.faces, process=False)
    assert solid.is_watertight
    assert len(cut.facets) == facets
    assert all(polygons(cut)[1])
    assert solid.edges_unique_length.min() > 4e-4


def test_header_and_angles() -> None:
    design = parse_asc(BRILLIANT)
    assert (design.gear, design.symmetry, design.mirror) == (96, 8, True)
    assert design.refractive_index == 1.54
    normals = np.array([normal for _, normal, _ in design.facets])
    angles = np.degrees(np.arccos(np.clip(normals[:, 2], -1.0, 1.0)))
    assert sorted(set(np.round(angles, 6))) == [0.0, 16.0, 28.0, 34.0, 90.0, 137.5, 138.5]


def test_a_wheel_counted_the_other_way_gives_the_mirror_image() -> None:
    one = "GemCad 5.0\ng 96 0.0\na 30.0 0.5 4 n A\n"
    (_, right, _), = parse_asc(one).facets  # fmt: skip
    (_, left, _), = parse_asc(one.replace("g 96", "g -96")).facets  # fmt: skip
    assert left == pytest.approx(right * [1.0, -1.0, 1.0])
    assert np.degrees(np.arctan2(right[1], right[0])) == pytest.approx(15.0)


def test_the_index_at_the_bottom_turns_the_stone() -> None:
    one = "GemCad 5.0\ng 96 0.0\na 30.0 0.5 4 n A\n"
    ((_, turned, _),) = parse_asc(one.replace("96 0.0", "96 24.0")).facets
    assert np.degrees(np.arctan2(turned[1], turned[0])) == pytest.approx(15.0 - 90.0)


@pytest.mark.parametrize("record", ["a 0.0 -0.4 96", "a -0.0 0.4 96", "a 0.0 -0.4"])
def test_a_zero_facet_below_is_a_culet(record: str) -> None:
    ((_, normal, distance),) = parse_asc(f"GemCad 5.0\ng 96 0.0\n{record}\n").facets
    assert normal == pytest.approx([0.0, 0.0, -1.0])
    assert distance == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("GemCad 5.0", "STL", 1),
        ("g 96 0.0", "g many", 2),
        ("g 96 0.0", "g 0 0.0", 2),
        ("g 96 0.0", "g 1e300", 2),
        ("g 96 0.0", "g 96 low", 2),
        ("y 8 y", "y", 3),
        ("I 1.54", "I glass", 4),
        ("a -90.000000", "a -95.0", 6),
        ("1.02653281", "wide", 6),
        ("1.02653281", "nan", 6),
        ("48 36 24 12", "48 thirty", 9),
        ("0.50613241 6 n C 18", "0.50613241 6 n C inf", 13),
    ],
)
def test_errors_name_the_line(tmp_path: Path, old: str, new: str, line: int) -> None:
    path = write(tmp_path, BRILLIANT.replace(old, new))
    with pytest.raises(FileError) as caught:
        read_asc(path)
    assert caught.value.line == line
    assert f"line {line}" in str(caught.value)
    assert "design.asc" in str(caught.value)


def test_a_design_that_stays_open_is_refused(tmp_path: Path) -> None:
    text = "\n".join(line for line in BRILLIANT.splitlines() if not line.startswith("a -4"))
    with pytest.raises(InputError, match="do not enclose"):
        read_asc(write(tmp_path, text.replace(" 48 36 24 12\n", "")))


def test_hostile_files_are_bounded(tmp_path: Path) -> None:
    many = "GemCad 5.0\ng 96 0.0\na 30.0 0.5" + " 1" * (MOST_FACETS + 1)
    with pytest.raises(FileError, match="no stone has so many"):
        read_asc(write(tmp_path, many))
    with pytest.raises(FileError, match="1 MB"):
        read_asc(write(tmp_path, "GemCad" + " " * MOST_BYTES))
    with pytest.raises(FileError, match="no facets"):
        read_asc(write(tmp_path, "GemCad 5.0\ng 96 0.0\n"))
    with pytest.raises(FileError, match="cannot be read"):
        read_asc(tmp_path / "nowhere.asc")
    with pytest.raises(SceneError, match="width"):
        read_asc(write(tmp_path, BRILLIANT), width=0.0)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.text("aGgnyIHF0123456789.- \n", max_size=60),
    st.integers(0, len(BRILLIANT)),
    st.integers(0, 40),
)
def test_anything_else_is_an_input_error(
    tmp_path: Path, noise: str, at: int, removed: int
) -> None:  # fmt: skip
    text = BRILLIANT[:at] + noise + BRILLIANT[at + removed :]
    try:
        mesh = to_mesh(read_asc(write(tmp_path, text)))
    except InputError:
        return
    assert trimesh.Trimesh(mesh.vertices, mesh.faces, process=False).is_watertight

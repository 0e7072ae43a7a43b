"""Dispatch, STL, OBJ and PLY."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from engine.cad.raw import RawModel
from engine.cad.readers import read
from engine.cad.readers.polygons import triangulate
from engine.cad.readers.tidy import unique
from engine.errors import FileError
from tests.engine.cad.sample_files import CORNERS, obj, ply, stl_ascii, stl_binary, volume


def _read(folder: Path, name: str, data: bytes) -> RawModel:
    path = folder / name
    path.write_bytes(data)
    return read(path)


@pytest.mark.parametrize("data", [stl_binary(), stl_ascii(), stl_ascii().upper()])
def test_stl(tmp_path: Path, data: bytes) -> None:
    model = _read(tmp_path, "ring.STL", data)
    assert (model.format, model.unit, model.up, model.named) == ("stl", None, "z", False)
    (part,) = model.parts
    assert part.name == "ring"
    assert part.faces.shape == (12, 3)
    assert volume(part.vertices, part.faces) == pytest.approx(1.0)
    assert model.sha256 == hashlib.sha256(data).hexdigest()


def test_stl_with_a_rest_is_read_and_said(tmp_path: Path) -> None:
    model = _read(tmp_path, "a.stl", stl_binary() + b"rest")
    assert len(model.parts[0].faces) == 12
    assert "4 bytes" in model.notes[0].text


def test_ascii_stl_with_carriage_returns_only(tmp_path: Path) -> None:
    model = _read(tmp_path, "a.stl", stl_ascii().replace(b"\n", b"\r"))
    assert len(model.parts[0].faces) == 12


def test_ascii_stl_without_a_space_before_the_name(tmp_path: Path) -> None:
    model = _read(tmp_path, "a.stl", stl_ascii().replace(b"solid cube", b"solidcube", 1))
    assert len(model.parts[0].faces) == 12


def test_ascii_stl_of_several_solids_has_parts(tmp_path: Path) -> None:
    model = _read(tmp_path, "a.stl", stl_ascii("Ring shank") + stl_ascii("gem") + stl_ascii("gem"))
    assert model.named
    assert [part.name for part in model.parts] == ["Ring shank", "gem.001", "gem.002"]


def test_obj_objects_groups_and_materials(tmp_path: Path) -> None:
    head = "mtllib none here.mtl\no Ring 1\ng Metal 01\nusemtl Yellow Gold 18K\n"
    more = "f 1 3 4 2\no gem\ng gem\nusemtl\nf -4/1/1 -3//2 -1/7 -2\n"
    model = _read(tmp_path, "a.obj", obj(head, more))
    first, second = model.parts
    assert (first.name, first.layer, first.material) == ("Ring 1", "Metal 01", "Yellow Gold 18K")
    assert (second.name, second.layer, second.material) == ("gem", "", None)
    assert len(first.vertices) == len(second.vertices) == 4
    assert np.array_equal(np.unique(second.vertices[:, 2]), [1.0])
    assert (model.up, model.unit, model.named) == ("y", None, True)
    assert "none here.mtl" in model.notes[0].text


def test_obj_groups_alone_name_the_parts(tmp_path: Path) -> None:
    model = _read(tmp_path, "a.obj", obj("g shank\n"))
    assert (model.parts[0].name, model.parts[0].layer) == ("shank", "")
    assert volume(model.parts[0].vertices, model.parts[0].faces) == pytest.approx(1.0)


def test_obj_line_continuation_and_material_library_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.mtl").write_text("newmtl x\n")
    model = _read(tmp_path, "a.obj", obj("mtllib sub/a.mtl\n", "f 1 \\\n3 \\\n4 2\n"))
    assert len(model.parts[0].faces) == 2
    assert not model.notes


def test_polygons_that_a_fan_would_fold() -> None:
    shape = np.array(
        [[0, 0, 0], [2, 0, 0], [2, 1, 0], [1, 1, 0], [1, 2, 0], [0, 2, 0]], dtype=np.float64
    )
    dart = np.array([[0, 0, 0], [2, 0, 0], [0.5, 0.5, 0], [0, 2, 0]], dtype=np.float64)
    for points, area in ((shape, 3.0), (dart, 1.0)):
        for shift in range(len(points)):
            for axes in ([0, 1, 2], [1, 2, 0], [2, 0, 1], [1, 0, 2], [0, 2, 1], [2, 1, 0]):
                turned = np.roll(points, shift, axis=0)[:, axes]
                count = len(points)
                faces = triangulate(turned, np.arange(count), np.array([count]))
                a, b, c = (turned[faces[:, k]] for k in range(3))
                areas = np.cross(b - a, c - a) / 2
                around = np.cross(turned, np.roll(turned, -1, axis=0)).sum(axis=0) / 2
                assert areas.sum(axis=0) == pytest.approx(around)
                assert np.linalg.norm(areas, axis=1).sum() == pytest.approx(area)


@pytest.mark.parametrize("triangle", [False, True])
@pytest.mark.parametrize("order", ["", "<", ">"])
def test_ply(tmp_path: Path, order: str, triangle: bool) -> None:
    model = _read(tmp_path, "a.ply", ply(order, triangle))
    (part,) = model.parts
    assert (model.format, model.named, part.name) == ("ply", False, "a")
    assert np.array_equal(part.vertices, CORNERS)
    assert volume(part.vertices, part.faces) == pytest.approx(1.0)


def test_ply_skips_elements_it_does_not_know(tmp_path: Path) -> None:
    data = ply("").replace(
        b"element face",
        b"element camera 1\nproperty list uchar float view\nproperty int id\nelement face",
    )
    data = data.replace(b"1 1 1 255\n", b"1 1 1 255\n2 0.5 0.25 7\n")
    model = _read(tmp_path, "a.ply", data)
    assert len(model.parts[0].faces) == 12


def test_content_decides_not_the_suffix(tmp_path: Path) -> None:
    model = _read(tmp_path, "ring.obj", stl_binary())
    assert model.format == "stl"
    assert ".obj" in model.notes[0].text
    assert _read(tmp_path, "ring.unknown", ply()).format == "ply"


def test_gemcad_cut(tmp_path: Path) -> None:
    square = "".join(f"a 45.0 0.5 {index}\n" for index in (24, 48, 72, 96))
    top = "".join(f"a -45.0 0.5 {index}\n" for index in (24, 48, 72, 96))
    text = f"GemCad 5.0\ng 96 0.0\ny 4 y\nI 1.54\nH cut\n{square}{top}"
    model = _read(tmp_path, "octahedron.asc", text.encode())
    (part,) = model.parts
    assert (model.format, model.unit) == ("asc", "mm")
    assert volume(part.vertices, part.faces) > 0


def test_names_are_unique_and_printable() -> None:
    assert unique(["a", "b", "a", "a.001"]) == ["a.002", "b", "a.003", "a.001"]
    assert unique(["x\ny\0", ""]) == ["x y", "part"]


def test_nan_vertices_are_left_to_mending(tmp_path: Path) -> None:
    model = _read(tmp_path, "a.obj", obj().replace(b"v 1 1 1", b"v nan 1 inf"))
    assert np.isnan(model.parts[0].vertices).any()


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no such file; check the name"):
        read(tmp_path / "none.stl")
    with pytest.raises(FileError, match="folder; name the CAD file"):
        read(tmp_path)

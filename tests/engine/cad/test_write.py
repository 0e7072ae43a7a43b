"""What is written is read back: geometry, names, layers, materials."""

from __future__ import annotations

import json
import os
import struct
from pathlib import Path

import numpy as np
import pytest

from engine.cad.raw import RawModel
from engine.cad.readers import read
from engine.cad.write import write
from engine.errors import FileError, GeometryError
from engine.types import FloatArray, Mesh, Part, Piece
from tests.engine.cad.sample_files import CORNERS, TRIANGLES, volume

_UNITS = {None: 1.0, "mm": 1.0, "m": 1000.0}


def _moved(x: float, turn_deg: float = 0.0) -> FloatArray:
    c, s = np.cos(np.radians(turn_deg)), np.sin(np.radians(turn_deg))
    return np.array([[c, -s, 0, x], [s, c, 0, 2], [0, 0, 1, 3], [0, 0, 0, 1]])


@pytest.fixture
def piece() -> Piece:
    """Four instances of two boxes; one of them smooth."""
    centred = CORNERS - 0.5
    normals = (centred / np.sqrt(0.75)).astype(np.float32)
    meshes = (
        Mesh(CORNERS * [10.123456789, 2, 1], TRIANGLES, normals),
        Mesh(CORNERS / 3, TRIANGLES),
    )
    parts = (
        Part("Schiene ö 1", 0, _moved(1), "metal", hint="Yellow Gold 18K", layer="Ring::Metal"),
        Part("gem.001", 1, _moved(5, 30), "stone", hint="x", material="diamond", layer="Gems"),
        Part("gem.002", 1, _moved(7, 120), "stone", hint="Ruby", layer="Gems"),
        Part("rest", 1, _moved(9), "other"),
    )
    return Piece(meshes, parts)


def _in_mm(model: RawModel, vertices: FloatArray) -> FloatArray:
    """Vertices in mm with z up."""
    scaled = vertices * _UNITS[model.unit]
    if model.up == "y":
        return np.stack([scaled[:, 0], -scaled[:, 2], scaled[:, 1]], axis=1)
    return scaled


@pytest.mark.parametrize("suffix", [".obj", ".glb", ".3dm"])
def test_parts_come_back(tmp_path: Path, piece: Piece, suffix: str) -> None:
    path = write(piece, tmp_path / f"ring 1{suffix}")
    model = read(path)
    assert not model.notes
    assert [part.name for part in model.parts] == [part.name for part in piece.parts]
    assert [part.material for part in model.parts] == ["Yellow Gold 18K", "diamond", "Ruby", None]
    rest = "Other" if suffix == ".3dm" else ""
    assert [part.layer for part in model.parts] == ["Ring::Metal", "Gems", "Gems", rest]
    for raw, part in zip(model.parts, piece.parts, strict=True):
        assert _in_mm(model, raw.vertices) == pytest.approx(piece.vertices(part), rel=3e-7)
        assert np.array_equal(raw.faces, TRIANGLES)


@pytest.mark.parametrize("suffix", [".stl", ".ply"])
def test_triangles_come_back(tmp_path: Path, piece: Piece, suffix: str) -> None:
    model = read(write(piece, tmp_path / f"ring{suffix}"))
    (raw,) = model.parts
    corners = np.concatenate([piece.vertices(part)[TRIANGLES] for part in piece.parts])
    assert raw.vertices[raw.faces] == pytest.approx(corners, rel=3e-7)
    assert volume(raw.vertices, raw.faces) == pytest.approx(20.246913578 + 3 / 27, rel=1e-5)


def test_stl_normals_are_those_of_the_facets(tmp_path: Path, piece: Piece) -> None:
    data = write(piece, tmp_path / "a.stl").read_bytes()
    assert not data.startswith(b"solid")
    normal = struct.unpack_from("<3f", data, 84)
    assert normal == (0.0, 0.0, -1.0)


def test_glb_shares_meshes_and_keeps_normals(tmp_path: Path, piece: Piece) -> None:
    data = write(piece, tmp_path / "a.glb").read_bytes()
    (size,) = struct.unpack_from("<I", data, 12)
    model = json.loads(data[20 : 20 + size])
    positions = {mesh["primitives"][0]["attributes"]["POSITION"] for mesh in model["meshes"]}
    assert len(positions) == 2
    smooth = model["meshes"][0]["primitives"][0]["attributes"]["NORMAL"]
    view = model["bufferViews"][model["accessors"][smooth]["bufferView"]]
    start = 20 + size + 8 + view["byteOffset"]
    normals = np.frombuffer(data, "<f4", 24, start).reshape(8, 3)
    expected = piece.meshes[0].normals
    assert expected is not None
    assert normals == pytest.approx(np.stack([expected[:, 0], expected[:, 2], -expected[:, 1]], 1))
    assert len(data) == struct.unpack_from("<I", data, 8)[0]


def test_obj_comes_with_its_materials(tmp_path: Path, piece: Piece) -> None:
    write(piece, tmp_path / "ring 1.obj")
    text = (tmp_path / "ring 1.mtl").read_text(encoding="utf-8")
    names = [line[7:] for line in text.splitlines() if line.startswith("newmtl ")]
    assert names == ["Yellow Gold 18K", "diamond", "Ruby"]
    assert "vn " in (tmp_path / "ring 1.obj").read_text(encoding="utf-8")


def test_names_that_would_break_a_line(tmp_path: Path, piece: Piece) -> None:
    part = Part("a\nv 1 2 3\\", 0, np.eye(4), "metal", material="gold\nf 1 2 3")
    model = read(write(Piece(piece.meshes, (part,)), tmp_path / "a.obj"))
    assert len(model.parts) == 1
    assert model.parts[0].name == "a v 1 2 3"
    assert model.parts[0].material == "gold f 1 2 3"
    assert np.array_equal(model.parts[0].faces, TRIANGLES)


@pytest.mark.parametrize("suffix", [".stl", ".obj", ".ply", ".glb", ".3dm"])
def test_a_folder_that_is_missing_leaves_nothing(tmp_path: Path, piece: Piece, suffix: str) -> None:
    with pytest.raises(FileError, match="choose a folder that exists"):
        write(piece, tmp_path / "none" / f"a{suffix}")
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_the_old_file_and_no_draft(
    tmp_path: Path, piece: Piece, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(piece, tmp_path / "a.stl")
    before = path.read_bytes()

    def refuse(source: object, target: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(FileError, match="Permission denied"):
        write(Piece(piece.meshes, piece.parts[:1]), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_unknown_suffix_and_empty_piece(tmp_path: Path, piece: Piece) -> None:
    with pytest.raises(FileError, match=r"choose \.3dm, \.glb"):
        write(piece, tmp_path / "a.step")
    with pytest.raises(GeometryError, match="no triangles"):
        write(Piece(piece.meshes, ()), tmp_path / "a.stl")
    assert list(tmp_path.iterdir()) == []

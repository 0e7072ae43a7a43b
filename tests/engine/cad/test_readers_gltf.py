"""glTF and GLB."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.cad.raw import RawModel
from engine.cad.readers import read
from tests.engine.cad.sample_files import CORNERS, TRIANGLES, glb, gltf_model, volume


def _read(folder: Path, model: dict[str, Any], data: bytes) -> RawModel:
    path = folder / "piece.glb"
    path.write_bytes(glb(model, data))
    return read(path)


def test_glb(tmp_path: Path) -> None:
    model = _read(tmp_path, *gltf_model())
    (part,) = model.parts
    assert (model.format, model.unit, model.up, model.named) == ("glb", "m", "y", True)
    assert (part.name, part.layer, part.material) == ("cube", "", "Yellow Gold")
    assert np.array_equal(part.vertices, CORNERS)
    assert np.array_equal(part.faces, TRIANGLES)


def test_nested_transforms_mirrors_and_instances(tmp_path: Path) -> None:
    model, data = gltf_model()
    half = np.sqrt(0.5)
    model["nodes"] = [
        {"name": "ring", "children": [1, 2], "translation": [10, 0, 0]},
        {"name": "gems", "children": [3], "scale": [-1, 2, 1]},
        {"mesh": 0, "rotation": [0, 0, half, half], "scale": [3, 1, 1]},
        {"mesh": 0, "matrix": [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 5, 1]},
    ]
    model["meshes"][0]["name"] = "brilliant"
    mirrored, turned = _read(tmp_path, model, data).parts
    assert (mirrored.name, mirrored.layer) == ("brilliant.001", "ring::gems")
    assert (turned.name, turned.layer) == ("brilliant.002", "ring")
    assert mirrored.vertices.min(axis=0) == pytest.approx([9, 0, 5])
    assert mirrored.vertices.max(axis=0) == pytest.approx([10, 2, 6])
    assert volume(mirrored.vertices, mirrored.faces) == pytest.approx(2.0)
    # Scaled to 3 along x, then turned by 90 degrees about z: x becomes y, y becomes -x.
    assert turned.vertices.min(axis=0) == pytest.approx([9, 0, 0])
    assert turned.vertices.max(axis=0) == pytest.approx([10, 3, 1])
    assert volume(turned.vertices, turned.faces) == pytest.approx(3.0)


def test_external_buffer_and_data_uri(tmp_path: Path) -> None:
    model, data = gltf_model()
    (tmp_path / "the data.bin").write_bytes(data)
    embedded = "data:application/octet-stream;base64," + base64.b64encode(data).decode()
    for uri in ("the%20data.bin", embedded):
        model["buffers"][0]["uri"] = uri
        path = tmp_path / "piece.gltf"
        path.write_text(json.dumps(model))
        read_back = read(path)
        assert read_back.format == "gltf"
        assert np.array_equal(read_back.parts[0].vertices, CORNERS)


def test_strip_and_fan(tmp_path: Path) -> None:
    model, data = gltf_model()
    square = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0]], dtype="<f4")
    for mode, order in ((5, [0, 1, 2, 3]), (6, [0, 1, 3, 2])):
        model, _ = gltf_model()
        data = square.tobytes() + np.array(order, dtype="<u2").tobytes()
        model["meshes"][0]["primitives"][0]["mode"] = mode
        model["accessors"][0]["count"] = model["accessors"][1]["count"] = 4
        model["bufferViews"][0]["byteLength"] = 48
        model["bufferViews"][1] |= {"byteOffset": 48, "byteLength": 8}
        model["buffers"][0]["byteLength"] = len(data)
        (part,) = _read(tmp_path, model, data).parts
        a, b, c = (part.vertices[part.faces[:, k]] for k in range(3))
        areas = np.cross(b - a, c - a)[:, 2] / 2
        assert areas.tolist() == [0.5, 0.5]


def test_interleaved_and_quantised_positions(tmp_path: Path) -> None:
    model, _ = gltf_model()
    model["extensionsRequired"] = ["KHR_mesh_quantization", "KHR_materials_transmission"]
    packed = np.zeros((8, 4), dtype="<i2")
    packed[:, :3] = CORNERS * 32767
    data = packed.tobytes() + TRIANGLES.astype("<u2").tobytes()
    model["accessors"][0] |= {"componentType": 5122, "normalized": True}
    model["bufferViews"] = [
        {"buffer": 0, "byteLength": 64, "byteStride": 8},
        {"buffer": 0, "byteOffset": 64, "byteLength": 72},
    ]
    model["buffers"][0]["byteLength"] = len(data)
    assert np.array_equal(_read(tmp_path, model, data).parts[0].vertices, CORNERS)


def test_sparse_positions(tmp_path: Path) -> None:
    model, data = gltf_model()
    model["accessors"][0]["sparse"] = {
        "count": 1,
        "indices": {"bufferView": 2, "componentType": 5125},
        "values": {"bufferView": 3},
    }
    data += np.array([7], "<u4").tobytes() + np.array([2, 3, 4], "<f4").tobytes()
    model["bufferViews"] += [
        {"buffer": 0, "byteOffset": 168, "byteLength": 4},
        {"buffer": 0, "byteOffset": 172, "byteLength": 12},
    ]
    model["buffers"][0]["byteLength"] = len(data)
    vertices = _read(tmp_path, model, data).parts[0].vertices
    assert vertices[7].tolist() == [2, 3, 4]
    assert np.array_equal(vertices[:7], CORNERS[:7])


def test_points_are_skipped_and_said(tmp_path: Path) -> None:
    model, data = gltf_model()
    lines = {"attributes": {"POSITION": 0}, "mode": 1}
    model["meshes"][0]["primitives"].append(lines)
    read_back = _read(tmp_path, model, data)
    assert len(read_back.parts) == 1
    assert "1 set of points or lines" in read_back.notes[0].text


def test_a_small_use_of_a_large_vertex_list_stays_small(tmp_path: Path) -> None:
    model, data = gltf_model()
    model["accessors"][1]["count"] = 3
    assert len(_read(tmp_path, model, data).parts[0].vertices) == 3

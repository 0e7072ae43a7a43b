"""Files that lie: each gives one sentence with a remedy, quickly and within its size."""

from __future__ import annotations

import base64
import os
import random
import re
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.cad.readers import isolate, read, source
from engine.errors import InputError
from tests.engine.cad.rhino_files import (
    add_block,
    attributes,
    cube,
    reference,
    rhino3dm,
    save,
    self_containing_block,
)
from tests.engine.cad.sample_files import (
    glb,
    gltf_model,
    gltf_with_buffer,
    obj,
    ply,
    stl_ascii,
    stl_binary,
)
from tests.engine.cad.step_files import step


def _glb(change: Callable[[dict[str, Any]], object]) -> bytes:
    """The cube's GLB with its JSON changed."""
    model, data = gltf_model()
    change(model)
    return glb(model, data)


def _noise(size: int = 5000) -> bytes:
    return random.Random(7).randbytes(size)


def _chain(model: dict[str, Any], length: int) -> None:
    """A chain of nodes, each the child of the one before."""
    model["nodes"] = [{"children": [i + 1]} for i in range(length)] + [{"mesh": 0}]


_PLY = ply("<")

#: name of the file, its bytes, and what the sentence must say.
_CASES: dict[str, tuple[str, bytes, str]] = {
    "empty": ("a.stl", b"", "empty; export the model again"),
    "noise as stl": ("a.stl", _noise(), "cut off or is no STL; export it again"),
    "noise as obj": ("a.obj", _noise(), "no triangles; export"),
    "noise as step": ("a.step", _noise(), "content is not STEP.*export it again"),
    "noise as 3dm": ("a.3dm", _noise(), "content is not 3DM.*export it again"),
    "noise as glb": ("a.glb", _noise(), "content is not GLB.*export it again"),
    "noise as gltf": ("a.gltf", _noise(), "no sound glTF 2.0.*export it again"),
    "picture": ("a.stl", b"\x89PNG\r\n\x1a\n" + _noise(), "PNG picture.*export the piece as STL"),
    "archive": ("a.3mf", b"PK\x03\x04" + _noise(), "ZIP archive.*export the piece as"),
    "unknown suffix": ("a.max", _noise(), "not read; export the piece as STL"),
    "gemcad binary": ("a.gem", _noise(), "at byte 0, facet 1, .*save the design in GemCad again"),
    "stl header only": ("a.stl", stl_binary()[:60], "too short.*export it again"),
    "stl cut off": ("a.stl", stl_binary()[:-1], "declares 12 triangles, but holds only 11"),
    "stl huge count": ("a.stl", stl_binary(2**32 - 1), "4294967295 triangles, but holds only 12"),
    "stl no faces": ("a.stl", b"x".ljust(80) + bytes(4), "no triangles; export"),
    "ascii stl cut off": ("a.stl", stl_ascii()[:-40], "line .*ends in the middle.*export it again"),
    "ascii stl bad number": (
        "a.stl",
        stl_ascii().replace(b"vertex 0 1 0", b"vertex 0 x 0", 1),
        "line 5: a vertex needs three numbers; export",
    ),
    "ascii stl solid within a facet": (
        "a.stl",
        stl_ascii().replace(b" endloop", b" solid x", 1),
        "line 7: a solid begins in the middle of a facet; export it again",
    ),
    "ascii stl quads": (
        "a.stl",
        stl_ascii().replace(b" endloop", b" vertex 0 0 0", 1),
        "line 7: a facet has more than 3 corners instead of 3; export it again",
    ),
    "ascii stl no faces": ("a.stl", b"solid facet\nendsolid\n", "no triangles; export"),
    "obj without faces": ("a.obj", obj("", ""), "no triangles; export"),
    "obj index too high": ("a.obj", obj("", "f 1 2 9\n"), "line 9: .*does not exist; export"),
    "obj index far too high": ("a.obj", obj("", "f 1 2 99999999999999999999\n"), "line 9"),
    "obj index 0": ("a.obj", obj("", "f 0 1 2\n"), "line 9: .*does not exist; export"),
    "obj negative index": ("a.obj", obj("", "f -1 -2 -9\n"), "line 9: .*does not exist; export"),
    "obj face of two": ("a.obj", obj("", "f 1 2\n"), "line 9: .*fewer than three corners; export"),
    "obj bad vertex": ("a.obj", obj("v 1 2\n"), "line 1: a vertex needs three numbers; export"),
    "obj endless line": ("a.obj", obj("", "f" + " 1" * 2**22), "more than 4 MiB.*export it again"),
    "mtl above": ("a.obj", obj("mtllib ../a.mtl\n"), "outside the file's folder.*put it beside"),
    "mtl absolute": ("a.obj", obj("mtllib /etc/passwd\n"), "'/etc/passwd' lies outside"),
    "mtl on a drive": ("a.obj", obj("mtllib C:\\a.mtl\n"), "outside the file's folder.*put it"),
    "mtl backslashes": ("a.obj", obj("mtllib ..\\..\\a.mtl\n"), "outside the file's folder"),
    "ply without end": ("a.ply", b"ply\nformat ascii 1.0\n", "header has no end.*export it again"),
    "ply huge count": (
        "a.ply",
        _PLY.replace(b"vertex 8", b"vertex 4000000000"),
        "line 4: it declares 4000000000 records.*export it again",
    ),
    "ply negative count": (
        "a.ply",
        _PLY.replace(b"face 6", b"face -6"),
        "declares -6 records.*export it again",
    ),
    "ply cut off": ("a.ply", _PLY[:-3], "within the records of 'face'.*export it again"),
    "ply ascii cut off": ("a.ply", ply()[:-10], "within the records of 'face'.*export it again"),
    "ply index out of range": (
        "a.ply",
        _PLY.replace(struct.pack("<4i", *[0, 2, 3, 1]), struct.pack("<4i", 0, 2, 3, 8)),
        "does not exist; export",
    ),
    "ply negative list": (
        "a.ply",
        ply().replace(b"\n4 0 2 3 1", b"\n-4 0 2 3 1"),
        "line 20: .*export the file again",
    ),
    "ply property twice": (
        "a.ply",
        ply().replace(b"float y", b"float x"),
        "declares a property twice; export",
    ),
    "ply points only": ("a.ply", ply().replace(b"element face", b"element dots"), "point cloud"),
    "glb cut off": ("a.glb", glb()[:-50], "is cut off; export it again"),
    "glb version 1": ("a.glb", b"glTF\1" + glb()[5:], "version 1; export it as glTF 2.0"),
    "glb chunk too long": (
        "a.glb",
        glb()[:12] + struct.pack("<I", 2**31) + glb()[16:],
        "chunk of the GLB is longer than the file.*export it again",
    ),
    "gltf deeply nested json": (
        "a.gltf",
        b'{"asset":{"version":"2.0"},"nodes":' + b"[" * 100_000,
        "no sound glTF 2.0.*export it again",
    ),
    "glb huge accessor": (
        "a.glb",
        _glb(lambda m: m["accessors"][0].update(count=2**39)),
        "does not hold the data that it declares.*export it again",
    ),
    "glb accessor without data": (
        "a.glb",
        _glb(
            lambda m: m["accessors"].__setitem__(
                0, {"componentType": 5126, "count": 10_000, "type": "VEC3"}
            )
        ),
        "without data.*export it again",
    ),
    "glb sparse bomb": (
        "a.glb",
        _glb(
            lambda m: m["accessors"].__setitem__(
                0, {"componentType": 5126, "count": 2**39, "type": "VEC3"}
            )
        ),
        "more values than are read.*export it again",
    ),
    "glb negative count": (
        "a.glb",
        _glb(lambda m: m["accessors"][1].update(count=-3)),
        "accessors.1.count: .*export it again",
    ),
    "glb absurd offset": (
        "a.glb",
        _glb(lambda m: m["accessors"][0].update(byteOffset=2**39)),
        "does not hold the data that it declares.*export it again",
    ),
    "glb view beyond buffer": (
        "a.glb",
        _glb(lambda m: m["bufferViews"][1].update(byteLength=2**30)),
        "does not hold the data that it declares.*export it again",
    ),
    "glb index out of range": (
        "a.glb",
        _glb(lambda m: m["accessors"][0].update(count=7)),
        "does not exist; export",
    ),
    "glb node loop": (
        "a.glb",
        _glb(lambda m: m["nodes"][0].update(children=[0])),
        "contains itself.*export it again",
    ),
    "glb two parents": (
        "a.glb",
        _glb(lambda m: m["scenes"][0].update(nodes=[0, 0])),
        "contains itself.*export it again",
    ),
    "glb deep chain": ("a.glb", _glb(lambda m: _chain(m, 5000)), "nested too deeply.*export it"),
    "glb draco": (
        "a.glb",
        _glb(lambda m: m.update(extensionsRequired=["KHR_draco_mesh_compression"])),
        "compressed with Draco.*compression switched off",
    ),
    "glb meshopt": (
        "a.glb",
        _glb(lambda m: m["bufferViews"][0].update(extensions={"EXT_meshopt_compression": {}})),
        "compressed with meshopt.*compression switched off",
    ),
    "glb unknown extension": (
        "a.glb",
        _glb(lambda m: m.update(extensionsRequired=["ACME_voxels"])),
        "requires the extension 'ACME_voxels'.*export it without",
    ),
    "gltf buffer above": (
        "a.gltf",
        gltf_with_buffer("../a.bin"),
        "outside the file's folder.*one GLB",
    ),
    "gltf buffer quoted": (
        "a.gltf",
        gltf_with_buffer("%2e%2e/a.bin"),
        "'../a.bin' lies outside.*one GLB",
    ),
    "gltf buffer url": (
        "a.gltf",
        gltf_with_buffer("http://a/b.bin"),
        "outside the file's folder.*one GLB",
    ),
    "gltf buffer file url": (
        "a.gltf",
        gltf_with_buffer("file:///etc/passwd"),
        "outside the file's folder",
    ),
    "gltf buffer missing": (
        "a.gltf",
        gltf_with_buffer("a.bin"),
        "'a.bin' is missing.*put it beside",
    ),
    "gltf bad base64": (
        "a.gltf",
        gltf_with_buffer("data:;base64,*"),
        "no valid base64.*export it again",
    ),
    "gltf short base64": (
        "a.gltf",
        gltf_with_buffer("data:;base64," + base64.b64encode(b"short").decode()),
        "does not hold the data that it declares.*export it again",
    ),
    "step cut off": ("a.step", step({"a": (1, 1, 1)})[:900], "export it"),
    "step header only": ("a.step", b"ISO-10303-21;\n" + _noise(500), "export it again as STEP"),
    "3dm header only": ("a.3dm", b"3D Geometry File Format ", "save it again in Rhino"),
    "3dm noise": ("a.3dm", b"3D Geometry File Format " + _noise(), "save it again in Rhino"),
}


def _refused(path: Path) -> InputError:
    """The error of reading `path`: one sentence, no traceback of a library."""
    with pytest.raises(InputError) as caught:
        read(path)
    text = str(caught.value)
    assert "\n" not in text
    assert len(text) < 500
    assert text.startswith(str(path))
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value


@pytest.mark.parametrize("case", _CASES)
def test_one_sentence_with_the_remedy(tmp_path: Path, case: str) -> None:
    name, data, expected = _CASES[case]
    path = tmp_path / name
    path.write_bytes(data)
    problem = _refused(path)
    assert re.search(expected, str(problem)), str(problem)


def test_names_cannot_control_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "a.obj"
    path.write_bytes(obj("o a\x1b[2Jb\ng c\x07\nusemtl d\x1b[0m\nmtllib \xff\x1b.mtl\n"))
    model = read(path)
    (part,) = model.parts
    assert (part.name, part.layer, part.material) == ("a [2Jb", "c", "d [0m")
    assert model.notes[0].text.isprintable()


def test_link_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "secret.bin").write_bytes(gltf_model()[1])
    folder = tmp_path / "order"
    folder.mkdir()
    (folder / "a.bin").symlink_to(tmp_path / "secret.bin")
    path = folder / "a.gltf"
    path.write_bytes(gltf_with_buffer("a.bin"))
    assert "outside the file's folder" in str(_refused(path))


def test_named_pipe(tmp_path: Path) -> None:
    path = tmp_path / "a.stl"
    os.mkfifo(path)
    assert "not a regular file" in str(_refused(path))


def test_too_large_a_file_is_not_even_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.stl"
    with path.open("wb") as stream:
        stream.truncate(source.MAX_BYTES + 1)
    assert "more than the 2 GiB that are read; export" in str(_refused(path))


def test_instances_that_multiply(tmp_path: Path) -> None:
    """A small GLB that places one mesh so often that the triangles pass the limit."""
    model, _ = gltf_model()
    corners = np.zeros(3 * 60_000, dtype="<u2")
    data = np.zeros((1, 3), "<f4").tobytes() + corners.tobytes()
    model["accessors"][0]["count"] = 1
    model["accessors"][1]["count"] = len(corners)
    model["bufferViews"][0]["byteLength"] = 12
    model["bufferViews"][1] |= {"byteOffset": 12, "byteLength": 2 * len(corners)}
    model["buffers"][0]["byteLength"] = len(data)
    model["nodes"] = [{"mesh": 0} for _ in range(400)]
    model["scenes"][0]["nodes"] = list(range(400))
    path = tmp_path / "a.glb"
    path.write_bytes(glb(model, data))
    assert "with all instances it has" in str(_refused(path))


def test_block_that_contains_itself(tmp_path: Path) -> None:
    problem = _refused(self_containing_block(tmp_path / "a.3dm"))
    assert problem.part == "Ouroboros"
    assert "explode it in Rhino" in str(problem)


def test_blocks_that_multiply(tmp_path: Path) -> None:
    """Twenty blocks, each holding two of the one before: a million cubes."""
    model = rhino3dm.File3dm()
    block = add_block(model, "0", [(cube(), attributes())])
    for level in range(1, 21):
        pair = [(reference(block, x), attributes()) for x in (0.0, 1.0)]
        block = add_block(model, str(level), pair)
    model.Objects.Add(reference(block), attributes())
    assert "leave copies out" in str(_refused(save(model, tmp_path / "a.3dm")))


def test_a_library_that_hangs_or_crashes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.3dm"
    path.write_bytes(b"3D Geometry File Format " + _noise(100))
    monkeypatch.setattr(isolate, "_COMMAND", "import time; time.sleep(60)")
    blob = source.load_blob(path)
    with pytest.raises(InputError, match="took more than 0 s; save it"):
        isolate.isolated(blob, "3dm", 0.2, "save it again.")
    monkeypatch.setattr(isolate, "_COMMAND", "import os; os.abort()")
    with pytest.raises(InputError, match="damaged and cannot be read; save it"):
        isolate.isolated(blob, "3dm", 20.0, "save it again.")


def test_the_child_imports_nothing_from_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder of files from outside may hold a numpy.py: it must not run."""
    (tmp_path / "numpy.py").write_text("raise SystemExit(3)")
    path = tmp_path / "a.step"
    path.write_bytes(step({"a": (1, 1, 1)}))
    monkeypatch.chdir(tmp_path)
    assert len(read(path.name).parts) == 1

"""Small valid files with bytes changed: every answer is geometry or one sentence."""

from __future__ import annotations

import base64
import random
from pathlib import Path

import pytest

from engine.cad.readers import isolate, read, source
from engine.errors import InputError
from tests.engine.cad.rhino_files import (
    attributes,
    cube,
    rhino3dm,
    save,
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

_WORDS = [b"-1", b"0", b"99999999999", b"nan", b"1e999", b"\xff\xfe", b"\n", b" ", b"{", b"]"]


def _mutated(data: bytes, random_: random.Random) -> bytes:
    """`data` with a few bytes flipped, cut out, doubled, or replaced by odd words."""
    changed = bytearray(data)
    for _ in range(random_.choice([1, 1, 2, 4, 8])):
        place = random_.randrange(len(changed))
        match random_.randrange(4):
            case 0:
                changed[place] = random_.randrange(256)
            case 1:
                del changed[place : place + random_.randrange(20)]
            case 2:
                changed[place:place] = changed[place : place + random_.randrange(40)]
            case _:
                changed[place : place + random_.randrange(4)] = random_.choice(_WORDS)
    return bytes(changed)


_SEEDS: dict[str, bytes] = {
    "binary.stl": stl_binary(),
    "ascii.stl": stl_ascii("a") + stl_ascii("b"),
    "a.obj": obj("mtllib a.mtl\no x\ng y\nusemtl z\n"),
    "ascii.ply": ply("", True),
    "little.ply": ply("<"),
    "big.ply": ply(">", True),
    "a.glb": glb(),
    "a.gltf": gltf_with_buffer("data:;base64," + base64.b64encode(gltf_model()[1]).decode()),
}


def _answer(path: Path) -> str:
    """The sentence with which `path` is refused, "" where it is read."""
    try:
        model = read(path)
    except InputError as problem:
        return str(problem)
    assert sum(len(part.faces) for part in model.parts) < 1000
    return ""


@pytest.mark.parametrize("name", _SEEDS)
def test_mutated_files_are_read_or_refused(tmp_path: Path, name: str) -> None:
    random_ = random.Random(name)
    path = tmp_path / name
    answers = []
    for _ in range(250):
        path.write_bytes(_mutated(_SEEDS[name], random_))
        answers.append(_answer(path))
    assert not any("\n" in answer for answer in answers)
    assert sum(map(bool, answers)) > 25


@pytest.mark.parametrize("suffix", ["3dm", "step"])
def test_mutated_files_of_libraries(tmp_path: Path, suffix: str) -> None:
    """Whatever the library does with a damaged file, an answer comes in time."""
    random_ = random.Random(3)
    path = tmp_path / f"a.{suffix}"
    data = step({"a": (1, 2, 3)})
    if suffix == "3dm":
        model = rhino3dm.File3dm()
        model.Objects.AddMesh(cube(), attributes("a"))
        data = save(model, path).read_bytes()
    answers = []
    for _ in range(3):
        path.write_bytes(data[:64] + _mutated(data[64:], random_))
        try:
            content = isolate.isolated(source.load_blob(path), suffix, 5.0, "save it again.")
        except InputError as problem:
            answers.append(str(problem))
        else:
            answers.append(f"{len(content.parts)} parts")
    assert len(answers) == 3
    assert not any("\n" in answer for answer in answers)

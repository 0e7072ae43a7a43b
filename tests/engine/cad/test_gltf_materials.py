"""What glTF materials state, and what of the library they are taken for."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import engine
import materials
from engine.cad.likeness import likeness
from engine.cad.load import load
from engine.cad.readers import read
from engine.cad.readers.gltf_look import read_look
from engine.cad.write import write
from engine.optics import XYZ_TO_REC709, f0_xyz, tabulate
from engine.types import LoadOptions, Piece
from scenes.pieces import build
from tests.engine.cad.sample_files import glb, gltf_model


def khr(**extensions: Any) -> dict[str, Any]:
    return {f"KHR_materials_{name}": value for name, value in extensions.items()}


def pbr(colour: Any = None, metallic: float | None = None, **more: Any) -> dict[str, Any]:
    given = {"baseColorFactor": colour, "metallicFactor": metallic}
    return {key: value for key, value in given.items() if value is not None} | more


def _file(folder: Path, material: dict[str, Any]) -> Path:
    """A cube of 1 mm, under a name that says nothing."""
    model, data = gltf_model()
    model["nodes"][0] |= {"name": "Object 7", "scale": [1e-3] * 3}
    model["materials"] = [{"name": "Slot 1", **material}]
    path = folder / "piece.glb"
    path.write_bytes(glb(model, data))
    return path


def _loaded(folder: Path, **material: Any) -> Piece:
    return load(_file(folder, material))


def _told(piece: Piece) -> list[str]:
    return [note.text for note in piece.notes if note.text.startswith("The material 'Slot 1'")]


RED, BLUE, GREEN = [0.75, 0.03, 0.08], [0.03, 0.06, 0.6], [0.05, 0.5, 0.15]


def _gem(ior: float, **more: Any) -> dict[str, Any]:
    return khr(transmission={"transmissionFactor": 1}, ior={"ior": ior}, **more)


def _volume(colour: list[float], metres: float = 0.004) -> dict[str, Any]:
    return {"attenuationColor": colour, "attenuationDistance": metres}


GEMS = {
    "diamond": _gem(2.417, dispersion={"dispersion": 20 / 55.3}),
    "ruby": _gem(1.77, volume=_volume(RED)),
    "sapphire": _gem(1.768, volume=_volume(BLUE)),
    "emerald": _gem(1.58, volume=_volume(GREEN)),
}


@pytest.mark.parametrize("name", GEMS)
def test_a_gem_by_its_index_and_colour(name: str, tmp_path: Path) -> None:
    piece = _loaded(tmp_path, extensions=GEMS[name])
    (part,) = piece.parts
    assert part.role == "stone"
    assert part.material is not None
    assert part.material.startswith(name)
    assert part.hint == "Slot 1"
    (told,) = _told(piece)
    assert f"transmission 1, ior {GEMS[name]['KHR_materials_ior']['ior']:g}" in told
    assert f"was taken for {part.material} (n_d" in told
    assert engine.compose(piece).materials == {part.name: part.material}
    assert engine.compose(piece, stone="emerald").materials == {part.name: "emerald"}


def test_a_tint_of_the_surface_colours_as_the_volume_does(tmp_path: Path) -> None:
    piece = _loaded(tmp_path, pbrMetallicRoughness=pbr([*RED, 1], 0), extensions=_gem(1.77))
    assert piece.parts[0].material == "ruby"


def test_attenuation_is_smooth_and_per_length() -> None:
    """Half the distance in half the unit's size is the same stone."""
    metres = read_look(None, _gem(1.77, volume=_volume(RED, 0.004)))
    assert metres is not None
    assert metres.scaled(1000.0).distance == pytest.approx(4.0)
    deep, pale = (likeness(metres.scaled(f)) for f in (1000.0, 1e9))
    assert deep.material == "ruby"
    assert pale != deep


def test_an_index_that_no_gem_has(tmp_path: Path) -> None:
    piece = _loaded(tmp_path, extensions=_gem(1.2))
    assert (piece.parts[0].role, piece.parts[0].material) == ("stone", None)
    assert _told(piece) == [
        "The material 'Slot 1' has transmission 1, ior 1.2, and no gem of the library has that "
        "index."
    ]


def test_glass_without_an_index_is_a_stone_of_no_name(tmp_path: Path) -> None:
    piece = _loaded(tmp_path, extensions=khr(transmission={"transmissionFactor": 0.9}))
    assert (piece.parts[0].role, piece.parts[0].material) == ("stone", None)
    assert "but no ior to know the stone by" in _told(piece)[0]


def test_a_dispersion_that_the_stone_has_not_is_told(tmp_path: Path) -> None:
    wrong = _loaded(tmp_path, extensions=_gem(2.417, dispersion={"dispersion": 20 / 67}))
    assert "an Abbe number of 67" in _told(wrong)[0]
    assert "whose own Abbe number, 55, holds" in _told(wrong)[0]
    right = _loaded(tmp_path, extensions=GEMS["diamond"])
    assert "holds" not in _told(right)[0]


METALS = ["gold-18k-yellow", "gold-18k-rose", "silver-925", "platinum-950"]


@pytest.mark.parametrize("name", METALS)
def test_a_metal_by_its_colour(name: str, tmp_path: Path) -> None:
    colour = np.clip(XYZ_TO_REC709 @ f0_xyz(tabulate(materials.load(name))), 0, 1)
    piece = _loaded(tmp_path, pbrMetallicRoughness=pbr([*colour.tolist(), 1.0], 1.0))
    (part,) = piece.parts
    assert (part.role, part.material) == ("metal", name)
    assert f"was taken for {name}; {name} is nearest, 0 away" in _told(piece)[0]
    assert engine.compose(piece, metal="silver-925").materials == {part.name: "silver-925"}


def test_a_metal_of_no_colour_of_ours(tmp_path: Path) -> None:
    piece = _loaded(tmp_path, pbrMetallicRoughness=pbr([0, 0, 1, 1], 1))
    assert (piece.parts[0].role, piece.parts[0].material) == ("metal", None)
    assert "metal of the colour 0.00 0.00 1.00, which none of the library has" in _told(piece)[0]


def test_what_is_left_out_is_told(tmp_path: Path) -> None:
    more = khr(anisotropy={"anisotropyStrength": 0.8}, clearcoat={"clearcoatFactor": 1})
    gold = pbr([1.0, 0.77, 0.34, 1.0], 1.0)
    piece = _loaded(tmp_path, pbrMetallicRoughness=gold, extensions=more)
    assert _told(piece)[0].endswith("; left out: anisotropy, clear coat.")


def test_the_iridescent_is_a_pearl(tmp_path: Path) -> None:
    shine = khr(iridescence={"iridescenceFactor": 1.0})
    piece = _loaded(tmp_path, pbrMetallicRoughness=pbr([0.86, 0.83, 0.78], 0), extensions=shine)
    assert piece.parts[0].role == "pearl"
    assert str(piece.parts[0].material).startswith("pearl")
    plain = _loaded(tmp_path, extensions=shine)
    assert (plain.parts[0].role, plain.parts[0].material) == ("pearl", None)


def test_a_name_counts_more_than_a_look(tmp_path: Path) -> None:
    named = {"name": "Rubin", "extensions": GEMS["diamond"]}
    (part,) = _loaded(tmp_path, **named).parts
    assert (part.role, part.material) == ("stone", "ruby")
    rule = LoadOptions(assign=(("Object 7", "platinum-950"),))
    piece = load(_file(tmp_path, {"extensions": GEMS["diamond"]}), rule)
    assert (piece.parts[0].role, piece.parts[0].material) == ("metal", "platinum-950")
    assert _told(piece) == []


@pytest.mark.parametrize(
    ("said", "extensions"),
    [
        (None, None),
        ({}, {}),
        (pbr(metallic=1.0), None),  # the default, which says nothing
        (pbr([1, 1, 1, 1], 1.0, baseColorTexture={"index": 0}), None),
        ([1], 7),
        (pbr("red", True), khr(ior=3, transmission=[1], volume={"attenuationColor": [1, 2]})),
        (pbr([1, "x", 0]), khr(ior={"ior": "nan"}, transmission={"transmissionFactor": 1e400})),
        (pbr([math.nan, 0, 0]), khr(transmission={"transmissionFactor": -1})),
    ],
)
def test_what_makes_no_sense_is_passed_over(said: Any, extensions: Any) -> None:
    assert read_look(said, extensions) is None


def test_a_wrong_material_does_not_spoil_the_triangles(tmp_path: Path) -> None:
    piece = _loaded(tmp_path, pbrMetallicRoughness="shiny", extensions=[1, 2])
    assert (piece.parts[0].role, len(piece.meshes[0].faces)) == ("metal", 12)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
fields = st.fixed_dictionaries(
    {},
    optional={
        "transmission": st.fixed_dictionaries({"transmissionFactor": json_values}),
        "ior": st.fixed_dictionaries({"ior": json_values}) | json_values,
        "dispersion": st.fixed_dictionaries({"dispersion": json_values}),
        "volume": st.fixed_dictionaries(
            {"attenuationColor": json_values, "attenuationDistance": json_values}
        ),
    },
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(json_values, fields)
def test_no_material_raises(said: Any, extensions: dict[str, Any]) -> None:
    look = read_look(said, khr(**extensions))
    assert look is None or likeness(look.scaled(1000.0)).role in (None, "metal", "stone", "pearl")


def test_files_of_ours_show_only_roles(tmp_path: Path) -> None:
    path = write(build("solitaire", size=46.0), tmp_path / "ring.glb")
    assert {part.look for part in read(path).parts} == {None}
    text = path.read_bytes()
    head = 20 + int.from_bytes(text[12:16], "little")
    model = json.loads(text[20:head])
    model["asset"]["generator"] = "another"
    assert any(read_look(m.get("pbrMetallicRoughness"), None) for m in model["materials"])

"""Mapping files: what they may say, and what is said about wrong ones."""

from __future__ import annotations

from pathlib import Path

import pytest

import materials
from engine.cad.load import interpret
from engine.cad.mapping import house, read_mapping
from engine.errors import FileError, SceneError
from engine.types import LoadOptions
from tests.engine.cad import shapes

GOOD = """
[[assign]]
pattern = "Layer 03"
material = "platinum-950"

[[assign]]
pattern = "thing*"
role = "other"

[vocabulary.roles]
stone = ["piedrita fina"]
[vocabulary.materials]
gold-18k-rose = ["house gold"]
"""


def written(folder: Path, text: str) -> str:
    path = folder / "house.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_mapping_file_gives_rules_and_words(tmp_path: Path) -> None:
    found = house(LoadOptions(mapping=written(tmp_path, GOOD)))
    assert [(r.pattern, r.material, r.role, r.kind) for r in found.rules] == [
        ("Layer 03", "platinum-950", None, "metal"),
        ("thing*", None, "other", None),
    ]
    assert not any(rule.required for rule in found.rules)
    assert found.vocabulary.role("Piedrita fina 3") == "stone"
    assert found.vocabulary.material("House Gold") == "gold-18k-rose"
    plain = house(LoadOptions())
    assert plain.vocabulary.role("Piedrita fina 3") is None
    assert plain.rules == ()


def test_assign_comes_after_the_file_and_must_match(tmp_path: Path) -> None:
    path = written(tmp_path, '[[assign]]\npattern = "*"\nmaterial = "silver-925"\n')
    options = LoadOptions(mapping=path, assign=(("Band", "gold-24k"), ("Diamond", "ruby")))
    found = house(options)
    assert [rule.required for rule in found.rules] == [False, True, True]
    piece = interpret(shapes.model(*shapes.solitaire()), options)
    assert [part.material for part in piece.parts] == ["gold-24k", "ruby"]


def test_a_pattern_of_the_file_may_match_nothing(tmp_path: Path) -> None:
    options = LoadOptions(mapping=written(tmp_path, GOOD))
    assert len(interpret(shapes.model(*shapes.solitaire()), options).parts) == 2


def test_house_words_reach_the_piece(tmp_path: Path) -> None:
    options = LoadOptions(mapping=written(tmp_path, GOOD))
    band = shapes.part("Object", shapes.ring(), material="House Gold")
    assert interpret(shapes.model(band), options).parts[0].material == "gold-18k-rose"


def test_a_material_beside_the_file_is_found_one_outside_refused(tmp_path: Path) -> None:
    library = Path(materials.__file__).parent / "metals" / "platinum-950.yaml"
    (tmp_path / "ours.yaml").write_text(library.read_text(encoding="utf-8"), encoding="utf-8")
    path = written(tmp_path, '[[assign]]\npattern = "*"\nmaterial = "ours.yaml"\n')
    rule = house(LoadOptions(mapping=path)).rules[0]
    assert rule.material == str((tmp_path / "ours.yaml").resolve())
    assert rule.kind == "metal"
    path = written(tmp_path, '[[assign]]\npattern = "*"\nmaterial = "../../ours.yaml"\n')
    with pytest.raises(FileError, match="outside the mapping file's folder; put it beside"):
        house(LoadOptions(mapping=path))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[assign]\n", ["not valid TOML", "line 1"]),
        (
            "[[assign]]\nmaterial = 'ruby'\n",
            ["assign.0.pattern", "missing", "[[assign]] with pattern"],
        ),
        ("[[assign]]\npattern = 'x'\n", ["assign.0", "give a material, a role, a finish"]),
        ("[[assign]]\npattern = 'x'\nrole = 'gold'\n", ["assign.0.role", "'metal'"]),
        ("[[assign]]\npattern = 3\nrole = 'metal'\n", ["assign.0.pattern", "string"]),
        ("[assign]\npattern = 'x'\n", ["assign", "should be a list", "write rules as [[assign]]"]),
        ("colour = 'x'\n", ["colour", "no such field"]),
        ("[vocabulary.roles]\ngem = ['x']\n", ["vocabulary.roles.gem"]),
        ("# " + "x" * 1_000_001, ["larger than 1 MB"]),
    ],
)
def test_wrong_files_are_refused_with_field_and_reason(
    tmp_path: Path, text: str, words: list[str]
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(FileError) as caught:
        read_mapping(path)
    sentence = str(caught.value)
    assert "house.toml" in sentence
    assert "\n" not in sentence
    for word in words:
        assert word in sentence


def test_binary_noise_and_missing_files_are_refused(tmp_path: Path) -> None:
    noise = tmp_path / "noise.toml"
    noise.write_bytes(bytes(range(128, 256)))
    with pytest.raises(FileError, match="not valid TOML"):
        read_mapping(noise)
    with pytest.raises(FileError, match=r"cannot be read .*; check its path"):
        read_mapping(tmp_path / "none.toml")


def test_unknown_materials_and_half_assignments_are_refused(tmp_path: Path) -> None:
    with pytest.raises(materials.MaterialError, match="platinum-950"):
        house(LoadOptions(assign=(("Band", "platinum-95"),)))
    for pair in (("Band", ""), ("", "ruby")):
        with pytest.raises(SceneError, match="write PATTERN=MATERIAL"):
            house(LoadOptions(assign=(pair,)))


def test_a_finish_by_decree(tmp_path: Path) -> None:
    text = '[[assign]]\npattern = "band"\nfinish = "brushed:radial"\n'
    options = LoadOptions(mapping=written(tmp_path, text), finishes=(("top*", "satin"),))
    assert [(r.pattern, r.finish, r.required) for r in house(options).rules] == [
        ("band", "brushed:radial", False),
        ("top*", "satin", True),
    ]
    with pytest.raises(FileError, match="unknown finish 'rough'"):
        read_mapping(written(tmp_path, '[[assign]]\npattern = "a"\nfinish = "rough"\n'))
    with pytest.raises(materials.MaterialError, match="choose one of satin"):
        house(LoadOptions(finishes=(("a", "satn"),)))

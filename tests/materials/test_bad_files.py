"""Wrong material files: one sentence with file, field and reason, whatever is in them."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import materials
from materials import MaterialError
from tests.materials.examples import GEM, METAL, write

# (what is replaced, by what, field that must be named, words of the reason)
WRONG_GEMS = {
    "word for a number": ("value: 3.0", "value: heavy", "density.value", "not 'heavy'"),
    "yes for a number": ("value: 3.0", "value: yes", "density.value", "a yes or no"),
    "not a number": ("value: 3.0", "value: .nan", "density.value", "less than or equal|finite"),
    "infinite": ("b: 1.4", "b: .inf", "index.terms.0.b", "less than or equal|finite"),
    "huge integer": ("value: 3.0", f"value: {'9' * 400}", "density.value", "too large"),
    "negative density": ("value: 3.0", "value: -3.0", "density.value", "greater than 0, not -3.0"),
    "unsorted": ("[400, 500, 600]", "[400, 600, 500]", "absorption", "500 follows 600"),
    "repeated": ("[400, 500, 600]", "[400, 400, 500]", "absorption", "must increase"),
    "lengths": ("[0.0, 0.2, 0.1]", "[0.0, 0.2]", "absorption", "2 values for 3 wavelengths"),
    "negative absorption": ("0.2, 0.1]", "-0.2, 0.1]", "absorption.per_mm.1", "not -0.2"),
    "micrometres": ("[400, 500, 600]", "[0.4, 0.5, 0.6]", "absorption.wavelength_nm.0", "not 0.4"),
    "missing field": ("label: My stone\n", "", "label", "the field is missing"),
    "missing source": ("  source: a test\nabs", "abs", "index.source", "the field is missing"),
    "unknown field": ("label:", "labell: x\nlabel:", "labell", "no such field is known"),
    "unknown evidence": ("evidence: fitted", "evidence: sure", "index.evidence", "'sure'"),
    "unknown model": ("model: sellmeier", "model: magic", "index", "magic"),
    "no model": ("  model: sellmeier\n", "", "index.model", "the field is missing"),
    "unknown form": ("b w^2 / (w^2 - c^2)", "cauchy", "index.form", "not 'cauchy'"),
    "no real index": ("b: 1.4", "b: -1.4", "index", "no index from 1 to 10 at 360 nm"),
    "pole in view": ("c: 0.1", "c: 0.55", "index", "no index from 1 to 10"),
    "range turned": ("[400, 700]", "[700, 400]", "index", "valid_nm must increase"),
    "bad name": ("name: my-stone", "name: My Stone!", "name", "pattern"),
    "name a number": ("name: my-stone", "name: 12", "name", "string"),
    "unknown kind": ("kind: gem", "kind: wood", "kind", "'wood'"),
    "metal's index missing": ("kind: gem", "kind: metal", None, "a metal needs an index"),
    "organic that absorbs": ("kind: gem", "kind: organic", None, "an organic has no absorption"),
    "gem with a base": (
        "label:",
        "reflectance: {wavelength_nm: [400, 700], value: [1, 1], outside: hold, "
        "evidence: fitted, source: a test}\nlabel:",
        None,
        "a gem has no reflectance; only an organic or opaque stone has",
    ),
    "opaque that absorbs": ("kind: gem", "kind: opaque", None, "an opaque stone has no absorption"),
    "twice": ("label:", "kind: gem\nlabel:", None, "line 4: the field 'kind' is given twice"),
    "alias": ("[400, 500, 600]", "&w [400, 500, 600]", None, "anchors and aliases"),
    "a key that is a list": ("label:", "? [a, b]\n: c\nlabel:", None, "must be a word"),
    "a merge": ("label:", "<<: {a: 1}\nlabel:", "a", "no such field"),
    "python object": ("label:", "x: !!python/object:os.system {}\nlabel:", None, "tags"),
    "broken": ("label:", "label: [", None, "line"),
    "a date": ("label: My stone", "label: 2026-99-99", None, "month|YAML"),
}

WRONG_METALS = {
    "negative k": ("1.9, 2.9]", "-1.9, 2.9]", "index.k.1", "greater than or equal to 0, not -1.9"),
    "no k": ("  k: [1.8, 1.9, 2.9]\n", "", None, "a metal needs an index of model 'table' with k"),
    "no outside": ("  outside: hold\n", "", "index.outside", "the field is missing"),
    "too rough": ("value: 0.03", "value: 1.5", "roughness.value", "less than or equal to 1"),
}

ALLOY = """\
index:
  model: alloy
  per_mille: {Au: 585, Ag: 265, Cu: 150}
  evidence: estimated
  source: a test
"""
MY_GOLD = METAL[: METAL.index("index:")] + ALLOY
WRONG_ALLOYS = {
    "sum": ("Cu: 150", "Cu: 100", "index", "add up to 1000, not 950"),
    "element": ("Cu: 150", "Xx: 150", "index.per_mille.Xx", "'Xx'"),
    "zinc without copper": ("Cu: 150", "Zn: 150", "index", "at most half as much Zn as Cu"),
    "negative share": ("Ag: 265", "Ag: -265", "index.per_mille.Ag", "not -265"),
}

OPAL = """\
name: my-opal
label: My opal
kind: opaque
density: {value: 2.1, evidence: measured, source: weighed in the shop}
roughness: {value: 0.02, evidence: estimated, source: polished}
index: {model: constant, n: 1.45, evidence: measured, source: a test}
reflectance:
  wavelength_nm: [400, 700]
  value: [0.5, 0.6]
  outside: hold
  evidence: estimated
  source: a test
phenomenon:
  model: grains
  spacing_nm: 230
  spacing_spread: 0.1
  grain_mm: 1.0
  share: 0.5
  width_nm: 15
  spread_deg: 10
  evidence: estimated
  source: a test
"""
WRONG_OPALS = {
    "unknown phenomenon": ("model: grains", "model: glitter", "phenomenon", "glitter"),
    "too much light": ("share: 0.5", "share: 1.5", "phenomenon.share", "not 1.5"),
    "another one's field": ("grain_mm: 1.0", "layers: 12", "phenomenon.grain_mm", "missing"),
    "no base": (
        OPAL[OPAL.index("reflectance") : OPAL.index("phenomenon")],
        "",
        None,
        "needs a ref",
    ),
    "dispersive": (
        "{model: constant, n: 1.45,",
        "{model: table, wavelength_nm: [400, 700], n: [1.46, 1.45], outside: hold,",
        None,
        "grains and lamellae need an index of model 'constant'",
    ),
}

CASES = [
    pytest.param(text, *case, id=name)
    for text, cases in (
        (GEM, WRONG_GEMS),
        (METAL, WRONG_METALS),
        (MY_GOLD, WRONG_ALLOYS),
        (OPAL, WRONG_OPALS),
    )
    for name, case in cases.items()
]


@pytest.mark.parametrize("text", [GEM, METAL, MY_GOLD, OPAL])
def test_the_examples_themselves_are_right(tmp_path: Path, text: str) -> None:
    material = materials.load(write(tmp_path, text))
    assert material.name.startswith("my-")


@pytest.mark.parametrize(("text", "old", "new", "field", "reason"), CASES)
def test_a_wrong_file_is_refused_in_one_sentence(
    tmp_path: Path, text: str, old: str, new: str, field: str | None, reason: str
) -> None:
    assert old in text
    path = write(tmp_path, text.replace(old, new, 1))
    with pytest.raises(MaterialError) as caught:
        materials.load(path)
    assert caught.value.file == path
    assert caught.value.field == field
    message = str(caught.value)
    assert message.startswith(str(path))
    assert "\n" not in message
    assert len(message) < len(str(path)) + 400
    assert re.search(reason, message)


def test_several_problems_are_counted(tmp_path: Path) -> None:
    text = GEM.replace("label: My stone\n", "").replace("evidence: fitted", "evidence: sure")
    with pytest.raises(MaterialError, match=r"\(and 1 more\)"):
        materials.load(write(tmp_path, text))


def test_a_bomb_of_aliases_is_refused(tmp_path: Path) -> None:
    lines = ["a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
    with pytest.raises(MaterialError, match="anchors and aliases"):
        materials.load(write(tmp_path, "\n".join(lines)))


def test_deep_nesting_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MaterialError, match="nested too deeply"):
        materials.load(write(tmp_path, "a: " + "[" * 50000))


def test_a_large_file_is_refused_unread(tmp_path: Path) -> None:
    with pytest.raises(MaterialError, match="larger than 256 kB"):
        materials.load(write(tmp_path, GEM + "# " + "x" * 300_000))


@pytest.mark.parametrize("content", [b"", b"just words", b"[1, 2]", b"\xff\xfe\x00", b"\x00\x01"])
def test_what_is_no_material_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "noise.yaml"
    path.write_bytes(content)
    with pytest.raises(MaterialError, match=r"noise\.yaml: "):
        materials.load(path)


def test_missing_files_folders_and_devices_are_refused(tmp_path: Path) -> None:
    with pytest.raises(MaterialError, match="there is no such file"):
        materials.load(tmp_path / "nowhere.yaml")
    with pytest.raises(MaterialError, match="folder or device"):
        materials.load(tmp_path)
    with pytest.raises(MaterialError, match="folder or device"):
        materials.load("/dev/zero")
    with pytest.raises(MaterialError, match=r"cannot be read|no such file"):
        materials.load("/" + "x" * 5000 + ".yaml")
    with pytest.raises(MaterialError, match=r"cannot be read|no such file"):
        materials.load("a\0b.yaml")


def test_an_unknown_name_gets_the_nearest_ones() -> None:
    with pytest.raises(
        MaterialError, match=r"no material is called 'gold-18k-yelow'; did you mean"
    ):
        materials.load("gold-18k-yelow")
    with pytest.raises(MaterialError, match="gold-18k-yellow"):
        materials.load("gold-18k-yelow")
    with pytest.raises(MaterialError, match=r"known: .*diamond"):
        materials.load("qqqqqqqq")
    with pytest.raises(MaterialError, match="known: "):
        materials.load("")
    with pytest.raises(MaterialError, match="no kind of material is called 'wood'"):
        materials.names("wood")


def test_names_forgive_case_and_spaces() -> None:
    assert materials.load(" Diamond ") is materials.load("diamond")


def test_a_material_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        materials.load("ruby").label = "Glass"


def test_a_copied_file_can_be_edited_and_used(tmp_path: Path) -> None:
    original = Path(materials.__file__).parent / "metals" / "gold-18k-yellow.yaml"
    text = original.read_text(encoding="utf-8")
    text = text.replace("gold-18k-yellow", "house-gold").replace(
        "Ag: 125, Cu: 125", "Ag: 150, Cu: 100"
    )
    mine = materials.load(write(tmp_path, text))
    assert mine.name == "house-gold"
    assert mine.to_json()["sources"] != []


JUNK = [*":-{}[]?!|%'~\n\t\x07é", "", ".inf", "1e999", "null", "0x", "1:1:1", "2001-01-01", "---"]
JUNK += ["!!float x", "!!binary x", "!!set {a}", "!!timestamp x", "!!int ''"]


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_a_damaged_file_is_either_right_or_refused(tmp_path: Path, data: st.DataObject) -> None:
    text = data.draw(st.sampled_from([GEM, METAL, MY_GOLD]))
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 12)))
    path = write(tmp_path, text[:start] + data.draw(st.sampled_from(JUNK)) + text[end:])
    outcome: materials.Material | MaterialError
    try:
        outcome = materials.load(path)
    except MaterialError as error:
        outcome = error
    if isinstance(outcome, MaterialError):
        assert outcome.file == path
        assert "\n" not in str(outcome)
    else:
        assert outcome.density > 0

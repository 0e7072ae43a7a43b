"""Optical constants of other people's files become materials of ours, and wrong files an error."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

import materials
from engine.optics import tabulate
from engine.optics.grid import WAVELENGTHS
from materials import Material, MaterialError
from materials.imports import Wishes, draft_of, to_yaml
from materials.imports.formulas import index, known
from tests.materials.examples import write

HEAD = """\
# a comment
REFERENCES: |
    A. Tester &amp; B. Tester.
    <a href="https://doi.org/10.1000/xyz"><i>J. Tests</i> <b>1</b>, 2 (1999)</a><br>
COMMENTS: |
    Room temperature
DATA:
"""
METAL_ROWS = [
    (0.2, 1.4, 1.2),
    (0.3, 1.5, 1.9),
    (0.4, 1.47, 1.95),
    (0.5, 1.0, 1.85),
    (0.6, 0.25, 3.1),
    (0.7, 0.13, 4.0),
    (0.8, 0.15, 4.9),
    (0.9, 0.17, 5.6),
    (1.2, 0.3, 7.7),
]


def _table(kind: str, rows: Any) -> str:
    lines = "\n".join("        " + " ".join(map(str, row)) for row in rows)
    return f"  - type: tabulated {kind}\n    data: |\n{lines}\n"


def _formula(number: int, coefficients: str, span: str = "0.3 1.2") -> str:
    return (
        f"  - type: formula {number}\n    wavelength_range: {span}\n"
        f"    coefficients: {coefficients}\n"
    )


def _made(folder: Path, text: str, name: str = "Tester.yml", **wishes: Any) -> Material:
    """What comes back from the file that an import writes."""
    draft = draft_of(write(folder, text, name), Wishes(**wishes))
    made = materials.load(write(folder, to_yaml(draft.fields), "ours.yaml"))
    assert made == draft.material
    return made


def test_a_table_becomes_a_metal(tmp_path: Path) -> None:
    made = _made(tmp_path, HEAD + _table("nk", METAL_ROWS), density=19.3, label="Our gold")
    assert (made.kind, made.name, made.label, made.density) == ("metal", "tester", "Our gold", 19.3)
    optics = tabulate(made)
    rows = np.array(METAL_ROWS)
    np.testing.assert_allclose(optics.n, np.interp(WAVELENGTHS, 1e3 * rows[:, 0], rows[:, 1]))
    np.testing.assert_allclose(optics.k, np.interp(WAVELENGTHS, 1e3 * rows[:, 0], rows[:, 2]))
    cited = next(citation for citation in made.sources if citation.of == "index")
    assert cited.evidence == "measured"
    assert cited.source == (
        "A. Tester & B. Tester. J. Tests 1, 2 (1999), doi:10.1000/xyz (Room temperature); "
        "read from Tester.yml, a file of refractiveindex.info"
    )


def test_only_the_visible_is_kept(tmp_path: Path) -> None:
    made = _made(tmp_path, HEAD + _table("nk", METAL_ROWS))
    assert made.index.wavelength_nm == (300, 400, 500, 600, 700, 800, 900)  # type: ignore[union-attr]


def test_a_model_is_no_measurement(tmp_path: Path) -> None:
    text = HEAD.replace("Room temperature", "Lorentz-Drude model") + _table("nk", METAL_ROWS)
    assert {c.evidence for c in _made(tmp_path, text).sources if c.of == "index"} == {"fitted"}


def test_the_substance_is_in_the_name(tmp_path: Path) -> None:
    (tmp_path / "Au" / "nk").mkdir(parents=True)
    made = _made(tmp_path / "Au" / "nk", HEAD + _table("nk", METAL_ROWS), "Johnson, 1972.yml")
    assert (made.name, made.label) == ("au-johnson-1972", "Au Johnson, 1972")


DIAMOND = "0 0.3306 0.1750 4.3356 0.1060"


def test_formula_1_stays_a_formula(tmp_path: Path) -> None:
    made = _made(tmp_path, HEAD + _formula(1, DIAMOND, "0.226 0.760"), kind="gem")
    diamond = materials.load("diamond")
    assert made.index.model == "sellmeier"
    np.testing.assert_allclose(tabulate(made).n, tabulate(diamond).n, atol=1e-12)
    assert {c.evidence for c in made.sources if c.of == "index"} == {"fitted"}


def test_formula_2_takes_squares(tmp_path: Path) -> None:
    made = _made(tmp_path, HEAD + _formula(2, f"0 0.3306 {0.175**2} 4.3356 {0.106**2}"))
    assert made.index.model == "sellmeier"
    np.testing.assert_allclose(tabulate(made).n, tabulate(materials.load("diamond")).n, atol=1e-9)


def test_a_formula_with_a_pole_in_view_is_held_at_its_ends(tmp_path: Path) -> None:
    made = _made(tmp_path, HEAD + _formula(1, "1.0 0.05 0.37", "0.45 0.9"))
    assert made.index.outside == "hold"  # type: ignore[union-attr]
    n = tabulate(made).n
    assert n[0] == n[WAVELENGTHS.tolist().index(450.0)]


# Each writes n = 1.5 + 0.005 / w^2, or something of the same n^2, in another way.
W2 = {w: w**2 for w in (0.4, 0.55, 0.7)}
SAME: dict[int, tuple[str, Callable[[float], float]]] = {
    3: ("2.25 0.015 -2 0.000025 -4", lambda w2: 1.5 + 0.005 / w2),
    5: ("1.5 0.005 -2", lambda w2: 1.5 + 0.005 / w2),
    4: ("2.0 0.5 0 0.1 2 0.1 2 0.2 2", lambda w2: math.sqrt(
        2.0 + 0.5 / (w2 - 0.01) + 0.1 * w2 / (w2 - 0.04))),
    6: ("0.1 0.05 120", lambda w2: 1.1 + 0.05 / (120 - 1 / w2)),
    7: ("1.5 0.01 0.001 0.002 0 0", lambda w2: 1.5 + 0.01 / (w2 - 0.028)
        + 0.001 / (w2 - 0.028) ** 2 + 0.002 * w2),
    8: ("0.3 0.01 0.02 0.001", lambda w2: math.sqrt(
        (1 + 2 * (0.3 + 0.01 * w2 / (w2 - 0.02) + 0.001 * w2))
        / (1 - (0.3 + 0.01 * w2 / (w2 - 0.02) + 0.001 * w2)))),
    9: ("2.2 0.01 0.02 0.03 0.1 0.4", lambda w2: math.sqrt(
        2.2 + 0.01 / (w2 - 0.02)
        + 0.03 * (math.sqrt(w2) - 0.1) / ((math.sqrt(w2) - 0.1) ** 2 + 0.4))),
}  # fmt: skip


@pytest.mark.parametrize("number", SAME)
def test_other_formulas_become_tables(number: int, tmp_path: Path) -> None:
    coefficients, true = SAME[number]
    made = _made(tmp_path, HEAD + _formula(number, coefficients))
    assert made.index.model == "table"
    n = np.interp([1e3 * w for w in W2], WAVELENGTHS, tabulate(made).n)
    expected = [true(w2) for w2 in W2.values()]
    np.testing.assert_allclose(n, expected, atol=3e-5)


def test_every_formula_is_tried_here() -> None:
    assert set(known()) == {1, 2, *SAME}
    with pytest.raises(ValueError, match="formula 5 gives no index at 500 nm"):
        index(5, [1.0, 1.0, -2000.0], 0.5)


def test_k_of_a_stone_becomes_absorption(tmp_path: Path) -> None:
    text = HEAD + _formula(1, DIAMOND) + _table("k", [(0.4, 2e-6), (0.5, 1e-6), (0.7, 0.0)])
    draft = draft_of(write(tmp_path, text), Wishes())
    absorption = tabulate(draft.material).absorption
    assert absorption[40] == pytest.approx(4 * math.pi * 2e-6 / 400e-6, rel=1e-6)  # per mm at 400
    assert absorption[-1] == 0.0
    assert any("became absorption" in note for note in draft.notes)


def test_k_beyond_the_visible_is_left_out(tmp_path: Path) -> None:
    text = HEAD + _formula(1, DIAMOND) + _table("k", [(10, 1.0), (20, 2.0)])
    draft = draft_of(write(tmp_path, text), Wishes())
    assert draft.material.absorption is None
    assert any("left out" in note for note in draft.notes)


def test_a_very_long_table_is_thinned(tmp_path: Path) -> None:
    rows = [(round(0.36 + 0.0001 * i, 4), 1.5, 3.0 + 1e-4 * i) for i in range(4701)]
    made = _made(tmp_path, HEAD + _table("nk", rows))
    np.testing.assert_allclose(tabulate(made).k, 3.0 + (WAVELENGTHS - 360) / 1000, atol=1e-6)


def test_what_is_guessed_is_told(tmp_path: Path) -> None:
    rows = [row for row in METAL_ROWS if 0.4 < row[0] < 0.8]
    told = draft_of(write(tmp_path, HEAD + _table("nk", rows)), Wishes()).notes
    for words in ("taken for a metal", "density is a guess of 12", "n is known from 500 to 700"):
        assert sum(words in note for note in told) == 1
    sure = Wishes(kind="metal", density=10.5)
    assert draft_of(write(tmp_path, HEAD + _table("nk", METAL_ROWS)), sure).notes == ()


# ---- columns -------------------------------------------------------------------------------

EV = 1239.841984


def _csv(mark: str, scale: Any, head: str = "", comma: bool = False) -> str:
    rows = [mark.join(f"{v:.9g}" for v in (scale(1e3 * w), n, k)) for w, n, k in METAL_ROWS]
    text = "\n".join([*([head] if head else []), *rows])
    return text.replace(".", ",") if comma else text


SHEETS = {
    "nanometres": (_csv(",", lambda nm: nm), "nanometres (by their size)"),
    "micrometres": (_csv(",", lambda nm: 1e-3 * nm, "wl,n,k"), "micrometres (by their size)"),
    "electronvolts": (_csv(", ", lambda nm: EV / nm), "electronvolts (by their size)"),
    "named": (_csv("\t", lambda nm: EV / nm, "Energy [eV]\tn\tk"), "heading 'energy [ev] n k'"),
    "spreadsheet": (_csv(";", lambda nm: nm, "Wellenlänge (nm);n;k", comma=True), "heading"),
    "blanks": (_csv("  ", lambda nm: 1e-3 * nm, "lambda (um) n k"), "heading"),
    "decimal commas": (_csv(" ", lambda nm: 1e-3 * nm, comma=True), "by their size"),
}


@pytest.mark.parametrize("sheet", SHEETS)
def test_columns(sheet: str, tmp_path: Path) -> None:
    text, how = SHEETS[sheet]
    draft = draft_of(write(tmp_path, text, "gold.csv"), Wishes(density=19.3))
    assert sum(how in note for note in draft.notes) == 1
    rows = np.array(METAL_ROWS)
    near = (rows[:, 0] > 0.35) & (rows[:, 0] < 0.85)
    k = np.interp(1e3 * rows[near, 0], WAVELENGTHS, tabulate(draft.material).k)
    np.testing.assert_allclose(k, rows[near, 2], rtol=1e-3)
    assert {c.evidence for c in draft.material.sources if c.of == "index"} == {"estimated"}


def test_two_tables_in_one_sheet(tmp_path: Path) -> None:
    parts = ["wl,n", *(f"{w},{n}" for w, n, _ in METAL_ROWS)]
    parts += ["", "wl,k", *(f"{w},{k}" for w, _, k in METAL_ROWS)]
    made = _made(tmp_path, "\n".join(parts), "gold.csv")
    assert tabulate(made).k[240] == pytest.approx(3.1)


def test_columns_in_another_order(tmp_path: Path) -> None:
    text = "nm,k,n\n" + "\n".join(f"{1e3 * w},{k},{n}" for w, n, k in METAL_ROWS)
    assert tabulate(_made(tmp_path, text, "gold.csv")).n[240] == pytest.approx(0.25)


def test_comments_say_where_columns_are_from(tmp_path: Path) -> None:
    text = "# Ellipsometer, 3 March\n" + SHEETS["nanometres"][0]
    cited = next(c for c in _made(tmp_path, text, "gold.csv").sources if c.of == "index")
    assert (cited.evidence, cited.source) == ("measured", "Ellipsometer, 3 March")
    wished = _made(tmp_path, text, "gold.csv", source="our lab")
    assert next(c for c in wished.sources if c.of == "index").source == "our lab"


def test_a_unit_that_cannot_be_told_is_asked_for(tmp_path: Path) -> None:
    text = "0.3,1.5,3\n1,1.4,3\n4,1.3,3\n"
    named = "wavelength,n,k\n" + text
    with pytest.raises(MaterialError, match="say which with --unit"):
        draft_of(write(tmp_path, text, "a.csv"), Wishes())
    um = draft_of(write(tmp_path, text, "a.csv"), Wishes(unit="um")).material
    ev = draft_of(write(tmp_path, text, "a.csv"), Wishes(unit="eV")).material
    assert um.index != ev.index
    assert draft_of(write(tmp_path, named, "a.csv"), Wishes()).material.index == um.index


WRONG = {
    "empty": ("a.csv", "", "holds no rows"),
    "words": ("a.csv", "hello\nworld\n", "row 2 holds no numbers"),
    "one column": ("a.csv", "400\n500\n", "wavelength and n"),
    "ragged": ("a.csv", "400,1,2\n500,1\n", "each row must hold"),
    "four columns": ("a.csv", "400,1,2,3\n500,1,2,3\n", "more than three columns"),
    "one row": ("a.csv", "500,1.5,2\n", "fewer than two"),
    "negative": ("a.csv", "wl nm,n\n-400,1\n500,1\n", "above 0"),
    "infrared": ("a.csv", "9000,1,2\n9900,1,2\n", "no visible wavelength"),
    "binary": ("a.csv", "\x00\x01\x02", "no numbers|no rows"),
    "no n": ("a.csv", "nm,k\n400,1\n500,1\n", "no column n"),
    "no data": ("a.yml", "REFERENCES: x\n", "no list DATA"),
    "a list": ("a.yml", "- a\n", "list of fields"),
    "tag": ("a.yml", "DATA: !!python/object:os.system {}\n", "tags"),
    "alias": ("a.yml", "A: &a 1\nDATA: [*a]\n", "anchors"),
    "type": ("a.yml", "DATA:\n  - type: formula 99\n", "'formula 99' is not known"),
    "not a mapping": ("a.yml", "DATA: [1]\n", "is not known"),
    "rows": ("a.yml", "DATA:\n  - {type: tabulated nk, data: '0.4 1 2 3'}\n", "has not 3 numbers"),
    "nan": ("a.yml", "DATA:\n  - {type: tabulated n, data: '0.4 nan'}\n", "'nan' is no number"),
    "only k": ("a.yml", "DATA:\n" + _table("k", [(0.4, 1), (0.5, 1)]), "says k, but not n"),
    "no range": ("a.yml", "DATA:\n  - {type: formula 1, coefficients: 0 1 0.1}\n", "no number"),
    "turned": ("a.yml", "DATA:\n" + _formula(1, "0 1 0.1", "0.9 0.3"), "lacks"),
    "x-rays": ("a.yml", "DATA:\n" + _formula(1, "0 1 0.1", "0.01 0.03"), "outside the visible"),
    "imaginary": ("a.yml", "DATA:\n" + _formula(1, "-9 1 0.1"), "gives no index"),
    "overflow": ("a.yml", "DATA:\n" + _formula(3, "1 1e300 -1e300"), "gives no index"),
    "many": ("a.yml", "DATA:\n" + _formula(1, "1 " * 999), "lacks its coefficients"),
    "negative k": ("a.yml", "DATA:\n" + _table("nk", [(0.4, 1, -1), (0.7, 1, 3)]), "greater than"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_files_are_refused_in_one_sentence(case: str, tmp_path: Path) -> None:
    name, text, said = WRONG[case]
    with pytest.raises(MaterialError, match=said) as caught:
        draft_of(write(tmp_path, text, name), Wishes())
    assert "\n" not in str(caught.value)
    assert name in str(caught.value)


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(MaterialError, match="larger than 2048 kB"):
        draft_of(write(tmp_path, "1,2\n" * 600_000, "a.csv"), Wishes())
    with pytest.raises(MaterialError, match="no such file"):
        draft_of(tmp_path / "none.csv", Wishes())


def test_a_metal_without_k_is_refused(tmp_path: Path) -> None:
    text = HEAD + _formula(1, DIAMOND)
    with pytest.raises(MaterialError, match="no k, and a metal needs one; give --kind gem"):
        draft_of(write(tmp_path, text), Wishes(kind="metal"))


def test_the_text_is_plain(tmp_path: Path) -> None:
    text = to_yaml(draft_of(write(tmp_path, HEAD + _table("nk", METAL_ROWS)), Wishes()).fields)
    assert yaml.safe_load(text)["index"]["n"][0] == 1.5
    assert "&" not in text.replace("A. Tester & B.", "")
    assert "[300.0, 400.0" in text

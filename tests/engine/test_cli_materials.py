"""`culet materials`: found, described, imported, charted."""

import json
from pathlib import Path

import pytest
import trimesh

from engine import images
from engine.cli import main
from tests.materials.examples import GEM, METAL, write

TINY = ["--spp", "1", "--no-refine", "--caustics", "off", "--size", "24x16"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_name_of_the_trade_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["materials", "weissgold 18k"]) == 0
    told = capsys.readouterr()
    first = next(line for line in told.out.splitlines() if line.strip().startswith("1 "))
    assert first.split()[1] == "gold-18k-white"
    assert first.split()[-1] == "metal"
    assert told.err == ""


def test_words_need_no_quotes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["materials", "18", "carats", "WHITE", "gold", "--json"]) == 0
    best = json.loads(capsys.readouterr().out)[0]
    assert (best["rank"], best["name"], best["kind"]) == (1, "gold-18k-white", "metal")
    assert best["label"].startswith("Gold 18k, white")


def test_nothing_found_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["materials", "sapxyzre"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "no material is called 'sapxyzre'; the nearest are sapphire" in told.err
    assert main(["materials", "qqqqqqqq"]) == 2
    assert "`culet materials` lists all" in capsys.readouterr().err


def test_an_option_takes_names_of_files_only(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trimesh.creation.box((8, 8, 4)).export("box.stl")
    assert main(["render", "box.stl", "--metal", "Weissgold 18k", *TINY]) == 2
    assert "did you mean gold-18k-white" in capsys.readouterr().err


def test_a_file_is_described_with_what_looks_wrong(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, GEM.replace("My stone", "My diamond"))
    assert main(["materials", "mine.yaml"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("My diamond: gem, 3 g/cm³, n_d 1.5")
    assert "warning: n_d is 1.5" in told
    assert main(["materials", "mine.yaml", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["name"] == "my-stone"
    assert any("n_d is" in warning for warning in shown["warnings"])
    assert main(["materials", "none.yaml"]) == 2
    assert "there is no such file" in capsys.readouterr().err


def test_a_render_warns_of_a_file_of_ones_own(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trimesh.creation.box((8, 8, 4)).export("box.stl")
    write(folder, METAL.replace("value: 0.03", "value: 1.0"))
    wanted = ["--assign", "*=mine.yaml", *TINY, "-o", "a.png"]
    assert main(["render", "box.stl", *wanted]) == 0
    told = [line for line in capsys.readouterr().err.splitlines() if "roughness" in line]
    assert len(told) == 1
    assert "mine.yaml: warning: a roughness of 1 is no polished metal" in told[0]
    assert main(["render", "box.stl", "--assign", "*=silver-925", *TINY, "-o", "b.png"]) == 0
    assert "roughness" not in capsys.readouterr().err


SHEET = "nm,n,k\n400,1.5,1.9\n500,0.9,1.9\n600,0.25,3.0\n700,0.13,4.0\n"


def test_constants_are_imported_and_used(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trimesh.creation.box((8, 8, 4)).export("box.stl")
    write(folder, SHEET, "gold.csv")
    told = ["--density", "19.3", "--kind", "metal", "--label", "Our gold", "--source", "our lab"]
    assert main(["materials", "import", "gold.csv", *told, "-o", "new/our.yaml"]) == 0
    said = capsys.readouterr()
    assert said.out == "wrote new/our.yaml: Our gold; use it as --metal new/our.yaml\n"
    assert "its first column was read as nanometres (its heading 'nm n k' says so)" in said.err
    assert [path.name for path in (folder / "new").iterdir()] == ["our.yaml"]
    wanted = ["--assign", "*=new/our.yaml", *TINY, "-o", "a.png"]
    assert main(["render", "box.stl", *wanted]) == 0
    assert "warning" not in capsys.readouterr().err
    assert main(["materials", "new/our.yaml"]) == 0
    assert "our lab" in capsys.readouterr().out


def test_an_import_warns(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, "nm,n\n400,1.51\n700,1.5\n", "diamond.csv")
    assert main(["materials", "import", "diamond.csv"]) == 0
    assert (folder / "diamond.yaml").is_file()
    told = capsys.readouterr().err
    assert "diamond.csv: warning: n_d is 1.504; Diamond, colourless has 2.41" in told
    assert "density is a guess" in told


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["none.csv"], "there is no such file"),
        (["gold.csv", "-o", "gold.png"], "ends in .yaml"),
        (["gold.csv", "--kind", "gem", "--name", "Not A Name"], "field 'name'"),
        (["own.yml", "-o", "own.yml"], "is the file that is imported"),
        (["gold.csv", "--unit", "eV"], "outside the visible"),
        (["gold.csv", "--density", "99"], "--density"),
    ],
)
def test_wrong_imports_write_nothing(
    argv: list[str], said: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, SHEET, "gold.csv")
    own = "DATA: [{type: formula 1, wavelength_range: 0.3 0.9, coefficients: 0 1.2 0.1}]\n"
    write(folder, own, "own.yml")
    assert main(["materials", "import", *argv]) == 2
    assert said in capsys.readouterr().err
    assert sorted(path.name for path in folder.iterdir()) == ["gold.csv", "own.yml"]
    assert (folder / "own.yml").read_text() == own


@pytest.mark.parametrize("argv", [["materials", "--help"], ["materials", "import", "--help"]])
def test_help_shows_examples(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv) == 0
    told = capsys.readouterr().out
    assert f"Usage: culet {' '.join(argv[:-1])}" in told
    assert "culet materials import" in told.partition("Examples")[2]


def test_a_chart_of_two(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, METAL)
    wanted = ["ruby", "mine.yaml", "--size", "20x16", "--spp", "1", "--no-refine"]
    assert main(["materials", "--chart", *wanted, "-o", "two.png"]) == 0
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "")
    assert sorted(p.name for p in (folder / "two").glob("*.png")) == ["my-metal.png", "ruby.png"]
    shown = json.loads((folder / "two.png.json").read_text())
    assert [entry["material"] for entry in shown["pictures"]] == ["ruby", "mine.yaml"]
    ruby, metal = (images.read(folder / "two" / f"{name}.png") for name in ("ruby", "my-metal"))
    assert ruby.shape == metal.shape == (16, 20, 3)
    assert (ruby != metal).any()
    assert images.read(folder / "two.png").shape[1] > 2 * 20


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["--chart", "rubyy"], "did you mean ruby"),
        (["--chart", "ruby", "--size", "0"], "no size"),
        (["--chart", "ruby", "-o", "two.txt"], "no kind of picture"),
        (["ruby", "-o", "two.png"], "give --chart too"),
    ],
)
def test_wrong_charts(
    argv: list[str], said: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["materials", *argv]) == 2
    assert said in capsys.readouterr().err
    assert list(folder.iterdir()) == []


def test_kinds_are_listed_by_themselves(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["materials", "--kind", "gem", "--json"]) == 0
    assert {entry["kind"] for entry in json.loads(capsys.readouterr().out)} == {"gem"}

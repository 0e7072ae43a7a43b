"""Numbers that are allowed but hardly meant are told, one sentence each."""

from pathlib import Path

import pytest

import materials
from engine.optics import abbe_d, dispersion_bg, tabulate
from engine.optics.grid import WAVELENGTHS
from materials import Material, MaterialError
from materials.index_at import index_at, summary
from materials.plausible import _absorbed, warnings
from tests.materials.examples import GEM, METAL, write


def _cauchy(n_d: float, fc: float) -> str:
    """The index of a gem as a table, after Cauchy, by n_d and n_F - n_C."""
    b = fc / (486.1**-2 - 656.3**-2)
    nm = range(400, 781, 10)
    n = [round(n_d + b * (w**-2 - 587.6**-2), 6) for w in nm]
    return (
        "index:\n  model: table\n"
        f"  wavelength_nm: {list(nm)}\n  n: {n}\n"
        "  outside: hold\n  evidence: estimated\n  source: a test\n"
    )


def _gem(folder: Path, label: str, index: str, rest: str = "", density: float = 3.52) -> Material:
    head = GEM[: GEM.index("index:")].replace("My stone", label)
    return materials.load(
        write(folder, head.replace("value: 3.0", f"value: {density}") + index + rest)
    )


def _told(material: Material) -> str:
    return "\n".join(warnings(material))


@pytest.mark.parametrize("name", ["diamond", "ruby", "gold-18k-yellow", "platinum-950"])
def test_the_library_gives_no_cause(name: str) -> None:
    assert warnings(materials.load(name)) == []


def test_a_sound_stone_of_a_known_name_gives_no_cause(tmp_path: Path) -> None:
    assert warnings(_gem(tmp_path, "My diamond", _cauchy(2.4175, 0.0256))) == []


@pytest.mark.parametrize(
    ("n_d", "fc", "said"),
    [
        (2.4175, 1.4175 / 67, "Abbe number is 67, a wrong value that is often copied"),
        (2.4175, 0.0441, "as gem tables have it; from F to C it is 0.025"),
        (2.4175, 0.0147, "which is that of Diamond, colourless from F to C"),
        (2.20, 0.0256, "n_d is 2.200; Diamond, colourless has 2.41"),
    ],
)
def test_a_diamond_with_wrong_numbers(tmp_path: Path, n_d: float, fc: float, said: str) -> None:
    told = warnings(_gem(tmp_path, "Our diamond", _cauchy(n_d, fc)))
    assert sum(said in text for text in told) == 1
    assert warnings(_gem(tmp_path, "Xyzzy", _cauchy(n_d, fc))) == []  # nobody knows better


@pytest.mark.parametrize(
    ("label", "n_d", "fc", "said"),
    [
        ("Ruby", 1.50, 0.01, "n_d is 1.500; Ruby has 1.76"),
        ("Xyzzy", 1.2, 0.01, "no stone has less than 1.35"),
        ("Xyzzy", 3.4, 0.05, "or more than 3"),
        ("Xyzzy", 1.5, -0.01, "grows towards red"),
        ("Xyzzy", 1.5, 0.1, "Abbe number is 5;"),
    ],
)
def test_an_index(tmp_path: Path, label: str, n_d: float, fc: float, said: str) -> None:
    told = _told(_gem(tmp_path, label, _cauchy(n_d, fc), density=4.0))
    assert said in told


def _ruby(times: float) -> Material:
    """The library's ruby under a name of one's own, its absorption so many times as strong."""
    told = materials.load("ruby").model_dump(mode="json", by_alias=True, exclude={"crystal"})
    told["name"] = "my-stone"
    told["absorption"]["per_mm"] = [times * a for a in told["absorption"]["per_mm"]]
    return Material.model_validate(told)


BLACK = "absorption:\n  model: bands\n  constant: 0.9\n  evidence: estimated\n  source: a test\n"


def test_absorption_per_cm(tmp_path: Path) -> None:
    assert warnings(_ruby(1.0)) == []
    assert "10 times what Ruby does; absorption is per mm" in _told(_ruby(10.0))
    assert "5 mm of it are black" in _told(_gem(tmp_path, "Xyzzy", _cauchy(1.7, 0.01), BLACK))
    assert warnings(_gem(tmp_path, "Xyzzy, black", _cauchy(1.7, 0.01), BLACK)) == []


def test_a_film_that_stands_for_a_stone(tmp_path: Path) -> None:
    deep = GEM[GEM.index("absorption:") :].replace("[0.0, 0.2, 0.1]", "[90.0, 80.0, 70.0]")
    assert "at least 70 per mm" in _told(_gem(tmp_path, "Xyzzy", _cauchy(1.7, 0.01), deep))


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("value: 0.03", "value: 1.0", "a roughness of 1 is no polished metal"),
        ("value: 12.0", "value: 0.012", "0.012 g/cm3 is unlikely of a metal"),
        ("[1.8, 1.9, 2.9]", "[0.1, 0.1, 0.1]", "less than any bright metal"),
        ("[400, 500, 600]", "[900, 1000, 1100]", "lie outside the visible"),
        ("[400, 500, 600]", "[400, 500, 610]", "from 400 to 610 nm only"),
    ],
)
def test_a_metal(tmp_path: Path, was: str, now: str, said: str) -> None:
    plain = METAL.replace("[400, 500, 600]", "[400, 500, 640]")
    text = (plain if was in plain else METAL).replace(was, now)
    assert text != METAL
    assert said in _told(materials.load(write(tmp_path, text)))
    assert warnings(materials.load(write(tmp_path, plain))) == []


def test_swapped_columns(tmp_path: Path) -> None:
    text = METAL.replace("[1.5, 0.9, 0.3]", "[5.8, 5.9, 5.9]").replace("600]", "640]")
    assert "swapped" in _told(materials.load(write(tmp_path, text)))


def test_a_matte_metal_may_be_rough(tmp_path: Path) -> None:
    text = METAL.replace("value: 0.03", "value: 0.6").replace("600]", "640]")
    matte = text.replace("My metal", "Sand-blasted metal")
    assert len(warnings(materials.load(write(tmp_path, text)))) == 1
    assert warnings(materials.load(write(tmp_path, matte))) == []


def test_a_density_of_another_stone(tmp_path: Path) -> None:
    told = _told(_gem(tmp_path, "Ruby", _cauchy(1.768, 0.0106), density=2.7))
    assert told == "its density is 2.7 g/cm3; Ruby has 4"


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("value: 3.0", "value: 3520", "3520 kg/m3 is 3.52"),
        ("[400, 500, 600]", "[0.4, 0.5, 0.6]", "0.4 um is 400"),
        ("[400, 700]", "[0.4, 0.7]", "0.4 um is 400"),
    ],
)
def test_what_is_refused_says_which_unit(tmp_path: Path, was: str, now: str, said: str) -> None:
    with pytest.raises(MaterialError, match=said):
        materials.load(write(tmp_path, GEM.replace(was, now)))


@pytest.mark.parametrize("name", materials.names("gem"))
def test_index_and_absorption_are_those_of_the_optics(name: str) -> None:
    material = materials.load(name)
    table = tabulate(material)

    def index(nm: object) -> object:
        return table.n[round(float(nm) - WAVELENGTHS[0])]  # type: ignore[arg-type]

    for i in range(0, len(WAVELENGTHS), 47):
        nm = float(WAVELENGTHS[i])
        assert index_at(material.index, nm) == pytest.approx(table.n[i], abs=1e-9)
        if material.absorption is not None:
            assert _absorbed(material.absorption, nm) == pytest.approx(table.absorption[i])
    said = summary(material.index)
    assert said is not None
    n_d, fc, bg = said
    assert (n_d - 1) / fc == pytest.approx(abbe_d(index), rel=0.02)  # type: ignore[arg-type]
    assert bg == pytest.approx(dispersion_bg(index), rel=0.02)  # type: ignore[arg-type]

"""The metals of the library as a jeweller sees them.

Colours are CIELAB of the normal reflectance of the polished metal under D65, 2 degree observer;
yellowness indices are ASTM D1925, illuminant C, 2 degree observer.
"""

from __future__ import annotations

import unicodedata
from itertools import combinations, pairwise

import numpy as np
import pytest

import materials
from engine.optics import tabulate
from engine.types import FloatArray
from materials.schema import AlloyIndex
from tests.engine.optics.colours import colour, lab_d65, spectrum_of

METALS = materials.names("metal")

YELLOW = [f"gold-{k}" for k in ("9k-yellow", "14k-yellow", "18k-yellow", "22k-yellow", "24k")]
WHITE = ["gold-18k-white", "gold-18k-white-rhodium", "platinum-950", "silver-925"]

#: Any two of these look different side by side.
TOLD_APART = [
    *(name for name in YELLOW if name != "gold-9k-yellow"),
    "gold-18k-rose",
    "gold-14k-rose",
    *WHITE,
    "silver-925-oxidised",
    "black-rhodium",
    "titanium",
]

# Largest ASTM D1925 yellowness index of the grades of the MJSA and the World Gold Council
# (standards/gold-colours.yaml): good, reasonable, poor.
GRADES = {
    "gold-18k-white": (0.0, 19.0),
    "gold-14k-white": (0.0, 19.0),
    "gold-9k-white": (0.0, 19.0),
    "gold-18k-white-nickel": (19.0, 24.5),
    "gold-14k-white-nickel": (19.0, 24.5),
    "gold-10k-white": (24.5, 32.0),
}

# g/cm3, as tables of the elements have them (rounded).
DENSITIES = {
    "Au": 19.3,
    "Ag": 10.5,
    "Cu": 8.93,
    "Zn": 7.13,
    "Pd": 12.0,
    "Ni": 8.91,
    "Pt": 21.4,
    "Ti": 4.51,
}


def lab(name: str) -> FloatArray:
    return lab_d65(tabulate(materials.load(name)).f0)


def apart(a: str, b: str) -> float:
    return float(colour.delta_E(lab(a), lab(b), method="CIE 2000"))


def chroma(name: str) -> float:
    return float(np.hypot(*lab(name)[1:]))


def yellowness(name: str) -> float:
    light = spectrum_of(colour.SDS_ILLUMINANTS["C"])
    weights = colour.MSDS_CMFS["CIE 1931 2 Degree Standard Observer"].values
    x, y, z = (tabulate(materials.load(name)).f0 * light) @ weights
    return float(100 * (1.28 * x - 1.06 * z) / y)


@pytest.mark.parametrize("name", METALS)
def test_reflectances_are_those_of_metals(name: str) -> None:
    spectrum = tabulate(materials.load(name)).f0
    assert spectrum.min() > 0.03
    assert spectrum.max() < 0.995


@pytest.mark.parametrize(("a", "b"), list(combinations(WHITE, 2)))
def test_whites_differ_from_one_another(a: str, b: str) -> None:
    assert apart(a, b) > 3.0


@pytest.mark.parametrize(("a", "b"), list(combinations(TOLD_APART, 2)))
def test_metals_can_be_told_apart(a: str, b: str) -> None:
    assert apart(a, b) > 2.5


def test_more_gold_is_more_colour() -> None:
    """Paler with every karat less, and 14k can be told from 18k."""
    for low, high in pairwise(YELLOW):
        assert chroma(low) < chroma(high)
    assert chroma("gold-18k-yellow") > chroma("gold-14k-yellow") + 3.0
    assert apart("gold-14k-yellow", "gold-18k-yellow") > 2.5


def test_rose_is_red() -> None:
    """Redder than yellow of the same karat; at 14k there is room for more copper than at 18k."""
    for karat in ("9k", "10k", "14k", "18k"):
        assert lab(f"gold-{karat}-rose")[1] > lab(f"gold-{karat}-yellow")[1] + 2.0
    assert lab("gold-14k-rose")[1] > lab("gold-18k-rose")[1] + 1.0


@pytest.mark.parametrize("name", GRADES)
def test_white_golds_have_the_yellowness_of_their_grade(name: str) -> None:
    low, high = GRADES[name]
    assert low < yellowness(name) < high
    assert abs(lab(name)[1]) < 3.0


def test_white_gold_is_warm_and_rhodium_bright_and_cool() -> None:
    bare, plated = lab("gold-18k-white"), lab("gold-18k-white-rhodium")
    platinum, silver = lab("platinum-950"), lab("silver-925")
    assert bare[2] > platinum[2] + 2.0 > plated[2] + 2.0
    assert silver[0] > plated[0] + 3.0 > bare[0] + 3.0 > platinum[0] + 3.0
    assert lab("gold-14k-white-nickel")[0] < lab("gold-14k-white")[0]


def test_plating_hides_what_is_below() -> None:
    assert apart("gold-14k-white-rhodium", "gold-18k-white-rhodium") < 0.01
    film = materials.load("gold-18k-white-rhodium").film
    assert film is not None
    assert film.thickness_nm == 100.0


def test_black_rhodium_and_oxidised_silver_are_dark_greys() -> None:
    for name, roughness in (("black-rhodium", 0.03), ("silver-925-oxidised", 0.12)):
        lightness, a, b = lab(name)
        assert 35 < lightness < 55
        assert np.hypot(a, b) < 8
        assert materials.load(name).roughness == roughness
    assert lab("silver-925-oxidised")[2] < 0 < lab("black-rhodium")[2]


@pytest.mark.parametrize("name", METALS)
def test_densities_follow_the_rule_of_mixtures(name: str) -> None:
    """Volumes add up within 4 %, unless parts of the alloy are left out of its optics."""
    material = materials.load(name)
    index = material.index
    assert isinstance(index, AlloyIndex)
    volume = sum(w / DENSITIES[symbol] for symbol, w in index.per_mille.items())
    tolerance = 0.07 if name == "platinum-950" else 0.04
    assert material.density == pytest.approx(1000.0 / volume, rel=tolerance)


def test_platings_and_patinas_weigh_nothing() -> None:
    for covered, bare in (
        ("gold-18k-white-rhodium", "gold-18k-white"),
        ("gold-14k-white-rhodium", "gold-14k-white-nickel"),
        ("silver-925-oxidised", "silver-925"),
        ("black-rhodium", "silver-925"),
    ):
        assert materials.load(covered).density == materials.load(bare).density


def plain(word: str) -> frozenset[str]:
    """Words without accents and case, in any order."""
    folded = unicodedata.normalize("NFKD", word.casefold())
    return frozenset("".join(c for c in folded if not unicodedata.combining(c)).split())


def test_every_metal_has_names_in_five_languages_and_shares_none() -> None:
    for language in ("en", "de", "fr", "it", "es"):
        seen: dict[frozenset[str], str] = {}
        for name in METALS:
            words = getattr(materials.load(name).names, language)
            assert words, (name, language)
            for word in words:
                assert seen.setdefault(plain(word), name) == name, word


def test_a_plated_metal_cites_its_plating() -> None:
    cited = {citation.of: citation for citation in materials.load("gold-18k-white-rhodium").sources}
    assert "Weaver" in cited["film of Rh"].source
    assert cited["index of the film"].evidence == "estimated"
    assert "anchorcert" in cited["thickness of the film"].source
    assert "fit_gold" in cited["alloying of Au-Ag"].source

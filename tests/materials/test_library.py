"""Every file of the library: valid, sourced, and plausible to a jeweller."""

import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import yaml

import materials
from engine.optics import abbe_d, dispersion_bg, tabulate
from engine.optics.dispersion import Index
from engine.optics.grid import WAVELENGTHS
from engine.types import FloatArray
from tests.engine.optics.colours import colour, lab_d65

LIBRARY = Path(materials.__file__).parent
FILES = sorted(LIBRARY.glob("*/*.yaml"))

GOLDS = ("gold-24k", "gold-18k-yellow", "gold-18k-rose", "gold-18k-white")


def test_the_first_twelve_are_there() -> None:
    assert set(materials.names("metal")) >= {*GOLDS, "platinum-950", "silver-925"}
    assert set(materials.names("gem")) >= {"diamond", "sapphire", "ruby", "emerald"}
    assert set(materials.names("organic")) >= {"pearl-white", "neutral-grey"}
    assert set(materials.names("opaque")) >= {"onyx", "turquoise", "opal-white", "opal-black"}
    kinds = [materials.names(kind) for kind in ("metal", "gem", "organic", "opaque")]
    assert [name for kind in kinds for name in kind] == materials.names()


@pytest.mark.parametrize("name", materials.names())
def test_names_and_folders_match_the_files(name: str) -> None:
    material = materials.load(name)
    assert material.name == name
    assert name in materials.names(material.kind)
    assert materials.load(name) is material
    copy = materials.load(LIBRARY / f"{material.kind}s" / f"{name}.yaml")
    assert copy == material
    assert hash(copy) == hash(material)


def _groups(node: object) -> list[dict[str, object]]:
    """Every mapping of a file that holds numbers of its own, innermost sourced ones only."""
    if isinstance(node, list):
        return [group for value in node for group in _groups(value)]
    if not isinstance(node, dict):
        return []
    if "evidence" in node or "source" in node:
        return [node]
    return [group for value in node.values() for group in _groups(value)]


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_every_number_has_evidence_and_source(path: Path) -> None:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    groups = _groups(content)
    assert groups
    for group in groups:
        assert group["evidence"] in ("measured", "published", "fitted", "estimated")
        assert isinstance(group["source"], str)
        assert len(group["source"]) > 5
    if "evidence" not in content:
        loose = [
            key
            for key, value in content.items()
            if isinstance(value, (int, float)) or (isinstance(value, list) and not _groups(value))
        ]
        assert loose == []


@pytest.mark.parametrize("name", materials.names())
def test_sources_travel_as_json(name: str) -> None:
    material = materials.load(name)
    told = json.loads(json.dumps(material.to_json()))
    assert told["name"] == name
    assert told["kind"] == material.kind
    assert len(told["sources"]) == len(material.sources) >= 3
    assert all(source["source"] and source["evidence"] for source in told["sources"])


def test_an_alloy_cites_its_elements() -> None:
    cited = {citation.of: citation for citation in materials.load("gold-18k-yellow").sources}
    assert "Johnson" in cited["index of Cu"].source
    assert "Rioux" in cited["index of Au-Ag"].source
    assert cited["index"].evidence == "estimated"
    assert cited["index of Cu"].evidence == "measured"


# ---- stones --------------------------------------------------------------------------------

# n at 589.3 nm and B-G dispersion as gem tables have them.
STONES = {
    "diamond": (2.417, 0.044, 0.001),
    "sapphire": (1.768, 0.018, 0.001),
    "ruby": (1.768, 0.018, 0.001),
    "emerald": (1.583, 0.014, 0.001),
}


def index_of(name: str) -> Index:
    n = tabulate(materials.load(name)).n

    def index(wavelength: npt.ArrayLike) -> FloatArray:
        return np.interp(np.asarray(wavelength, np.float64), WAVELENGTHS, n)

    return index


@pytest.mark.parametrize("name", STONES)
def test_stones_have_the_index_and_dispersion_of_their_kind(name: str) -> None:
    n_d, dispersion, tolerance = STONES[name]
    index = index_of(name)
    assert float(index(589.3)) == pytest.approx(n_d, abs=tolerance)
    assert dispersion_bg(index) == pytest.approx(dispersion, abs=0.0006)
    assert (np.diff(index(WAVELENGTHS)) < 0).all()


def test_diamond_has_abbe_55() -> None:
    assert abbe_d(index_of("diamond")) == pytest.approx(55.3, abs=0.2)


def test_diamond_is_colourless() -> None:
    assert tabulate(materials.load("diamond")).absorption.max() == 0.0


# ---- metals --------------------------------------------------------------------------------


def lab_of(name: str) -> FloatArray:
    return lab_d65(tabulate(materials.load(name)).f0)


def test_golds_are_ordered_as_a_jeweller_orders_them() -> None:
    fine, yellow, rose, white = (lab_of(name) for name in GOLDS)
    assert fine[2] > yellow[2] > white[2] > 0
    assert rose[1] > yellow[1] + 3
    assert abs(white[1]) < 2
    assert lab_of("silver-925")[0] > yellow[0] > lab_of("platinum-950")[0]


@pytest.mark.parametrize("name", sorted({*materials.names("metal")} - {"silver-925-oxidised"}))
def test_polished_metals_are_nearly_mirrors(name: str) -> None:
    assert 0.02 <= materials.load(name).roughness <= 0.05


def test_grey_is_grey_and_pearl_is_a_warm_white() -> None:
    grey = lab_d65(tabulate(materials.load("neutral-grey")).reflectance)
    np.testing.assert_allclose(grey[1:], 0.0, atol=1e-6)
    pearl = lab_d65(tabulate(materials.load("pearl-white")).reflectance)
    assert pearl[0] > 88
    assert 1 < pearl[2] < 10


def test_opaque_stones_and_pearls_have_the_colours_of_their_names() -> None:
    lab = {
        name: lab_d65(tabulate(materials.load(name)).reflectance)
        for name in materials.names()
        if materials.load(name).kind in ("organic", "opaque")
    }
    assert lab["onyx"][0] < 8 < lab["opal-black"][0] < 30 < lab["pearl-tahitian"][0] < 45
    assert min(lab[name][0] for name in ("pearl-akoya", "pearl-south-sea", "opal-white")) > 90
    _, chroma, hue = colour.Lab_to_LCHab(lab["turquoise"])
    assert chroma > 25
    assert 200 < hue < 240
    assert lab["pearl-south-sea-golden"][2] > 30

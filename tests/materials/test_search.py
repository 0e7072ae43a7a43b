"""Materials are found by what people call them, in five languages and with typing errors."""

import pytest

import materials
from materials import Material, MaterialError
from materials.search import search
from materials.words import FINENESS, fold, spoken
from tests.materials.examples import GEM, METAL, write

ALLOY = "index: {{model: alloy, per_mille: {{Au: {}, Ag: {}}}, evidence: fitted, source: a test}}"


def _gold(karat: int, colour: str, names: str) -> str:
    au = {24: 1000, 18: 750, 14: 585, 9: 375}[karat]
    text = METAL[: METAL.index("index:")] + ALLOY.format(au, 1000 - au) + f"\nnames: {names}\n"
    text = text.replace("name: my-metal", f"name: gold-{karat}k-{colour}")
    return text.replace("label: My metal", f"label: Gold {karat}k, {colour}")


def _gem(name: str, label: str, names: str) -> str:
    text = GEM.replace("name: my-stone", f"name: {name}").replace("My stone", label)
    return text + f"names: {names}\n"


SHOP = [
    _gold(18, "white", "{de: [Weißgold], fr: [or blanc, or gris], it: [oro bianco]}"),
    _gold(18, "yellow", "{de: [Gelbgold], fr: [or jaune], es: [oro amarillo]}"),
    _gold(18, "rose", "{en: [rose gold, red gold], de: [Rotgold, Roségold], it: [oro rosa]}"),
    _gold(14, "white", "{de: [Weißgold], fr: [or gris]}"),
    _gold(14, "yellow", "{de: [Gelbgold]}"),
    _gem("diamond", "Diamond, colourless", "{en: [brilliant], fr: [diamant], it: [diamante]}"),
    _gem("diamond-yellow", '"Diamond, fancy yellow"', "{fr: [diamant jaune]}"),
    _gem("emerald", "Emerald", "{de: [Smaragd], fr: [émeraude], it: [smeraldo], es: [esmeralda]}"),
    _gem("aquamarine", "Aquamarine", "{fr: [aigue-marine], it: [acquamarina], es: [aguamarina]}"),
    _gem("opal-black", '"Opal, black"', "{de: [schwarzer Opal], fr: [opale noire]}"),
    _gem("moonstone", "Moonstone", "{de: [Mondstein], fr: [pierre de lune]}"),
    _gem("green", "Grossular, green", "{de: [Grüner Granat]}"),
]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> list[Material]:
    folder = tmp_path_factory.mktemp("shop")
    return [materials.load(write(folder, text, f"{i}.yaml")) for i, text in enumerate(SHOP)]


ASKED = {
    "weissgold 18k": "gold-18k-white",
    "Weißgold 750": "gold-18k-white",
    "750 WEISSGOLD": "gold-18k-white",
    "18 Karat weiss gold": "gold-18k-white",
    "white gold, 18 carats": "gold-18k-white",
    "oro bianco 18kt": "gold-18k-white",
    "or gris 750": "gold-18k-white",
    "wiessgold 18k": "gold-18k-white",
    "weisgold 585": "gold-14k-white",
    "14ct gelbgold": "gold-14k-yellow",
    "583 gelb gold": "gold-14k-yellow",
    "Roségold": "gold-18k-rose",
    "rosegold 18-karätig": "gold-18k-rose",
    "rotgold": "gold-18k-rose",
    "gold rojo 18 quilates": "gold-18k-rose",
    "Diamant": "diamond",
    "dimaond": "diamond",
    "diamonds": "diamond",
    "Diamantring": "diamond",
    "jaune diamant": "diamond-yellow",
    "gelber Diamant": "diamond-yellow",
    "smaragde": "emerald",
    "EMERAUDE": "emerald",
    "émeraude": "emerald",
    "esmerelda": "emerald",
    "aigue marine": "aquamarine",
    "aqua marine": "aquamarine",
    "Schwarzopal": "opal-black",
    "opale noire": "opal-black",
    "Mond-Stein": "moonstone",
    "gruener Granat": "green",
    "Grüne Granate": "green",
}


@pytest.mark.parametrize(("text", "name"), ASKED.items())
def test_found_first(text: str, name: str, shop: list[Material]) -> None:
    found = search(text, shop)
    assert found
    assert found[0].name == name


@pytest.mark.parametrize("text", ["", "  ", "?!", "qqqqqqqq", "the stone of", "\0", "ß" * 5000])
def test_nothing_means_nothing(text: str, shop: list[Material]) -> None:
    assert search(text, shop) == []


def test_an_empty_shop_has_nothing() -> None:
    assert search("gold", []) == []


@pytest.mark.parametrize("said", ["750", "18k", "18kt", "18 ct", "18 Karat", "18 carats", "018 k"])
def test_karat_and_fineness_are_one(said: str, shop: list[Material]) -> None:
    assert {match.name for match in search(said, shop)} == {
        "gold-18k-white",
        "gold-18k-yellow",
        "gold-18k-rose",
    }


def test_karats_are_twentyfourths() -> None:
    for karat, fineness in FINENESS.items():
        assert fineness == pytest.approx(1000 * karat / 24, abs=2)


def test_fewer_words_left_over_come_first(shop: list[Material]) -> None:
    plain, fancy = search("diamond", shop)
    assert (plain.name, fancy.name) == ("diamond", "diamond-yellow")
    assert plain.score == 1.0 > fancy.score
    assert (fancy.label, fancy.kind) == ("Diamond, fancy yellow", "gem")


def test_an_alloy_is_known_by_its_weights(shop: list[Material]) -> None:
    """The file calls itself neither gold nor 14 karat."""
    plain = shop[3].model_copy(
        update={"name": "ours", "label": "Our white", "names": type(shop[3].names)()}
    )
    assert search("gold 585 white", [plain, *shop[:3]])[0].name == "ours"


def test_folding() -> None:
    assert fold("Weiß") == "weiss"
    assert fold("Ägäis") == fold("Aegaeis") == fold("agais")
    assert spoken("18-karätiges Gold") != spoken("14 karätig Gold")
    assert spoken("or rosé 750") == ("gold", "rose", "750")


def test_the_library_is_searched_by_default() -> None:
    assert materials.search("weissgold 18k")[0].name == "gold-18k-white"
    assert materials.search("diamant")[0].name == "diamond"
    assert materials.search("pt 950")[0].name == "platinum-950"


def test_an_error_names_what_was_meant_and_guesses_nothing() -> None:
    with pytest.raises(MaterialError, match="did you mean gold-18k-white"):
        materials.load("Weissgold 18k")

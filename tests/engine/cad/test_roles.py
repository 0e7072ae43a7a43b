"""Roles and materials: from names in five languages, from shapes, and from who decrees them."""

from __future__ import annotations

import numpy as np
import pytest

from engine.cad.bodies import Body
from engine.cad.facets import convexity, facets, looks_cut
from engine.cad.mapping import House, Rule
from engine.cad.mend import mend
from engine.cad.roles import assign, matches
from engine.cad.vocabulary import built_in, words
from engine.errors import SceneError
from tests.engine.cad import shapes
from tests.engine.cad.shapes import Solid


def body(name: str, solid: Solid, layer: str = "", hint: str | None = None) -> Body:
    return mend(shapes.part(name, solid, layer, hint), span=10.0)


def only(found: Body, house: House | None = None) -> Body:
    return assign([found], house or House())[0][0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Gem01_CentreStone", ("gem", "01", "centre", "stone")),
        ("Weißgold750", ("weissgold", "750")),
        ("GEMRing", ("gem", "ring")),
        ("émeraude n°3", ("emeraude", "n", "3")),
        ("--", ()),
    ],
)
def test_names_are_cut_into_words(text: str, expected: tuple[str, ...]) -> None:
    assert words(text)[: len(expected)] == expected


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Gem 01", "stone"),
        ("melee_12", "stone"),
        ("Diamonds", "stone"),
        ("Mittelstein", "stone"),
        ("Brillanten", "stone"),
        ("pierre centrale", "stone"),
        ("pietre laterali", "stone"),
        ("Piedra", "stone"),
        ("Rubin", "stone"),
        ("Prong.003", "metal"),
        ("diamond prong", "metal"),
        ("prong of the diamond", "metal"),
        ("Krappen", "metal"),
        ("Zargenfassung", "metal"),
        ("griffe du diamant", "metal"),
        ("castone", "metal"),
        ("garra", "metal"),
        ("18k yellow", "metal"),
        ("Pearl", "pearl"),
        ("Zuchtperle", "pearl"),
        ("perla", "pearl"),
        ("pearl cup", "metal"),
        ("Mondstein", "stone"),
        ("turchese", "stone"),
        ("Opal cabochon", "stone"),
        ("Mannequin", "other"),
        ("Object_3", None),
        ("Layer 03", None),
        ("Mesh", None),
    ],
)
def test_words_say_roles(text: str, role: str | None) -> None:
    assert built_in().role(text) == role


@pytest.mark.parametrize(
    ("text", "material"),
    [
        ("Yellow Gold 18K", "gold-18k-yellow"),
        ("18k yellow", "gold-18k-yellow"),
        ("Gelbgold 750", "gold-18k-yellow"),
        ("or rose", "gold-18k-rose"),
        ("white_gold_18k", "gold-18k-white"),
        ("Oro Bianco 750", "gold-18k-white"),
        ("Pt950", "platinum-950"),
        ("Silber 925", "silver-925"),
        ("24kt", "gold-24k"),
        ("ruby", "ruby"),
        ("Rubin", "ruby"),
        ("zaffiro", "sapphire"),
        ("Emerald cut diamond", "diamond"),
        ("Türkis", "turquoise"),
        ("opale noire", "opal-black"),
        ("weisser Opal", "opal-white"),
        ("fire opal", None),
        ("pietra di luna", "moonstone"),
        ("Tahitiperle", "pearl-tahitian"),
        ("black pearl", "pearl-tahitian"),
        ("goldene Südseeperle", "pearl-south-sea-golden"),
        ("14k yellow gold", None),
        ("Gelbgold 585", None),
        ("gold", None),
        ("pink sapphire", "sapphire-pink"),
        ("Rosa_Saphir 02", "sapphire-pink"),
        ("green sapphire", None),
        ("black diamond", "diamond-black"),
        ("champagne diamond", None),
        ("yellow diamond", "diamond-fancy-yellow"),
        ("CZ 1.5mm", "cubic-zirconia"),
        ("Zirkonia", "cubic-zirconia"),
        ("blue CZ", None),
        ("zircon", None),
        ("acquamarina", "aquamarine"),
        ("Amethyst", "amethyst"),
        ("tourmaline", None),
        ("rubellite", "tourmaline-pink"),
        ("topazio azzurro", "topaz-blue"),
        ("diamond or ruby", None),
        ("Unnamed-2 (1)", None),
    ],
)
def test_words_say_materials_only_when_clear(text: str, material: str | None) -> None:
    assert built_in().material(text) == material


def test_every_material_of_the_vocabulary_is_in_the_library() -> None:
    import materials

    for meaning in built_in().materials:
        assert materials.load(meaning.material).kind == meaning.kind


def dented(solid: Solid) -> Solid:
    """The lowest vertex pushed up into the body."""
    vertices = solid[0].copy()
    vertices[vertices[:, 2].argmin(), 2] = 0.3
    return vertices, solid[1]


def coin() -> Solid:
    """A disc with bevelled rims: many tilts, but two faces hold nearly all of its area."""
    angle = 2 * np.pi * np.arange(16) / 16
    rims = [(0.95, 0.1), (1.0, 0.05), (1.0, -0.05), (0.95, -0.1)]
    points = [
        np.column_stack([np.cos(angle) * r, np.sin(angle) * r, 0 * angle + z]) for r, z in rims
    ]
    return shapes.hull(np.concatenate(points) * 5)


@pytest.mark.parametrize(
    ("solid", "cut"),
    [
        (shapes.gem(), True),
        (shapes.gem(sides=16, stretch=1.4), True),
        (shapes.octahedron(), True),
        (shapes.box(3, 2, 1), False),
        (shapes.ball(), False),
        (shapes.ball(rows=5), False),
        (coin(), False),
        (shapes.ring(), False),
        (dented(shapes.gem()), False),
    ],
    ids=["gem", "oval", "octahedron", "box", "ball", "coarse ball", "coin", "ring", "dented"],
)
def test_only_faceted_convex_bodies_look_cut(solid: Solid, cut: bool) -> None:
    assert looks_cut(*solid) == cut


def test_rods_and_cones_are_no_stones() -> None:
    angle = 2 * np.pi * np.arange(32) / 32
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    rod = np.concatenate([np.column_stack([circle, np.full(32, h)]) for h in (0.0, 4.0)])
    taper = rod * np.where(rod[:, 2:] > 2, [0.6, 0.6, 1.0], 1.0)
    assert not looks_cut(*shapes.hull(rod))
    assert not looks_cut(*shapes.hull(taper))


def test_facets_of_a_gem_are_its_planes() -> None:
    found = facets(*shapes.gem(sides=8))
    assert len(found.areas) == 1 + 8 + 8 + 8
    assert found.areas.sum() == pytest.approx(
        np.linalg.norm(np.cross(*_edges(shapes.gem(sides=8))), axis=1).sum() / 2
    )
    assert convexity(*shapes.gem()) == pytest.approx(1.0)


def _edges(solid: Solid) -> tuple[np.ndarray, np.ndarray]:
    points = solid[0][solid[1]]
    return points[:, 1] - points[:, 0], points[:, 2] - points[:, 0]


def test_without_names_shape_decides() -> None:
    assert only(body("Object 1", shapes.gem())).role == "stone"
    assert only(body("Object 1", shapes.ring())).role == "metal"
    assert only(body("Object 1", shapes.ball())).role == "metal"


def test_names_go_before_shape_and_object_before_layer() -> None:
    assert only(body("Ball", shapes.ball(), layer="Pearls")).role == "pearl"
    assert only(body("Bezel", shapes.ring(), layer="Pearl")).role == "metal"
    rose = only(body("x", shapes.ring(), layer="Metal", hint="Rose Gold 18K"))
    assert (rose.role, rose.material) == ("metal", "gold-18k-rose")


def test_contradicting_names_are_settled_by_shape_and_said() -> None:
    prong = body("Prong", shapes.ring(), layer="Diamonds")
    assert only(prong).role == "metal"
    stone = body("Prong", shapes.gem(), layer="Diamonds")
    bodies, notes = assign([stone], House())
    assert bodies[0].role == "stone"
    assert "names of part 'Prong' contradict" in " ".join(note.text for note in notes)


def test_material_of_another_kind_than_the_role_is_not_taken() -> None:
    assert only(body("Diamond prong", shapes.ring())).material is None


def test_patterns_match_names_layers_and_last_layers() -> None:
    found = body("Stone 7", shapes.gem(), layer="Scene::Gems::Side")
    for pattern in ("stone 7", "Stone*", "scene::*", "side"):
        assert matches(pattern, found)
    for pattern in ("Stone", "Gems", "side *"):
        assert not matches(pattern, found)


def test_rules_override_and_later_ones_win() -> None:
    house = House(
        rules=(
            Rule("*", "platinum-950", None, "metal", True),
            Rule("Ball", "pearl-white", None, "organic", True),
            Rule("Box", None, "other", None, True),
        )
    )
    bodies, _ = assign(
        [body("Gem", shapes.gem()), body("Ball", shapes.ball()), body("Box", shapes.box())], house
    )
    assert [b.role for b in bodies] == ["metal", "pearl", "other"]
    assert [b.material for b in bodies] == ["platinum-950", "pearl-white", None]


def test_a_required_pattern_without_match_lists_parts_and_layers() -> None:
    gem = body("Diamond 1", shapes.gem(), layer="Layer 02")
    rule = Rule("Layer 03", "ruby", None, "gem", True)
    with pytest.raises(SceneError) as caught:
        assign([gem], House(rules=(rule,)), "ring.3dm")
    for piece in ("ring.3dm", "'Layer 03'", "parts: 'Diamond 1'", "layers: 'Layer 02'"):
        assert piece in str(caught.value)
    optional = Rule("Layer 03", "ruby", None, "gem", False)
    assert only(gem, House(rules=(optional,))).material == "diamond"


def test_parts_are_counted_in_plain_words() -> None:
    gem, band = body("Gem", shapes.gem()), body("Band", shapes.ring())
    said = [assign(bodies, House())[1][0].text for bodies in ([gem], [band], [gem, band, gem])]
    assert said == [
        "The only part is a stone.",
        "The only part is metal.",
        "Of 3 parts, 1 metal, 2 stones.",
    ]

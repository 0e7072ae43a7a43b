"""Compose: who decides what a part is made of, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import materials
from engine.errors import FileError, SceneError
from engine.scene import (
    CameraHint,
    Ground,
    GroundHint,
    Lens,
    Scene,
    View,
    compose,
    load_studio,
    varied,
)
from engine.types import LoadOptions, Piece, Role, Source
from tests.engine.scene.samples import box, ring, single


def from_file(piece: Piece, materials_: dict[str, str], options: LoadOptions) -> Piece:
    """The piece as `load` would return it: parts with materials, and how it was read."""
    parts = tuple(replace(part, material=materials_.get(part.name)) for part in piece.parts)
    return replace(piece, parts=parts, source=Source("x.3dm", "0" * 64, "3dm", "mm", options))


@pytest.mark.parametrize(
    ("role", "material"),
    [
        ("metal", "gold-18k-yellow"),
        ("stone", "diamond"),
        ("pearl", "pearl-white"),
        ("other", "neutral-grey"),
    ],
)
def test_every_role_has_a_default(role: Role, material: str) -> None:
    assert compose(single(box(9, 9, 9), role)).materials == {"part": material}
    assert materials.load(material).name == material


def test_metal_and_stone_are_for_all_parts_of_their_role() -> None:
    scene = compose(ring(), metal="platinum-950", stone="Ruby")
    assert scene.materials == {
        "band": "platinum-950",
        "centre": "ruby",
        "left": "ruby",
        "right": "ruby",
    }


@pytest.mark.parametrize("stone", ["turquoise", "onyx", "opal-black", "moonstone"])
def test_a_stone_may_be_opaque_and_then_open_too(stone: str) -> None:
    assert compose(ring(), stone=stone).materials["centre"] == stone
    assert compose(single(box(9, 9, 9, closed=False), "stone"), stone=stone)


def test_what_the_names_in_the_file_suggest_holds_until_an_argument_says_otherwise() -> None:
    piece = from_file(ring(), {"band": "silver-925", "left": "sapphire"}, LoadOptions())
    assert compose(piece).materials["band"] == "silver-925"
    assert compose(piece).materials["left"] == "sapphire"
    assert compose(piece, metal="gold-24k").materials["band"] == "gold-24k"
    assert compose(piece, stone="emerald").materials["left"] == "emerald"


def test_an_assignment_wins_over_the_arguments() -> None:
    options = LoadOptions(assign=(("band*", "silver-925"),))
    piece = from_file(ring(), {"band": "silver-925", "left": "sapphire"}, options)
    scene = compose(piece, metal="gold-24k", stone="emerald")
    assert scene.materials["band"] == "silver-925"
    assert scene.materials["left"] == "emerald"


def test_a_mapping_file_wins_over_the_arguments(tmp_path: Path) -> None:
    house = tmp_path / "house.toml"
    house.write_text('[[assign]]\npattern = "band"\nmaterial = "silver-925"\n')
    piece = from_file(ring(), {"band": "silver-925"}, LoadOptions(mapping=str(house)))
    assert compose(piece, metal="gold-24k").materials["band"] == "silver-925"


def test_a_script_wins_over_the_arguments() -> None:
    piece = single(box(9, 9, 9), material="silver-925")
    assert compose(piece, metal="gold-24k").materials == {"part": "silver-925"}


def test_another_metal_or_stone_changes_only_its_parts() -> None:
    scene = compose(ring(), metal="silver-925", stone="ruby", view="top", size=(30, 20), seed=4)
    other = varied(scene, stone="Emerald")
    assert other.materials == {
        "band": "silver-925",
        "centre": "emerald",
        "left": "emerald",
        "right": "emerald",
    }
    for name in ("piece", "studio", "ground", "view", "lens", "size", "seed"):
        assert getattr(other, name) is getattr(scene, name)
    assert varied(scene, metal="gold-24k").materials["band"] == "gold-24k"
    assert varied(scene).materials == scene.materials


def test_what_was_assigned_stays_in_a_variation_too() -> None:
    options = LoadOptions(assign=(("left", "sapphire"),))
    scene = compose(from_file(ring(), {"left": "sapphire", "right": "emerald"}, options))
    other = varied(scene, stone="ruby")
    assert [other.materials[name] for name in ("left", "centre", "right")] == [
        "sapphire",
        "ruby",
        "ruby",
    ]


def test_another_studio_brings_its_ground_unless_one_was_chosen() -> None:
    assert varied(compose(ring()), studio="fire").ground == Ground("mirror", 0.012)
    chosen = compose(ring(), ground=Ground("sweep", 0.5))
    assert varied(chosen, studio="fire").ground == Ground("sweep", 0.5)
    assert varied(chosen, studio="fire").studio == load_studio("fire")


def test_a_variation_of_what_is_not_there() -> None:
    stone = compose(single(box(9, 9, 9), "stone"))
    with pytest.raises(SceneError, match="no metal that could be of gold-24k"):
        varied(stone, metal="gold-24k")
    with pytest.raises(SceneError, match="'ruby' is a gem"):
        varied(stone, metal="ruby")
    assigned = compose(single(box(9, 9, 9), material="silver-925"))
    with pytest.raises(SceneError, match="assigned"):
        varied(assigned, metal="gold-24k")


def test_a_material_file_becomes_an_absolute_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = Path(materials.__file__).parent / "metals" / "silver-925.yaml"
    (tmp_path / "ours.yaml").write_text(library.read_text())
    monkeypatch.chdir(tmp_path)
    scene = compose(single(box(9, 9, 9)), metal="ours.yaml")
    assert scene.materials["part"] == str(tmp_path / "ours.yaml")


def test_the_studio_brings_its_ground_unless_told() -> None:
    assert compose(ring()).ground == Ground("sweep", 0.9)
    assert compose(ring(), studio="fire").ground == Ground("mirror", 0.012)
    assert compose(ring(), studio="fire", ground="sweep").ground == Ground("sweep", 0.9)
    assert compose(ring(), studio="fire", ground="none").ground == Ground("none", 0.012)
    assert compose(ring(), ground=Ground("none", 0.5)).ground == Ground("none", 0.5)
    assert compose(ring(), studio=load_studio("fire")).studio == load_studio("fire")


def test_a_studio_may_bring_a_coloured_ground_and_suggest_a_camera() -> None:
    hint = GroundHint(kind="sweep", albedo=0.5, colour=(0.1, 0.2, 0.9), fade="back", fade_level=0.1)
    camera = CameraHint(view="20/30", fill=0.7, focal_mm=90.0, f_number=11.0, blades=9)
    lit = load_studio("tent").model_copy(update={"ground": hint, "camera": camera})
    navy = Ground("sweep", 0.5, (0.1, 0.2, 0.9), "back", fade_level=0.1)
    assert compose(ring(), studio=lit).ground == navy
    assert compose(ring(), studio=lit, ground="mirror").ground == replace(navy, kind="mirror")
    assert compose(ring(), studio=lit).view.name == "three-quarter"
    scene = compose(ring(), studio=lit, view="suggested")
    assert (scene.view.azimuth_deg, scene.view.elevation_deg, scene.view.fill) == (20, 30, 0.7)
    assert scene.lens == Lens(90.0, 11.0, blades=9)
    assert compose(ring(), studio=lit, view="suggested", lens=Lens(50.0)).lens == Lens(50.0)


def test_a_view_may_be_given_by_name_or_whole() -> None:
    assert compose(ring(), view="top").view.elevation_deg == 90
    assert compose(ring(), view=View(3, 4)).view == View(3, 4)


def test_a_scene_cannot_be_changed() -> None:
    scene = compose(ring())
    with pytest.raises(AttributeError):
        scene.seed = 3  # type: ignore[misc]
    with pytest.raises(TypeError):
        scene.materials["band"] = "diamond"  # type: ignore[index]


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: compose(ring(), metal="platnum-950"), materials.MaterialError, "platinum-950"),
        (lambda: compose(ring(), metal="diamond"), SceneError, "'diamond' is a gem"),
        (lambda: compose(ring(), stone="gold-24k"), SceneError, "'gold-24k' is a metal"),
        (lambda: compose(ring(), stone="pearl-white"), SceneError, "is an organic"),
        (lambda: compose(ring(), metal="onyx"), SceneError, "'onyx' is an opaque stone"),
        (lambda: compose(ring(), studio="tennt"), SceneError, "did you mean tent"),
        (lambda: compose(ring(), studio="no/where.toml"), FileError, "no such file"),
        (lambda: compose(ring(), ground="grass"), SceneError, "sweep, mirror, none"),
        (lambda: Ground(colour=(0.1, 0.2)), SceneError, "(r, g, b)"),  # type: ignore[arg-type]
        (lambda: Ground(colour=(0.1, 0.2, 1.1)), SceneError, "from 0 to 1, not 1.1"),
        (lambda: Ground(fade="left"), SceneError, "none, back, round"),  # type: ignore[arg-type]
        (lambda: Ground(fade_level=0.0), SceneError, "fade_level must be a number from 0.001"),
        (lambda: Ground(fade_from=2.0, fade_to=2.0), SceneError, "above its fade_from"),
        (lambda: compose(ring(), view="frnt"), SceneError, "three-quarter"),
        (lambda: compose(ring(), size=(0, 100)), SceneError, "from 1 to"),
        (lambda: compose(ring(), size=(100, 10**6)), SceneError, "1000000"),
        (lambda: compose(ring(), size=(100,)), SceneError, "width, height"),  # type: ignore[arg-type]
        (lambda: compose(ring(), seed=-1), SceneError, "seed"),
        (lambda: compose(ring(), seed=2**32), SceneError, "seed"),
        (lambda: compose(Piece((), ())), SceneError, "no parts"),
        (
            lambda: compose(single(box(9, 9, 9, closed=False), material="ruby")),
            SceneError,
            "'part' is open",
        ),
        (lambda: Scene(ring(), {"band": "gold-24k"}, load_studio("tent")), SceneError, "'centre'"),
        (
            lambda: replace(compose(single(box(9, 9, 9))), materials={"part": "ruby", "x": "ruby"}),
            SceneError,
            "'x'",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(
    make: Callable[[], Scene], error: type[Exception], words: str
) -> None:
    with pytest.raises(error) as caught:
        make()
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_one_axis_is_for_all_stones_and_a_mapping_for_those_it_names() -> None:
    across = (1.0, 0.0, 0.0)
    assert compose(ring()).axes == {}
    assert compose(ring(), axis=across).axes == dict.fromkeys(("centre", "left", "right"), across)
    assert compose(ring(), axis={"left": across}).axes == {"left": across}
    with pytest.raises(SceneError, match="'top', which the piece does not have"):
        compose(ring(), axis={"top": across})


def test_one_clarity_is_for_all_gems_and_a_mapping_for_those_it_names() -> None:
    assert compose(ring()).clarity == {}
    every = compose(ring(), clarity="SI1")
    assert every.clarity == dict.fromkeys(("centre", "left", "right"), "SI1")
    assert compose(ring(), clarity={"left": "VS2"}).clarity == {"left": "VS2"}
    assert compose(ring(), stone="onyx", clarity="SI1").clarity == {}
    assert varied(every, stone="ruby").clarity == every.clarity
    assert varied(every, stone="onyx").clarity == {}
    for wrong, words in (({"top": "SI1"}, "'top', which"), ({"band": "SI1"}, "no gem")):
        with pytest.raises(SceneError, match=words):
            compose(ring(), clarity=wrong)
    with pytest.raises(SceneError, match="choose one of FL, IF, VVS1"):
        compose(ring(), clarity="flawless")


def test_a_finish_is_of_all_metal_but_where_a_part_has_its_own() -> None:
    piece = ring()
    assert compose(piece).finishes == {}
    satin = compose(piece, finish="satin")
    assert satin.finishes == {"band": materials.finish("satin")}
    assert satin.finish_of("centre") == satin.finish_of("nobody") == materials.POLISHED
    own = replace(piece, parts=tuple(
        replace(part, finish="worn:0.4") if part.name == "band" else part for part in piece.parts
    ))  # fmt: skip
    assert compose(own, finish="satin").finishes == {"band": materials.finish("worn:0.4")}
    assert varied(satin, metal="silver-925").finishes == satin.finishes
    assert varied(satin, finish="polished").finishes == {}


def test_a_finish_of_something_else_than_metal_is_refused() -> None:
    piece = ring()
    own = replace(piece, parts=tuple(replace(part, finish="satin") for part in piece.parts))
    with pytest.raises(SceneError, match="is of diamond, which is no metal"):
        compose(own)
    with pytest.raises(materials.MaterialError, match="choose one of satin"):
        compose(piece, finish="satn")
    with pytest.raises(SceneError, match="part 'nobody', which the piece does not have"):
        replace(compose(piece), finishes={"nobody": materials.MIRROR})

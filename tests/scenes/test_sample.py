"""Random scenes repeat, differ, are sound, and keep their splits apart."""

from dataclasses import asdict
from typing import Any

import numpy as np
import pytest

import materials
import scenes
from benchmarks.sampler import aspects, coverage, fault
from engine.errors import SceneError
from engine.scene import resolve_camera, studio_names
from scenes import sampler
from scenes.pieces import PIECES
from scenes.recipe import Split
from scenes.sampler import SPLITS, STUDIOS, draw

#: Seeds per split whose recipes alone are looked at.
MANY = 150

#: The forty that are built and checked: more of what is trained on.
CHECKED: list[tuple[Split, int]] = [
    *(("training", seed) for seed in range(20)),
    *(("validation", seed) for seed in range(10)),
    *(("held-out", seed) for seed in range(10)),
]


def drawn(split: Split) -> list[Any]:
    return [draw(seed, split) for seed in range(MANY)]


@pytest.fixture(scope="module")
def recipes() -> dict[Split, list[Any]]:
    return {split: drawn(split) for split in SPLITS}


def test_a_seed_gives_one_scene() -> None:
    one, two, other = scenes.sample(7), scenes.sample(7), scenes.sample(8)
    assert dict(one.materials) == dict(two.materials)
    assert (one.view, one.lens, one.studio, one.ground, one.size) == (
        two.view, two.lens, two.studio, two.ground, two.size,
    )  # fmt: skip
    for first, second in zip(one.piece.meshes, two.piece.meshes, strict=True):
        assert np.array_equal(first.vertices, second.vertices)
        assert np.array_equal(first.faces, second.faces)
    assert one.view != other.view
    assert one.seed == 7


def test_a_seed_gives_another_scene_in_another_split() -> None:
    views = {split: draw(7, split).view for split in SPLITS}
    assert len(set(views.values())) == len(SPLITS)


def test_scenes_are_complete() -> None:
    scene = scenes.sample(3, size=(320, 200))
    assert set(scene.materials) == {part.name for part in scene.piece.parts}
    assert scene.size == (320, 200)
    assert resolve_camera(scene).size == (320, 200)


@pytest.mark.parametrize(("split", "seed"), CHECKED)
def test_every_scene_is_a_piece_that_could_be_made(split: Split, seed: int) -> None:
    assert fault(draw(seed, split)) is None


def test_a_fault_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = draw(0)
    other = next(r for r in map(draw, range(1, 50)) if r.piece == "solitaire")
    piece = other.build()
    # Lift the stone out of its head by a whole millimetre.
    lifted = piece.parts[-1].transform.copy()
    lifted[2, 3] += 1.0
    object.__setattr__(piece.parts[-1], "transform", lifted)
    monkeypatch.setattr(type(recipe.design), "build", lambda self: piece)
    text = fault(recipe)
    assert text is not None
    assert "stone" in text


def test_the_three_splits_share_no_design_and_no_rig(recipes: dict[Split, list[Any]]) -> None:
    seen: dict[str, dict[str, str]] = {"design": {}, "rig": {}}
    for split, some in recipes.items():
        for recipe in some:
            known = recipe.rig in studio_names()
            for kind, value in (
                ("design", repr((recipe.piece, sorted(asdict(recipe.design).items(), key=str)))),
                ("rig", recipe.rig if known else repr(recipe.studio.light)),
            ):
                assert seen[kind].setdefault(value, split) == split


def test_what_is_held_out_is_seen_nowhere_else(recipes: dict[Split, list[Any]]) -> None:
    def novel(recipe: Any) -> tuple[bool, bool, bool]:
        return (
            sampler.HELD_OUT_CUT in recipe.cuts,
            sampler.HELD_OUT_STONE in recipe.stones.values(),
            recipe.rig == f"random {sampler.HELD_OUT_RIG}",
        )

    for split in ("training", "validation"):
        assert not np.any([novel(recipe) for recipe in recipes[split]])
    held_out = np.array([novel(recipe) for recipe in recipes["held-out"]])
    assert held_out.sum(axis=0).min() >= 0.15 * MANY


def test_training_covers_what_there_is(recipes: dict[Split, list[Any]]) -> None:
    shown = coverage(recipes["training"])["training"]
    assert set(shown["piece"]) == set(PIECES)
    assert set(shown["metal"]) == set(materials.names("metal"))
    assert set(shown["stone"]) == set(materials.names("gem")) - {sampler.HELD_OUT_STONE}
    assert set(STUDIOS["training"]) <= set(shown["studio"])
    assert len(shown["cut"]) >= 12


def test_every_studio_belongs_to_one_split() -> None:
    assert sorted(name for some in STUDIOS.values() for name in some) == studio_names()


def test_cuts_are_read_from_the_design(recipes: dict[Split, list[Any]]) -> None:
    recipe = next(r for r in recipes["training"] if r.piece == "solitaire")
    assert recipe.cuts == (recipe.design.cut,)
    assert aspects(recipe)["cut"] == recipe.cuts


def test_views_are_from_above_the_ground(recipes: dict[Split, list[Any]]) -> None:
    elevation = np.array([recipe.view.elevation_deg for recipe in recipes["training"]])
    assert 5.0 <= elevation.min() < 15.0
    assert 60.0 < elevation.max() <= 80.0


def test_some_lenses_blur(recipes: dict[Split, list[Any]]) -> None:
    blurred = np.mean([recipe.lens.f_number is not None for recipe in recipes["training"]])
    assert 0.1 < blurred < 0.4


def test_wrong_seeds_and_splits_are_refused() -> None:
    with pytest.raises(SceneError, match="seed is -1"):
        scenes.sample(-1)
    with pytest.raises(SceneError, match="no split is called 'test'; choose one of training"):
        scenes.sample(0, "test")  # type: ignore[arg-type]

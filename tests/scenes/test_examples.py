"""Every example is a scene that can be rendered; tests of the pictures live elsewhere."""

import importlib
import pkgutil

import pytest

import scenes.examples
from engine.scene import resolve_camera

EXAMPLES = [module.name for module in pkgutil.iter_modules(scenes.examples.__path__)]


@pytest.mark.parametrize("name", EXAMPLES)
def test_example_composes(name: str) -> None:
    scene = importlib.import_module(f"scenes.examples.{name}").scene()
    assert scene.size == (768, 768)
    assert resolve_camera(scene).size == scene.size
    assert set(scene.materials) == {part.name for part in scene.piece.parts}


def test_there_are_examples_of_the_usual_rings() -> None:
    assert {"eternity", "halo", "plain_band", "signet", "solitaire", "stud", "three_stone"} <= set(
        EXAMPLES
    )

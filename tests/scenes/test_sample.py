"""Random scenes repeat, differ, and cover the range."""

import numpy as np
import pytest

import scenes
from engine.errors import SceneError
from engine.scene import resolve_camera
from scenes.pieces import PIECES
from scenes.sampler import draw_piece, draw_view


def test_a_seed_gives_one_scene() -> None:
    one, two, other = scenes.sample(7), scenes.sample(7), scenes.sample(8)
    assert dict(one.materials) == dict(two.materials)
    assert (one.view, one.studio, one.ground, one.size) == (two.view, two.studio, two.ground,
                                                            two.size)  # fmt: skip
    for first, second in zip(one.piece.meshes, two.piece.meshes, strict=True):
        assert np.array_equal(first.vertices, second.vertices)
        assert np.array_equal(first.faces, second.faces)
    assert one.view != other.view
    assert one.seed == 7


def test_scenes_are_complete() -> None:
    scene = scenes.sample(3, size=(320, 200))
    assert set(scene.materials) == {part.name for part in scene.piece.parts}
    assert scene.size == (320, 200)
    assert resolve_camera(scene).size == (320, 200)


def test_pieces_vary() -> None:
    drawn = [draw_piece(np.random.default_rng(seed)) for seed in range(40)]
    assert {piece.name for piece in drawn} == set(PIECES)


def test_views_are_from_above_the_ground() -> None:
    views = [draw_view(np.random.default_rng(seed)) for seed in range(200)]
    elevation = np.array([view.elevation_deg for view in views])
    assert 5.0 <= elevation.min() < 15.0
    assert 60.0 < elevation.max() <= 80.0


def test_a_negative_seed_is_refused() -> None:
    with pytest.raises(SceneError, match="seed is -1"):
        scenes.sample(-1)

"""Neighbouring views lend each other what they saw of one spot, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import engine
from engine.errors import SceneError
from engine.refine import refine
from engine.refine.held import Held
from engine.refine.joint import joined
from engine.scene import neighbours, rays
from engine.types import Camera, Frame, Frames
from tests.engine.refine.frames import BACKDROP, METAL, STONE, lazy, make_frame, nothing_behind

SIZE = (48, 48)


def card(azimuth_deg: float, light: Any = 0.5, seed: int = 0, **more: Any) -> Frame:
    """A card in the plane y = 0, seen from 100 mm; `light` may be an image over it."""
    angle = np.radians(azimuth_deg)
    position = (100 * float(np.sin(angle)), -100 * float(np.cos(angle)), 10.0)
    camera = Camera(position, (0, 0, 10), (0, 0, 1), 20.0, SIZE[::-1])
    frame = make_frame(light, size=SIZE, seed=seed, **more)
    origin, towards = rays(camera)
    depth = -origin[..., 1] / towards[..., 1]
    features = replace(
        frame.features,
        position=(origin + depth[..., None] * towards).astype(np.float32),
        normal=np.broadcast_to(np.array([0, -1, 0], dtype=np.float32), (*SIZE, 3)),
        depth=depth.astype(np.float32),
    )
    return replace(frame, camera=camera, features=features)


def inner(image: Any) -> Any:
    """Away from the border, where every neighbour sees the card too."""
    return image[6:-6, 6:-6]


def test_a_frame_without_neighbours_stays_what_it_is() -> None:
    frame = card(0)
    np.testing.assert_array_equal(joined(frame, []).xyz, frame.xyz)


def test_what_two_views_saw_is_averaged() -> None:
    frame, other = card(0, seed=1), card(1, seed=2)
    both = joined(frame, [other])
    share = inner(both.samples / frame.samples)
    # Means that differ by noise alone count in full up to half of the threshold, and less beyond.
    assert 1.4 < share.mean() <= 2.0
    before, after = (float(np.var(inner(f.xyz)[..., 1])) for f in (frame, both))
    assert after < 0.6 * before
    assert abs(inner(both.xyz).mean() - inner(frame.xyz).mean()) < 0.005
    claimed = inner(both.variance)[..., 1].mean()
    assert 0.7 < claimed / after < 1.6


def test_the_order_of_neighbours_makes_no_difference() -> None:
    frame, others = card(0, seed=1), [card(1, seed=2), card(2, seed=3), card(-1, seed=4)]
    one, two = joined(frame, others), joined(frame, others[::-1])
    np.testing.assert_allclose(one.xyz, two.xyz, rtol=1e-6)


def test_a_reflection_that_is_not_there_stays_out() -> None:
    frame, other = card(0, seed=1), card(1, light=1.0, seed=2)
    both = joined(frame, [other])
    assert inner(both.samples / frame.samples).mean() < 1.02
    assert abs(inner(both.xyz).mean() / inner(frame.xyz).mean() - 1) < 0.01


@pytest.mark.parametrize("change", ["part", "normal", "roughness", "position", "behind camera"])
def test_another_surface_lends_nothing(change: str) -> None:
    frame, other = card(0, seed=1), card(1, seed=2)
    features = other.features
    if change == "part":
        features = replace(features, part=features.part + 1)
    elif change == "normal":
        features = replace(features, normal=np.roll(features.normal, 1, axis=-1))
    elif change == "roughness":
        features = replace(features, roughness=features.roughness + np.float32(0.3))
    elif change == "position":  # something stands between the camera and the card
        features = replace(
            features, position=features.position - np.array([0, 5, 0], dtype=np.float32)
        )
    else:
        other = replace(other, camera=replace(other.camera, target=(0, -500, 10)))
    both = joined(frame, [replace(other, features=features)])
    np.testing.assert_array_equal(both.xyz, frame.xyz)
    np.testing.assert_array_equal(both.samples, frame.samples)


def test_stones_lend_where_the_facets_behind_are_the_same() -> None:
    def stone(azimuth: float, seed: int, sequence: int | None) -> Frame:
        frame = card(azimuth, seed=seed, part=STONE)
        ones = np.ones(SIZE, dtype=np.float32)
        behind = None
        if sequence is not None:
            behind = replace(
                nothing_behind(SIZE), sequence=np.full(SIZE, sequence, dtype=np.uint32)
            )
        return replace(frame, features=replace(frame.features, stone=ones, behind=behind))

    frame = stone(0, 1, 7)
    gained = [
        inner(joined(frame, [stone(1, 2, other)]).samples / frame.samples).mean()
        for other in (7, 8, None)
    ]
    assert gained[0] > 1.4
    assert gained[1:] == [1.0, 1.0]


def test_what_is_certain_stays_bit_for_bit() -> None:
    frame, other = card(0, noise=0.0), card(1, seed=2)
    np.testing.assert_array_equal(joined(frame, [other]).xyz, frame.xyz)


def test_damaged_pixels_are_neither_lent_nor_mended() -> None:
    frame, other = card(0, seed=1), card(1, seed=2)
    xyz = other.xyz.copy()
    xyz[20:28, 20:28] = np.nan
    own = frame.xyz.copy()
    own[10, 10] = np.inf
    both = joined(replace(frame, xyz=own), [replace(other, xyz=xyz)])
    bad = ~np.isfinite(both.xyz).all(axis=-1)
    assert np.argwhere(bad).tolist() == [[10, 10]]


def test_refine_takes_neighbours_and_tells_them() -> None:
    frames = lazy(card(0, seed=1), card(1, seed=2))
    alone = refine(frames, device="cpu")[0]
    both = refine(frames, neighbours=[(1,), (0,)], device="cpu")[0]
    assert both.provenance["refine"]["neighbours"] == [1]
    assert "neighbours" not in alone.provenance["refine"]
    assert np.var(inner(both.xyz)) < 0.8 * np.var(inner(alone.xyz))


@pytest.mark.parametrize("rows", [[(1,)], [(1,), (2,)], [(-1,), (0,)]])
def test_neighbours_that_are_no_frames_are_refused(rows: Any) -> None:
    with pytest.raises(SceneError, match="neighbours"):
        refine(lazy(card(0), card(1)), neighbours=rows)


def test_each_frame_of_a_turn_is_traced_once_and_few_are_kept() -> None:
    views = engine.orbit(36)
    near, traced, most = neighbours(views), list[int](), 0

    def trace(index: int) -> Frame:
        traced.append(index)
        return make_frame(0.5, size=(8, 8), backdrop=BACKDROP, part=METAL)

    held = Held(Frames(36, trace), near)
    for index in range(36):
        held.taken(index)
        most = max(most, len(held._kept))
    assert sorted(traced) == list(range(36))
    assert most <= 8


def test_the_nearest_views_are_neighbours_and_a_turn_closes() -> None:
    turn = neighbours(engine.orbit(360))
    assert turn[10] == (9, 11, 8, 12)
    assert set(turn[0]) == {1, 2, 358, 359}
    assert neighbours(engine.orbit(72))[5] == (4, 6)
    assert neighbours(engine.orbit(36))[5] == (), "metal mirrors other things from there"
    assert neighbours(engine.orbit(8)) == ((),) * 8


def test_views_that_show_other_things_are_no_neighbours() -> None:
    assert neighbours(engine.rock(engine.View(), 24, 12.0)) == ((),) * 24
    assert neighbours([engine.View(0, 20), engine.View(0, 40)]) == ((), ())
    assert neighbours([engine.View(359, 20), engine.View(361, 25)]) == ((1,), (0,))
    assert neighbours([engine.View()]) == ((),)

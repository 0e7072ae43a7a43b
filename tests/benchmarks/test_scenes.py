"""The eight scenes are frozen, and what their fingerprints see."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.kit import scenes
from benchmarks.kit.fingerprint import changed, fingerprint, recorded, traits
from engine.scene import Ground, Scene, load_studio, rays, resolve_camera
from engine.types import Mesh
from tests.engine.trace.pieces import brilliant, scene


@pytest.mark.parametrize("name", scenes.NAMES)
def test_scenes_are_frozen(name: str) -> None:
    found = changed(scenes.scene(name), recorded()[name][scenes.source(name)])
    assert not found, (
        f"{name} is no longer the scene that every figure so far was measured on: its {found} are "
        "others. If they were meant to change: record it again (python -m "
        "benchmarks.kit.fingerprint), run `make bench`, and replace all figures"
    )


@pytest.mark.parametrize("name", scenes.LOOSE)
def test_no_camera_sees_the_horizon_and_stones_lie_on_the_ground(name: str) -> None:
    what = scenes.scene(name)
    assert (rays(resolve_camera(what))[1][..., 2] < -0.1).all()
    low = what.piece.bounds()[0, 2]
    assert low == pytest.approx(scenes.AIR, abs=1e-9)
    part = what.piece.parts[0]
    resting = np.abs(what.piece.vertices(part)[:, 2] - low) < 1e-6
    assert resting.sum() >= 3  # on a facet


@pytest.mark.parametrize("name", scenes.MOUNTED)
def test_no_camera_of_a_mounted_stone_sees_the_horizon(name: str) -> None:
    assert (rays(resolve_camera(scenes.scene(name)))[1][..., 2] < -0.1).all()


def test_the_three_stones_touch() -> None:
    piece = scenes.scene("three-stone").piece
    centre, side = (
        piece.vertices(p) for p in piece.parts if p.name in ("centre stone", "side stone 1")
    )
    turn = np.linspace(-np.pi / 2, np.pi / 2, 2001)
    across = np.stack([np.cos(turn), np.sin(turn)])
    slabs = (side[:, [0, 2]] @ across).min(axis=0) - (centre[:, [0, 2]] @ across).max(axis=0)
    assert abs(slabs.max()) < 1e-3  # mm, as fine as the angles


def small() -> Scene:
    return scene(brilliant(), {"stone": "diamond"})


def test_a_fingerprint_sees_what_light_meets() -> None:
    base = small()
    others = {
        "material": replace(base, materials={"stone": "ruby"}),
        "ground": replace(base, ground=Ground("sweep", 0.89)),
        "camera": replace(base, view=replace(base.view, azimuth_deg=20.1)),
        "size": replace(base, size=(64, 65)),
        "light": replace(base, studio=load_studio("tent")),
        "geometry": replace(base, piece=brilliant(6.501)),
    }
    prints = {name: fingerprint(what) for name, what in others.items()}
    assert len({fingerprint(base), *prints.values()}) == len(others) + 1, prints
    told = {name: changed(what, traits(base)) for name, what in others.items()}
    assert all(told.values()), told
    assert changed(small(), traits(base)) == []


def test_a_fingerprint_does_not_see_the_order_of_triangles_or_names() -> None:
    base = small()
    mesh = base.piece.meshes[0]
    order = np.arange(len(mesh.vertices))[::-1]
    turned = Mesh(mesh.vertices[order], np.argsort(order).astype(np.int32)[mesh.faces[::-1]])
    part = replace(base.piece.parts[0], name="gem")
    same = replace(
        base,
        piece=replace(base.piece, meshes=(turned,), parts=(part,)),
        materials={"gem": "diamond"},
        seed=7,
    )
    assert fingerprint(same) == fingerprint(base)

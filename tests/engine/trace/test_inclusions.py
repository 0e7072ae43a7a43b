"""Inclusions in the kernels: their optical depth against sums over many points of a way."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import materials
from engine.cad import clarity
from engine.cad import inclusions as drawn
from engine.cad.clarity import Grade
from engine.cad.cuts import emerald, to_mesh
from engine.scene import Scene
from tests.engine.trace.pieces import placed, scene

Array = npt.NDArray[np.float64]
COUNT, FINE = 300, 4000


def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the bodies of an SI2 so large and many that few ways miss all of them."""
    shapes = {"crystal": (0.5, 0.4, 0.35), "feather": (0.8, 0.6, 0.15), "needle": (1.5, 0.2, 0.2)}
    monkeypatch.setattr(clarity, "GRADES", {"FL": Grade(), "SI2": Grade(9.0, 6, 6, 6)})
    monkeypatch.setattr(drawn, "LONGEST", 0.5)
    monkeypatch.setattr(drawn, "SHAPES", shapes)
    monkeypatch.setattr(drawn, "DEPTHS", {"crystal": 1.0, "feather": 0.5, "needle": 0.5})


def stone(gem: str, grade: str) -> Scene:
    piece = placed(to_mesh(emerald(5.0, 1.4)), "stone", "stone", (0.5, -0.2, 3.0))
    return scene(piece, {"stone": gem}, axes={"stone": (0.2, 0.1, 1.0)}, clarity={"stone": grade})


def compiled(gem: str, grade: str) -> Any:
    from engine.trace.compile import compile_scene

    return compile_scene(stone(gem, grade))


def left(made: Any, o: Array, w: Array, t: Array) -> Array:
    """What the stone leaves of light at 550 nm, by the kernel."""
    from engine.trace.backend import dr, mi

    part = dr.zeros(mi.UInt32, len(t))
    on, along = (mi.Vector3f(v.T.astype(np.float32)) for v in (o, w))
    length = mi.Float(t.astype(np.float32))
    ray = mi.Ray3f(mi.Point3f(on), along)
    found = made.left(part, part, mi.Float(550.0), [], ray, length, mi.Bool(True))
    return np.array(found, np.float64)


def density(made: Any, x: Array) -> Array:
    """Optical depth per mm at points x [..., 3], by numpy, from the same tables."""
    all_ = made.crystals.inclusions
    rows = np.array(all_.rows, np.float64).reshape(-1, 3, 4)
    total = np.zeros(x.shape[:-1])
    for row, value in zip(rows, np.array(all_.density), strict=True):
        ball = x @ row[:, :3].T + row[:, 3]
        total += value * ((ball**2).sum(axis=-1) < 1)
    return total


def test_depth_is_the_sum_over_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """From inside a body, to inside one, through many, and past all; and it adds up."""
    large(monkeypatch)
    made = compiled("diamond", "SI2")
    rng = np.random.default_rng(3)
    low, high = stone("diamond", "SI2").piece.bounds()
    o, end = rng.uniform(low, high, size=(2, COUNT, 3))
    t = np.linalg.norm(end - o, axis=1)
    w = (end - o) / t[:, None]
    s = (np.arange(FINE) + 0.5) / FINE
    points = o[:, None] + w[:, None] * (s[None, :, None] * t[:, None, None])
    expected = density(made, points).mean(axis=1) * t
    whole = left(made, o, w, t)
    np.testing.assert_allclose(-np.log(whole), expected, atol=0.01)
    assert (expected > 0.1).mean() > 0.3
    assert (expected == 0).mean() > 0.02
    halves = left(made, o, w, t / 2) * left(made, o + w * (t / 2)[:, None], w, t / 2)
    np.testing.assert_allclose(halves, whole, rtol=1e-3)


def test_bodies_are_where_they_were_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Through the middle of each, along each half axis, the table has the whole of it."""
    large(monkeypatch)
    from engine.cad.stone_frame import stone_frame

    made, what = compiled("diamond", "SI2"), stone("diamond", "SI2")
    frame = stone_frame(what.piece.meshes[0])
    points = what.piece.vertices(what.piece.parts[0]) @ frame.T
    bodies = drawn.inclusions(points, np.eye(3), clarity.GRADES["SI2"], False, "stone")
    assert len(bodies) == 12
    for body in bodies:
        ends = np.stack([body.centre + sign * body.axes[0] * body.half[0] for sign in (-1, 1)])
        just = body.centre + 0.999 * (ends - body.centre)
        assert (density(made, just @ frame) >= body.density * 0.999).all()


def test_a_flawless_stone_records_nothing() -> None:
    assert compiled("diamond", "FL").crystals is None
    assert compiled("diamond", "IF").crystals is None
    assert compiled("ruby", "FL").crystals.inclusions is None
    included = compiled("diamond", "SI2")
    assert included.colours is not None
    assert included.doubling is None


def test_only_corundum_has_silk() -> None:
    from engine.trace.inclusions import is_corundum

    for name in materials.names("gem"):
        known = name.startswith(("ruby", "sapphire"))
        assert is_corundum(materials.load(name)) == known, name
    bodies = [
        np.array(compiled(gem, "SI2").crystals.inclusions.density) for gem in ("ruby", "diamond")
    ]
    grade = clarity.GRADES["SI2"]
    assert len(bodies[0]) - len(bodies[1]) == grade.needles


def test_silk_is_across_the_optic_axis_of_the_stone() -> None:
    """In the kernels' tables: what a needle is long along lies across the axis."""
    made, what = compiled("ruby", "SI2"), stone("ruby", "SI2")
    from engine.cad.stone_frame import stone_frame

    axis = np.array(what.axes["stone"]) @ stone_frame(what.piece.meshes[0])
    axis /= np.linalg.norm(axis)
    rows = np.array(made.crystals.inclusions.rows, np.float64).reshape(-1, 3, 4)[:, :, :3]
    needles = rows[-clarity.GRADES["SI2"].needles :, 0]
    needles /= np.linalg.norm(needles, axis=1, keepdims=True)
    np.testing.assert_allclose(needles @ axis, 0.0, atol=1e-5)
    between = np.degrees(np.arccos(np.clip(np.abs(needles[0] @ needles[1]), 0, 1)))
    assert between == pytest.approx(60.0, abs=0.01)
    assert math.isclose(np.abs(needles[0] @ needles[3]), 1.0, abs_tol=1e-6)

"""Grains of opal: fixed on the stone, each of one piece, turned every way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from tests.engine.trace.pieces import ball, joined, scene
from tests.physics.test_estimators import replace_x


def grains(points: Any, part: int = 0, size: float = 1.0) -> Any:
    """[N] bits of the grain at each of the points [N, 3]."""
    from engine.trace.backend import dr, mi
    from engine.trace.grains import grain

    p = mi.Point3f(*np.asarray(points, np.float32).T)
    every = dr.full(mi.Bool, True, len(points))
    return np.array(grain(p, mi.UInt32(part), mi.Float(size), every))


def test_a_point_lies_in_one_grain_whoever_asks() -> None:
    points = np.random.default_rng(1).uniform(-4, 4, (4000, 3))
    once = grains(points)
    shuffled = np.random.default_rng(2).permutation(len(points))
    np.testing.assert_array_equal(grains(points[shuffled]), once[shuffled])
    assert (grains(points, part=1) != once).mean() > 0.99
    # As many grains as cubes of the lattice, more or less.
    assert 400 < len(np.unique(once)) < 900


def test_grains_are_the_cells_of_the_nearest_seed() -> None:
    """Along a line every grain is met once: Voronoi cells are convex."""
    line = np.column_stack([np.linspace(-3, 3, 3000), np.full(3000, 0.3), np.full(3000, -0.7)])
    found = grains(line)
    changes = int((found[1:] != found[:-1]).sum())
    assert 4 <= changes == len(np.unique(found)) - 1
    assert (grains(2 * line, size=2.0) == found).mean() > 0.999


def test_planes_face_the_outside_and_lie_near_it() -> None:
    from engine.trace.backend import dr, mi
    from engine.trace.grains import hashed, lattice

    bits = hashed(dr.arange(mi.UInt32, 20000), 1, 2)[0]
    normal, apart, spare = lattice(bits, mi.Vector3f(0, 0, 1))
    z = np.array(normal.z)
    np.testing.assert_allclose(np.array(dr.norm(normal)), 1.0, atol=1e-5)
    # No direction is further from the nearest of a cube's diagonals and edges than (1, √3 - 1, 0).
    farthest = 1 / np.hypot(1, 3**0.5 - 1)
    assert farthest - 1e-5 < z.min() < farthest + 0.02
    assert 0.4 < (np.array(apart) == 1).mean() < 0.75
    assert abs(np.array(spare).mean() - 0.5) < 0.02
    # Turned every way: the tilt has no favourite direction about z.
    φ = np.arctan2(np.array(normal.y), np.array(normal.x))
    assert abs(np.exp(1j * φ).mean()) < 0.03


def test_unevenness_is_slow_and_its_gradient_is_right() -> None:
    from engine.trace.backend import dr, mi
    from engine.trace.grains import STEEPEST, uneven

    many = mi.Point3f(*np.random.default_rng(3).uniform(-9, 9, (3, 5000)).astype(np.float32))
    value, gradient = uneven(many, mi.UInt32(5))
    steepest = float(np.array(dr.max(dr.norm(gradient)))[0])
    assert 0.6 * STEEPEST < steepest <= STEEPEST
    assert 0.6 < np.abs(np.array(value)).max() <= 1.0
    part = mi.UInt32(3)
    p, step = np.array([0.4, -1.2, 2.0]), 1e-2
    _, gradient = uneven(mi.Point3f(*map(float, p)), part)
    for axis in range(3):
        ends = []
        for sign in (-1, 1):
            q = p.copy()
            q[axis] += sign * step
            ends.append(float(np.array(uneven(mi.Point3f(*map(float, q)), part)[0])[0]))
        slope = (ends[1] - ends[0]) / (2 * step)
        assert abs(slope - float(np.array(gradient[axis])[0])) < 1e-2


def test_a_pearl_is_barely_uneven_and_others_are_not_at_all() -> None:
    """The shading normals of a pearl tilt by at most `waviness_deg`, the same at every look."""
    from engine.trace.backend import dr, mi
    from engine.trace.compile import compile_scene
    from engine.trace.hit import nearest

    degrees = []
    for name in ("pearl-akoya", "onyx"):
        piece = joined(ball(), replace_x(ball(), 7.0))
        parts = (piece.parts[0], replace(piece.parts[1], name="other"))
        what = scene(replace(piece, parts=parts), {"pearl": "pearl-akoya", "other": name})
        compiled = compile_scene(what)
        rng = np.random.default_rng(4)
        o = rng.normal(size=(3, 2000))
        o = (20.0 * o / np.linalg.norm(o, axis=0) + [[7.0], [0.0], [3.0]]).astype(np.float32)
        d = dr.normalize(mi.Vector3f(7.0, 0.0, 3.0) - mi.Vector3f(*o))
        met = nearest(compiled, mi.Ray3f(mi.Point3f(*o), d), dr.full(mi.Bool, True, 2000))
        again = met.strike.interaction(compiled, mi.Ray3f(mi.Point3f(*o), d), True)
        cosine = np.array(dr.dot(met.si.sh_frame.n, again.sh_frame.n))[np.array(met.part) == 1]
        degrees.append(np.degrees(np.arccos(np.clip(cosine, -1, 1))))
    assert len(degrees[0]) > 500
    assert 0.2 < degrees[0].max() < 1.25
    assert degrees[1].max() < 0.05

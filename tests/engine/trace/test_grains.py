"""Grains of opal: fixed on the stone, each of one piece, turned every way."""

from __future__ import annotations

from typing import Any

import numpy as np


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
    from engine.trace.backend import mi
    from engine.trace.grains import uneven

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

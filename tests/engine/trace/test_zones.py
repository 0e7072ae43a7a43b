"""Zones of colour: the integral along a way, against sums over many points of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import materials
from engine.cad.cuts import emerald, to_mesh
from engine.errors import InputError
from engine.trace.zones import NODES
from tests.engine.trace.pieces import crystal_file, gem_file, placed, scene, zoning

Array = npt.NDArray[np.float64]
COUNT, FINE = 300, 4000


def compiled(gem: str) -> Any:
    from engine.trace.compile import compile_scene

    mesh = to_mesh(emerald(5.0, 1.4))
    piece = placed(mesh, "stone", "stone", (0.5, -0.2, 3.0))
    return compile_scene(scene(piece, {"stone": gem}, axes={"stone": (0.2, 0.1, 1.0)}))


def zoned(folder: Path, pattern: str, spacing_mm: float, contrast: float = 1.0) -> str:
    path = Path(gem_file(folder, "zoned", 1.6))
    more = zoning(pattern, 0.7, spacing_mm, contrast)
    path.write_text(path.read_text("utf-8") + more, encoding="utf-8")
    return str(path)


def ways() -> tuple[Array, Array, Array]:
    """Starts, unit directions and lengths in and around the stone."""
    rng = np.random.default_rng(3)
    o = rng.uniform(-3, 3, size=(COUNT, 3)) + np.array([0.5, -0.2, 3.0])
    w = rng.normal(size=(COUNT, 3))
    w[:5] = [1.0, 0.0, 0.0]
    return o, w / np.linalg.norm(w, axis=1, keepdims=True), rng.uniform(0, 5, COUNT)


def second(made: Any, o: Array, w: Array, t: Array) -> Array:
    """Millimetres in the second colour, by the kernel."""
    from engine.trace.backend import dr, mi

    part = dr.zeros(mi.UInt32, len(t))
    vectors = (mi.Vector3f(v.T.astype(np.float32)) for v in (o, w))
    length = mi.Float(t.astype(np.float32))
    return np.array(made.crystals.zones.second(part, *vectors, length, mi.Bool(True)), np.float64)


def share(made: Any, x: Array) -> Array:
    """Share of the second colour at points x [..., 3], by numpy, from the same tables."""
    zones = made.crystals.zones
    lines = np.array(zones.lines).reshape(3, 4)
    profile = np.array(zones.profile).reshape(NODES, 2)[:, 0]
    v = x @ lines[:, :3].T + lines[:, 3]
    u = v[..., 0] if np.array(zones.planar)[0] else np.abs(v).max(axis=-1)
    return np.asarray(np.interp(u + NODES // 2, np.arange(NODES), profile))


@pytest.mark.parametrize(
    ("pattern", "spacing"), [("straight", 0.2), ("hexagonal", 0.3), ("ends", 1.5)]
)
def test_integral_is_the_sum_over_the_way(pattern: str, spacing: float, tmp_path: Path) -> None:
    made = compiled(zoned(tmp_path, pattern, spacing))
    o, w, t = ways()
    s = (np.arange(FINE) + 0.5) / FINE
    points = o[:, None] + w[:, None] * (s[None, :, None] * t[:, None, None])
    expected = share(made, points).mean(axis=1) * t
    np.testing.assert_allclose(second(made, o, w, t), expected, atol=2e-3)
    assert np.ptp(expected / t) > 0.2  # the ways differ


def test_ends_are_of_one_colour_each_along_the_length(tmp_path: Path) -> None:
    made = compiled(zoned(tmp_path, "ends", 0.5))
    mesh = to_mesh(emerald(5.0, 1.4))
    long = np.ptp(mesh.vertices, axis=0).argmax()
    o = np.tile([0.5, -0.2, 2.0], (3, 1))
    o[0, long] -= 2.0
    o[2, long] += 2.0
    found = second(made, o, np.tile([0.0, 0.0, 1.0], (3, 1)), np.full(3, 2.0))
    assert sorted(found[[0, 2]]) == pytest.approx([0.0, 2.0], abs=1e-4)
    assert found[1] == pytest.approx(1.0, abs=0.05)


def test_contrast_fades_into_the_mean(tmp_path: Path) -> None:
    o, w, t = ways()
    faded = second(compiled(zoned(tmp_path, "hexagonal", 0.3, 0.0)), o, w, t)
    np.testing.assert_allclose(faded, t / 2, atol=4e-4)


def test_zones_are_fixed_in_the_stone(tmp_path: Path) -> None:
    gem = zoned(tmp_path, "straight", 0.2)
    one, other = (np.array(compiled(gem).crystals.zones.profile) for _ in range(2))
    np.testing.assert_array_equal(one, other)


def test_a_clear_and_a_dark_zone_weaken_light_by_their_shares(tmp_path: Path) -> None:
    from engine.trace.backend import dr, mi

    gem = crystal_file(
        tmp_path, "two", 1.6, offset=0.001, absorption=(0.2, 0.2), more=zoning("ends", 0.7, 0.5)
    )
    made = compiled(gem)
    o, w, t = ways()
    far = second(made, o, w, t)
    ray = mi.Ray3f(mi.Point3f(o.T.astype(np.float32)), mi.Vector3f(w.T.astype(np.float32)))
    part = dr.zeros(mi.UInt32, COUNT)
    length = mi.Float(t.astype(np.float32))
    left = made.left(part, part, mi.Float(550.0), [], ray, length, mi.Bool(True))
    np.testing.assert_allclose(np.array(left), np.exp(-0.2 * (t - far) - 0.7 * far), rtol=1e-4)


def test_only_gems_have_zones(tmp_path: Path) -> None:
    path = Path(gem_file(tmp_path, "x", 1.5))
    text = path.read_text("utf-8").replace("kind: gem", "kind: organic")
    path.write_text(text + zoning("ends", 0.7, 0.5), encoding="utf-8")
    with pytest.raises(materials.MaterialError, match="no zoning"):
        materials.load(path)
    path = Path(zoned(tmp_path, "spiral", 0.3))
    with pytest.raises((InputError, materials.MaterialError), match="pattern"):
        materials.load(path)

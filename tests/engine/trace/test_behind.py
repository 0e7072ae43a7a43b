"""Features behind facets and mirrors, against plain numpy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import materials
from engine import optics, trace
from engine.cad.cuts import Cut, emerald, round_brilliant, to_mesh
from engine.trace.facets import planes_of
from engine.types import FloatArray, Piece
from tests.engine.trace.pieces import box, brilliant, placed, scene
from tests.physics.walks import aimed

RAYS = 600
CUTS = {"brilliant": round_brilliant(6.5), "emerald": emerald(5.0)}


def seen(piece: Piece, named: dict[str, str], o: FloatArray, d: FloatArray, **how: Any) -> Any:
    """The features along rays, as numpy arrays."""
    from engine.trace.backend import mi
    from engine.trace.behind import BEHIND, behind
    from engine.trace.compile import compile_scene
    from engine.trace.hit import strike

    plain = {part.name: materials.MIRROR for part in piece.parts}
    compiled = compile_scene(scene(piece, named, finishes=plain), **how)
    ray = mi.Ray3f(mi.Point3f(o.T.astype(np.float32)), mi.Vector3f(d.T.astype(np.float32)))
    found = behind(compiled, ray, strike(compiled, ray, mi.Bool(True)))
    return {name: np.array(getattr(found, name)).T for name in BEHIND}


def exits(plane: FloatArray, o: FloatArray, d: FloatArray, n: float) -> Any:
    """Energy, direction and facets of each exit of the chain of one ray that meets the stone."""
    cos, gap = plane[:, :3] @ d, plane[:, 3] - plane[:, :3] @ o
    entry = int(np.argmax(np.where(cos < 0, gap / np.where(cos < 0, cos, 1), -np.inf)))
    N, c = plane[entry, :3], -cos[entry]
    R = float(optics.fresnel_dielectric(c, n)[0])
    found: list[tuple[float, Any, tuple[int, ...]]] = [(R, d + 2 * c * N, (entry,))]
    p = o + gap[entry] / cos[entry] * d
    w = d / n + (c / n - np.sqrt(1 - (1 - c * c) / n**2)) * N
    facets: tuple[int, ...] = (entry,)
    β = 1 - R
    for _ in range(8):
        cos, gap = plane[:, :3] @ w, plane[:, 3] - plane[:, :3] @ p
        t = np.where(cos > 1e-9, np.maximum(gap, 0) / np.where(cos > 1e-9, cos, 1), np.inf)
        t[facets[-1]] = np.inf
        k = int(np.argmin(t))
        N, c = plane[k, :3], cos[k]
        p, facets = p + t[k] * w, (*facets, k)
        sin2 = n * n * (1 - c * c)
        R = 1.0 if sin2 >= 1 else float(optics.fresnel_dielectric(c, 1 / n)[0])
        if R < 1:
            found.append((β * (1 - R), n * w + (np.sqrt(1 - sin2) - n * c) * N, facets))
        w, β = w - 2 * c * N, β * R
    return found


@pytest.mark.parametrize("name", CUTS)
def test_strongest_exit_is_that_of_the_chain(name: str) -> None:
    cut: Cut = CUTS[name]
    piece = placed(to_mesh(cut), "stone", "stone", (0.0, 0.0, 0.0))
    rays = aimed(piece, RAYS, 2)
    found = seen(piece, {"stone": "diamond"}, rays.o, rays.d, ground=False)
    plane = planes_of(piece, [True]).plane
    n = float(np.interp(587.6, optics.WAVELENGTHS, optics.tabulate(materials.load("diamond")).n))
    right, names = 0, set()
    for i in range(len(rays.o)):
        chain = exits(plane, rays.o[i], rays.d[i], n)
        e = np.array([energy for energy, _, _ in chain])
        strongest = chain[int(e.argmax())]
        entropy = -np.sum(e / e.sum() * np.log(e / e.sum()))
        same = np.abs(found["exit"][i] - strongest[1]).max() < 2e-3
        same &= abs(found["entropy"][i] - entropy) < 2e-3
        right += same
        if same:
            names.add((strongest[2], int(found["sequence"][i])))
    # Rays at an edge, or with two exits of equal strength, may be told differently.
    assert right > 0.97 * len(rays.o)
    # One hash for each sequence of facets, and one sequence for each hash.
    assert len(names) == len({a for a, _ in names}) == len({b for _, b in names}) > 30


def test_metal_is_a_mirror_to_look_behind() -> None:
    piece = box(2.0, "cube")
    o = np.array([[0.0, -5.0, 0.5], [0.3, 0.2, 9.0], [3.0, 0.0, 5.0]])
    d = np.array([[0.0, 1.0, -0.1], [0.0, 0.1, -1.0], [0.0, 0.0, -1.0]])
    d /= np.linalg.norm(d, axis=1, keepdims=True)
    found = seen(piece, {"cube": "gold-18k-yellow"}, o, d)
    np.testing.assert_allclose(found["exit"][:2], d[:2] * [[1, -1, 1], [1, 1, -1]], atol=1e-5)
    np.testing.assert_allclose(found["exit"][2], 0)
    np.testing.assert_allclose(found["normal"][0], [0, 0, 1], atol=1e-6)  # the ground
    np.testing.assert_allclose(found["normal"][1], -found["exit"][1], atol=1e-6)  # the sky
    np.testing.assert_allclose(found["normal"][2], [0, 0, 1], atol=1e-6)
    white = found["albedo"][1]
    assert white[1] == pytest.approx(1, abs=1e-6)
    for ground in found["albedo"][[0, 2]]:
        np.testing.assert_allclose(ground / white, ground[1], rtol=1e-5)
    assert (found["sequence"] == 0).all()
    assert (found["entropy"] == 0).all()


def test_frames_have_them_where_asked_and_without_noise() -> None:
    what = scene(brilliant(), {"stone": "diamond"})
    assert trace(what, spp=1, device="cpu")[0].features.behind is None
    one, other = (
        trace(what, spp=1, seed=seed, behind=True, device="cpu")[0].features.behind
        for seed in (1, 2)
    )
    assert one is not None
    assert other is not None
    for name in ("exit", "entropy", "sequence", "albedo", "normal"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    assert one.sequence.dtype == np.uint32
    assert len(np.unique(one.sequence)) > 50

"""The kernel's waves against the numpy twin, which solves the eigenproblem instead."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from engine import optics

Array = npt.NDArray[np.float64]

#: Positive and negative uniaxial crystals (moissanite, calcite), both sorts of biaxial ones.
CRYSTALS = {
    "positive": (2.648, 2.648, 2.691),
    "negative": (1.658, 1.658, 1.486),
    "biaxial, acute about gamma": (1.55, 1.57, 1.70),
    "biaxial, acute about alpha": (1.49, 1.66, 1.70),
}
COUNT = 1000


def directions(seed: int) -> Array:
    s = np.random.default_rng(seed).normal(size=(COUNT, 3))
    return np.asarray(s / np.linalg.norm(s, axis=1, keepdims=True))


def vector(v: Array) -> Any:
    from engine.trace.backend import mi

    return mi.Vector3f(v.T.astype(np.float32))


def waves(n: Any) -> Any:
    """The kernel's record, its axes sorted by index."""
    from engine.trace.backend import mi
    from engine.trace.waves import Waves

    order = np.argsort(n, kind="stable")
    axes = [mi.Vector3f(*map(float, np.eye(3)[i])) for i in order]
    return Waves(axes, mi.Vector3f(*(float(n[i]) for i in order)), mi.Bool(True))


def twin(K: Array, n: Any) -> tuple[Array, Array, Array]:
    """Index, D and ray of the twin's wave along K whose index is nearest to |K|."""
    size = np.linalg.norm(K, axis=1)
    found = optics.modes(K / size[:, None], n)
    which = np.abs(found.n - size[:, None]).argmin(axis=1)
    i = np.arange(len(K))
    return found.n[i, which], found.d[i, which], found.ray[i, which]


@pytest.mark.parametrize("name", CRYSTALS)
@pytest.mark.parametrize("plus", [True, False])
def test_index_swing_and_ray_are_the_twins(name: str, plus: bool) -> None:
    from engine.trace.backend import mi

    n, s = CRYSTALS[name], directions(1)
    kernel, sign = waves(n), mi.Bool(plus)
    K = vector(s) * kernel.index(vector(s), sign)
    index, d, ray = twin(np.array(K).T.astype(np.float64), n)
    # Minus has the larger 1/n² times a negative Δ: the smaller index.
    expected = optics.modes(s, n).n[:, 1 if plus else 0]
    np.testing.assert_allclose(np.array(kernel.index(vector(s), sign)), expected, rtol=1e-6)
    np.testing.assert_allclose(index, expected, rtol=1e-6)
    np.testing.assert_allclose(np.array(kernel.ray(K, sign)).T, ray, atol=2e-4)
    swing = np.array(kernel.swing(K, sign)).T
    np.testing.assert_allclose(np.abs((swing * d).sum(axis=1)), 1.0, atol=1e-5)


@pytest.mark.parametrize("name", CRYSTALS)
@pytest.mark.parametrize("plus", [True, False])
def test_light_that_enters_keeps_its_part_along_the_facet(name: str, plus: bool) -> None:
    from engine.trace.backend import mi

    n, N, d = CRYSTALS[name], directions(2), directions(3)
    d *= np.sign((d * N).sum(axis=1))[:, None]
    kernel = waves(n)
    wave = kernel.enter(vector(d), vector(N), mi.Bool(plus))
    K = np.array(wave).T.astype(np.float64)
    np.testing.assert_allclose(np.cross(K - d, N), 0, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(K, axis=1), twin(K, n)[0], atol=1e-6)
    ray = np.array(kernel.ray(wave, mi.Bool(plus))).T
    assert ((ray * N).sum(axis=1) > 0).all()


@pytest.mark.parametrize("name", CRYSTALS)
@pytest.mark.parametrize("plus", [True, False])
def test_mirrored_waves_keep_it_too_and_stay_inside(name: str, plus: bool) -> None:
    from engine.trace.backend import mi

    n, s, N = CRYSTALS[name], directions(4), directions(5)
    kernel, sign = waves(n), mi.Bool(plus)
    K = vector(s) * kernel.index(vector(s), sign)
    N *= np.sign((np.array(kernel.ray(K, sign)).T * N).sum(axis=1))[:, None]
    *both, share = kernel.mirror(K, sign, vector(N))
    share = np.array(share)
    assert ((share >= 0) & (share <= 1)).all()
    assert 0.1 < share.mean() < 0.9
    for found, other, chance in zip(both, (True, False), (share, 1 - share), strict=True):
        there = chance > 0
        assert there.mean() > 0.55  # of the smaller index there may be none
        k = np.array(found).T.astype(np.float64)[there]
        np.testing.assert_allclose(np.cross(k - np.array(K).T[there], N[there]), 0, atol=2e-6)
        # Grazing waves take many steps of Newton's to find.
        off = np.abs(np.linalg.norm(k, axis=1) - twin(k, n)[0])
        assert off.max() < 2e-3
        assert (off < 5e-5).mean() > 0.97
        ray = np.array(kernel.ray(found, mi.Bool(other))).T[there]
        assert ((ray * N[there]).sum(axis=1) < 0).all()


def test_a_wave_across_the_axis_keeps_its_kind_at_a_facet_along_it() -> None:
    """Ordinary stays ordinary where the plane of incidence holds the axis or is normal to it."""
    from engine.trace.backend import mi

    kernel = waves(CRYSTALS["positive"])
    for s, N in (((0.6, 0.0, 0.8), (1.0, 0.0, 0.0)), ((0.6, 0.8, 0.0), (1.0, 0.0, 0.0))):
        for plus in (True, False):
            K = vector(np.array([s])) * kernel.index(vector(np.array([s])), mi.Bool(plus))
            share = kernel.mirror(K, mi.Bool(plus), vector(np.array([N])))[2]
            assert np.array(share)[0] == pytest.approx(float(plus), abs=1e-4)


def test_without_a_difference_of_indices_nothing_bends_and_nothing_parts() -> None:
    from engine.trace.backend import dr, mi

    s, N = directions(6), directions(7)
    N *= np.sign((s * N).sum(axis=1))[:, None]
    kernel = waves((1.76, 1.76, 1.76))
    for plus in (True, False):
        K = 1.76 * vector(s)
        np.testing.assert_allclose(np.array(kernel.ray(K, mi.Bool(plus))).T, s, atol=1e-6)
        for found in kernel.mirror(K, mi.Bool(plus), vector(N))[:2]:
            mirrored = s - 2 * (s * N).sum(axis=1)[:, None] * N
            graze = np.abs((s * N).sum(axis=1)) < 0.03
            close = np.abs(np.array(dr.normalize(found)).T - mirrored).max(axis=1) < 1e-5
            assert (close | graze).all()

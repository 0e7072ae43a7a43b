"""Crystals in numpy against textbook formulas for uniaxial and biaxial media."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import materials
from engine import optics
from tests.engine.trace.pieces import crystal_file

CALCITE = (1.6584, 1.6584, 1.4864)
BIAXIAL = (1.522, 1.577, 1.652)


def directions(count: int) -> np.ndarray:
    s = np.random.default_rng(2).normal(size=(count, 3))
    return np.asarray(s / np.linalg.norm(s, axis=1, keepdims=True))


def test_uniaxial_indices_are_those_of_the_ellipse() -> None:
    """1/n_e² = cos²θ/n_o² + sin²θ/n_e², and tan of the walk-off from the same ellipse."""
    s = directions(200)
    found = optics.modes(s, CALCITE)
    cos2 = s[:, 2] ** 2
    expected = 1 / np.sqrt(cos2 / CALCITE[0] ** 2 + (1 - cos2) / CALCITE[2] ** 2)
    np.testing.assert_allclose(found.n[:, 0], expected, rtol=1e-12)
    np.testing.assert_allclose(found.n[:, 1], CALCITE[0], rtol=1e-12)
    np.testing.assert_allclose(found.ray[:, 1], s, atol=1e-9)  # the ordinary ray follows the wave
    np.testing.assert_allclose(found.d[:, 1, 2], 0, atol=1e-9)  # and swings across the axis
    tan = np.sqrt(1 - cos2) / np.abs(s[:, 2])
    angle = np.arctan(tan * (CALCITE[0] / CALCITE[2]) ** 2) - np.arctan(tan)
    apart = np.arccos(np.clip((found.ray[:, 0] * s).sum(axis=1), -1, 1))
    np.testing.assert_allclose(apart, np.abs(angle), atol=1e-7)


def test_calcite_walks_off_by_six_degrees() -> None:
    s = np.array([np.sin(np.pi / 4), 0, np.cos(np.pi / 4)])
    found = optics.modes(s, CALCITE)
    assert np.degrees(np.arccos(found.ray[0] @ s)) == pytest.approx(6.2, abs=0.05)


def test_biaxial_indices_solve_fresnels_equation() -> None:
    """Σ s_i² / (1/n² - 1/n_i²) = 0; along an axis, the other two."""
    s = directions(100)
    found = optics.modes(s, BIAXIAL)
    gap = 1 / found.n[..., None] ** 2 - 1 / np.array(BIAXIAL) ** 2
    products = np.stack([np.prod(np.delete(gap, i, axis=-1), axis=-1) for i in range(3)], axis=-1)
    np.testing.assert_allclose((s[:, None] ** 2 * products).sum(axis=-1), 0, atol=1e-12)
    for i, s_i in enumerate(np.eye(3)):
        np.testing.assert_allclose(optics.modes(s_i, BIAXIAL).n, np.delete(BIAXIAL, i))


def test_biaxial_crystal_does_not_double_along_its_optic_axes() -> None:
    """tan²V = (1/n_α² - 1/n_β²) / (1/n_β² - 1/n_γ²), V from the axis of γ."""
    a, b, c = 1 / np.array(BIAXIAL) ** 2
    v = np.arctan(np.sqrt((a - b) / (b - c)))
    for s in ([np.sin(v), 0, np.cos(v)], [-np.sin(v), 0, np.cos(v)]):
        np.testing.assert_allclose(optics.modes(np.array(s), BIAXIAL).n, BIAXIAL[1], rtol=1e-9)


def test_table_of_a_file(tmp_path: Path) -> None:
    path = crystal_file(tmp_path, "one", 1.6, extraordinary=1.58, absorption=(0.1, 0.3))
    found = optics.crystal_table(materials.load(path))
    assert found is not None
    assert found.n[:, 0].tolist() == [1.6, 1.6, 1.58]
    assert found.absorption[:, 7].tolist() == [0.1, 0.1, 0.3]
    assert found.birefringence == pytest.approx(0.02)
    assert found.doubles
    assert found.pleochroic
    path = crystal_file(tmp_path, "two", 1.62, biaxial=(1.61, 1.629), absorption=(0.1, 0.1))
    found = optics.crystal_table(materials.load(path))
    assert found is not None
    assert found.n[:, 0].tolist() == [1.61, 1.62, 1.629]
    assert found.doubles
    assert not found.pleochroic
    assert optics.crystal_table(materials.load("diamond")) is None


def test_an_offset_keeps_the_dispersion(tmp_path: Path) -> None:
    path = crystal_file(tmp_path, "shifted", 1.6, offset=-0.008)
    found = optics.crystal_table(materials.load(path))
    assert found is not None
    np.testing.assert_allclose(found.n[2], found.n[0] - 0.008)
    assert not found.doubles

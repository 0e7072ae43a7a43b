"""Stones without facets against the formulas of their solids."""

from collections.abc import Callable

import numpy as np
import pytest

from engine.cad.cuts import bead, cabochon, drop, volume
from engine.cad.cuts.smooth import Turned
from engine.errors import SceneError


def test_bead_is_an_ellipsoid() -> None:
    for ratio in (0.7, 1.0, 1.8):
        mesh = bead(6.0, ratio).mesh()
        assert volume(mesh) == pytest.approx(36.0 * np.pi * ratio, rel=2e-3)
        assert mesh.normals is not None
        gradient = mesh.vertices / np.array([1.0, ratio, 1.0]) ** 2
        gradient /= np.linalg.norm(gradient, axis=1, keepdims=True)
        assert np.abs(mesh.normals - gradient).max() < 1e-6


def test_cabochon_is_half_an_ellipsoid_on_a_rim() -> None:
    width, ratio, height, rim = 8.0, 1.4, 0.5, 0.06
    a, e = width / 2.0, 0.02 * width
    dome = 2.0 / 3.0 * np.pi * a**2 * ((height - rim) * width - e)
    edge = np.pi * ((a - e) ** 2 * e + (a - e) * np.pi * e**2 / 2.0 + 2.0 * e**3 / 3.0)
    whole = ratio * (dome + edge + np.pi * a**2 * rim * width)
    shape = cabochon(width, ratio, height, rim)
    assert volume(shape.mesh()) == pytest.approx(whole, rel=2e-3)
    assert np.ptp(shape.mesh().vertices, axis=0) == pytest.approx([8.0, 11.2, 4.0])
    girdle = shape.girdle()
    assert girdle.top - girdle.low == pytest.approx(rim * width)
    base = shape.mesh().vertices[:, 2].min()
    assert shape.pavilion(1.0, 2.0) == pytest.approx(base)


def test_drop_is_two_balls_and_a_cone() -> None:
    width, ratio, tip = 6.0, 1.6, 0.3
    big, small = 3.0, 0.9
    apart = ratio * width - big - small
    sine = (big - small) / apart
    cosine = np.sqrt(1.0 - sine**2)
    r1, r2, tall = big * cosine, small * cosine, apart - (big - small) * sine
    cone = np.pi * tall / 3.0 * (r1**2 + r1 * r2 + r2**2)

    def cap(radius: float, height: float) -> float:
        return float(np.pi * height**2 * (3.0 * radius - height) / 3.0)

    whole = cone + cap(big, big * (1.0 + sine)) + cap(small, small * (1.0 - sine))
    assert volume(drop(width, ratio, tip).mesh()) == pytest.approx(whole, rel=2e-3)


@pytest.mark.parametrize("shape", [cabochon(6.0, 1.3), bead(6.0, 0.8), drop(6.0)])
def test_grown_by_a_gap_all_around(shape: Turned) -> None:
    """Every point of the wider surface lies a gap from the first one."""
    first, wide = shape.mesh().vertices, shape.grown(0.1).mesh().vertices
    assert np.linalg.norm(wide - first, axis=1) == pytest.approx(0.1, abs=1e-9)
    away = np.linalg.norm(wide[:, None] - first[None], axis=2).min(axis=1)
    assert away == pytest.approx(0.1, abs=2e-3)


def test_drop_points_along_y() -> None:
    outline = drop(6.0, 1.6).girdle().outline
    assert outline[:, 1].max() == pytest.approx(4.8)
    upper, lower = outline[outline[:, 1] > 2.0], outline[outline[:, 1] < -2.0]
    assert np.ptp(upper[:, 0]) < np.ptp(lower[:, 0])


@pytest.mark.parametrize(
    ("build", "word"),
    [
        (lambda: cabochon(height=2.0), "height is 2"),
        (lambda: cabochon(rim=0.5), "rim is 0.5"),
        (lambda: cabochon(ratio=0.5), "length to width is 0.5"),
        (lambda: bead(width=0.0), "width is 0"),
        (lambda: bead(ratio=3.0), "length to width is 3"),
        (lambda: drop(tip=0.9), "tip is 0.9"),
    ],
)
def test_proportions_out_of_range_are_named(build: Callable[[], Turned], word: str) -> None:
    with pytest.raises(SceneError, match=word):
        build()

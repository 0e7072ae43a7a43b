"""A prism seen by the camera: the picture of a small lamp falls apart into a spectrum."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import materials
from engine import optics, trace
from engine.scene import Ground, Lens, Scene, View, rays, resolve_camera
from tests.engine.trace.pieces import placed, scene, studio
from tests.physics.test_prism import APEX, prism

SIZE = (96, 96)


def setup() -> tuple[Scene, Any]:
    """The prism between camera and lamp, green at minimum deviation; unit vector to the lamp.

    The prism's edge is upright and it opens towards -y; light runs along -x and is bent to -y.
    """
    n = np.interp(550.0, optics.WAVELENGTHS, optics.tabulate(materials.load("diamond")).n)
    half = math.asin(float(n) * math.sin(APEX / 2)) - APEX / 2  # half of the least deviation
    azimuth = 90.0 - math.degrees(half)
    lamp = {
        "shape": "disc",
        "name": "lamp",
        "azimuth_deg": -azimuth,
        "elevation_deg": 0.0,
        "radius_deg": 0.6,
        "radiance": 1.0,
        "spectrum": "E",
        "key": True,
    }
    what = scene(
        placed(prism(), "prism", "stone", (0.0, 0.0, 6.0)),
        {"prism": "diamond"},
        studio=studio(lamp, rig="world"),
        ground=Ground("none", 0.0),
        view=View(azimuth, 0.0, name="test"),
        lens=Lens(focal_mm=400.0),
        size=SIZE,
    )
    return what, np.array([-math.cos(half), -math.sin(half), 0.0])


def deviations(what: Scene, lamp: Any) -> Any:
    """By how many degrees the ray of each column was bent if it ended at the lamp, [W]."""
    _, d = rays(resolve_camera(what))
    return np.degrees(np.arccos(d[SIZE[1] // 2] @ lamp))


def snell(what: Scene, lamp: Any) -> Any:
    """Deviation by which each wavelength gets from the camera to the lamp, degrees, [471]."""
    n = optics.tabulate(materials.load("diamond")).n
    # Backwards from the lamp: out of the left face, whose normal is (-cos, sin) of half the apex.
    θ1 = math.acos(float(lamp @ [-math.cos(APEX / 2), math.sin(APEX / 2), 0.0]))
    θ4 = np.arcsin(n * np.sin(APEX - np.arcsin(math.sin(θ1) / n)))
    return np.degrees(θ1 + θ4 - APEX)


def test_red_is_bent_least_and_violet_most() -> None:
    what, lamp = setup()
    image = trace(what, spp=48, seed=1, device="cpu")[0].xyz
    middle = slice(SIZE[1] // 2 - 6, SIZE[1] // 2 + 6)  # rays that stay near the plane of the page
    seen = image[middle].sum(axis=0)
    bent = deviations(what, lamp)
    # What each kind of sensor sees is centred where Snell's law sends what it is sensitive to.
    found = [np.average(bent, weights=channel) for channel in seen.T]
    expected = [np.average(snell(what, lamp), weights=curve) for curve in optics.cmf().T]
    np.testing.assert_allclose(found, expected, atol=0.02)
    assert expected[2] - expected[1] > 0.3
    primaries = np.clip(seen @ optics.XYZ_TO_REC709.T, 0, None)
    red, green, blue = (np.average(bent, weights=channel) for channel in primaries.T)
    assert red + 0.1 < green
    assert green + 0.1 < blue

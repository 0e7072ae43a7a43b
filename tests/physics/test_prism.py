"""A prism bends every wavelength as Snell's law says."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import trimesh

import materials
from engine import optics
from engine.scene import Environment
from engine.types import FloatArray, Mesh
from tests.engine.trace.pieces import furnace, placed, scene
from tests.physics.walks import walk

APEX = math.radians(20.0)
WAVELENGTHS = np.linspace(400.0, 700.0, 31)


def prism() -> Mesh:
    """A prism of `APEX` at the origin, edge along z, opening towards -y, faces left and right."""
    h = math.tan(APEX / 2) * 10
    outline = [(0.0, 0.0), (-h, -10.0), (h, -10.0)]
    points = [(x, y, z) for x, y in outline for z in (-5.0, 5.0)]
    hull = trimesh.Trimesh(points, process=False).convex_hull
    return Mesh(np.array(hull.vertices), np.array(hull.faces, dtype=np.int32))


def ramp() -> Environment:
    """Radiance that grows with azimuth from 45 to 80 degrees: it tells directions apart.

    What is mirrored inside leaves elsewhere; nothing of weight comes back into this window.
    """
    height = 512
    azimuth = (np.arange(2 * height) + 0.5) / height * np.pi
    row = np.clip(azimuth - math.pi / 4, 0, None) * (azimuth < math.radians(80.0))
    radiance = np.broadcast_to(row, (height, 2 * height))[..., None].astype(np.float32)
    return Environment(radiance, np.ones((1, 471)), (1.0, 1.0, 1.0), (0.0, 0.0, 1.0))


def exit_radiance() -> FloatArray:
    """What arrives along one ray through the prism, by wavelength."""
    from engine.trace.backend import mi
    from engine.trace.chain import Chain
    from engine.trace.compile import compile_scene
    from engine.trace.sky import Sky
    from engine.trace.walk import Limits

    piece = placed(prism(), "prism", "stone", (0.0, 0.0, 0.0))
    compiled = compile_scene(scene(piece, {"prism": "diamond"}, studio=furnace()), ground=False)
    compiled = replace(compiled, sky=Sky.create(ramp(), upper_only=False))
    count = len(WAVELENGTHS)
    o, d = (np.tile(v, (count, 1)) for v in ((-20.0, -5.0, 0.0), (1.0, 0.0, 0.0)))
    # At least two facets: in through the left face, out through the right one.
    chain = Chain(compiled, Limits(roulette=False, max_depth=2))
    found = walk(chain, o, d, [WAVELENGTHS] * 4, mi.PCG32(size=count)).radiance
    radiance: FloatArray = np.array(found, dtype=np.float64).mean(axis=0)
    return radiance


def test_prism_deviates_each_wavelength_as_snell_says() -> None:
    n = np.interp(WAVELENGTHS, optics.WAVELENGTHS, optics.tabulate(materials.load("diamond")).n)
    θ1 = APEX / 2  # incidence on the left face, from the normal
    θ2 = np.arcsin(np.sin(θ1) / n)
    θ3 = APEX - θ2
    θ4 = np.arcsin(n * np.sin(θ3))
    deviation = θ1 + θ4 - APEX
    entry = optics.fresnel_dielectric(np.cos(θ1), n)[1]
    exit_ = optics.fresnel_dielectric(np.cos(θ3), 1 / n)[1]
    through = entry * exit_
    # The beam travels to +x, azimuth 90 degrees, and is bent towards the base, -y.
    expected = math.pi / 2 - deviation
    found = exit_radiance() / through + math.pi / 4
    assert np.degrees(np.abs(found - expected)).max() < 0.02
    # Violet is bent more than red by what diamond's dispersion says: a flat index would fail.
    assert np.degrees(found[-1] - found[0]) == pytest.approx(
        np.degrees(expected[-1] - expected[0]), rel=0.02
    )
    assert np.degrees(expected[-1] - expected[0]) > 0.5

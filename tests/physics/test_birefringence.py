"""Stones that show things double, against closed forms that owe nothing to the engine."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import trimesh

from engine import optics
from engine.cad.cuts import round_brilliant, to_mesh
from engine.cad.stone_frame import stone_frame
from engine.scene import Scene
from engine.types import Mesh, Piece, Vec3
from tests.engine.trace.pieces import (
    band,
    brilliant,
    crystal_file,
    furnace,
    joined,
    placed,
    scene,
    studio,
    zoning,
)
from tests.engine.trace.test_caustics import CLOSE, DOME, compiled, found_by_chance, layer, wedge
from tests.physics.statistics import assert_frames_agree
from tests.physics.test_furnace import radiance
from tests.physics.walks import aimed, walked

Array = npt.NDArray[np.float64]

CALCITE = (1.658, 1.486)
MOISSANITE = (2.648, 2.691)
APEX = math.radians(15.0)


def made_of(mesh: Mesh, gem: str, axis: tuple[float, float, float]) -> Scene:
    """A loose stone whose optic axis lies along `axis` of the piece."""
    piece = placed(mesh, "stone", "stone", (0.0, 0.0, 0.0))
    return scene(piece, {"stone": gem}, axes={"stone": own_axis(mesh, axis)})


def own_axis(mesh: Mesh, axis: tuple[float, float, float]) -> Vec3:
    x, y, z = (float(v) for v in stone_frame(mesh) @ np.array(axis))
    return (x, y, z)


def plate(thick: float) -> Mesh:
    """A plate with its bottom at z = 4."""
    box = trimesh.creation.box((9.0, 9.0, thick))
    box.apply_translation((0.0, 0.0, 4.0 + thick / 2))
    return Mesh(np.array(box.vertices), np.array(box.faces, dtype=np.int32))


def spots(what: Scene, count: int = 400) -> Array:
    """[N, 2] where photons that fall straight down onto the piece land, once through it."""
    from engine.trace.backend import dr, mi
    from engine.trace.photons import Photons
    from engine.trace.walk import Limits

    # Two facets, and no more.
    photons = Photons(compiled(what), Limits(roulette=False, max_depth=3))
    landed = photons.walk(
        mi.Point3f(0, 0, 19),
        dr.repeat(mi.Vector3f(0, 0, -1), count),
        mi.Spectrum(mi.Float(550.0)),
        mi.PCG32(size=count, initstate=2),
        mi.Bool(True),
    )
    flux, p = np.array(landed.flux[0]), np.array(landed.p[0])
    return np.asarray(p[:2].T[flux > 0], dtype=np.float64)


def distinct(points: Array) -> Array:
    """The different places among points, those of many, sorted by x."""
    places, count = np.unique(np.round(points, 2), axis=0, return_counts=True)
    return np.asarray(places[count > 0.05 * len(points)])


def test_calcite_plate_parts_a_beam_by_its_walk_off(tmp_path: Path) -> None:
    """Iceland spar at 589 nm: the energy of the extraordinary ray runs 6.2° beside its wave."""
    gem = crystal_file(tmp_path, "spar", CALCITE[0], extraordinary=CALCITE[1])
    thick = 6.0
    found = spots(made_of(plate(thick), gem, (1.0, 0.0, 1.0)))
    no, ne = CALCITE
    walk_off = math.atan((no / ne) ** 2) - math.pi / 4
    assert math.degrees(walk_off) == pytest.approx(6.2, abs=0.1)
    aside = thick * math.tan(walk_off)
    places = distinct(np.abs(found))
    np.testing.assert_allclose(places, np.array([[0.0, 0.0], [aside, 0.0]]), atol=0.01)
    # The negative crystal's ray bends away from the axis: one side only; half of the light each.
    assert np.ptp(np.sign(np.round(found[:, 0], 2))) == 1
    assert (np.abs(found[:, 0]) > 0.1).mean() == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize("pair", [CALCITE, MOISSANITE])
def test_prism_has_two_deviations(tmp_path: Path, pair: tuple[float, float]) -> None:
    """Axis along the edge: light that swings along it sees n_e in every direction of the plane."""
    gem = crystal_file(tmp_path, "prism", pair[0], extraordinary=pair[1])
    found = spots(made_of(wedge(), gem, (0.0, 1.0, 0.0)))
    expected = sorted(-4 * math.tan(math.asin(n * math.sin(APEX)) - APEX) for n in pair)
    places = np.array([[x, 0.0] for x in expected])
    np.testing.assert_allclose(distinct(found), places, atol=0.01)


def test_only_off_the_axis_is_anything_doubled(tmp_path: Path) -> None:
    moissanite = crystal_file(tmp_path, "moissanite", MOISSANITE[0], extraordinary=MOISSANITE[1])
    for gem, axis, count in (
        (moissanite, (0.0, 0.0, 1.0), 1),
        (moissanite, (0.0, 1.0, 1.0), 2),
        ("diamond", (0.0, 1.0, 1.0), 1),
    ):
        assert len(distinct(spots(made_of(plate(6.0), gem, axis)))) == count
    assert len(distinct(spots(made_of(wedge(), "diamond", (0.0, 1.0, 0.0))))) == 1


@pytest.mark.parametrize("estimator", ["chain", "reference"])
def test_a_lossless_stone_vanishes_in_the_furnace(estimator: str, tmp_path: Path) -> None:
    gem = crystal_file(tmp_path, "mild", 1.6, biaxial=(1.55, 1.7))
    piece = placed(to_mesh(round_brilliant(6.5)), "stone", "stone", (0.0, 0.0, 0.0))
    what = scene(piece, {"stone": gem}, studio=furnace(), axes={"stone": (1.0, 0.3, 0.4)})
    found = radiance(what, estimator, rays=600, depth=200)
    np.testing.assert_allclose(found.mean(axis=1), 1.0, atol=0.002)
    assert (np.abs(found - 1) < 1e-4).mean() > 0.99


def test_equal_indices_are_an_isotropic_stone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ray by ray, although the code is the crystal's."""
    from engine.trace.chain import Chain
    from engine.trace.compile import compile_scene
    from engine.trace.walk import Limits

    what = scene(brilliant(), {"stone": crystal_file(tmp_path, "e", 1.9, offset=0.0)})
    rays = aimed(what.piece, 400)
    plain = compile_scene(what, ground=False)
    assert plain.crystals is None
    monkeypatch.setattr(optics.crystal, "DOUBLING", -1.0)
    double = compile_scene(what, ground=False)
    assert double.doubling is not None
    limits = Limits(roulette=False, max_depth=2)
    one, other = (walked(Chain(made, limits), rays, [500.0, 600.0]) for made in (plain, double))
    assert (np.abs(one - other) < 2e-3 * one.mean()).mean() > 0.985


def zircon(folder: Path) -> str:
    """A doubling, pleochroic stone."""
    return crystal_file(folder, "zircon", 1.92, extraordinary=1.98, absorption=(0.05, 0.4))


def corundum(folder: Path) -> str:
    """A pleochroic stone that is not seen double."""
    return crystal_file(folder, "corundum", 1.77, offset=-0.008, absorption=(0.4, 0.05))


def banded(folder: Path) -> str:
    """A pleochroic stone with hexagonal bands, that is not seen double."""
    return crystal_file(
        folder,
        "banded",
        1.77,
        offset=-0.008,
        absorption=(0.1, 0.05),
        more=zoning("hexagonal", 0.6, 0.7),
    )


def pierced(gem: str) -> Scene:
    """A stone whose girdle runs through a band: light goes on and on in it, and meets metal."""
    stone = placed(brilliant().meshes[0], "stone", "stone", (0.0, 0.0, 4.2))
    return scene(
        joined(band(3.2), stone),
        {"band": "platinum-950", "stone": gem},
        axes={"stone": (1.0, 0.3, 0.5)},
    )


@pytest.mark.parametrize("gem", [zircon, corundum, banded])
def test_chain_and_reference_agree(gem: Any, tmp_path: Path) -> None:
    from engine import trace

    what = replace(pierced(gem(tmp_path)), size=(96, 96))
    chain = trace(what, spp=8, seed=11, device="cpu")[0]
    reference = trace(what, spp=32, seed=12, estimator="reference", device="cpu")[0]
    assert_frames_agree(chain, reference, 12)


@pytest.mark.parametrize("gem", [zircon, banded])
def test_photons_bring_what_chance_finds(gem: Any, tmp_path: Path) -> None:
    what = scene(brilliant(), {"stone": gem(tmp_path)}, axes={"stone": (1.0, 0.3, 0.5)})
    made = compiled(replace(what, studio=studio(DOME)), 550.0)
    expected, noise = found_by_chance(made, CLOSE, spp=512)
    traced = layer(made, CLOSE, photons=1 << 19)
    light, own = (image[..., 1].astype(np.float64) for image in (traced.xyz, traced.variance))
    error = math.sqrt((noise + own).sum())
    assert error < 0.02 * expected.sum()
    assert abs(light.sum() - expected.sum()) < 3.3 * error


@pytest.mark.parametrize("axis", [(0.0, 0.0, 1.0), (1.0, 0.0, 0.0)])
def test_colour_depends_on_the_axis_along_which_one_looks(
    axis: tuple[float, float, float], tmp_path: Path
) -> None:
    """Through a plate under an even sky: R + (1 - R)² A / (1 - R A), A by both waves in halves."""
    from engine.trace.compile import compile_scene
    from engine.trace.render import ESTIMATORS
    from engine.trace.walk import Limits

    thick, a_o, a_e = 2.0, 0.4, 0.05
    what = replace(made_of(plate(thick), corundum(tmp_path), axis), studio=furnace())
    made = compile_scene(what, ground=False)
    rays = replace(aimed(what.piece, 1), o=np.array([[0.3, 0.2, 30.0]]), d=np.array([[0, 0, -1.0]]))
    one, other = math.exp(-a_o * thick), math.exp(-a_e * thick)
    left = one if axis[2] else (one + other) / 2
    n = 1.77 - 0.008 / 3
    R = ((n - 1) / (n + 1)) ** 2
    expected = R + (1 - R) ** 2 * left / (1 - R * left)
    chain = ESTIMATORS["chain"](made, Limits(roulette=False, max_depth=400))
    # Rays start some µm off a surface.
    assert walked(chain, rays, [550.0])[0, 0] == pytest.approx(expected, rel=5e-4)


def test_a_piece_of_other_stones_knows_nothing_of_crystals(tmp_path: Path) -> None:
    """A clear stone of weak birefringence neither: it has the mean index."""
    piece: Piece = brilliant()
    assert compiled(scene(piece, {"stone": "diamond"})).crystals is None
    quartz = compiled(scene(piece, {"stone": crystal_file(tmp_path, "q", 1.544, offset=0.009)}))
    assert quartz.crystals is None
    from engine.trace.backend import mi

    n = quartz.optics.eval(mi.UInt32(0), mi.Color1f(550.0), mi.Bool(True))[0]
    assert np.array(n).item() == pytest.approx(1.547, abs=1e-5)

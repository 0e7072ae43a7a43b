"""Rings without stones: size, section, weight, and a table that is flat."""

from functools import cache
from typing import Any

import manifold3d
import numpy as np
import pytest

from engine.errors import GeometryError, SceneError
from engine.types import Piece
from scenes.pieces import PlainBand, Signet, build
from tests.scenes.pieces.bodies import body, walls

#: Density of 18 karat yellow gold, g/mm3, rounded: enough for what a ring may weigh.
GOLD = 0.0155

#: Parameters, and the weight in grams that a shop would expect.
RINGS: dict[str, tuple[str, dict[str, Any], float, float]] = {
    "court": ("plain-band", {}, 4.5, 5.6),
    "thin d": ("plain-band", {"profile": "d", "width_mm": 2.0, "thickness_mm": 1.2}, 1.4, 2.2),
    "flat": ("plain-band", {"profile": "flat", "width_mm": 6.0, "comfort": True}, 8.0, 10.0),
    "groove": ("plain-band", {"profile": "flat", "decoration": "groove"}, 5.3, 6.4),
    "milgrain": ("plain-band", {"decoration": "milgrain", "width_mm": 5.0}, 5.5, 6.6),
    "oval table": ("signet", {}, 9.0, 12.0),
    "domed cushion": ("signet", {"table": "cushion", "top": "domed", "size": 60.0}, 10.0, 14.0),
    "square table": ("signet", {"table": "square", "length_mm": 10.0, "size": 48.0}, 8.0, 11.0),
    "round table": ("signet", {"table": "round", "length_mm": 9.0}, 7.0, 9.5),
}


@cache
def ring(name: str) -> Piece:
    kind, parameters, *_ = RINGS[name]
    return build(kind, **parameters)


@pytest.mark.parametrize("name", RINGS)
def test_one_closed_body_of_a_plausible_weight(name: str) -> None:
    piece = ring(name)
    metal = body(piece, piece.parts[0])
    assert metal.status() == manifold3d.Error.NoError
    assert len(metal.decompose()) == 1
    assert metal.genus() == 1
    assert RINGS[name][2] < GOLD * metal.volume() < RINGS[name][3]
    assert [(part.name, part.role, part.layer) for part in piece.parts] == [
        ("metal", "metal", "metal")
    ]
    assert (piece.kind, piece.name) == ("ring", RINGS[name][0])


@pytest.mark.parametrize("name", RINGS)
def test_it_stands_on_the_ground_and_fits(name: str) -> None:
    piece = ring(name)
    low, high = piece.bounds()
    assert low[2] == pytest.approx(0.0, abs=1e-4)
    assert low[:2] == pytest.approx(-high[:2], abs=2e-3)
    vertices = piece.meshes[0].vertices
    out = _axis(piece)
    radius = np.hypot(vertices[:, 0], vertices[:, 2] - out)
    assert piece.inside_mm is not None
    assert 2.0 * radius.min() == pytest.approx(piece.inside_mm, abs=3e-3)


def _axis(piece: Piece) -> float:
    """z of the finger's axis; the signets here have the usual thickness."""
    assert piece.inside_mm is not None
    if piece.name == "signet":
        return piece.inside_mm / 2.0 + 1.6
    return float(piece.bounds()[:, 2].mean())


@pytest.mark.parametrize("name", RINGS)
def test_walls_are_thick_enough(name: str) -> None:
    """Nothing but the rims, where two surfaces meet in an edge, is thinner than 0.8 mm."""
    assert np.quantile(walls(ring(name)), 0.1) > 0.8


@pytest.mark.parametrize("profile", ["court", "d", "flat"])
def test_a_section_is_as_wide_and_thick_as_asked(profile: str) -> None:
    piece = PlainBand(profile=profile, width_mm=5.0, thickness_mm=1.9).build()
    half = np.linalg.norm(piece.bounds(), axis=0)[1] / np.sqrt(2.0)
    assert half == pytest.approx(2.5, abs=1e-3)
    assert np.ptp(piece.bounds()[:, 2]) == pytest.approx(54.0 / np.pi + 3.8, abs=2e-3)
    v = piece.meshes[0].vertices
    out = np.hypot(v[:, 0], v[:, 2] - _axis(piece))
    outer = out > out.max() - 0.95
    camber = [np.ptp(out[side][np.abs(v[side, 1]) < 2.32]) > 0.1 for side in (~outer, outer)]
    assert camber == {"court": [True, True], "d": [False, True], "flat": [False, False]}[profile]


def test_a_comfort_fit_opens_towards_its_rims() -> None:
    plain, comfort = (PlainBand(profile="flat", comfort=fit).build() for fit in (False, True))
    assert body(comfort, comfort.parts[0]).volume() < body(plain, plain.parts[0]).volume()


def test_a_groove_goes_around_the_middle() -> None:
    piece = ring("groove")
    v = piece.meshes[0].vertices
    out = np.hypot(v[:, 0], v[:, 2] - _axis(piece)) - 27.0 / np.pi
    floor = (np.abs(v[:, 1]) < 0.02) & (out > 1.0)
    assert out[floor].max() == pytest.approx(1.7 - 0.28, abs=5e-3)
    assert out.max() == pytest.approx(1.7, abs=2e-3)


def test_grains_stand_out_along_both_edges() -> None:
    piece = ring("milgrain")
    v = piece.meshes[0].vertices
    out = np.hypot(v[:, 0], v[:, 2] - _axis(piece))
    for side in (-1.0, 1.0):
        rim = np.abs(v[:, 1] - side * 2.16) < 0.03
        turn = np.arctan2(v[rim, 0], v[rim, 2] - _axis(piece))
        grains = np.histogram(turn[out[rim] > out[rim].max() - 0.02], 720)[0] > 0
        assert 120 < np.count_nonzero(np.diff(grains.astype(int)) == 1) < 180


@pytest.mark.parametrize(("name", "half"), [("oval table", (6.5 / 1.2, 6.5)),
                                            ("square table", (5.0, 5.0)),
                                            ("round table", (4.5, 4.5))])  # fmt: skip
def test_the_table_has_the_asked_outline_and_is_flat(name: str, half: tuple[float, float]) -> None:
    piece = ring(name)
    mesh = piece.meshes[0]
    top = mesh.vertices[:, 2] > piece.bounds()[1, 2] - 1e-4
    rim = np.abs(mesh.vertices[top, :2]).max(axis=0)
    assert rim == pytest.approx(np.array(half) - 0.16, abs=0.05)
    assert mesh.normals is not None
    assert mesh.normals[top][:, 2].min() > np.cos(np.radians(8.0))
    level = body(piece, piece.parts[0]).slice(float(piece.bounds()[1, 2]) - 0.2).bounds()
    assert (level[2], level[3]) == pytest.approx(half, abs=0.15)


def test_a_domed_table_rises_in_its_middle() -> None:
    piece = ring("domed cushion")
    flat = Signet(table="cushion", size=60.0).build()
    rise = piece.bounds()[1, 2] - flat.bounds()[1, 2]
    assert rise == pytest.approx(0.09 * 13.0 / 1.2, abs=0.02)


@pytest.mark.parametrize(
    ("name", "parameters", "word"),
    [
        ("plain-band", {"width_mm": 0.5}, "PlainBand: width_mm is 0.5"),
        ("plain-band", {"decoration": "stars"}, "choose one of none, groove, milgrain"),
        ("plain-band", {"comfort": 1}, "give true or false"),
        ("signet", {"table": "heart"}, "choose one of oval, round, cushion, square"),
        ("signet", {"length_mm": 30.0}, "Signet: length_mm is 30"),
        ("signet", {"ratio": 0.5}, "ratio is 0.5"),
    ],
)
def test_wrong_parameters_are_named(name: str, parameters: dict[str, Any], word: str) -> None:
    with pytest.raises(SceneError, match=word):
        build(name, **parameters)


def test_what_finds_no_room_is_refused() -> None:
    with pytest.raises(GeometryError, match=r"at least 1.65 mm wide and 1.08 mm thick"):
        PlainBand(thickness_mm=1.0, decoration="groove").build()
    with pytest.raises(GeometryError, match="choose a wider one"):
        PlainBand(width_mm=2.0, decoration="milgrain").build()
    with pytest.raises(GeometryError, match="too wide for this ring size"):
        Signet(size=40.0, table="round", length_mm=18.0).build()

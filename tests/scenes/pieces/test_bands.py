"""Bangles and hoops: closed bodies, stones held, ends that meet, posts that cannot fall out."""

from functools import cache
from itertools import pairwise
from typing import Any

import manifold3d
import numpy as np
import pytest

from engine.errors import SceneError
from engine.types import Piece
from scenes.pieces import Bangle, Hoop
from scenes.pieces.assembly import GAP
from scenes.pieces.latch import Ends
from scenes.pieces.motion import turn
from scenes.pieces.oval import Oval
from tests.scenes.pieces.bodies import body, shifted, stones
from tests.scenes.pieces.linking import linking
from tests.scenes.pieces.loops import circle, dense, inside, placed

GOLD = 0.0155  # g/mm^3, 18 karat yellow

SET: dict[str, Any] = {"profile": "flat", "width_mm": 2.2, "outside_mm": 16.0}
MADE: dict[str, Bangle | Hoop] = {
    "bangle": Bangle(),
    "oval": Bangle(roundness=0.8, profile="flat", coverage=0.2, width_mm=3.0),
    "cuff": Bangle(style="cuff", roundness=0.78, profile="d", rest="lying"),
    "hoop": Hoop(),
    "endless": Hoop(style="endless", width_mm=1.6, thickness_mm=1.6),
    "set": Hoop(**SET, setting="outside"),
    "inside-out": Hoop(**SET, setting="inside-out"),
}


@cache
def piece(name: str) -> Piece:
    return MADE[name].build()


@pytest.mark.parametrize(
    ("name", "parts", "grams"),
    [
        ("bangle", 1, (15.0, 30.0)),
        ("oval", 22, (10.0, 25.0)),
        ("cuff", 1, (12.0, 25.0)),
        ("hoop", 2, (1.5, 2.5)),
        ("endless", 1, (0.8, 2.0)),
        ("set", 12, (1.0, 3.0)),
        ("inside-out", 19, (1.0, 3.0)),
    ],
)
def test_bodies_are_closed_apart_and_of_usual_weight(
    name: str, parts: int, grams: tuple[float, float]
) -> None:
    made = piece(name)
    assert len(made.parts) == parts
    metal = [body(made, part) for part in made.parts if part.role == "metal"]
    for solid in metal:
        assert solid.status() == manifold3d.Error.NoError
        assert len(solid.decompose()) == 1
    assert grams[0] < GOLD * sum(solid.volume() for solid in metal) < grams[1]
    assert made.bounds()[0, 2] == pytest.approx(0.0, abs=1e-9)
    assert made.kind == MADE[name].family


@pytest.mark.parametrize("name", ["oval", "set", "inside-out"])
def test_stones_are_held_and_apart(name: str) -> None:
    made = piece(name)
    metal, loose = body(made, made.parts[0]), stones(made)
    assert (metal ^ shifted(made, 0.0)).volume() == pytest.approx(0.0, abs=1e-9)
    for stone in loose[::5]:
        assert metal.min_gap(stone, 0.1) == pytest.approx(GAP, abs=1e-3)
    for along in (-0.1, 0.1):
        for stone, axis in zip(loose, (p.transform[:3, 2] for p in made.parts[-len(loose):]),
                               strict=True):  # fmt: skip
            assert (metal ^ stone.translate(along * axis)).volume() > 1e-4
    gaps = [a.min_gap(b, 1.0) for a, b in pairwise(loose)]
    assert 0.09 < min(gaps) < 0.13


def test_stones_of_an_inside_out_hoop_face_the_front() -> None:
    """Worn, the front half shows its outside, the back half its inside."""
    made = Hoop(**SET, setting="inside-out", turn_deg=0.0).build()
    facing = np.array([part.transform[1, 2] for part in made.parts if part.role == "stone"])
    assert (facing < 0.25).all()
    assert facing.mean() < -0.5


def test_a_bangle_is_as_wide_inside_as_asked() -> None:
    for name, width, height in (("bangle", 62.0, 62.0), ("oval", 62.0, 49.6)):
        v = piece(name).vertices(piece(name).parts[0])
        v = v[np.abs(v[:, 1]) < 0.3]
        centre = (v.min(axis=0) + v.max(axis=0)) / 2.0
        reach = 2.0 * (np.abs(v - centre))
        level, upright = reach[reach[:, 2] < 2.5, 0], reach[reach[:, 0] < 2.5, 2]
        assert level.min() == pytest.approx(width, abs=0.1)
        assert upright.min() == pytest.approx(height, abs=0.1)


def test_a_cuff_opens_below_and_its_ends_are_round() -> None:
    made = Bangle(style="cuff", roundness=0.78, opening_mm=24.0).build()
    v = made.vertices(made.parts[0])
    low = v[v[:, 2] < 4.0]
    assert 2.0 * np.abs(low[:, 0]).min() == pytest.approx(24.0, abs=1.5)
    assert np.abs(low[np.abs(low[:, 0]) < np.abs(low[:, 0]).min() + 0.15, 1]).max() < 1.2


@pytest.mark.parametrize("name", ["hoop", "set"])
def test_the_post_turns_on_a_pin_through_its_eye(name: str) -> None:
    made, hoop = piece(name), MADE[name]
    assert isinstance(hoop, Hoop)
    half = hoop.outside_mm / 2.0 - hoop.thickness_mm
    pin, _ = Ends(Oval(half, half), hoop.width_mm, hoop.thickness_mm).pins()
    place = made.parts[0].transform
    eye = placed(circle(0.58), place, pin)
    across = 0.5 * (hoop.width_mm / 2.0 + 0.36)
    frame = [[0.0, -across, 0.0], [0.0, across, 0.0], [1.6, across, 0.0], [1.6, -across, 0.0]]
    band = placed(dense(np.array(frame)), place, pin)
    assert inside(made, made.parts[1], eye)
    assert inside(made, made.parts[0], band)
    assert abs(linking(eye, band)) == pytest.approx(1.0, abs=1e-3)
    metal, post = (body(made, part) for part in made.parts[:2])
    assert 0.01 < metal.min_gap(post, 0.5) < 0.1


def test_the_post_snaps_over_the_other_pin() -> None:
    """It opens outward; the mouth of its notch is narrower than the pin."""
    made = piece("hoop")
    hoop = MADE["hoop"]
    assert isinstance(hoop, Hoop)
    half = hoop.outside_mm / 2.0 - hoop.thickness_mm
    pin, _ = Ends(Oval(half, half), hoop.width_mm, hoop.thickness_mm).pins()
    first = made.parts[0].transform @ pin
    metal, post = (body(made, part) for part in made.parts[:2])
    for angle, free in ((0.0, True), (0.02, False), (0.6, True)):
        swung = first @ turn([0.0, 1.0, 0.0], angle) @ np.linalg.inv(first)
        meets = (metal ^ post.transform(swung[:3])).volume()
        assert (meets < 1e-6) == free, angle


def test_the_wire_of_an_endless_hoop_goes_into_its_tube() -> None:
    """The body is a ring closed by a wire that ends in a hole: a section there is a wire in it."""
    made = Hoop(style="endless", width_mm=1.6, thickness_mm=1.6, turn_deg=90.0).build()
    solid = body(made, made.parts[0])
    centre = 9.0
    upright = solid.translate([0.0, 0.0, -centre]).rotate([-90.0, 0.0, 0.0])
    for angle, loops in ((0.0, 1), (40.0, 3), (-40.0, 1), (180.0, 1)):
        cut = upright.rotate([0.0, 0.0, angle]).split_by_plane([1.0, 0.0, 0.0], 0.0)[0]
        section = cut.rotate([0.0, -90.0, 0.0]).slice(1e-4)
        above = [p for p in section.to_polygons() if np.asarray(p)[:, 1].mean() > 0.0]
        assert len(above) == loops, angle


def test_a_pair_mirrors_its_turn() -> None:
    made = Hoop(pair=True).build()
    fronts = [made.parts[k].transform[:3, 0] for k in (0, 2)]
    assert fronts[0] * [-1.0, 1.0, 1.0] == pytest.approx(fronts[1])
    assert made.bounds()[:, 0].sum() == pytest.approx(0.0, abs=0.02)


@pytest.mark.parametrize("kind", [Bangle, Hoop])
def test_draws_can_be_built(kind: type[Bangle] | type[Hoop]) -> None:
    for seed in range(3):
        design = kind.draw(np.random.default_rng(seed), ("round",))
        assert design == kind.draw(np.random.default_rng(seed), ("round",))
        assert design.build().bounds()[0, 2] == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(
    ("kind", "parameters", "word"),
    [
        (Bangle, {"profile": "round"}, "give the same for round wire"),
        (Bangle, {"coverage": 0.3}, "give 'flat' to set stones in"),
        (Bangle, {"coverage": 0.3, "profile": "flat", "width_mm": 2.0}, "give at least 2.5"),
        (Bangle, {"coverage": 0.3, "profile": "flat", "thickness_mm": 1.3}, "give at least 1.58"),
        (Hoop, {"width_mm": 3.0}, "give the same for round wire"),
        (Hoop, {"width_mm": 1.5, "thickness_mm": 1.5}, "give at least 1.8 both ways"),
        (Hoop, {"setting": "outside"}, "give 'flat' to set stones in"),
        (Hoop, {"setting": "outside", "profile": "flat", "stone_mm": 2.0}, "at least 2.7 by 1.7"),
    ],
)
def test_what_does_not_go_together_is_named(
    kind: type[Bangle] | type[Hoop], parameters: dict[str, Any], word: str
) -> None:
    with pytest.raises(SceneError, match=word):
        kind(**parameters)

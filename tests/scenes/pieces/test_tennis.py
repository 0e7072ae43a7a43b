"""Tennis bracelets: every link turns on the next, the clasp holds, nothing hangs in the air."""

from functools import cache
from itertools import pairwise

import manifold3d
import numpy as np
import pytest

from engine.types import Piece
from scenes.pieces import Tennis
from scenes.pieces.assembly import GAP
from tests.scenes.pieces.bodies import body, stones
from tests.scenes.pieces.linking import linking
from tests.scenes.pieces.loops import dense, inside, placed

GOLD = 0.0155  # g/mm^3, 18 karat yellow

DESIGNS = {
    "round": Tennis(stone_mm=3.0),
    "princess": Tennis(cut="princess", stone_mm=2.6),
    "bezel": Tennis(setting="bezel", stone_mm=3.4, rest="line"),
}


@cache
def piece(name: str) -> Piece:
    return DESIGNS[name].build()


@cache
def metal(name: str) -> list[manifold3d.Manifold]:
    return [body(piece(name), part) for part in piece(name).parts if part.role == "metal"]


@pytest.mark.parametrize("name", DESIGNS)
def test_links_are_equal_closed_bodies(name: str) -> None:
    made, count = piece(name), DESIGNS[name].count()
    assert [part.name for part in made.parts if part.role == "metal"] == [
        *(f"link {k + 1}" for k in range(count)), "clasp tongue", "box clasp"
    ]  # fmt: skip
    assert len(stones(made)) == count
    assert len(made.meshes) == 4
    for solid in (metal(name)[0], *metal(name)[-2:]):
        assert solid.status() == manifold3d.Error.NoError
        assert len(solid.decompose()) == 1
    assert 3.0 < GOLD * sum(solid.volume() for solid in metal(name)) < 16.0
    assert (made.kind, made.name) == ("bracelet", "tennis-bracelet")


@pytest.mark.parametrize("name", DESIGNS)
def test_each_link_passes_through_the_next(name: str) -> None:
    """The eye of one around the bar of the next, each curve inside its metal, a hair apart."""
    design, count = DESIGNS[name], DESIGNS[name].count()
    link, clasp = design.link, design.clasp
    made = {part.name: part for part in piece(name).parts}
    pairs = [(f"link {k + 1}", link.eye_curve(), f"link {k + 2}", link.bar_curve())
             for k in range(0, count - 1, 5)]  # fmt: skip
    pairs += [(f"link {count}", link.eye_curve(), "clasp tongue", dense(clasp.bar_curve())),
              ("box clasp", clasp.eye_curve(), "link 1", link.bar_curve())]  # fmt: skip
    for first, eye, second, bar in pairs:
        around = placed(eye, made[first].transform)
        through = placed(bar, made[second].transform)
        assert abs(linking(around, through)) == pytest.approx(1.0, abs=1e-3), (first, second)
    curves = {"link 2": np.concatenate([link.eye_curve()[::6], link.bar_curve()[::8]]),
              "clasp tongue": dense(clasp.bar_curve(), 0.6),
              "box clasp": clasp.eye_curve()[::6]}  # fmt: skip
    for where, curve in curves.items():
        assert inside(piece(name), made[where], placed(curve, made[where].transform)), where


@pytest.mark.parametrize("name", DESIGNS)
def test_neighbours_are_clear_of_each_other(name: str) -> None:
    links = metal(name)[:-2]
    for a, b in list(pairwise(links))[::6]:
        assert 0.02 < a.min_gap(b, 1.0) < 0.1
    assert 0.02 < links[-1].min_gap(metal(name)[-2], 1.0) < 0.1
    assert 0.02 < links[0].min_gap(metal(name)[-1], 1.0) < 0.1
    loose = stones(piece(name))
    for k in range(0, len(loose) - 1, 6):
        assert loose[k].min_gap(loose[k + 1], 2.0) > 0.08
        assert links[k].min_gap(loose[k], 0.1) == pytest.approx(GAP, abs=1e-3)
        assert links[k].min_gap(loose[k + 1], 0.1) > 0.05


@pytest.mark.parametrize("name", DESIGNS)
def test_stones_are_held(name: str) -> None:
    part = next(part for part in piece(name).parts if part.role == "stone")
    stone = body(piece(name), part)
    for along in (-0.1, 0.1):
        moved = stone.translate(along * part.transform[:3, 2])
        assert (metal(name)[0] ^ moved).volume() > 1e-4


@pytest.mark.parametrize("name", ["round", "princess"])
def test_the_tongue_catches_in_its_box(name: str) -> None:
    tongue, box = metal(name)[-2:]
    assert 0.01 < tongue.min_gap(box, 0.5) < 0.1
    out = -next(p for p in piece(name).parts if p.name == "clasp tongue").transform[:3, 0]
    assert (tongue.translate(0.3 * out) ^ box).volume() > 1e-3


def test_an_oval_is_closed_and_stands_on_every_link() -> None:
    made, design = piece("round"), DESIGNS["round"]
    parts = [part for part in made.parts if part.role == "metal"]
    assert parts[-1].transform == pytest.approx(parts[-2].transform)
    low = [made.vertices(part)[:, 2].min() for part in made.parts if part.role == "stone"]
    assert np.max(np.abs(low)) < 0.02
    wide, deep, _ = np.ptp(made.bounds(), axis=0)
    assert deep / wide == pytest.approx(design.roundness, abs=0.03)
    outward = np.array([part.transform[:2, 2] @ part.transform[:2, 3] for part in parts[:-2]])
    assert (outward > 0.0).all()


def test_a_line_lies_straight_with_its_clasp_open() -> None:
    made = piece("bezel")
    low = np.array([made.vertices(p)[:, 2].min() for p in made.parts if p.role == "metal"])
    assert low == pytest.approx(0.0, abs=1e-3)
    assert 180.0 < np.ptp(made.bounds(), axis=0)[0] < 192.0
    assert metal("bezel")[-1].min_gap(metal("bezel")[-2], 300.0) > 100.0


def test_length_is_as_asked() -> None:
    for length in (160.0, 190.0):
        design = Tennis(length_mm=length)
        whole = design.count() * design.link.pitch + design.clasp.span
        assert whole == pytest.approx(length, abs=design.link.pitch / 2.0)


@pytest.mark.parametrize("seed", range(4))
def test_draws_can_be_built(seed: int) -> None:
    design = Tennis.draw(np.random.default_rng(seed), ("round",))
    assert design == Tennis.draw(np.random.default_rng(seed), ("round",))
    assert design.cut == "round"
    assert design.build().bounds()[0, 2] == pytest.approx(0.0, abs=0.02)

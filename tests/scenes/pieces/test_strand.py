"""Pearl strands: on the ground, on their thread, against their knots."""

from itertools import pairwise

import numpy as np
import pytest

from engine.errors import SceneError
from engine.types import Part, Piece
from scenes.pieces.links import TAUT
from scenes.pieces.strand import HOLE, PearlStrand, pearl
from scenes.pieces.thread import Silk
from tests.scenes.pieces.bodies import body

DESIGNS = (
    PearlStrand(length_mm=180.0, pearl_mm=8.0),
    PearlStrand(length_mm=220.0, pearl_mm=9.0, graduation=0.6, sway=7),
)


@pytest.fixture(scope="module", params=DESIGNS, ids=("uniform", "graduated"))
def strand(request: pytest.FixtureRequest) -> tuple[PearlStrand, Piece]:
    return request.param, request.param.build()


def pearls(piece: Piece) -> list[Part]:
    return [part for part in piece.parts if part.role == "pearl"]


def other(piece: Piece, name: str) -> Part:
    return next(part for part in piece.parts if part.name == name)


def test_every_pearl_and_the_clasp_touch_the_ground(strand: tuple[PearlStrand, Piece]) -> None:
    piece = strand[1]
    for part in [*pearls(piece), other(piece, "clasp")]:
        # A ball of flat faces sinks as little short of its radius.
        assert piece.vertices(part)[:, 2].min() == pytest.approx(0.0, abs=0.02)
    assert piece.vertices(other(piece, "thread"))[:, 2].min() > 0.5


def test_the_thread_runs_through_every_pearl_and_both_eyes(
    strand: tuple[PearlStrand, Piece],
) -> None:
    """Out through each hole, clear of its wall, with a knot before and behind that does not fit."""
    piece = strand[1]
    thread = body(piece, other(piece, "thread"))
    assert len(thread.decompose()) == 1
    for part in pearls(piece):
        solid = body(piece, part)
        assert solid.genus() == 1
        assert 0.0 < solid.min_gap(thread, 0.5) <= 0.1
        hole = thread.transform(np.linalg.inv(part.transform)[:3]).slice(0.0)
        inside = [p for p in hole.to_polygons() if np.hypot(*np.asarray(p).T).max() < HOLE / 2.0]
        assert len(inside) == 1
        assert hole.area() > 0.8 * np.pi * Silk(HOLE).radius ** 2
    clasp = body(piece, other(piece, "clasp"))
    assert 0.0 < clasp.min_gap(thread, 0.5) <= 0.06
    assert clasp.genus() == 2


def test_pearls_lie_against_knots_and_not_in_each_other(
    strand: tuple[PearlStrand, Piece],
) -> None:
    piece = strand[1]
    solids = [body(piece, part) for part in pearls(piece)]
    for a, b in pairwise(solids):
        assert 0.1 < a.min_gap(b, 1.0) < 0.5
    clasp = body(piece, other(piece, "clasp"))
    assert min(clasp.min_gap(s, 3.0) for s in (solids[0], solids[-1])) > 0.3


def test_the_length_is_as_asked(strand: tuple[PearlStrand, Piece]) -> None:
    design, piece = strand
    middles = np.array([part.transform[:3, 3] for part in [*pearls(piece), other(piece, "clasp")]])
    around = np.linalg.norm(middles - np.roll(middles, 1, axis=0), axis=1).sum()
    assert around == pytest.approx(design.length_mm, abs=design.pearl_mm)
    assert middles[-1, 1] > 0.8 * middles[:, 1].max()


def test_pearls_grow_towards_the_front() -> None:
    piece = DESIGNS[1].build()
    sizes = np.array([np.ptp(piece.meshes[part.mesh].vertices[:, 2]) for part in pearls(piece)])
    middle = len(sizes) // 2
    assert np.all(np.diff(sizes[: middle + 1]) > 0.0)
    np.testing.assert_allclose(sizes, sizes[::-1], atol=1e-5)
    assert sizes[0] / sizes[middle] == pytest.approx(0.6, abs=0.01)


def test_uniform_pearls_share_a_mesh() -> None:
    assert len(DESIGNS[0].build().meshes) == 3


def test_a_knot_does_not_fit_into_a_hole() -> None:
    silk = Silk(HOLE)
    assert 2.0 * silk.radius < HOLE - 4.0 * TAUT
    assert 2.0 * silk.knot > 1.1 * HOLE
    mesh = pearl(3.5)
    rim = np.hypot(mesh.vertices[:, 0], mesh.vertices[:, 1]).min()
    assert rim == pytest.approx(HOLE / 2.0, abs=0.01)


def test_what_cannot_be_made_is_refused() -> None:
    with pytest.raises(SceneError, match="pearl_mm"):
        PearlStrand(pearl_mm=1.0)
    with pytest.raises(SceneError, match="length_mm"):
        PearlStrand(length_mm=90.0)


def test_draws_build() -> None:
    for seed in range(30):
        design = PearlStrand.draw(np.random.default_rng(seed), ("round",))
        assert design == PearlStrand.draw(np.random.default_rng(seed), ("round",))
    for seed in range(4):
        design = PearlStrand.draw(np.random.default_rng(seed), ("round",))
        assert len(pearls(design.build())) > 30

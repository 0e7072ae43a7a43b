"""Chains that hang: linked, at rest, held by the pegs of a stand on the ground."""

from itertools import pairwise

import numpy as np
import pytest

from engine.errors import GeometryError
from engine.types import Part, Piece
from scenes.pieces.chain import CLEAR, Chain
from scenes.pieces.hung import Hung, hang_up
from scenes.pieces.solids import manifold
from scenes.pieces.stand import PEG, Stand
from scenes.pieces.weave import LEAST, WEAVES
from tests.scenes.pieces.bodies import body
from tests.scenes.pieces.linking import together


@pytest.fixture(scope="module", params=tuple(WEAVES))
def hung(request: pytest.FixtureRequest) -> Hung:
    return hang_up(Chain(style=request.param, width_mm=2.0).weave(), 110.0, 60.0)


def test_links_go_through_their_neighbours_and_no_others(hung: Hung) -> None:
    assert all(together(a, b) == 1 for a, b in pairwise(hung.row))
    assert not any(together(a, b) for a, b in zip(hung.row, hung.row[2:], strict=False))


def test_links_stay_clear_and_close(hung: Hung) -> None:
    bodies = [manifold(thing.link.solid.moved(thing.transform)) for thing in hung.row]
    near = [a.min_gap(b, 0.5) for a, b in pairwise(bodies)]
    assert min(near) >= LEAST
    assert max(near) <= 0.15
    assert min(a.min_gap(b, 0.5) for a, b in zip(bodies, bodies[2:], strict=False)) > LEAST


def test_links_follow_the_form(hung: Hung) -> None:
    """Each stands where its joints are, along the line between them."""
    for thing, slope, (a, b) in zip(
        hung.row, hung.form.slopes, pairwise(hung.form.joints), strict=True
    ):
        along = thing.transform[[0, 2], 0]
        np.testing.assert_allclose(along, [np.cos(slope), np.sin(slope)], atol=1e-9)
        out = thing.transform[[0, 2], 3] + [30.0, 0.0] - a
        assert abs(along[0] * out[1] - along[1] * out[0]) < 1e-9
        assert 0.0 <= along @ out <= np.linalg.norm(b - a) + 1e-9
    assert abs(np.linalg.norm(np.diff(hung.form.joints, axis=0), axis=1).sum() - 110.0) < 4.0


def test_end_rings_hang_on_the_pegs(hung: Hung) -> None:
    """The peg goes through the ring, and the ring pulls at it."""
    part = Part("stand", 0, np.eye(4), "other")
    stand = body(Piece((Stand(60.0, 80.0).mesh(),), (part,)), part)
    for end, side in ((hung.row[0], -1.0), (hung.row[-1], 1.0)):
        ring = manifold(end.link.solid.moved(end.transform)).translate((0.0, 0.0, 80.0))
        assert 0.005 < ring.min_gap(stand, 0.5) < 0.05
        middle = end.transform[[0, 2], 3]
        away = np.linalg.norm(middle - [30.0 * side, 0.0])
        assert away + PEG < end.link.half - end.link.wire / 2.0


@pytest.mark.parametrize("style", tuple(WEAVES))
def test_a_hanging_chain_has_its_stand_on_the_ground(style: str) -> None:
    piece = Chain(style=style, display="stand", length_mm=110.0, width_mm=2.0).build()
    stand = piece.parts[-1]
    assert (stand.name, stand.role) == ("stand", "other")
    assert piece.vertices(stand)[:, 2].min() == pytest.approx(0.0, abs=1e-6)
    chain = min(piece.vertices(part)[:, 2].min() for part in piece.parts[:-1])
    assert chain == pytest.approx(CLEAR, abs=1e-6)
    assert len(body(piece, stand).decompose()) == 1


def test_a_span_that_bends_links_too_far_is_refused() -> None:
    with pytest.raises(GeometryError, match="degrees to each other"):
        Chain(style="box", display="stand", length_mm=90.0, width_mm=4.0, span=0.1).build()

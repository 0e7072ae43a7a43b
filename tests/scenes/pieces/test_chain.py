"""Chains: every link hangs in its neighbours and in no other, and lies on the ground."""

from itertools import pairwise

import numpy as np
import pytest

from engine.errors import GeometryError, SceneError
from scenes.pieces.chain import Chain
from scenes.pieces.course import Sway
from scenes.pieces.laid import Strung, lay
from scenes.pieces.links import TAUT, apart, gap, stadium
from scenes.pieces.solids import manifold
from scenes.pieces.weave import LEAST, WEAVES
from tests.scenes.pieces.linking import gaps, linking, together

STYLES = tuple(WEAVES)


def row(style: str, length: float = 160.0) -> list[Strung]:
    return lay(Chain(style=style, width_mm=2.4).weave(), length, Sway(((2, 0.3, 0.4),)))


@pytest.fixture(scope="module", params=STYLES)
def laid(request: pytest.FixtureRequest) -> list[Strung]:
    return row(request.param)


def test_the_measure_of_linking_knows_hopf_from_apart() -> None:
    turn = np.linspace(0.0, 2.0 * np.pi, 24, endpoint=False)
    ring = np.column_stack([np.cos(turn), np.sin(turn), 0.0 * turn])
    other = np.column_stack([np.cos(turn), 0.0 * turn, np.sin(turn)])
    assert abs(linking(ring, other + np.array([1.0, 0.0, 0.0]))) == pytest.approx(1.0)
    assert linking(ring, other + np.array([2.5, 0.0, 0.0])) == pytest.approx(0.0, abs=1e-9)


def test_links_go_through_their_neighbours_and_no_others(laid: list[Strung]) -> None:
    assert [together(a, b) for a, b in pairwise([*laid, laid[0]])] == [1] * len(laid)
    for ahead in (2, 3):
        assert not any(
            together(a, b) for a, b in zip(laid, laid[ahead:] + laid[:ahead], strict=True)
        )


def test_links_stay_clear_and_close(laid: list[Strung]) -> None:
    near = gaps(laid, 1)
    assert near.min() >= LEAST - 1e-3
    assert near.max() <= 0.15
    assert gaps(laid, 2).min() > LEAST


def test_links_rest_on_the_ground_or_in_their_neighbours(laid: list[Strung]) -> None:
    low = np.array([thing.link.solid.moved(thing.transform).vertices[:, 2].min() for thing in laid])
    assert low.min() == pytest.approx(0.0, abs=1e-9)
    standing = low < 1e-9
    hanging = [
        (standing[i - 1] or standing[(i + 1) % len(laid)])
        and _falls_by(laid[i], (laid[i - 1], laid[(i + 1) % len(laid)])) < 0.05
        for i in np.flatnonzero(~standing)
    ]
    assert all(hanging)
    assert standing.mean() >= 0.5


def _falls_by(thing: Strung, neighbours: tuple[Strung, ...]) -> float:
    """How far a thing sinks until it lies on a neighbour, mm; at most 0.5."""
    for drop in np.linspace(0.0, 0.5, 51):
        down = thing.transform.copy()
        down[2, 3] -= drop
        solid = thing.link.solid.moved(down)
        if min(gap(solid, n.link.solid.moved(n.transform)) for n in neighbours) < 1e-6:
            return float(drop)
    return 0.5


def test_the_clasp_is_at_the_back_and_the_length_as_asked(laid: list[Strung]) -> None:
    middles = np.array([thing.transform[:2, 3] for thing in laid])
    assert middles[-1, 1] > 0.8 * middles[:, 1].max()
    around = np.linalg.norm(middles - np.roll(middles, 1, axis=0), axis=1).sum()
    assert around == pytest.approx(160.0, abs=1.2 * np.ptp(laid[0].link.solid.vertices[:, 0]))


@pytest.mark.parametrize("style", STYLES)
def test_a_chain_is_closed_bodies_that_share_a_link(style: str) -> None:
    chain = Chain(style=style, length_mm=200.0, width_mm=2.0, sway=5)
    piece = chain.build()
    assert len(piece.meshes) == 2
    assert piece.kind == "necklace"
    assert {part.layer for part in piece.parts} == {"chain", "metal"}
    assert len({part.name for part in piece.parts}) == len(piece.parts)
    assert piece.bounds()[0, 2] == pytest.approx(0.0, abs=1e-6)
    link = chain.weave().link
    assert len(link.solid.faces) <= 700
    assert link.volume > 0.0
    assert manifold(link.solid).genus() == 1


def test_links_that_pull_are_a_hair_apart() -> None:
    link = stadium(0.5, 1.8, 2.6)
    far = apart(link, link, np.pi / 2.0, TAUT)
    # Two bent wires cross at the ends: outer length less both wires.
    assert far == pytest.approx(2.6 - 2 * 0.5, abs=TAUT + 0.02)
    move = np.array([[1.0, 0, 0, far], [0, 0, -1, 0], [0, 1, 0, 0], [0, 0, 0, 1]])
    assert gap(link.solid, link.solid.moved(move)) == pytest.approx(TAUT, abs=1e-3)


def test_ways_to_lie_differ_and_repeat() -> None:
    first, again, other = (
        Chain(length_mm=200.0, width_mm=2.0, sway=s).build().bounds() for s in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.5


def test_what_cannot_be_made_is_refused() -> None:
    with pytest.raises(GeometryError, match="room for its neighbours"):
        stadium(0.7, 2.0, 2.8)
    with pytest.raises(GeometryError, match="bend more"):
        Chain(style="box", length_mm=100.0, width_mm=6.0).build()
    with pytest.raises(GeometryError, match="5 to"):
        Chain(length_mm=900.0, width_mm=1.2, long=1.1).build()
    with pytest.raises(SceneError, match="length_mm"):
        Chain(length_mm=10.0)
    with pytest.raises(SceneError, match="style"):
        Chain(style="rope of sand")


def test_draws_build() -> None:
    for seed in range(30):
        design = Chain.draw(np.random.default_rng(seed), ("round",))
        assert design == Chain.draw(np.random.default_rng(seed), ("round",))
        assert len(design.build().parts) > 50

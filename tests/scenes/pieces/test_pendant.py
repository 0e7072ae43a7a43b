"""Pendants: on the chain and at rest, laid or hung."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from engine.errors import SceneError
from engine.types import FloatArray, Part, Piece
from scenes.pieces.assembly import GAP, Body
from scenes.pieces.chain import CLEAR
from scenes.pieces.pendant import Pendant
from scenes.pieces.rest import gravity
from scenes.pieces.stones import CUTS
from scenes.pieces.weave import LEAST
from tests.scenes.pieces.bodies import body
from tests.scenes.pieces.linking import linking, moved

DESIGNS = {
    "laid": Pendant(chain_mm=100.0),
    "laid-bezel": Pendant(cut="oval", setting="bezel", chain_mm=120.0, sway=4),
    "stand": Pendant(display="stand", prongs=6, chain_mm=90.0),
    "stand-bezel": Pendant(display="stand", cut="princess", setting="bezel", chain_mm=80.0),
}
LAID, HUNG = ("laid", "laid-bezel"), ("stand", "stand-bezel")


@pytest.fixture(scope="module")
def pieces() -> dict[str, Piece]:
    return {name: design.build() for name, design in DESIGNS.items()}


def part(piece: Piece, name: str) -> Part:
    return next(p for p in piece.parts if p.name == name)


def links(piece: Piece) -> list[Part]:
    return [p for p in piece.parts if p.name.startswith("link")]


def way(piece: Piece) -> FloatArray:
    """The chain as a closed line: through its links and its clasp, or around over the pegs."""
    ends = [p for p in piece.parts if p.name in ("clasp", "end ring 2")]
    line = np.array([p.transform[:3, 3] for p in [*links(piece), *ends]])
    return np.concatenate([line, line[[-1, 0]] + np.array([0.0, 0.0, 30.0])])


@pytest.mark.parametrize("name", DESIGNS)
def test_the_chain_runs_through_the_bail_and_the_bail_through_the_ring(
    name: str, pieces: dict[str, Piece]
) -> None:
    piece, design = pieces[name], DESIGNS[name]
    bail = moved(design.bail(design.weave()).path(), part(piece, "bail").transform)
    assert abs(linking(bail, way(piece))) == pytest.approx(1.0)
    turn = np.linspace(0.0, 2.0 * np.pi, 40, endpoint=False)
    ring = design.mount().ring + 1.1 * np.column_stack(
        [np.sin(turn), np.cos(turn) - 1.0, 0.0 * turn]
    )
    assert abs(linking(bail, moved(ring, part(piece, "mount").transform))) == pytest.approx(1.0)


@pytest.mark.parametrize("name", DESIGNS)
def test_nothing_touches_and_nothing_floats(name: str, pieces: dict[str, Piece]) -> None:
    piece = pieces[name]
    bail, mount, stone = (body(piece, part(piece, n)) for n in ("bail", "mount", "stone"))
    chain = [body(piece, p) for p in links(piece)]
    assert 0.01 <= bail.min_gap(mount, 0.5) <= 0.15
    to_chain = [bail.min_gap(link, 0.5) for link in chain]
    assert LEAST <= min(to_chain) <= 0.15
    assert min(mount.min_gap(link, 0.5) for link in chain) > 0.1
    assert (mount ^ stone).volume() == pytest.approx(0.0, abs=1e-9)
    assert mount.min_gap(stone, 0.5) == pytest.approx(GAP, abs=5e-3)
    between = [a.min_gap(b, 0.5) for a, b in pairwise(chain)]
    assert min(between) >= 0.5 * LEAST
    assert max(between) <= 0.15
    for thing in (bail, mount):
        assert len(thing.decompose()) == 1
        assert thing.volume() > 1.0


@pytest.mark.parametrize("name", LAID)
def test_a_laid_pendant_rests(name: str, pieces: dict[str, Piece]) -> None:
    """Mount and bail on the ground; of the chain all but what the bail lifts."""
    piece = pieces[name]
    low = {p.name: float(piece.vertices(p)[:, 2].min()) for p in piece.parts}
    assert low["mount"] == pytest.approx(0.0, abs=1e-4)
    assert low["bail"] == pytest.approx(0.0, abs=0.02)
    lifted = [p for p in links(piece) if low[p.name] > 1e-3]
    assert 1 <= len(lifted) <= 9
    heights = [low[p.name] for p in lifted]
    middle = int(np.argmax(heights))
    assert heights == sorted(heights[:middle]) + sorted(heights[middle:], reverse=True)
    table = part(piece, "stone").transform[:3, 2]
    assert table[2] > 0.9
    bail = part(piece, "bail").transform[:3, 3]
    assert abs(bail[0]) < 1e-6
    assert bail[1] > 0.0


@pytest.mark.parametrize("name", HUNG)
def test_a_hung_pendant_hangs_plumb(name: str, pieces: dict[str, Piece]) -> None:
    """The centre of gravity lies under the place where the ring lies in the bail."""
    piece, design = pieces[name], DESIGNS[name]
    held = part(piece, "mount").transform
    mount = design.mount().moved(held)
    centre = gravity(mount.things)
    np.testing.assert_allclose(centre[:2], mount.ring[:2], atol=0.02)
    assert centre[2] < mount.ring[2] - 1.0
    table = part(piece, "stone").transform[:3, 2]
    assert table[1] < -0.9  # faces the front
    assert min(piece.vertices(p)[:, 2].min() for p in piece.parts if p.role != "other") == (
        pytest.approx(CLEAR, abs=1e-3)
    )


def test_the_weight_draws_the_chain_into_two_branches(pieces: dict[str, Piece]) -> None:
    piece = pieces["stand"]
    ahead = np.array([p.transform[[0, 2], 0] for p in links(piece)])
    slopes = np.degrees(np.arctan2(ahead[:, 1], ahead[:, 0]))
    middle = len(slopes) // 2
    assert slopes[middle] == pytest.approx(0.0, abs=1e-6)
    np.testing.assert_allclose(slopes, -slopes[::-1], atol=1e-6)
    assert np.ptp(slopes[middle + 1 :]) < 0.5 * slopes[middle + 1]
    lowest = min(links(piece), key=lambda p: p.transform[2, 3])
    assert lowest.name == f"link {middle + 1}"


def test_a_heavier_pendant_bends_the_chain_more() -> None:
    def kink(design: Pendant) -> float:
        piece = design.build()
        row = links(piece)
        return float(row[len(row) // 2 + 1].transform[2, 0])

    light = Pendant(display="stand", stone_mm=4.0, chain_mm=90.0)
    assert kink(replace(light, stone_mm=9.0)) > kink(light) + 0.03


def test_gravity_is_that_of_stone_and_metal() -> None:
    mount = Pendant().mount()
    stone, metal = gravity([mount.stone]), gravity([mount.metal])
    both = gravity(mount.things)
    assert min(stone[1], metal[1]) < both[1] < max(stone[1], metal[1])
    assert isinstance(mount.metal, Body)


def test_what_cannot_be_made_is_refused() -> None:
    with pytest.raises(SceneError, match="prongs is 6"):
        Pendant(cut="princess", prongs=6)
    with pytest.raises(SceneError, match="chain_mm"):
        Pendant(chain_mm=20.0)


def test_a_chain_that_would_touch_the_bail_is_laid_another_way() -> None:
    design = Pendant(cut="princess", stone_mm=8.45, setting="bezel", chain_mm=90.0,
                     chain_width_mm=1.9, sway=8647)  # fmt: skip
    assert design.build().kind == "pendant"


def test_draws_build() -> None:
    for seed in range(30):
        design = Pendant.draw(np.random.default_rng(seed), CUTS)
        assert design == Pendant.draw(np.random.default_rng(seed), CUTS)
        assert design.build().kind == "pendant"

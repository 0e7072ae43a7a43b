"""Random designs of every kind are such as can be made."""

from dataclasses import fields

import numpy as np
import pytest

from engine.errors import SceneError
from scenes.pieces import PIECES
from scenes.pieces.chance import between
from scenes.pieces.stones import CUTS, stone

RINGS = sorted(name for name, kind in PIECES.items() if kind.family == "ring")


@pytest.mark.parametrize("name", RINGS)
def test_draws_repeat_differ_and_build(name: str) -> None:
    kind = PIECES[name]
    designs = [kind.draw(np.random.default_rng(seed), CUTS) for seed in range(3)]
    assert kind.draw(np.random.default_rng(2), CUTS) == designs[2]
    assert len(set(map(repr, designs))) == 3
    for design in designs:
        piece = design.build()
        assert piece.name == name
        assert piece.bounds()[0, 2] == pytest.approx(0.0, abs=1e-4)


@pytest.mark.parametrize("name", RINGS)
def test_only_the_cuts_at_hand_are_drawn(name: str) -> None:
    for seed in range(10):
        design = PIECES[name].draw(np.random.default_rng(seed), ("round",))
        assert getattr(design, "cut", "round") == "round"


@pytest.mark.parametrize("name", RINGS)
def test_every_parameter_is_declared(name: str) -> None:
    """A field without a declaration would have neither range nor place in `culet piece`."""
    kind = PIECES[name]
    declared = kind.parameters()
    assert [p.name for p in declared] == [f.name for f in fields(kind)]
    for parameter in declared:
        assert parameter.what
        if parameter.low is not None:
            with pytest.raises(SceneError, match=f"{parameter.name} is"):
                kind(**{parameter.name: parameter.low - 1.0})


def test_steps_stay_within() -> None:
    rng = np.random.default_rng(0)
    drawn = {between(rng, 0.3, 0.5, 0.05) for _ in range(200)}
    assert drawn == {0.3, 0.35, 0.4, 0.45, 0.5}
    assert 0.3 <= between(rng, 0.3, 0.5, 0.0) <= 0.5


def test_a_stone_is_as_wide_as_asked() -> None:
    for cut in CUTS:
        assert np.ptp(stone(cut, 4.0).mesh().vertices[:, 0]) == pytest.approx(4.0), cut

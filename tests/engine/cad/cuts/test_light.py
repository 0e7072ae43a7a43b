"""Cut in diamond and seen from above, no cut of the library is a window."""

import pytest

from engine.cad.cuts import KINDS, Cut, Heart, make, round_brilliant
from tests.engine.cad.cuts.light import returned

FACETED = [name for name in KINDS if not KINDS[name].smooth]

#: Share of the face through which one may see the ground. A rose has a flat back.
WINDOW = {"rose": 0.50}


@pytest.mark.parametrize("name", FACETED)
def test_light_comes_back_through_the_crown(name: str) -> None:
    shape = make(name, width=5.0)
    cut = shape.right if isinstance(shape, Heart) else shape
    assert isinstance(cut, Cut)
    up, window = returned(cut)
    assert window < WINDOW.get(name, 0.30)
    assert up > (0.35 if name == "rose" else 0.45)


def test_a_shallow_stone_is_a_window_and_energy_is_kept() -> None:
    up, window = returned(round_brilliant(5.0))
    shallow = returned(round_brilliant(5.0, pavilion_deg=32.0))
    assert window < 0.10 < 0.20 < shallow[1]
    assert shallow[0] < up < 1.0

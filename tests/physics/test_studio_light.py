"""What the studios do to a brilliant and to gold: no dark centre, and dark beside bright."""

from __future__ import annotations

import numpy as np
import pytest

from engine import trace
from engine.scene import compose, studio_names
from engine.types import Frame
from tests.engine.trace.pieces import band, brilliant


def seen(piece: object, studio: str, view: str) -> Frame:
    scene = compose(piece, studio=studio, view=view, size=(48, 48))  # type: ignore[arg-type]
    return trace(scene, spp=8, device="cpu")[0]


@pytest.mark.parametrize("view", ["top", "three-quarter"])
@pytest.mark.parametrize("studio", studio_names())
def test_no_head_shadow_darkens_the_table(studio: str, view: str) -> None:
    """The lens needs a hole in the light; a table shows it, but it must not show it alone."""
    frame = seen(brilliant(), studio, view)
    stone = frame.features.stone > 0.99
    table = stone & (frame.features.normal[..., 2] > 0.999)
    assert table.sum() > 50
    y = np.minimum(frame.xyz[..., 1], 2.0)  # a flash is no brightness
    assert y[table].mean() > 0.4 * y[stone & ~table].mean()


@pytest.mark.parametrize("studio", studio_names())
def test_polished_gold_is_dark_beside_bright(studio: str) -> None:
    """A band reflects the whole studio: its dark and bright lie two stops apart."""
    frame = seen(band(), studio, "three-quarter")
    gold = (frame.features.part == 0) & (frame.alpha > 0.99)
    dark, bright = np.percentile(frame.xyz[..., 1][gold], [5, 95])
    assert bright > 5 * dark

"""Two ways to the same picture: the chain estimator and the reference agree in the mean.

Scenes that the baseline of `test_three_renderers` cannot show: absorption, contact, coated surfaces
and a ground with a clear coat.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from engine import trace
from engine.scene import Ground, Scene
from engine.types import Piece
from tests.engine.trace.pieces import ball, band, brilliant, joined, placed, scene
from tests.physics.statistics import Picture, assert_frames_agree

#: Pixels that are compared, and of the larger picture that is traced for each (per side).
PIXELS, SIDE = 16, 12


def _two_stones() -> Scene:
    """A ruby half behind a diamond."""
    ruby = placed(brilliant(5.0).meshes[0], "ruby", "stone", (1.5, 5.5, 2.2))
    return scene(joined(brilliant(), ruby), {"stone": "diamond", "ruby": "ruby"})


def _mounted() -> Scene:
    """A stone that touches a gold band: exits meet metal."""
    stone = placed(brilliant().meshes[0], "stone", "stone", (0.0, 0.0, 20.6))
    return scene(joined(band(), stone), {"band": "gold-18k-yellow", "stone": "diamond"})


def _inside_metal() -> Scene:
    """A stone whose girdle runs through a band of platinum."""
    ring = band(3.2)
    stone = placed(brilliant().meshes[0], "stone", "stone", (0.0, 0.0, 4.2))
    return scene(joined(ring, stone), {"band": "platinum-950", "stone": "diamond"})


SCENES: dict[str, Callable[[], Scene]] = {
    "two stones": _two_stones,
    "mounted": _mounted,
    "metal through a stone": _inside_metal,
    "pearl and stone on a mirror": lambda: scene(
        joined(brilliant(), replace_x(ball(2.0), 5.5)),
        {"stone": "emerald", "pearl": "pearl-white"},
        ground=Ground("mirror", 0.4),
    ),
    "band and stone on a coloured, graduated sweep": lambda: replace(
        _mounted(), ground=Ground("sweep", 0.9, (0.9, 0.5, 0.2), "back", -0.3, 0.6, 0.05)
    ),
    "stone in a coloured pool on a mirror": lambda: scene(
        brilliant(),
        {"stone": "diamond"},
        ground=Ground("mirror", 0.8, (0.1, 0.2, 0.9), "round", 0.2, 1.5, 0.05),
    ),
}


def replace_x(piece: Piece, x: float) -> Piece:
    """The piece moved by x along the x axis."""
    part = piece.parts[0]
    transform = part.transform.copy()
    transform[0, 3] += x
    return replace(piece, parts=(replace(part, transform=transform),))


@pytest.mark.parametrize("name", SCENES)
def test_chain_and_reference_agree(name: str) -> None:
    what = replace(SCENES[name](), size=(PIXELS * SIDE, PIXELS * SIDE))
    chain = trace(what, spp=8, seed=11, device="cpu")[0]
    reference = trace(what, spp=24, seed=12, estimator="reference", device="cpu")[0]
    assert_frames_agree(chain, reference, SIDE)


def test_error_falls_at_least_as_fast_as_one_over_root_n() -> None:
    size, side = 28, 7
    ring = SCENES["mounted"]()
    large = replace(ring, size=(size * side, size * side))
    truths = [
        Picture.binned(trace(large, spp=8, seed=seed, device="cpu")[0].xyz, side).mean
        for seed in (98, 99)
    ]
    mask = np.abs(truths[0] - truths[0][0, 0]).max(axis=-1) > 1e-3  # not the constant backdrop
    counts = (3, 9, 27, 81)
    what = replace(ring, size=(size, size))
    pictures = [trace(what, spp=n, seed=n, device="cpu")[0].xyz for n in counts]
    # Two independent halves of the truth: their own noise drops out of the product.
    squares = [((x - truths[0]) * (x - truths[1]))[mask].mean() for x in pictures]
    slope = 0.5 * np.polyfit(np.log(counts), np.log(squares), 1)[0]
    # Independent samples have -0.5, the low-discrepancy ones do a little better; four measured
    # errors tell a slope to 0.02.
    assert -0.75 < slope < -0.46, (slope, squares)

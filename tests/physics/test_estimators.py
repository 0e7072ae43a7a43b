"""Two ways to the same picture: the chain estimator and the reference agree in the mean.

Five scenes that use everything the chain does: connections, candidates, absorption, next-event
estimation, the ground's control variate and its clear coat. The reference uses none of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from scipy import stats

from engine import trace
from engine.scene import Ground, Scene
from engine.types import Frame, Piece
from tests.engine.trace.pieces import ball, band, brilliant, joined, placed, scene


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
    "loose diamond": lambda: scene(brilliant(), {"stone": "diamond"}),
    "two stones": _two_stones,
    "mounted": _mounted,
    "metal through a stone": _inside_metal,
    "pearl and stone on a mirror": lambda: scene(
        joined(brilliant(), replace_x(ball(2.0), 5.5)),
        {"stone": "emerald", "pearl": "pearl-white"},
        ground=Ground("mirror", 0.4),
    ),
}


def replace_x(piece: Piece, x: float) -> Piece:
    """The piece moved by x along the x axis."""
    part = piece.parts[0]
    transform = part.transform.copy()
    transform[0, 3] += x
    return replace(piece, parts=(replace(part, transform=transform),))


def regions(frame: Frame) -> list[npt.NDArray[np.bool_]]:
    """Masks of the parts, of the ground near the piece and of the whole picture."""
    part = frame.features.part
    masks = [part == index for index in np.unique(part[part >= 0])]
    return [*masks, part == -1, np.ones_like(part, dtype=bool)]


@pytest.mark.parametrize("name", SCENES)
def test_chain_and_reference_agree(name: str) -> None:
    what = replace(SCENES[name](), size=(40, 40))
    chain = trace(what, spp=192, seed=11, device="cpu")[0]
    reference = trace(what, spp=768, seed=12, estimator="reference", device="cpu")[0]
    scores = []
    for mask in regions(chain):
        difference = (chain.xyz - reference.xyz)[mask].mean(axis=0)
        variance = (chain.variance + reference.variance)[mask].sum(axis=0) / mask.sum() ** 2
        scores.append(difference / np.sqrt(variance))
        # A confidence interval proves nothing when it is wide.
        assert (np.sqrt(variance) < 0.03).all()
    z = np.abs(np.array(scores)).ravel()
    # Sidak: one false alarm in a thousand runs over all regions and channels together.
    limit = stats.norm.isf((1 - (1 - 1e-3) ** (1 / z.size)) / 2)
    assert z.max() < limit, z


def test_error_falls_at_least_as_fast_as_one_over_root_n() -> None:
    what = replace(SCENES["mounted"](), size=(24, 24))
    truth = trace(what, spp=2048, seed=99, device="cpu")[0].xyz
    mask = truth_mask(truth)
    counts = (4, 16, 64)
    errors = [
        np.square(
            [trace(what, spp=n, seed=s, device="cpu")[0].xyz[mask] - truth[mask] for s in (1, 2, 3)]
        ).mean()
        for n in counts
    ]
    slope = np.polyfit(np.log(counts), np.log(errors), 1)[0]
    # Squared error: -1 for independent samples; the low-discrepancy ones do a little better.
    assert -1.4 < slope < -0.97, slope


def truth_mask(truth: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    """Pixels that are not the constant backdrop."""
    mask: npt.NDArray[np.bool_] = np.abs(truth - truth[0, 0]).max(axis=-1) > 1e-3
    return mask

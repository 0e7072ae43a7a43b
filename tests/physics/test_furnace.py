"""Furnace: where everything around has radiance 1, whatever loses no light has it too.

Every wavelength by itself, and rays from all around: also such as no camera would follow.
Without roulette there is hardly any noise, but light that is trapped must be followed for long.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.cad.cuts import Cut, emerald, oval, princess, round_brilliant, to_mesh
from engine.scene import Scene
from engine.types import FloatArray
from scenes.pieces import build
from tests.engine.trace.pieces import furnace, placed, scene
from tests.physics.walks import aimed, walked

WAVELENGTHS = (400.0, 450.0, 500.0, 560.0, 620.0, 700.0)
CUTS = {
    "round brilliant": round_brilliant(6.5),
    "oval": oval(5.0, 1.4),
    "emerald cut": emerald(5.0, 1.4),
    "princess": princess(5.0),
}
ESTIMATORS = ("chain", "reference")


def radiance(what: Scene, estimator: str, rays: int, depth: int) -> FloatArray:
    """Radiance [W, N] of rays at every part, light followed for `depth` vertices."""
    from engine.trace.compile import compile_scene
    from engine.trace.render import ESTIMATORS
    from engine.trace.walk import Limits

    kernel = ESTIMATORS[estimator](
        compile_scene(what, ground=False), Limits(roulette=False, max_depth=depth)
    )
    return walked(kernel, aimed(what.piece, rays), WAVELENGTHS)


def loose(cut: Cut) -> Scene:
    piece = placed(to_mesh(cut), "stone", "stone", (0.0, 0.0, 0.0))
    return scene(piece, {"stone": "diamond"}, studio=furnace())


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_every_cut_vanishes(estimator: str, cut: str) -> None:
    found = radiance(loose(CUTS[cut]), estimator, rays=800, depth=200)
    np.testing.assert_allclose(found.mean(axis=1), 1.0, atol=0.002)
    # Not only in the mean: each ray by itself, but for those that are trapped for long.
    assert (np.abs(found - 1) < 1e-4).mean() > 0.99


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_a_mounted_stone_and_its_mirroring_metal_vanish(estimator: str, tmp_path: Path) -> None:
    piece = build("solitaire", size=46.0)
    what = scene(piece, {"metal": mirror(tmp_path), "centre stone": "diamond"}, studio=furnace())
    found = radiance(what, estimator, rays=3000, depth=300)
    np.testing.assert_allclose(found.mean(axis=1), 1.0, atol=0.002)
    # Candidates spread the weight of a walk a little; no ray may burn.
    assert 0.0 <= found.min() <= found.max() < 2.0


def mirror(folder: Path) -> str:
    """A material file of a metal that reflects everything: n = 0, k = 1; its path."""
    made_up = "evidence: estimated, source: made up for a test"
    path = folder / "mirror.yaml"
    path.write_text(
        f"""name: mirror
label: A test metal
kind: metal
density: {{{made_up}, value: 1.0}}
roughness: {{{made_up}, value: 0.0}}
index:
  {{{made_up}, model: table, outside: hold, wavelength_nm: [360, 830], n: [0, 0], k: [1, 1]}}
""",
        encoding="utf-8",
    )
    return str(path)

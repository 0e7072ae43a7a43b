"""Parts that touch or cut into each other: light is neither lost nor made, and nothing burns.

Priorities, as for nested dielectrics: metal comes before any stone, and of two stones that overlap
the one that light entered first holds until it is left.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from engine import trace
from engine.scene import Ground
from tests.engine.trace.pieces import furnace, placed, scene
from tests.physics.contacts import CONTACTS, SIDE, cube, gem, lit
from tests.physics.statistics import assert_frames_agree, regions
from tests.physics.test_furnace import mirror
from tests.physics.walks import aimed, walk

ESTIMATORS = ("chain", "reference")


@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize("name", CONTACTS)
def test_contact_neither_loses_nor_makes_light(name: str, estimator: str, tmp_path: Path) -> None:
    from engine.trace.backend import mi
    from engine.trace.compile import compile_scene
    from engine.trace.render import ESTIMATORS
    from engine.trace.walk import Limits

    piece = CONTACTS[name]()
    mirroring = mirror(tmp_path)
    made_of = {p.name: mirroring if p.role == "metal" else "diamond" for p in piece.parts}
    compiled = compile_scene(scene(piece, made_of, studio=furnace()), ground=False)
    kernel = ESTIMATORS[estimator](compiled, Limits(roulette=False, max_depth=400))
    rays = aimed(piece, 1500)
    count = len(rays.d)
    rng = mi.PCG32(size=count, initstate=2)
    found = walk(kernel, rays.o, rays.d, [np.full(count, 550.0)] * 4, rng)
    radiance = np.array(found.radiance, dtype=np.float64).mean(axis=0)
    # Light that total reflection traps for more than 400 vertices is still there.
    kept = np.array(found.trapped, dtype=np.float64)
    assert np.isfinite(radiance).all()
    assert radiance.min() >= 0.0
    assert radiance.max() < 2.0
    assert kept.mean() < 0.01
    assert (radiance + kept).mean() == pytest.approx(1.0, abs=1e-3)


#: Stones on the ground: a brilliant whose pavilion is below it, girdle just above, and a cube that
#: stands on its face.
GROUNDED = {
    "sunken": lambda: gem("one", 0.0, z=0.4),
    "on a facet": lambda: placed(cube("one", 0.0).meshes[0], "one", "stone", (0.0, 0.0, 2.0)),
}


@pytest.mark.parametrize("name", GROUNDED)
def test_both_estimators_see_the_same_stone_on_the_ground(name: str) -> None:
    what = lit(GROUNDED[name]())
    chain = trace(what, spp=6, seed=1, device="cpu")[0]
    reference = trace(what, spp=24, seed=2, estimator="reference", device="cpu")[0]
    assert_frames_agree(chain, reference, SIDE)


@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize("name", GROUNDED)
def test_a_stone_on_white_ground_vanishes_in_a_furnace(
    name: str, estimator: Literal["chain", "reference"]
) -> None:
    what = replace(lit(GROUNDED[name]()), studio=furnace(), ground=Ground("sweep", 1.0))
    frame = trace(what, spp=4, seed=1, estimator=estimator, device="cpu")[0]
    for mask in regions(frame):
        np.testing.assert_allclose(frame.xyz[mask].mean(axis=0), 1.0, atol=0.015)

"""The baseline is the frozen file, and shows what we show."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import materials
from benchmarks.kit import baseline
from benchmarks.kit.agreement import Batches, agreement
from benchmarks.kit.baseline import Baseline, sellmeier_terms, twin
from benchmarks.kit.references import blocks
from engine import trace
from engine.scene import Ground, Lens, Scene
from engine.trace.backend import mi
from tests.engine.trace.pieces import ball, band, brilliant, gem_file, joined, placed, scene

ROOT = Path(__file__).resolve().parents[2]
FROZEN = "bee1e242cec700a37c1e7f9017a7b21dc7f767b45529951944e8e6839c0210bd"
BATCHES = 8


def test_the_baseline_is_the_frozen_file() -> None:
    """Every figure rests on it: it is never edited."""
    data = (ROOT / "benchmarks/dispersive_path.py").read_bytes()
    assert hashlib.sha256(data).hexdigest() == FROZEN


def mounted() -> Scene:
    """A stone that touches a small gold band."""
    stone = placed(brilliant().meshes[0], "stone", "stone", (0.0, 0.0, 11.0))
    made_of = {"band": "gold-18k-yellow", "stone": "diamond"}
    return scene(joined(band(3.2), stone), made_of, size=(64, 64))


def of_baseline(what: Scene, spp: int) -> Batches:
    made = Baseline(what, max_depth=512)
    return np.stack([made.render(spp, seed) for seed in range(BATCHES)])


def test_baseline_and_chain_agree() -> None:
    what = mounted()
    chain = [trace(what, spp=8, seed=s, device="cpu")[0].xyz for s in range(BATCHES)]
    found = agreement(blocks(of_baseline(what, 96)), blocks(np.stack(chain)))
    assert found.equal, found
    # The mean over the picture is known well enough for that to say something.
    assert max(found.bias_error) < 0.004


def test_constant_index_equals_mitsubas_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    glass = gem_file(tmp_path, "glass", 1.5)
    what = scene(brilliant(), {"stone": glass}, size=(64, 64))
    ours = of_baseline(what, 96)
    own: dict[str, Any] = {"type": "dielectric", "int_ior": 1.5, "ext_ior": 1.0}
    monkeypatch.setattr(baseline, "_surface", lambda name, material: own)
    world = mi.load_dict(baseline.describe(what))
    path = mi.load_dict({"type": "path", "max_depth": 512, "rr_depth": 12})
    theirs = [mi.render(world, integrator=path, spp=96, seed=100 + s) for s in range(BATCHES)]
    own_means = np.stack([np.asarray(image) for image in theirs]) / baseline.BRIGHTER
    found = agreement(blocks(ours), blocks(own_means))
    assert found.equal, found
    assert max(found.bias_error) < 0.004


def test_an_empty_ground_is_as_bright_as_ours() -> None:
    """The white of both renderers is the same within two thousandths."""
    what = scene(ball(0.01), {"pearl": "silver-925"}, size=(32, 32))
    corner = Baseline(what).render(1024, 0)[:8, :8].mean(axis=(0, 1))
    ours = trace(what, spp=1, device="cpu")[0].xyz[0, 0]
    np.testing.assert_allclose(corner, ours, rtol=2e-3)


def test_a_twin_is_clear_and_otherwise_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CULET_CACHE", str(tmp_path))
    blue = replace(mounted(), materials={"band": "platinum-950", "stone": "sapphire"})
    clear = twin(blue)
    assert clear.materials["band"] == "platinum-950"
    stone, sapphire = (materials.load(s.materials["stone"]) for s in (clear, blue))
    assert stone.absorption is None
    assert stone.index == sapphire.index
    assert twin(clear) is clear


def test_terms_of_stones() -> None:
    assert sellmeier_terms(materials.load("diamond")) == [(0.3306, 0.1750), (4.3356, 0.1060)]
    assert len(sellmeier_terms(materials.load("sapphire"))) == 3


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"ground": Ground("mirror", 0.5)}, "no ground like 'mirror'"),
        ({"lens": Lens(f_number=8.0)}, "a pinhole"),
        ({"materials": {"band": "pearl-white", "stone": "diamond"}}, "no surface like pearl-white"),
    ],
)
def test_what_the_baseline_cannot_show(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Baseline(replace(mounted(), **change))

"""References are resumed, extended and never confused; their halves are independent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from benchmarks.kit import references
from benchmarks.kit.agreement import agreement
from benchmarks.kit.metrics import Yardstick
from benchmarks.kit.references import Reference, place, reference
from engine.scene import Scene
from tests.engine.trace.pieces import brilliant, scene

Traced = list[int]


class Tracer:
    """Stands in for `engine`: pictures of noise by seed, so that no test waits for light."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.seeds: Traced = []
        self._stop_after = stop_after

    def trace(self, what: Scene, *, spp: int, seed: int, device: str, adaptive: bool = True) -> Any:
        assert device == "cpu"
        if spp == references.CHUNK:  # else it is the frame that the masks are made of
            assert not adaptive  # which would be biased
            if len(self.seeds) == self._stop_after:
                raise KeyboardInterrupt
            self.seeds.append(seed)
        rng = np.random.default_rng(seed)
        stone = np.zeros(what.size)
        stone[5:7, 5:7] = 1
        features = SimpleNamespace(stone=stone, part=np.where(stone > 0, 0, -1))
        xyz = rng.random((*what.size, 3)).astype(np.float32)
        return [SimpleNamespace(xyz=xyz, backdrop=(1.0, 1.0, 1.0), features=features)]


@pytest.fixture
def tracer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tracer:
    """A cache of its own, chunks of two samples, and who is asked to trace them."""
    monkeypatch.setenv("CULET_CACHE", str(tmp_path))
    monkeypatch.setattr(references, "CHUNK", 2)
    found = Tracer()
    monkeypatch.setattr(references, "engine", found)
    return found


def small() -> Scene:
    return scene(brilliant(), {"stone": "diamond"}, size=(12, 12))


def test_a_reference_is_cached(tracer: Tracer) -> None:
    first = reference(small(), 8)
    assert first.spp == 8
    assert len(set(tracer.seeds)) == len(tracer.seeds) == 4
    again = reference(small(), 8)
    assert len(tracer.seeds) == 4
    np.testing.assert_array_equal(first.xyz, again.xyz)
    np.testing.assert_array_equal(first.within["stone"], again.within["stone"])
    assert first.within["stone"].sum() > 4
    assert not first.within["metal"].any()


def test_halves_share_no_chunk(tracer: Tracer) -> None:
    found = reference(small(), 8)
    np.testing.assert_allclose(found.halves[0], found.chunks[[0, 2]].mean(axis=0), rtol=1e-6)
    np.testing.assert_allclose(found.halves[1], found.chunks[[1, 3]].mean(axis=0), rtol=1e-6)
    np.testing.assert_allclose(found.xyz, found.chunks.mean(axis=0), rtol=1e-6)


def test_an_interrupted_reference_goes_on(tracer: Tracer, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Tracer(stop_after=3)
    monkeypatch.setattr(references, "engine", broken)
    with pytest.raises(KeyboardInterrupt):
        reference(small(), 8)
    monkeypatch.setattr(references, "engine", tracer)
    found = reference(small(), 8)
    assert len(tracer.seeds) == 1
    assert not set(tracer.seeds) & set(broken.seeds)
    assert {path.suffix for path in place(small()).iterdir()} == {".npy"}
    monkeypatch.setattr(references, "VERSION", references.VERSION + 1)
    np.testing.assert_array_equal(found.xyz, reference(small(), 8).xyz)
    assert len(tracer.seeds) == 5  # another version is traced anew


def test_a_longer_reference_begins_with_the_shorter(tracer: Tracer) -> None:
    short, long = reference(small(), 4), reference(small(), 12)
    assert len(tracer.seeds) == 6
    np.testing.assert_array_equal(long.chunks[:2], short.chunks)


def test_another_scene_is_another_reference(tracer: Tracer) -> None:
    ruby = replace(small(), materials={"stone": "ruby"})
    reference(small(), 4)
    reference(ruby, 4)
    assert len(tracer.seeds) == 4
    assert place(ruby) != place(small())


def test_halves_and_their_floor() -> None:
    """The floor is the error that the mean of the two halves really has."""
    rng = np.random.default_rng(5)
    truth = np.ones((64, 64, 3))
    chunks = (truth + 0.2 * rng.normal(size=(4, 64, 64, 3))).astype(np.float32)
    halves = (chunks[::2].mean(axis=0), chunks[1::2].mean(axis=0))
    found = Reference(
        chunks.mean(axis=0), halves, chunks, {"all": np.ones((64, 64), dtype=bool)}, 4
    )
    real = Yardstick(truth.astype(np.float32)).errors(found.xyz, found.within)["all"]
    floor = found.floor()["all"]
    assert floor.relmse == pytest.approx(real.relmse, rel=0.1)
    assert floor.chroma == pytest.approx(real.chroma, rel=0.1)


def test_agreement_finds_one_wrong_pixel() -> None:
    rng = np.random.default_rng(3)
    first = rng.normal(1.0, 0.1, (16, 32, 32, 3))
    second = rng.normal(1.0, 0.3, (12, 32, 32, 3))
    assert agreement(first, second).equal
    assert max(np.abs(agreement(first, second).bias)) < 0.02
    second[:, 7, 9, 1] += 2.0
    assert not agreement(first, second).equal
    mask = np.ones((32, 32), dtype=bool)
    mask[7, 9] = False
    assert agreement(first, second, mask).equal


def test_agreement_rarely_cries_wolf() -> None:
    """Of fifty equal pairs none is called different, at a chance of 1 in 1000 each."""
    rng = np.random.default_rng(8)
    pairs = (rng.normal(size=(2, 8, 16, 16, 3)) for _ in range(50))
    assert all(agreement(a + 5, b + 5).equal for a, b in pairs)

"""Random light rigs: always valid, always repeatable, never twice the same."""

from __future__ import annotations

import json

import numpy as np
import pytest

from engine.errors import SceneError
from engine.scene import Card, Disc, Rectangle, Studio, environment
from engine.scene.sphere import directions, solid_angles
from engine.scene.studios import Light
from scenes.rigs import RIG_TYPES, RigType, random_rig

SEEDS = range(12)


def rig(seed: int, kind: RigType | None = None) -> Studio:
    return random_rig(np.random.default_rng(seed), kind)


@pytest.mark.parametrize("kind", RIG_TYPES)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_rig_is_a_sound_studio(kind: RigType, seed: int) -> None:
    studio = rig(seed, kind)
    assert studio == rig(seed, kind)
    assert Studio.model_validate_json(studio.model_dump_json()) == studio
    assert studio.name == f"random {kind}"
    assert sum(light.key for light in studio.light if not isinstance(light, Card)) == 1
    env = environment(studio, 128)
    facing = np.maximum(directions(128) @ np.array(env.key), 0) * solid_angles(128)[:, None]
    assert np.einsum("hw,hwk->", facing, env.radiance) / np.pi == pytest.approx(1, rel=1e-4)
    assert np.isfinite(env.radiance).all()
    assert 0 < env.key[2] <= 1


def test_types_differ_in_their_light() -> None:
    """What a type is named for is there, in every draw."""

    def lamps(light: Light) -> bool:
        return isinstance(light, Disc) and light.radius_deg <= 2

    for seed in SEEDS:
        assert any(isinstance(x, Rectangle) and x.key for x in rig(seed, "softboxes").light)
        assert sum(map(lamps, rig(seed, "pinpoints").light)) >= 6
        for kind in ("softboxes", "window", "ring-light"):
            assert not any(map(lamps, rig(seed, kind).light))
        ring, lens = rig(seed, "ring-light").light[1:3]
        assert isinstance(ring, Disc)
        assert isinstance(lens, Card)
        assert lens.round
        assert lens.width_deg < 2 * ring.radius_deg


def test_rigs_vary() -> None:
    studios = [rig(seed) for seed in range(60)]
    assert {studio.name.removeprefix("random ") for studio in studios} == set(RIG_TYPES)
    assert len({studio.model_dump_json() for studio in studios}) == 60
    assert {studio.ground.kind for studio in studios} == {"sweep", "mirror"}
    assert {studio.ground.fade for studio in studios} == {"none", "back", "round"}
    spectra = {
        light.spectrum
        for studio in studios
        for light in studio.light
        if not isinstance(light, Card)
    }
    assert len(spectra) > 15
    whites = np.array([environment(studio, 64).white for studio in studios])
    assert np.ptp(whites[:, 2]) > 0.5  # from lamplight to a cold sky


def test_metal_finds_something_dark_in_every_rig() -> None:
    for seed in SEEDS:
        for kind in RIG_TYPES:
            y = environment(rig(seed, kind), 64).radiance.sum(axis=2)[:32]
            assert y.min() < 0.2 * y.mean(), (seed, kind)


def test_numbers_are_plain_and_an_unknown_type_is_refused() -> None:
    json.dumps(rig(1).model_dump())
    with pytest.raises(SceneError, match="softboxes, pinpoints, window, ring-light"):
        rig(1, "candles")  # type: ignore[arg-type]

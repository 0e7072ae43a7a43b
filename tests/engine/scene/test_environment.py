"""Environment maps: energy, normalisation, conventions, cards and spectra."""

from __future__ import annotations

import numpy as np
import pytest

from engine import optics
from engine.errors import SceneError
from engine.scene import Environment, environment, load_studio, studio_names
from engine.scene.lights import solid_angle
from engine.scene.sphere import direction, directions, frame, solid_angles
from engine.types import FloatArray, ImageArray
from tests.engine.scene.samples import studio

DOME: dict[str, object] = {"shape": "dome", "elevation_deg": 90, "radiance": 7.0}


def energy(env: Environment) -> FloatArray:
    """[K] integral of radiance over the sphere."""
    total: FloatArray = env.radiance.sum(axis=1).T @ solid_angles(len(env.radiance))
    return total


def diffuser(env: Environment, normal: FloatArray) -> float:
    """Y of a white diffuser that faces `normal`."""
    height = len(env.radiance)
    cosine = np.maximum(directions(height) @ normal, 0) * solid_angles(height)[:, None]
    return float((cosine[..., None] * env.radiance).sum() / np.pi)


def lookup(env: Environment, azimuth_deg: float, elevation_deg: float) -> FloatArray:
    """[K] radiance of the texel in that direction, by the convention of the contract."""
    height = len(env.radiance)
    row = min(int((90 - elevation_deg) / 180 * height), height - 1)
    found: ImageArray = env.radiance[row, int(azimuth_deg % 360 / 360 * 2 * height)]
    return found.astype(np.float64)


def test_texels_cover_the_sphere() -> None:
    assert solid_angles(64).sum() * 128 == pytest.approx(4 * np.pi)
    assert directions(64)[0, :, 2] == pytest.approx(1, abs=1e-3)
    assert directions(64)[-1, :, 2] == pytest.approx(-1, abs=1e-3)


def test_a_frame_is_orthonormal_and_looks_back() -> None:
    axes = frame(37, 21)
    assert axes @ axes.T == pytest.approx(np.eye(3))
    assert axes[2] == pytest.approx(direction(37, 21))
    assert np.cross(axes[0], axes[1]) == pytest.approx(axes[2])


def test_furnace_a_white_dome_has_radiance_1() -> None:
    """Constant radiance L lights a diffuser to Y = L: normalised, both are 1."""
    env = environment(studio(DOME), 128)
    assert env.radiance == pytest.approx(1, abs=1e-3)
    for normal in ((0, 0, 1), (0.6, 0, 0.8), (0, -1, 0)):
        assert diffuser(env, np.array(normal)) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("height", [256, 512])
@pytest.mark.parametrize("name", studio_names())
def test_a_diffuser_that_faces_the_key_has_y_1(name: str, height: int) -> None:
    env = environment(load_studio(name), height)
    assert env.radiance.shape[:2] == (height, 2 * height)
    assert env.radiance.dtype == np.float32
    assert diffuser(env, np.array(env.key)) == pytest.approx(1, rel=1e-5)
    assert env.white[1] == pytest.approx(1)
    assert (env.radiance >= 0).all()
    assert optics.xyz_of(env.spectra)[:, 1] == pytest.approx(1)


@pytest.mark.parametrize("height", [256, 500])
@pytest.mark.parametrize("radius_deg", [0.1, 0.5, 1.5, 20.0])
@pytest.mark.parametrize(("azimuth_deg", "elevation_deg"), [(13.3, 37.7), (-0.2, 89.9), (181, -60)])
def test_a_disc_keeps_its_energy(
    height: int, radius_deg: float, azimuth_deg: float, elevation_deg: float
) -> None:
    disc = {
        "shape": "disc",
        "azimuth_deg": azimuth_deg,
        "elevation_deg": elevation_deg,
        "radius_deg": radius_deg,
        "radiance": 5.0,
    }
    env = environment(studio({**DOME, "radiance": 1.0, "spectrum": "A"}, disc), height)
    dome, lamp = energy(env)
    exact = 5 * 2 * np.pi * (1 - np.cos(np.radians(radius_deg))) / (4 * np.pi)
    assert lamp / dome == pytest.approx(exact, rel=2e-3)


def test_the_solid_angle_of_a_rectangle() -> None:
    """Of a rectangle a x b at distance 1: 4 asin(sin(w/2) sin(h/2)), w and h its full angles."""
    box = studio(
        {
            "shape": "rectangle",
            "elevation_deg": 10,
            "width_deg": 90,
            "height_deg": 40,
            "radiance": 1,
            "soft": 0,
        }
    )
    exact = 4 * np.arcsin(np.sin(np.radians(45)) * np.sin(np.radians(20)))
    light = box.light[0]
    assert light.shape == "rectangle"
    assert solid_angle(light) == pytest.approx(exact, rel=1e-3)
    env = environment(box, 256)
    assert energy(env)[0] / env.radiance.max() == pytest.approx(exact, rel=1e-3)


@pytest.mark.parametrize(
    ("azimuth_deg", "elevation_deg", "axis"),
    [(0, 0, (0, -1, 0)), (90, 0, (1, 0, 0)), (180, 0, (0, 1, 0)), (45, 90, (0, 0, 1))],
)
def test_lights_stand_where_the_convention_says(
    azimuth_deg: float, elevation_deg: float, axis: tuple[float, ...]
) -> None:
    disc = {
        "shape": "disc",
        "azimuth_deg": azimuth_deg,
        "elevation_deg": elevation_deg,
        "radius_deg": 8,
        "radiance": 1,
        "key": True,
    }
    env = environment(studio(disc), 128)
    vector = np.einsum("hw,hwc,h->c", env.radiance[..., 0], directions(128), solid_angles(128))
    assert vector / np.linalg.norm(vector) == pytest.approx(axis, abs=1e-3)
    assert env.key == pytest.approx(axis, abs=1e-9)
    assert lookup(env, azimuth_deg + 1, min(elevation_deg + 1, 89)) > 0
    assert lookup(env, azimuth_deg + 180, -elevation_deg + 1) == 0


def test_roll_turns_clockwise_as_seen_from_the_piece() -> None:
    bar = {
        "shape": "rectangle",
        "azimuth_deg": 180,
        "elevation_deg": 0,
        "width_deg": 80,
        "height_deg": 4,
        "roll_deg": 45,
        "radiance": 1,
    }
    env = environment(studio(bar), 256)
    # Seen from the piece, azimuth 160 is to the right of 180; there the bar points down.
    assert lookup(env, 160, -20) > 0
    assert lookup(env, 200, 20) > 0
    assert lookup(env, 160, 20) == 0


def test_a_soft_corner_is_darker_than_the_middle() -> None:
    box = {
        "shape": "rectangle",
        "elevation_deg": 0,
        "width_deg": 60,
        "height_deg": 60,
        "radiance": 1,
        "corner": 0.4,
        "soft": 0.2,
    }
    env = environment(studio(box), 256)
    middle = float(lookup(env, 0, 0)[0])
    assert lookup(env, 19, 17) / middle == pytest.approx(0.4 + 0.6 * 0.62, abs=0.1)
    assert 0 < lookup(env, 28.5, 0) < 0.7 * middle
    assert lookup(env, 32, 0) == 0


def test_a_card_darkens_what_stands_before_it_only() -> None:
    card: dict[str, object] = {
        "shape": "card",
        "elevation_deg": 30,
        "width_deg": 20,
        "height_deg": 20,
        "transmission": 0.25,
    }
    lamp: dict[str, object] = {
        "shape": "disc",
        "elevation_deg": 30,
        "radius_deg": 3,
        "radiance": 2.0,
    }
    env = environment(studio(DOME, card, lamp), 256)
    open_dome = float(lookup(env, 180, 30)[0])
    assert lookup(env, 5, 35) == pytest.approx(0.25 * open_dome)
    assert lookup(env, 0, 30) == pytest.approx((0.25 + 2 / 7) * open_dome, rel=0.01)


def test_a_round_card_leaves_the_corners_open() -> None:
    card = {
        "shape": "card",
        "elevation_deg": 0,
        "width_deg": 40,
        "height_deg": 40,
        "round": True,
    }
    env = environment(studio(DOME, card), 256)
    assert lookup(env, 0, 0) == 0
    assert lookup(env, 17, 17) == pytest.approx(lookup(env, 180, 0))


def test_a_dome_fades_to_its_far_side_and_below() -> None:
    dome = {
        "shape": "dome",
        "elevation_deg": 90,
        "radiance": 1,
        "far": 0.2,
        "power": 2,
        "below": 0.5,
    }
    env = environment(studio(dome), 256)
    zenith = float(lookup(env, 0, 89.9)[0])
    assert lookup(env, 77, 0.1) / zenith == pytest.approx(0.2 + 0.8 * 0.25, abs=0.01)
    assert lookup(env, 77, -0.1) / zenith == pytest.approx(0.5 * (0.2 + 0.8 * 0.25), abs=0.01)
    assert lookup(env, 0, -89.9) / zenith == pytest.approx(0.5 * 0.2, abs=0.01)


def test_layers_are_the_spectra_in_order_of_use() -> None:
    lamp: dict[str, object] = {"shape": "disc", "elevation_deg": 50, "radius_deg": 5, "radiance": 9}
    lights = ({**DOME, "spectrum": 3000}, {**lamp, "spectrum": "D65"}, {**lamp, "spectrum": 3000})
    env = environment(studio(*lights), 64)
    assert env.radiance.shape == (64, 128, 2)
    assert env.spectra[0] == pytest.approx(optics.blackbody(3000))
    assert env.spectra[1] == pytest.approx(optics.illuminant("D65"))


def test_the_white_is_that_of_the_light() -> None:
    env = environment(studio({**DOME, "spectrum": "D65"}), 64)
    assert env.white == pytest.approx(optics.D65_WHITE, rel=1e-6)


def test_without_a_key_the_diffuser_faces_most_of_the_light() -> None:
    lamp: dict[str, object] = {"shape": "disc", "radius_deg": 5, "azimuth_deg": 90, "radiance": 9}
    env = environment(studio({**lamp, "elevation_deg": 0}), 256)
    assert env.key == pytest.approx((1, 0, 0), abs=1e-3)
    even = environment(studio(DOME), 64)
    assert even.key == (0, 0, 1)


@pytest.mark.parametrize("height", [0, 63, 65, 62, 10**6])
def test_a_wrong_height_is_refused(height: int) -> None:
    with pytest.raises(SceneError, match="height"):
        environment(studio(DOME), height)

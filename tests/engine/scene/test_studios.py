"""Studios: the eight that ship, and files that are wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine import optics
from engine.errors import InputError, SceneError
from engine.scene import (
    Card,
    Disc,
    Ground,
    Lens,
    Rectangle,
    environment,
    load_studio,
    studio_names,
    view,
)
from engine.scene.sphere import direction, directions, solid_angles
from engine.types import FloatArray

GOOD = 'name = "a"\n[[light]]\nname = "k"\nelevation_deg = 10\nshape = "disc"\nradius_deg = 2\n'


def test_the_eight_studios_ship() -> None:
    eight = "counter fire gradient macro sunset tent velvet window"
    assert studio_names() == eight.split()
    assert {name for name in studio_names() if not toned(name)} == {"fire", "tent"}


def toned(name: str) -> bool:
    """Whether a studio's ground has a tone of its own."""
    return Ground(**load_studio(name).ground.model_dump()).toned


def upper(name: str) -> tuple[FloatArray, FloatArray]:
    """Luminances [H, 2H] above the horizon and their solid angles, which add up to 1."""
    y = environment(load_studio(name), 256).radiance.sum(axis=2)[:128].astype(np.float64)
    weights = np.broadcast_to(solid_angles(256)[:128, None], y.shape)
    return y, weights / weights.sum()


@pytest.mark.parametrize("name", studio_names())
def test_gold_finds_dark_and_bright_in_every_studio(name: str) -> None:
    y, weights = upper(name)
    mean = float((y * weights).sum())
    assert weights[y < 0.25 * mean].sum() > 0.08
    assert weights[y > 2 * mean].sum() > 0.004


@pytest.mark.parametrize("name", [name for name in studio_names() if name != "fire"])
@pytest.mark.parametrize("elevation_deg", [20, 25, 35, 45])
def test_a_table_mirrors_light_in_usual_views(name: str, elevation_deg: float) -> None:
    """What stands opposite the camera at its height is what a table shows: not the dark."""
    y, weights = upper(name)
    near = directions(256)[:128] @ direction(180, elevation_deg) > np.cos(np.radians(6))
    seen = (y * weights)[near].sum() / weights[near].sum()
    assert seen > 0.35 * (y * weights).sum()


def test_the_sunset_stays_golden_and_the_shade_blue() -> None:
    """The camera balances neither the sun nor the sky."""
    env = environment(load_studio("sunset"), 64)
    white = optics.correlated_temperature(np.array(env.white))
    lights = [optics.correlated_temperature(xyz) for xyz in optics.xyz_of(env.spectra)]
    assert min(lights) + 1000 < white < max(lights) - 1000
    assert white == pytest.approx(4800, abs=20)


@pytest.mark.parametrize("name", studio_names())
def test_a_suggested_camera_is_one(name: str) -> None:
    hint = load_studio(name).camera
    assert 0 < view(hint.view).elevation_deg < 60
    assert Lens(hint.focal_mm, hint.f_number, blades=hint.blades).focal_mm >= 85


@pytest.mark.parametrize("name", studio_names())
def test_a_studio_of_the_library_is_well_made(name: str) -> None:
    studio = load_studio(name)
    lights = [light for light in studio.light if not isinstance(light, Card)]
    assert studio.name == name
    assert studio.title
    assert sum(light.key for light in lights) == 1
    assert 0 < float(environment(studio, 64).radiance.max()) < 10_000


def test_the_tent_is_bright_with_dark_accents() -> None:
    y = environment(load_studio("tent"), 256).radiance.sum(axis=2)[:128]
    weights = np.broadcast_to(solid_angles(256)[:128, None], y.shape)
    bright, dark = (float(weights[mask].sum() / weights.sum()) for mask in (y > 0.5, y < 0.1))
    assert bright > 0.5
    assert 0.1 < dark < 0.35


def test_the_dark_field_is_dark_with_small_bright_lamps() -> None:
    studio = load_studio("fire")
    lamps = [light for light in studio.light if isinstance(light, Disc)]
    assert 10 <= len(lamps) <= 20
    assert all(0.5 <= lamp.radius_deg <= 1.5 for lamp in lamps)
    assert len({lamp.radius_deg for lamp in lamps}) > 4
    softboxes = [light for light in studio.light if isinstance(light, Rectangle)]
    assert min(lamp.radiance for lamp in lamps) > 20 * max(box.radiance for box in softboxes)
    env = environment(studio, 256)
    y = env.radiance.sum(axis=2)
    weights = np.broadcast_to(solid_angles(256)[:, None], y.shape)
    assert weights[y < 0.1].sum() > 0.7 * weights.sum()
    facing = np.maximum(directions(256) @ np.array(env.key), 0)[..., None]
    lamplight = (facing[y > 10] * env.radiance[y > 10] * weights[y > 10][:, None]).sum() / np.pi
    assert 0.5 < lamplight < 0.98  # most light is hard, and the metal still has a fill


def test_no_lamp_of_the_dark_field_stands_where_a_table_mirrors_it() -> None:
    for lamp in load_studio("fire").light:
        if isinstance(lamp, Disc):
            behind = abs(abs(lamp.azimuth_deg) - 180) < 15
            assert not (behind and 8 < lamp.elevation_deg < 35), lamp.name


def test_a_studio_may_come_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.TOML"
    path.write_text(GOOD + "radiance = 3\nspectrum = 2900\n")
    studio = load_studio(path)
    assert studio.name == "a"
    assert studio.rig == "camera"
    assert studio.light[0] == Disc(
        shape="disc", name="k", elevation_deg=10, radius_deg=2, radiance=3, spectrum=2900.0
    )


def test_a_studio_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_studio("tent").name = "x"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GOOD, "field 'light#1.radiance' is required"),
        (GOOD + "radiance = -1\n", "'light#1.radiance' must be greater than or equal to 0, not -1"),
        (GOOD + "radiance = inf\n", "'light#1.radiance' must be a finite number"),
        (GOOD + 'radiance = "1"\n', "must be a number, not '1'"),
        (GOOD + "radiance = 1\nwidth_deg = 3\n", "'light#1.width_deg' is not a known field"),
        (GOOD + "radiance = 1\nspectrum = 'F11'\n", "A, D50, D55, D65, D75, E, LED-B1, "),
        (GOOD + "radiance = 1\nspectrum = 100\n", "from 1000 to 25000 K, not 100"),
        (GOOD + "radiance = 1\nspectrum = true\n", "not True"),
        (GOOD + "radiance = 1\nkey = 1\n", "'light#1.key' must be true or false"),
        (GOOD.replace("disc", "torus") + "radiance = 1\n", "unknown shape 'torus'; use 'disc'"),
        (GOOD.replace('shape = "disc"\n', "") + "radiance = 1\n", "needs a shape"),
        (GOOD.replace("= 2", "= 0.01") + "radiance = 1\n", "light#1.radius_deg"),
        (GOOD.replace("= 10", "= 91") + "radiance = 1\n", "light#1.elevation_deg"),
        (GOOD + "radiance = 0\n", "needs a light"),
        ('name = "a"\n', "needs a light"),
        ('name = "a"\n[hdri]\npath = "../sky.exr"\n', "outside the folder"),
        ('name = "a"\n[hdri]\npath = "/etc/passwd"\n', "outside the folder"),
        ('name = "a"\n[hdri]\npath = "sky.exr"\n', "no file 'sky.exr'"),
        ('rig = "moon"\n' + GOOD + "radiance = 1\n", "field 'rig' must be 'camera' or 'world'"),
        (GOOD + "radiance = 1\n[ground]\nalbedo = 2\n", "field 'ground.albedo'"),
        (GOOD + "radiance = 1\n[ground]\ncolour = [0, 2, 0]\n", "field 'ground.colour#2'"),
        (GOOD + "radiance = 1\n[ground]\nfade = 'up'\n", "field 'ground.fade' must be 'none'"),
        (GOOD + "radiance = 1\n[ground]\nfade_from = 9\n", "field 'ground' has a fade_to"),
        (GOOD + "radiance = 1\n[camera]\nfocal_mm = 2\n", "field 'camera.focal_mm'"),
        ("balance = 'F2'\n" + GOOD + "radiance = 1\n", "field 'balance' must be one of A"),
    ],
)
def test_a_wrong_studio_is_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "studio.toml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        load_studio(path)
    assert words in str(caught.value)
    assert str(path) in str(caught.value)


def test_lights_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    light = GOOD.split("\n", 1)[1] + "radiance = 1\n"
    path = tmp_path / "studio.toml"
    for text, words in (
        (light + light, "two lights called 'k'"),
        (
            light + "key = true\n" + light.replace('"k"', '"l"') + "key = true\n",
            "more than one key",
        ),
        (
            "".join(
                light.replace('"k"', f'"{k}"') + f"spectrum = {k}\n" for k in range(3000, 3004)
            ),
            "4 different spectra; at most 3",
        ),
        (light + '[hdri]\npath = "sky.exr"\n', "keep one of them"),
        ("".join(light.replace('"k"', f'"{i}"') for i in range(300)), "at most 256"),
    ):
        path.write_text('name = "a"\n' + text)
        with pytest.raises(SceneError, match=words):
            load_studio(path)


def test_an_unknown_studio_names_the_nearest() -> None:
    with pytest.raises(SceneError, match="did you mean fire"):
        load_studio("fier")

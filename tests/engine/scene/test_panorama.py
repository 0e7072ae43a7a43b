"""Panoramas: orientation, rotation, energy, normalisation, bad files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine import images, optics
from engine.errors import FileError, InputError, SceneError
from engine.scene import compose, environment
from engine.scene.panorama import read_panorama
from engine.scene.sphere import directions, solid_angles
from engine.scene.studios import Hdri
from engine.types import FloatArray, ImageArray
from tests.engine.scene.samples import ring


def panorama(folder: Path, pixels: ImageArray, name: str = "sky.exr") -> Path:
    """A panorama on disk."""
    path = folder / name
    images.write_exr(path, {c: pixels[..., i] for i, c in enumerate("RGB")})
    return path


def spot(column: float, row: float, height: int = 64) -> ImageArray:
    """Grey with one bright patch; column and row as fractions of the picture."""
    pixels = np.full((height, 2 * height, 3), 0.1, dtype=np.float32)
    y, x = int(row * height), int(column * 2 * height)
    pixels[y - 1 : y + 1, x - 1 : x + 1] = (50, 40, 30)
    return pixels


def brightest(rgb: FloatArray) -> FloatArray:
    """Direction of the mean of all light above the grey."""
    light = np.maximum(rgb.sum(axis=2) - 0.31, 0)
    height = len(rgb)
    vector = np.einsum("hw,hwc,h->c", light, directions(height), solid_angles(height))
    unit: FloatArray = vector / np.linalg.norm(vector)
    return unit


@pytest.mark.parametrize(
    ("column", "rotation_deg", "expected"),
    [
        (0.5, 0, (0, -1, 0)),  # the centre stands on the camera's side
        (0.25, 0, (1, 0, 0)),  # seen from inside, its left half is to the camera's right
        (0.75, 0, (-1, 0, 0)),
        (0.5, 90, (1, 0, 0)),
        (0.25, -90, (0, -1, 0)),
    ],
)
def test_a_panorama_is_seen_from_inside(
    tmp_path: Path, column: float, rotation_deg: float, expected: tuple[float, ...]
) -> None:
    path = panorama(tmp_path, spot(column, 0.5))
    rgb = read_panorama(Hdri(path=str(path), rotation_deg=rotation_deg), 64)
    assert brightest(rgb) == pytest.approx(expected, abs=1e-6)


def test_row_0_is_the_zenith(tmp_path: Path) -> None:
    path = panorama(tmp_path, spot(0.5, 0.1))
    assert brightest(read_panorama(Hdri(path=str(path)), 64))[2] > 0.9


@pytest.mark.parametrize("height", [64, 90, 256])
def test_energy_survives_resampling(tmp_path: Path, height: int) -> None:
    pixels = np.random.default_rng(1).exponential(size=(96, 192, 3)).astype(np.float32)
    path = panorama(tmp_path, pixels)
    rgb = read_panorama(Hdri(path=str(path), rotation_deg=33.3), height)
    before = solid_angles(96) @ pixels.sum(axis=1)
    assert solid_angles(height) @ rgb.sum(axis=1) == pytest.approx(before, rel=1e-3)


def test_a_grey_panorama_is_a_furnace_under_d65(tmp_path: Path) -> None:
    path = panorama(tmp_path, np.full((64, 128, 3), 0.3, dtype=np.float32))
    scene = compose(ring(), hdri=path, hdri_strength=2.0)
    env = environment(scene.studio, 64)
    spectrum = env.radiance.astype(np.float64) @ env.spectra
    assert spectrum[3, 5] == pytest.approx(2 * optics.illuminant("D65"), rel=1e-3)
    assert env.white == pytest.approx(optics.D65_WHITE, rel=1e-5)
    assert env.radiance.shape == (64, 128, 3)


def test_colours_come_out_as_they_went_in(tmp_path: Path) -> None:
    colour = np.array([0.9, 0.2, 0.05])
    pixels = np.broadcast_to(colour, (64, 128, 3)).astype(np.float32)
    env = environment(compose(ring(), hdri=panorama(tmp_path, pixels)).studio, 64)
    xyz = optics.xyz_of(env.radiance[0, 0].astype(np.float64) @ env.spectra)
    rgb = optics.XYZ_TO_REC709 @ xyz
    assert rgb / rgb[0] == pytest.approx(colour / colour[0], abs=1e-4)


def test_wrong_panoramas_are_refused(tmp_path: Path) -> None:
    piece = ring()
    noise = tmp_path / "noise.exr"
    noise.write_bytes(b"\x00\x01noise" * 50)
    square = panorama(tmp_path, np.ones((64, 64, 3), dtype=np.float32), "square.exr")
    black = panorama(tmp_path, np.zeros((64, 128, 3), dtype=np.float32), "black.exr")
    for path, error, reason in (
        (tmp_path / "none.exr", SceneError, "no such panorama"),
        (tmp_path, SceneError, "no such panorama"),
        (noise, FileError, "noise.exr"),
        (square, SceneError, "twice as wide"),
        (black, SceneError, "black everywhere"),
    ):
        with pytest.raises(error, match=reason):
            environment(compose(piece, hdri=path).studio, 64)
    (tmp_path / "sky.png").write_bytes(b"x")
    with pytest.raises(SceneError, match=r"\.exr or \.hdr"):
        compose(piece, hdri=tmp_path / "sky.png")
    with pytest.raises(InputError, match=r"hdri\.strength"):
        compose(piece, hdri=square, hdri_strength=-1)


def test_a_panorama_that_changed_is_refused(tmp_path: Path) -> None:
    path = panorama(tmp_path, spot(0.5, 0.5))
    scene = compose(ring(), hdri=path)
    panorama(tmp_path, spot(0.2, 0.5))
    with pytest.raises(SceneError, match="has changed"):
        environment(scene.studio, 64)

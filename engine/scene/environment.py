"""A studio as a latitude-longitude map of radiance, in a few spectral layers.

Row 0 is the zenith, the last row the nadir; column u in [0, 1) is azimuth 2πu, so seen from inside
azimuths grow to the left. The ground is not in the map.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from engine import optics
from engine.errors import SceneError
from engine.scene.lights import paint
from engine.scene.panorama import read_panorama
from engine.scene.sphere import direction, directions, solid_angles
from engine.scene.studios import Card, Light, Spectrum, Studio
from engine.types import FloatArray, ImageArray, Vec3

SMALLEST, LARGEST = 64, 8192


@dataclass(frozen=True, eq=False)
class Environment:
    """What surrounds a piece, infinitely far away.

    radiance : [H, 2H, K] float32 luminance of each layer, K <= 3. Scaled so that a white diffuser
               that faces the key light, lit by all that is on its side, has Y = 1 (times an HDRI's
               strength).
    spectra  : [K, 471] of unit luminance each, on the 1-nm grid.
    white    : XYZ of that diffuser, or of the light that the studio balances, Y = 1.
    key      : unit vector to the key light.
    """

    radiance: ImageArray
    spectra: FloatArray
    white: Vec3
    key: Vec3


def environment(studio: Studio, height: int = 512) -> Environment:
    """Rasterise `studio` to [height, 2 height, K].

    height : even, 64 to 8192. Small lights keep their energy at any height.
    Raises SceneError: a studio without any light above the horizon of its key, or a bad panorama.
    """
    if not SMALLEST <= height <= LARGEST or height % 2:
        raise SceneError(
            f"the height of an environment must be an even number from {SMALLEST} to {LARGEST}, "
            f"not {height}"
        )
    return _rasterised(studio, height) if studio.hdri is not None else _painted(studio, height)


@functools.lru_cache(maxsize=4)
def _painted(studio: Studio, height: int) -> Environment:
    """The map of a studio of lights: it depends on nothing else, so every view shares it."""
    return _rasterised(studio, height)


def _rasterised(studio: Studio, height: int) -> Environment:
    if studio.hdri is not None:
        radiance, spectra = _panorama_layers(studio, height)
        strength = studio.hdri.strength
    else:
        radiance, spectra = _light_layers(studio.light, height)
        strength = 1.0
    key = _key(studio.light, radiance)
    share = _irradiance(radiance, key) / np.pi
    total = float(share.sum())
    if not total > 0:
        raise SceneError(f"studio {studio.name!r} gives no light; add a light or brighten one")
    white = (share / total) @ optics.xyz_of(spectra)
    if studio.balance is not None:
        white = optics.xyz_of(spectrum_of(studio.balance))
    x, y, z = (float(v) for v in white)
    scaled = (radiance * (strength / total)).astype(np.float32)
    a, b, c = (float(v) for v in key)
    scaled.flags.writeable = spectra.flags.writeable = False
    return Environment(scaled, spectra, (x, y, z), (a, b, c))


def spectrum_of(spectrum: Spectrum) -> FloatArray:
    """[471] unit-luminance spectrum of an illuminant's name or a colour temperature in K."""
    if isinstance(spectrum, str):
        return optics.illuminant(spectrum)
    return optics.illuminant_d(spectrum) if spectrum >= 4000 else optics.blackbody(spectrum)


def _light_layers(lights: tuple[Light, ...], height: int) -> tuple[FloatArray, FloatArray]:
    """[H, 2H, K] relative luminance and [K, 471] spectra, in the order of first use."""
    used = list(dict.fromkeys(light.spectrum for light in lights if not isinstance(light, Card)))
    layers = np.zeros((height, 2 * height, len(used)))
    for light in lights:
        if isinstance(light, Card):
            paint(light, layers)
        else:
            paint(light, layers[..., used.index(light.spectrum)])
    return layers, np.stack([spectrum_of(spectrum) for spectrum in used])


def _panorama_layers(studio: Studio, height: int) -> tuple[FloatArray, FloatArray]:
    """The linear Rec. 709 panorama as luminance of three upsampled primaries under D65."""
    if studio.hdri is None:
        raise SceneError(f"studio {studio.name!r} has no panorama")
    rgb = read_panorama(studio.hdri, height)
    primaries = optics.rgb_basis() * optics.illuminant("D65")
    luminance = optics.xyz_of(primaries)[:, 1]
    return rgb * luminance, primaries / luminance[:, None]


def _key(lights: tuple[Light, ...], radiance: FloatArray) -> FloatArray:
    """[3] where the key light is; without one, where most light comes from."""
    for light in lights:
        if not isinstance(light, Card) and light.key:
            return direction(light.azimuth_deg, light.elevation_deg)
    height = len(radiance)
    vector = np.einsum(
        "hw,hwc,h->c", radiance.sum(axis=2), directions(height), solid_angles(height)
    )
    length = float(np.linalg.norm(vector))
    total = float(np.einsum("hwk,h->", radiance, solid_angles(height)))
    return vector / length if length > 1e-6 * total else np.array([0.0, 0.0, 1.0])


def _irradiance(radiance: FloatArray, normal: FloatArray) -> FloatArray:
    """[K] irradiance of a surface that faces `normal`."""
    height = len(radiance)
    cosine = np.maximum(directions(height) @ normal, 0) * solid_angles(height)[:, None]
    received: FloatArray = np.einsum("hw,hwk->k", cosine, radiance)
    return received

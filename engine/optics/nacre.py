"""Nacre: what its layers reflect, by angle and wavelength.

Tablets of aragonite (400 nm or so) lie between organic sheets (20 to 40 nm) like a Bragg mirror of
high order. A few dozen layers in a row reflect together; the next dozen are a little thicker or
thinner. So the bands of the orders stay, but soft: the pastel play of a pearl (its orient), and in
what goes through the complement of it (part of its overtone).

Lossless layers without magnetism; the mean of both polarisations.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.optics.fresnel import fresnel_dielectric
from engine.optics.lobe import COSINES, even, lobe_matrix
from engine.types import FloatArray
from materials.phenomena import Nacre

#: Wavelengths in nm. Layers that are thicker by a factor reflect what the mean ones reflect at a
#: wavelength shorter by it; so the range is wider than the visible.
SPAN: FloatArray = np.arange(300.0, 1001.0, 5.0)

#: Thicknesses that are averaged, in standard deviations.
_DRAWN: FloatArray = np.linspace(-2.5, 2.5, 41)


@dataclass(frozen=True, eq=False)
class NacreTable:
    """lobe : [C, L] reflected by the layers, seen through the surface, beyond what that reflects.
    albedo : [C, L] all that does not get through to the base: the surface's lobe and the layers'.
    even   : [L] the same under light from everywhere.
    """

    lobe: FloatArray
    albedo: FloatArray
    even: FloatArray


def nacre_table(nacre: Nacre, n: FloatArray, roughness: float) -> NacreTable:
    """What nacre reflects.

    n : [L] of the tablets at `SPAN`. roughness : GGX α of the surface.
    """
    lobe = layers_lobe(nacre, n)
    surface = lobe_matrix(roughness, COSINES) @ fresnel_dielectric(COSINES[:, None], n)[0]
    albedo = surface + lobe_matrix(nacre.roughness, COSINES) @ lobe
    return NacreTable(lobe, albedo, even(albedo))


def layers_lobe(nacre: Nacre, n: FloatArray) -> FloatArray:
    """[C, L] what the layers send back out through the surface; n : [L] of the tablets."""
    weights = np.exp(-0.5 * _DRAWN**2)
    inner = np.sqrt(1.0 - (1.0 - COSINES[:, None] ** 2) / n**2)
    reflected = np.zeros(inner.shape)
    for z, weight in zip(_DRAWN, weights / weights.sum(), strict=True):
        reflected += weight * stack(nacre, n, inner, 1.0 + nacre.disorder * z)
    surface = fresnel_dielectric(COSINES[:, None], n)[0]
    out: FloatArray = (1.0 - surface) ** 2 * reflected / (1.0 - surface * reflected)
    return out


def stack(nacre: Nacre, n: FloatArray, cosine: FloatArray, scale: float) -> FloatArray:
    """[C, L] reflectance of `layers` equal layers between tablets, for light inside a tablet.

    n : [L] of the tablets at `SPAN`. cosine : [C, L] in the tablet. scale : of all thicknesses.
    Lossless periods: with r / t of one of them, N of them have r / t sin(N φ) / sin φ, where the
    Bloch phase φ has cos φ = Re(1 / t). A test holds it against the product of the matrices.
    """
    ratio = nacre.sheet_index / n
    far = np.sqrt(1.0 - (1.0 - cosine**2) / ratio**2)
    phase = 2.0 * np.pi * scale / SPAN
    tablet = phase * n * cosine * nacre.tablet_nm
    sheet = phase * nacre.sheet_index * far * nacre.sheet_nm
    total = np.zeros(cosine.shape)
    for r in (
        (cosine - ratio * far) / (cosine + ratio * far),
        (ratio * cosine - far) / (ratio * cosine + far),
    ):
        one = 2.0 * r * np.sin(sheet) / (1.0 - r**2)  # r / t of one sheet, its modulus
        bloch = np.cos(tablet + sheet) - r**2 * np.cos(tablet - sheet)
        bloch = np.arccos(bloch / (1.0 - r**2) + 0j)
        many = np.sin(nacre.layers * bloch) / np.where(np.abs(bloch) < 1e-9, 1.0, np.sin(bloch))
        power = np.abs(one * many) ** 2
        total += 0.5 * power / (1.0 + power)
    return total

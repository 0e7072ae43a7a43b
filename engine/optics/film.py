"""A thin absorbing film on a metal, as an index that the metal would need to look the same.

The stack of film and metal reflects by the film's characteristic matrix (M. Born and E. Wolf,
Principles of Optics, on stratified media; P. Yeh, Optical Waves in Layered Media), which holds for
complex indices as it stands. With the tilted admittances y = q for s and n^2 / q for p polarised
light, q = sqrt(n^2 - sin^2), and the phase b = 2 pi q d / wavelength,

    r = (c y_0 - g) / (c y_0 + g),   c = cos b - i (y_2 / y_1) sin b,   g = y_2 cos b - i y_1 sin b.

The bare metal of index (1 - r) / (1 + r), r at normal incidence, reflects that same r: it is the
layers' admittance. At other angles this index may be far off, because a ray in a film of high index
hardly tilts: where the film extinguishes the light, the index is near 1, and grazing light would be
totally reflected. But only the power is seen, and all indices with the same |r| reflect the same
power at normal incidence. Of these, the one is taken that comes nearest at 60 and 75 degrees; the
tests say how near. Without a film, and under an opaque one, it is the metal's or the film's own.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.optics.fresnel import fresnel_conductor
from engine.types import FloatArray

ComplexArray = npt.NDArray[np.complex128]

#: Cosines of the angles, besides 1, at which the index is to be right: 60 and 75 degrees.
_COSINES = (0.5, 0.25882)

#: Phases of the reflected amplitude that are tried at first, and how often between the neighbours.
_STEPS = 90
_ROUNDS = 3

#: What a phase that is not the true one costs per radian, in reflectance: next to nothing.
_COST = 1e-4


def film_reflectance(
    film: ComplexArray,
    metal: ComplexArray,
    thickness_nm: float,
    wavelength_nm: FloatArray,
    cos_i: float = 1.0,
) -> tuple[ComplexArray, ComplexArray]:
    """Amplitudes from air for s and p polarised light, [...] each.

    film, metal : [...] complex indices n + ik. wavelength_nm : [...] in vacuum. cos_i : cosine of
    the angle of incidence, above 0. At normal incidence both are the same.
    """
    sin2 = 1.0 - cos_i**2
    # Principal roots have positive imaginary parts: waves decay into what absorbs.
    q_film, q_metal = np.sqrt(film**2 - sin2), np.sqrt(metal**2 - sin2)
    # cos b and -i sin b, both times e^{ib}, which cancels in r: a thick film must not overflow.
    through = np.exp(4j * np.pi * q_film * thickness_nm / wavelength_nm)
    cosine, sine = 0.5 * (through + 1.0), -0.5 * (through - 1.0)

    def reflected(y_air: float, y_film: ComplexArray, y_metal: ComplexArray) -> ComplexArray:
        c = cosine + sine * y_metal / y_film
        g = cosine * y_metal + sine * y_film
        r: ComplexArray = (y_air * c - g) / (y_air * c + g)
        return r

    s = reflected(cos_i, q_film, q_metal)
    return s, reflected(1.0 / cos_i, film**2 / q_film, metal**2 / q_metal)


def effective_index(
    film: ComplexArray, metal: ComplexArray, thickness_nm: float, wavelength_nm: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """n and k, [N] each, of the bare metal that reflects as much; film, metal, wavelength_nm : [N].

    Exact at normal incidence, and as near as an index can be at 60 and 75 degrees.
    """
    r = film_reflectance(film, metal, thickness_nm, wavelength_nm)[0]
    true = np.abs(np.angle(r))
    wanted = [
        np.mean(
            [np.abs(a) ** 2 for a in film_reflectance(film, metal, thickness_nm, wavelength_nm, c)],
            0,
        )
        for c in _COSINES
    ]
    phase, step = true, np.pi / _STEPS
    tried = np.broadcast_to(np.linspace(step, np.pi, _STEPS)[:, None], (_STEPS, len(r)))
    for _ in range(_ROUNDS):
        tried = np.concatenate([phase[None], tried])
        index = _of_phase(np.abs(r), tried)
        cost = _COST * np.abs(tried - true)
        for c, power in zip(_COSINES, wanted, strict=True):
            cost += np.abs(fresnel_conductor(c, index.real, index.imag) - power)
        phase = np.take_along_axis(tried, np.argmin(cost, axis=0)[None], axis=0)[0]
        tried = np.clip(phase + step * np.linspace(-1.0, 1.0, 21)[:, None], step, np.pi)
        step /= 10.0
    index = _of_phase(np.abs(r), phase)
    return index.real, index.imag


def _of_phase(modulus: FloatArray, phase: FloatArray) -> ComplexArray:
    """The index whose amplitude reflectance has that modulus and, turned, that phase."""
    r = modulus * np.exp(-1j * phase)
    index: ComplexArray = (1.0 - r) / (1.0 + r)
    return index

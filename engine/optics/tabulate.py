"""A material's spectra on the grid: all that the tracer needs to know of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engine.optics.absorption import gaussian_band
from engine.optics.alloy import alloy_index
from engine.optics.dispersion import sellmeier
from engine.optics.film import effective_index
from engine.optics.fresnel import f0
from engine.optics.grid import WAVELENGTHS, on_grid
from engine.optics.illuminants import illuminant
from engine.optics.observer import xyz_of
from engine.types import FloatArray
from materials import Material
from materials.film import Film
from materials.schema import (
    Absorption,
    AlloyIndex,
    BandAbsorption,
    ConstantIndex,
    Index,
    Reflectance,
    SellmeierIndex,
)


@dataclass(frozen=True, eq=False)
class OpticalTable:
    """Spectra on the 1-nm grid, 360 to 830 nm; read-only.

    n, k        : [471] index of the metal, of the stone, or of an organic's clear coat; with a film
                  on the metal, the index that reflects as both together (`engine.optics.film`).
    absorption  : [471] per mm, base e; 0 for metals and organics.
    reflectance : [471] of an organic's diffuse base; 0 for metals and gems.
    """

    n: FloatArray
    k: FloatArray
    absorption: FloatArray
    reflectance: FloatArray

    def __post_init__(self) -> None:
        for spectrum in (self.n, self.k, self.absorption, self.reflectance):
            spectrum.setflags(write=False)

    @property
    def f0(self) -> FloatArray:
        """[471] reflectance at normal incidence from air."""
        return f0(self.n, self.k)


@lru_cache(maxsize=64)
def tabulate(material: Material) -> OpticalTable:
    """The material's spectra on the grid.

    Outside the wavelengths a table covers, its end values hold; a Sellmeier fit goes on or holds
    as its file says (`outside`). Between samples of a table, n, k and the rest are linear.
    """
    n, k = index_on_grid(material.index)
    if material.film is not None:
        n, k = _covered(n, k, material.film)
    absorption, reflectance = absorption_on_grid(material.absorption), material.reflectance
    return OpticalTable(n, k, absorption, _reflectance(reflectance))


def f0_xyz(table: OpticalTable, light: FloatArray | None = None) -> FloatArray:
    """XYZ [3] of the normal reflectance under a light [471] of unit luminance (D65)."""
    return xyz_of(table.f0 * (illuminant("D65") if light is None else light))


def index_on_grid(index: Index) -> tuple[FloatArray, FloatArray]:
    """n and k, [471] each."""
    clear = np.zeros_like(WAVELENGTHS)
    if isinstance(index, SellmeierIndex):
        w = WAVELENGTHS if index.outside == "formula" else np.clip(WAVELENGTHS, *index.valid_nm)
        b = [term.b for term in index.terms]
        c_squared = [index.c_squared(term) for term in index.terms]
        return sellmeier(w, b, c_squared, index.constant), clear
    if isinstance(index, AlloyIndex):
        return alloy_index(index)
    if isinstance(index, ConstantIndex):
        return np.full_like(WAVELENGTHS, index.n), clear
    wavelengths = np.array(index.wavelength_nm)
    k = clear if index.k is None else on_grid(wavelengths, np.array(index.k))
    return on_grid(wavelengths, np.array(index.n)), k


def _covered(n: FloatArray, k: FloatArray, film: Film) -> tuple[FloatArray, FloatArray]:
    film_n, film_k = index_on_grid(film.index)
    return effective_index(film_n + 1j * film_k, n + 1j * k, film.thickness_nm, WAVELENGTHS)


def absorption_on_grid(absorption: Absorption | None) -> FloatArray:
    """[471] per mm; zeros for None."""
    if absorption is None:
        return np.zeros_like(WAVELENGTHS)
    if isinstance(absorption, BandAbsorption):
        total = np.full_like(WAVELENGTHS, absorption.constant)
        for band in absorption.bands:
            total += gaussian_band(WAVELENGTHS, band.centre_nm, band.width_nm, band.peak)
        return total
    return on_grid(np.array(absorption.wavelength_nm), np.array(absorption.per_mm))


def _reflectance(reflectance: Reflectance | None) -> FloatArray:
    if reflectance is None:
        return np.zeros_like(WAVELENGTHS)
    return on_grid(np.array(reflectance.wavelength_nm), np.array(reflectance.value))

"""Dielectric function of an alloy from its composition.

Copper-silver keeps the d bands of both metals side by side, while in gold-silver and gold-copper
they shift smoothly with composition (Beaglehole and Erlbach 1972, doi:10.1103/PhysRevB.6.1209).
So the permittivities of the elements are added by their shares of atoms, eps = sum_i x_i eps_i,
except that gold and silver count as one metal whose edge moves as Rioux et al. 2014
(doi:10.1002/adom.201300457) fitted it to ellipsometry. Their series is bent at its two ends so that
pure gold and pure silver are those of our elements: all elements come from one laboratory. For
gold-copper, whose edges lie only 0.3 eV apart, the plain sum is an estimate, and materials made
with it say so. Virtual levels (`levels` in the file) are Lorentz terms on top.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from engine.optics.grid import WAVELENGTHS, on_grid
from engine.types import FloatArray
from materials.elements import element, gold_silver
from materials.schema import AlloyIndex, Level, Symbol, TableIndex

ComplexArray = npt.NDArray[np.complex128]

#: Photon energy in eV times wavelength in nm, hc/e (exact; as in scipy.constants).
HC_EV_NM = 1239.841984


def atomic_fractions(per_mille: Mapping[Symbol, float]) -> dict[Symbol, float]:
    """Shares by weight (any common factor) to shares of atoms, adding up to 1."""
    moles = {s: w / element(s).atomic_weight.value for s, w in per_mille.items()}
    total = sum(moles.values())
    return {s: m / total for s, m in moles.items()}


def table_permittivity(table: TableIndex) -> ComplexArray:
    """(n + ik)^2 of a table on the grid, [471]."""
    wavelengths = np.array(table.wavelength_nm)
    k = np.zeros(len(table.n)) if table.k is None else np.array(table.k)
    index = on_grid(wavelengths, np.array(table.n)) + 1j * on_grid(wavelengths, k)
    squared: ComplexArray = index**2
    return squared


def gold_silver_permittivity(gold: float) -> ComplexArray:
    """Of gold-silver with the atomic fraction `gold`, 0 to 1, on the grid, [471]."""
    series = gold_silver()
    wavelengths = np.array(series.wavelength_nm)
    fractions = np.array([c.gold for c in series.compositions])
    upper = min(max(int(np.searchsorted(fractions, gold)), 1), len(fractions) - 1)
    weight = (gold - fractions[upper - 1]) / (fractions[upper] - fractions[upper - 1])

    def permittivity(i: int) -> ComplexArray:
        c = series.compositions[i]
        n, k = on_grid(wavelengths, np.array(c.n)), on_grid(wavelengths, np.array(c.k))
        squared: ComplexArray = (n + 1j * k) ** 2
        return squared

    mixed: ComplexArray = (1.0 - weight) * permittivity(upper - 1) + weight * permittivity(upper)
    return mixed


def noble_permittivity(gold: float) -> ComplexArray:
    """Gold-silver between our elements, [471]: the series plus what the elements differ by."""
    gold_off = table_permittivity(element("Au").index) - gold_silver_permittivity(1.0)
    silver_off = table_permittivity(element("Ag").index) - gold_silver_permittivity(0.0)
    bent: ComplexArray = (
        gold_silver_permittivity(gold) + gold * gold_off + (1.0 - gold) * silver_off
    )
    return bent


def lorentz(level: Level) -> ComplexArray:
    """Permittivity of one oscillator, f E0^2 / (E0^2 - E^2 - i g E), on the grid, [471]."""
    e = HC_EV_NM / WAVELENGTHS
    e0 = level.energy_ev
    denominator = np.zeros(e.shape, np.complex128)
    denominator.real, denominator.imag = e0**2 - e**2, -level.width_ev * e
    term: ComplexArray = level.strength * e0**2 / denominator
    return term


def alloy_index(alloy: AlloyIndex) -> tuple[FloatArray, FloatArray]:
    """n and k of an alloy on the grid, [471] each."""
    x = atomic_fractions(alloy.per_mille)
    noble = x.get("Au", 0.0) + x.get("Ag", 0.0)
    parts = [lorentz(level) for level in alloy.levels]
    parts += [
        share * table_permittivity(element(s).index)
        for s, share in x.items()
        if s not in ("Au", "Ag")
    ]
    if noble > 0.0:
        parts.append(noble * noble_permittivity(x.get("Au", 0.0) / noble))
    index = np.sqrt(np.sum(parts, axis=0))
    return index.real, index.imag

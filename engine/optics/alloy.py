"""Dielectric function of an alloy from its composition.

Gold and silver form one band structure whose edge moves with composition; Rioux et al. 2014
(doi:10.1002/adom.201300457) fitted it to ellipsometry, and we interpolate their series. Other
elements are added by their share of atoms: eps = sum_i x_i eps_i. That mean knows nothing of new
phases or shifted band edges; materials made with it say `estimated`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from engine.optics.grid import on_grid
from engine.types import FloatArray
from materials.elements import element, gold_silver
from materials.schema import AlloyIndex, Symbol, TableIndex

ComplexArray = npt.NDArray[np.complex128]


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


def alloy_index(alloy: AlloyIndex) -> tuple[FloatArray, FloatArray]:
    """n and k of an alloy on the grid, [471] each."""
    x = atomic_fractions(alloy.per_mille)
    noble = x.get("Au", 0.0) + x.get("Ag", 0.0)
    parts = [
        share * table_permittivity(element(s).index)
        for s, share in x.items()
        if s not in ("Au", "Ag")
    ]
    if noble > 0.0:
        parts.append(noble * gold_silver_permittivity(x.get("Au", 0.0) / noble))
    permittivity = np.sum(parts, axis=0)
    index = np.sqrt(permittivity)
    return index.real, index.imag

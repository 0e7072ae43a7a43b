"""Dielectric function of an alloy from its composition.

Copper-silver keeps the d bands of both metals side by side, while in gold-silver and gold-copper
they shift smoothly with composition (Beaglehole and Erlbach 1972, doi:10.1103/PhysRevB.6.1209).
So the permittivities of the elements are added by their shares of atoms, eps = sum_i x_i eps_i,
except that two pairs count as one metal each, because their alloys were measured: gold and silver,
whose edge moves as Rioux et al. 2014 (doi:10.1002/adom.201300457) fitted it to ellipsometry, and
copper and zinc, brass (Querry 1985). Each series is bent so that its pure metals are those of our
elements: all elements come from one laboratory.

What is left, mostly the edge of gold-copper and the virtual levels of palladium and nickel, are
Lorentz terms that grow with the product of two metals' shares: elements/alloying.yaml has them,
with where they come from. A file's own `levels` come on top.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from engine.optics.grid import WAVELENGTHS, on_grid
from engine.types import FloatArray
from materials.elements import Series, Term, alloying, copper_zinc, element, gold_silver
from materials.schema import AlloyIndex, Oscillator, Symbol, TableIndex

ComplexArray = npt.NDArray[np.complex128]
Shares = Mapping[Symbol, float]

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


def element_permittivity(symbol: Symbol) -> ComplexArray:
    """Of a pure element, [471]; of zinc, which is known from brass only, 0."""
    table = element(symbol).index
    return (
        np.zeros(WAVELENGTHS.shape, np.complex128) if table is None else table_permittivity(table)
    )


def series_permittivity(series: Series, share: float) -> ComplexArray:
    """Of a series at a share of its first metal, on the grid, [471]."""
    wavelengths = np.array(series.wavelength_nm)
    shares = np.array([c.share for c in series.compositions])
    upper = min(max(int(np.searchsorted(shares, share)), 1), len(shares) - 1)
    weight = (share - shares[upper - 1]) / (shares[upper] - shares[upper - 1])

    def permittivity(i: int) -> ComplexArray:
        c = series.compositions[i]
        n, k = on_grid(wavelengths, np.array(c.n)), on_grid(wavelengths, np.array(c.k))
        squared: ComplexArray = (n + 1j * k) ** 2
        return squared

    mixed: ComplexArray = (1.0 - weight) * permittivity(upper - 1) + weight * permittivity(upper)
    return mixed


def noble_permittivity(gold: float) -> ComplexArray:
    """Gold-silver between our elements, [471]: the series plus what the elements differ by."""
    series = gold_silver()
    gold_off = element_permittivity("Au") - series_permittivity(series, 1.0)
    silver_off = element_permittivity("Ag") - series_permittivity(series, 0.0)
    bent: ComplexArray = (
        series_permittivity(series, gold) + gold * gold_off + (1.0 - gold) * silver_off
    )
    return bent


def brass_permittivity(copper: float) -> ComplexArray:
    """Copper-zinc from our copper on, [471]; with less than 70.6 % of copper as with that much."""
    series = copper_zinc()
    copper = max(copper, series.compositions[0].share)
    copper_off = element_permittivity("Cu") - series_permittivity(series, 1.0)
    bent: ComplexArray = series_permittivity(series, copper) + copper * copper_off
    return bent


def lorentz(oscillator: Oscillator) -> ComplexArray:
    """Permittivity of one oscillator, f E0^2 / (E0^2 - E^2 - i g E), on the grid, [471]."""
    e = HC_EV_NM / WAVELENGTHS
    e0 = oscillator.energy_ev
    denominator = np.zeros(e.shape, np.complex128)
    denominator.real, denominator.imag = e0**2 - e**2, -oscillator.width_ev * e
    term: ComplexArray = oscillator.strength * e0**2 / denominator
    return term


def mixed_permittivity(x: Shares) -> ComplexArray:
    """The sum over the metals by their shares of atoms, [471], the measured pairs as one."""
    total = np.zeros(WAVELENGTHS.shape, np.complex128)
    for first, second, pair in (("Au", "Ag", noble_permittivity), ("Cu", "Zn", brass_permittivity)):
        both = x.get(first, 0.0) + x.get(second, 0.0)  # type: ignore[call-overload]
        if both > 0.0:
            total += both * pair(x.get(first, 0.0) / both)  # type: ignore[call-overload]
    for symbol, share in x.items():
        if symbol not in ("Au", "Ag", "Cu", "Zn"):
            total += share * element_permittivity(symbol)
    return total


def term_permittivity(term: Term, x: Shares) -> ComplexArray:
    """What two groups of metals do to each other, [471]."""
    product = sum(x.get(s, 0.0) for s in term.of) * sum(x.get(s, 0.0) for s in term.among)
    total: ComplexArray = product * np.sum([lorentz(o) for o in term.oscillators], axis=0)
    return total


def alloy_permittivity(
    per_mille: Mapping[Symbol, float], terms: Sequence[Term] | None = None
) -> ComplexArray:
    """Of an alloy by weight, on the grid, [471]; terms : the library's by default."""
    x = atomic_fractions(per_mille)
    known = alloying() if terms is None else terms
    total: ComplexArray = mixed_permittivity(x)
    for term in known:
        total = total + term_permittivity(term, x)
    return total


def alloy_index(alloy: AlloyIndex) -> tuple[FloatArray, FloatArray]:
    """n and k of an alloy on the grid, [471] each."""
    eps = alloy_permittivity(alloy.per_mille)
    for level in alloy.levels:
        eps = eps + lorentz(level)
    index = np.sqrt(eps)
    return index.real, index.imag

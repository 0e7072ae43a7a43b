"""The index of a clear material at one wavelength, and the numbers that sum it up.

Fraunhofer lines, nm: B 686.7, C 656.3, d 587.6, F 486.1, G 430.8.
"""

from __future__ import annotations

import math
from bisect import bisect_left

from materials.schema import ConstantIndex, Index, SellmeierIndex, TableIndex


def index_at(index: Index, nm: float) -> float | None:
    """n at a wavelength; None of an alloy, whose n needs more than its file."""
    if isinstance(index, ConstantIndex):
        return index.n
    if isinstance(index, SellmeierIndex):
        at = (
            nm if index.outside == "formula" else min(max(nm, index.valid_nm[0]), index.valid_nm[1])
        )
        w2 = (1e-3 * at) ** 2
        terms = sum(t.b * w2 / (w2 - index.c_squared(t)) for t in index.terms)
        return math.sqrt(1.0 + index.constant + terms)
    if isinstance(index, TableIndex):
        return between(index.wavelength_nm, index.n, nm)
    return None


def between(nm: tuple[float, ...], value: tuple[float, ...], at: float) -> float:
    """The value of a table at a wavelength: straight between its samples, held beyond them."""
    i = bisect_left(nm, at)
    if i in (0, len(nm)):
        return value[min(i, len(nm) - 1)]
    share = (at - nm[i - 1]) / (nm[i] - nm[i - 1])
    return (1.0 - share) * value[i - 1] + share * value[i]


def summary(index: Index) -> tuple[float, float, float] | None:
    """n_d, n_F - n_C and n_B-G (B to G, what gem tables call dispersion); None of an alloy."""
    n_d = index_at(index, 587.6)
    lines = [index_at(index, nm) for nm in (486.1, 656.3, 430.8, 686.7)]
    f, c, g, b = [n for n in lines if n is not None] or (0.0, 0.0, 0.0, 0.0)
    return None if n_d is None else (n_d, f - c, g - b)

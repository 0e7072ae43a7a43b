"""Index and absorption of a gem along each of its principal directions, for tests."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

import materials
from engine.optics import tabulate
from engine.optics.dispersion import Index
from engine.optics.grid import WAVELENGTHS
from engine.types import FloatArray
from materials.crystal import Biaxial, OffsetIndex, PrincipalIndex, Uniaxial

Rays = dict[str, tuple[FloatArray, FloatArray]]


def rays(name: str) -> Rays:
    """Direction -> (n [471], absorption [471] per mm).

    Directions: "" of an isotropic stone; "o", "e" of a uniaxial one; "alpha", "beta", "gamma" of a
    biaxial one.
    """
    material = materials.load(name)
    table, crystal = tabulate(material), material.crystal

    def ray(index: PrincipalIndex, absorption: object) -> tuple[FloatArray, FloatArray]:
        if isinstance(index, OffsetIndex):
            n = table.n + index.by
        else:
            n = tabulate(material.model_copy(update={"index": index})).n
        if absorption is None:
            return n, table.absorption
        return n, tabulate(material.model_copy(update={"absorption": absorption})).absorption

    own = (table.n, table.absorption)
    if isinstance(crystal, Uniaxial):
        return {"o": own, "e": ray(crystal.extraordinary, crystal.absorption_extraordinary)}
    if isinstance(crystal, Biaxial):
        alpha = ray(crystal.alpha, crystal.absorption_alpha)
        gamma = ray(crystal.gamma, crystal.absorption_gamma)
        return {"alpha": alpha, "beta": own, "gamma": gamma}
    return {"": own}


def mean_absorption(name: str) -> FloatArray:
    """[471] per mm, over all directions in which light may swing."""
    found = {direction: a for direction, (_, a) in rays(name).items()}
    if "o" in found:
        return (2.0 * found["o"] + found["e"]) / 3.0
    mean: FloatArray = np.mean(list(found.values()), axis=0)
    return mean


def index_of(n: FloatArray) -> Index:
    """n [471] as a function of wavelength."""

    def index(wavelength: npt.ArrayLike) -> FloatArray:
        return np.interp(np.asarray(wavelength, np.float64), WAVELENGTHS, n)

    return index

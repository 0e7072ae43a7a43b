"""Crystals: indices, absorption and the two waves of every direction, in plain numpy.

For a wave along the unit normal s the impermeability tensor diag(1/n_i^2), projected onto the plane
of the wavefront, has two eigenvectors: the directions D in which the two waves swing. Its
eigenvalues are their 1/n^2. Energy does not run along s but along the ray E x (s x D), with
E_i = D_i / n_i^2; s bends at facets, the ray tells what the light meets. Two waves that come from
one ray part by their indices and by their rays: that is the doubling of edges in a zircon.

Source: M. Born and E. Wolf, Principles of Optics, ch. 15.

What is approximated: polarisation. Light from outside goes half into each wave; a facet reflects
each as an isotropic medium of its index would; inside, a mirrored wave goes on as the two new ones
by the squares of its D along theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engine.optics.dispersion import LINE_D
from engine.optics.grid import WAVELENGTHS
from engine.optics.tabulate import absorption_on_grid, index_on_grid
from engine.types import FloatArray
from materials import Material
from materials.crystal import OffsetIndex, PrincipalIndex, Uniaxial
from materials.schema import Absorption

#: Largest difference of the principal indices at the d line below which stones are not seen double
#: and have the mean index: above quartz, topaz and corundum (.009, .009, .008), below the
#: tourmalines (.018), peridot (.036), moissanite (.043) and zircon (.059). Estimated.
DOUBLING = 0.012


@dataclass(frozen=True, eq=False)
class CrystalTable:
    """Principal indices and absorptions (per mm) on the 1-nm grid, [3, 471] each; read-only.

    Axes in the order alpha, beta, gamma; of a uniaxial crystal ordinary twice, then extraordinary.
    """

    n: FloatArray
    absorption: FloatArray

    def __post_init__(self) -> None:
        self.n.setflags(write=False)
        self.absorption.setflags(write=False)

    @property
    def birefringence(self) -> float:
        """Largest difference of the principal indices at the d line."""
        at_d = [float(np.interp(LINE_D, WAVELENGTHS, n)) for n in self.n]
        return max(at_d) - min(at_d)

    @property
    def doubles(self) -> bool:
        """Whether the double refraction shows."""
        return self.birefringence > DOUBLING

    @property
    def pleochroic(self) -> bool:
        """Whether colour depends on direction."""
        return bool((self.absorption != self.absorption[0]).any())


@dataclass(frozen=True, eq=False)
class Modes:
    """The two waves of each wave normal.

    n : [..., 2] index, the smaller one first. d : [..., 2, 3] unit D. ray : [..., 2, 3] unit
    direction of the energy. In the frame of the principal axes.
    """

    n: FloatArray
    d: FloatArray
    ray: FloatArray


@lru_cache(maxsize=64)
def crystal_table(material: Material) -> CrystalTable | None:
    """The material's crystal on the grid; None for what is isotropic."""
    crystal = material.crystal
    if crystal is None:
        return None
    n, _ = index_on_grid(material.index)
    a = absorption_on_grid(material.absorption)
    if isinstance(crystal, Uniaxial):
        extraordinary = _absorption(crystal.absorption_extraordinary, a)
        return CrystalTable(
            np.stack([n, n, _index(crystal.extraordinary, n)]), np.stack([a, a, extraordinary])
        )
    alpha, gamma = _index(crystal.alpha, n), _index(crystal.gamma, n)
    sides = crystal.absorption_alpha, crystal.absorption_gamma
    low, high = (_absorption(side, a) for side in sides)
    return CrystalTable(np.stack([alpha, n, gamma]), np.stack([low, a, high]))


def modes(s: FloatArray, n: FloatArray | Sequence[float]) -> Modes:
    """The waves along unit normals s [..., 3] in a crystal of principal indices n [3]."""
    s = np.asarray(s, dtype=np.float64)
    b = np.diag(1.0 / np.asarray(n, dtype=np.float64) ** 2)
    across = np.eye(3) - s[..., :, None] * s[..., None, :]
    # What is added lifts s itself, of eigenvalue zero, above the two that are looked for.
    value, vector = np.linalg.eigh(
        across @ b @ across + 10.0 * b.max() * s[..., :, None] * s[..., None, :]
    )
    d = np.swapaxes(vector, -1, -2)[..., 1::-1, :]
    h = np.cross(s[..., None, :], d)
    ray = np.cross(d @ b, h)
    ray /= np.linalg.norm(ray, axis=-1, keepdims=True)
    return Modes(1.0 / np.sqrt(value[..., 1::-1]), d, ray)


def _index(index: PrincipalIndex, own: FloatArray) -> FloatArray:
    return own + index.by if isinstance(index, OffsetIndex) else index_on_grid(index)[0]


def _absorption(absorption: Absorption | None, own: FloatArray) -> FloatArray:
    return own if absorption is None else absorption_on_grid(absorption)

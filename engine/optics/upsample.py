"""Reflectance spectra for linear Rec. 709 colours.

Three smooth spectra r, g, b that are nowhere negative and add up to 1, so that any colour in the
gamut becomes a reflectance between 0 and 1 by a linear mix, and has exactly that colour under D65.
The idea is that of I. Mallett and C. Yuksel, Spectral primary decomposition for rendering with
sRGB reflectance (EGSR 2019); the numbers are our own: the smoothest such triple (least sum of
squared second differences) at nodes 5 nm apart, linear between them.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from engine.optics.grid import on_grid, read_table
from engine.optics.illuminants import illuminant
from engine.optics.observer import cmf
from engine.optics.rgb import XYZ_TO_REC709
from engine.types import FloatArray

NODES: FloatArray = np.arange(360.0, 831.0, 5.0)


@cache
def rgb_basis() -> FloatArray:
    """[3, 471] reflectances of pure red, green and blue; read-only.

    `rgb @ rgb_basis()` is the spectrum of the linear Rec. 709 colours rgb [..., 3]; times
    `illuminant("D65")` it is a light of that colour.
    """
    table = read_table("rgb_basis.csv")
    basis = np.stack([on_grid(table[:, 0], column) for column in table[:, 1:].T])
    basis.setflags(write=False)
    return basis


def solve_nodes() -> FloatArray:
    """Solves for the stored table anew, [95, 3] at `NODES`; takes seconds and needs scipy."""
    from scipy.optimize import LinearConstraint, minimize

    n = len(NODES)
    colour = _colour_of_nodes()
    # Blue is what red and green leave: x holds the nodes of red, then of green.
    second = np.diff(np.eye(n), n=2, axis=0)
    hessian = np.kron(np.array([[2.0, 1.0], [1.0, 2.0]]), second.T @ second)
    target = np.array([1.0, 0.0, 0.0, 0.0, 1.0, 0.0])
    exact = LinearConstraint(np.kron(np.eye(2), colour), target, target)
    together = LinearConstraint(np.hstack([np.eye(n), np.eye(n)]), -np.inf, 1.0)

    def bend(x: FloatArray) -> float:
        return float(0.5 * x @ hessian @ x)

    def slope(x: FloatArray) -> FloatArray:
        gradient: FloatArray = hessian @ x
        return gradient

    found = minimize(
        bend,
        np.full(2 * n, 1.0 / 3.0),
        jac=slope,
        bounds=[(0.0, 1.0)] * (2 * n),
        constraints=[exact, together],
        method="SLSQP",
        options={"maxiter": 1000, "ftol": 1e-12},
    )
    red, green = found.x[:n], found.x[n:]
    return np.stack([red, green, 1.0 - red - green], axis=1)


def _colour_of_nodes() -> FloatArray:
    """[3, 95]: linear Rec. 709 under D65 of a reflectance given at the nodes."""
    hats = np.stack([on_grid(NODES, row) for row in np.eye(len(NODES))])
    y = cmf()[:, 1].sum()
    matrix: FloatArray = XYZ_TO_REC709 @ (hats * illuminant("D65") @ cmf() / y).T
    return matrix

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
    """Solves for the stored table anew, [95, 3] at `NODES`; the one use of scipy here."""
    from scipy.optimize import nnls

    n = len(NODES)
    bend = np.kron(np.eye(3), np.diff(np.eye(n), n=2, axis=0))
    exact = np.vstack([np.kron(np.eye(3), _colour_of_nodes()), np.tile(np.eye(n), 3)])
    target = np.concatenate([np.eye(3).ravel(), np.ones(n)])
    # Non-negative least squares with heavy equations finds which nodes are zero ...
    heavy = np.vstack([bend, 1e3 * exact])
    rough, _ = nnls(heavy, np.concatenate([np.zeros(len(bend)), 1e3 * target]), maxiter=10000)
    free = rough > 1e-9
    # ... and the others follow exactly from the conditions of the equality-constrained problem.
    b, e = bend[:, free], exact[:, free]
    system = np.block([[b.T @ b, e.T], [e, np.zeros((len(e), len(e)))]])
    right = np.concatenate([np.zeros(b.shape[1]), target])
    nodes = np.zeros(3 * n)
    nodes[free] = np.linalg.lstsq(system, right)[0][: b.shape[1]]
    return nodes.reshape(3, n).T


def _colour_of_nodes() -> FloatArray:
    """[3, 95]: linear Rec. 709 under D65 of a reflectance given at the nodes."""
    hats = np.stack([on_grid(NODES, row) for row in np.eye(len(NODES))])
    y = cmf()[:, 1].sum()
    matrix: FloatArray = XYZ_TO_REC709 @ (hats * illuminant("D65") @ cmf() / y).T
    return matrix

"""The grid on which every tabulated spectrum lives, and how numbers get onto it."""

from __future__ import annotations

from importlib.resources import files

import numpy as np

from engine.types import FloatArray

#: [471] nm in vacuum, 360 to 830 in steps of 1.
WAVELENGTHS: FloatArray = np.arange(360.0, 831.0)
WAVELENGTHS.setflags(write=False)


def on_grid(wavelengths: FloatArray, values: FloatArray) -> FloatArray:
    """Linear interpolation onto the grid; the end values hold outside the samples.

    wavelengths : [N] nm, increasing. values : [N]. Returns [471].
    """
    return np.interp(WAVELENGTHS, wavelengths, values)


def read_table(name: str) -> FloatArray:
    """A table of this package, [rows, columns]; its head names the source."""
    text = files("engine.optics").joinpath("data", name).read_text(encoding="utf-8")
    return np.loadtxt(text.splitlines(), delimiter=",", comments="#", dtype=np.float64)

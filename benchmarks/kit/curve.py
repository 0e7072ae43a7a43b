"""Error over time as a curve: between measured points, and beyond them by a fit that says so."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.types import FloatArray

#: Points that a fit needs, and takes: those nearest to where it is asked.
FITTED = 3


@dataclass(frozen=True)
class Estimate:
    """A number read off a curve. fitted : it lies beyond what was measured."""

    value: float
    fitted: bool


@dataclass(frozen=True)
class Curve:
    """Measured points of an error that falls with time: both straight lines between logarithms.

    seconds, errors : increasing in time, all positive. Raises ValueError for less than three.
    """

    seconds: tuple[float, ...]
    errors: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.seconds) != len(self.errors) or len(self.seconds) < FITTED:
            raise ValueError(f"a curve needs {FITTED} points with time and error at least")
        if min(self.seconds + self.errors) <= 0 or (np.diff(self.seconds) <= 0).any():
            raise ValueError("the points of a curve need positive times, in order, and errors")

    def at(self, seconds: float) -> Estimate:
        """The error after `seconds`."""
        t, e = np.log(self.seconds), np.log(self.errors)
        wanted = np.log(seconds)
        if t[0] <= wanted <= t[-1]:
            return Estimate(float(np.exp(np.interp(wanted, t, e))), False)
        slope, height = _line(t, e, early=bool(wanted < t[0]))
        return Estimate(float(np.exp(slope * wanted + height)), True)

    def time_to(self, error: float) -> Estimate:
        """Seconds until the error is `error` for good; infinite where the fit never gets there."""
        t, e = np.log(self.seconds), np.log(self.errors)
        wanted = np.log(error)
        above = np.flatnonzero(e > wanted)
        if len(above) and above[-1] < len(e) - 1:
            i = int(above[-1])
            share = (e[i] - wanted) / (e[i] - e[i + 1])
            return Estimate(float(np.exp(t[i] + share * (t[i + 1] - t[i]))), False)
        early = not len(above)
        slope, height = _line(t, e, early)
        found = np.exp((wanted - height) / slope) if slope < 0 else np.inf
        # A fit passes near the points, not through them: it does not contradict what was measured.
        bounded = min(found, self.seconds[0]) if early else max(found, self.seconds[-1])
        return Estimate(float(bounded), True)


def _line(t: FloatArray, e: FloatArray, early: bool) -> tuple[float, float]:
    """Slope and height of the line through the first or the last points."""
    some = slice(None, FITTED) if early else slice(-FITTED, None)
    slope, height = np.polyfit(t[some], e[some], 1)
    return float(slope), float(height)

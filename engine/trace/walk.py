"""What the estimators share: when a walk ends, what it finds, how it leaves a surface."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.trace.backend import dr, mi
from engine.trace.compile import Compiled
from engine.trace.geometry import CLEARANCE

#: Largest chance to survive. Light trapped by total reflection keeps its throughput for a hundred
#: hits and more: a smaller chance would blow up the weight of the few that come out in the end.
SURVIVAL = 0.98


@dataclass(frozen=True)
class Limits:
    """When a walk ends.

    roulette  : end walks by unbiased Russian roulette; False follows them to `max_depth` and
                reports the energy that is still on its way as trapped.
    max_depth : vertices per sample; with roulette a guard that practically never acts.
    ground_caustics : False: leave out light that reaches directly seen ground straight from the
                      piece; the caustics layer has it.
    """

    roulette: bool = True
    max_depth: int = 1000
    ground_caustics: bool = True


@dataclass(frozen=True)
class Walk:
    """Radiance at the four wavelengths, and the throughput that was cut off (mean of the lanes)."""

    radiance: Any
    trapped: Any


@dataclass
class Ledger:
    """Where walks book what they find: four entries per sample, one for each of its wavelengths.

    A wavelength belongs to one walk at a time, so no two of them ever write to one place.
    """

    radiance: Any
    trapped: Any

    @staticmethod
    def of(samples: int) -> Ledger:
        """An empty one."""
        return Ledger(dr.zeros(mi.Float, 4 * samples), dr.zeros(mi.Float, 4 * samples))

    def book(self, slot: Any, L: Any, trapped: Any) -> None:
        """Add radiance L at the wavelengths from `slot` on, and the energy that was cut off."""
        add, mode = dr.ReduceOp.Add, dr.ReduceMode.NoConflicts
        for lane in range(dr.size_v(L)):
            dr.scatter_reduce(add, self.radiance, L[lane], slot + lane, mode=mode)
        dr.scatter_reduce(add, self.trapped, trapped, slot, mode=mode)

    def walk(self) -> Walk:
        """What each sample found."""
        trapped = dr.unravel(mi.Spectrum, self.trapped)
        return Walk(dr.unravel(mi.Spectrum, self.radiance), dr.sum(trapped))


class Estimator:
    """One way to estimate radiance, on one scene.

    A plain class: Dr.Jit would take a dataclass for loop state and try to write to it.
    """

    #: Whether the known radiance of ground that the camera sees is the caller's to add: as XYZ,
    #: without the noise of sampled wavelengths.
    leaves_out_ground = False

    def __init__(self, scene: Compiled, limits: Limits) -> None:
        self.scene = scene
        self.limits = limits


def offset(p: Any, n: Any, d: Any) -> Any:
    """Origin of a ray that leaves p towards d, moved off the surface along its normal."""
    size = clearance(p)
    return mi.Point3f(p + n * dr.select(dr.dot(n, d) >= 0, size, -size))


def clearance(p: Any) -> Any:
    """Distance from p within which float32 does not tell one surface from another, mm."""
    return (1 + dr.max(dr.abs(p))) * CLEARANCE

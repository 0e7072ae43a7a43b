"""Plain numpy twins of the estimators for one loose convex stone: float64, one ray at a time.

A twin is written from the physics, not from the kernel: planes instead of triangles, Snell's law in
vectors, Fresnel's equations from `engine.optics`. Only the stream of random numbers and the order
in which they are drawn are the kernel's, so that the same ray makes the same decisions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engine import optics
from engine.cad.cuts import Cut
from engine.optics import OpticalTable
from engine.scene import Environment
from engine.trace.reference import PATH_DEPTH
from engine.trace.walk import SURVIVAL
from engine.types import FloatArray

#: A chain is over when it carries less than this, or after so many facets.
LEAST, MOST_HITS = 3e-5, 150


class Stream:
    """PCG32 (O'Neill 2014): the numbers that a Dr.Jit generator of this state and increment draws.

    Source of the constants and of the 23 bits in a float: drjit/random.h of Dr.Jit 1.5.
    """

    def __init__(self, state: int, inc: int) -> None:
        self.state = state
        self.inc = inc

    def bits(self) -> int:
        """The next 32 bits."""
        old = self.state
        self.state = (old * 0x5851F42D4C957F2D + self.inc) % 2**64
        mixed = ((old >> 18) ^ old) >> 27 & 0xFFFFFFFF
        turn = old >> 59
        return (mixed >> turn | mixed << (32 - turn)) & 0xFFFFFFFF

    def draw(self) -> float:
        """The next number in [0, 1)."""
        return (self.bits() >> 9) / 2**23


@dataclass(frozen=True, eq=False)
class Ray:
    """Origin and unit direction [3] in mm, wavelength in nm."""

    o: FloatArray
    d: FloatArray
    wavelength: float


@dataclass(frozen=True, eq=False)
class Sky:
    """The first layer of an environment that does not turn."""

    environment: Environment

    def radiance(self, d: FloatArray, wavelength: float) -> float:
        """Radiance that arrives from the unit direction d [3], linear between texel centres."""
        image = self.environment.radiance[..., 0]
        height, width = image.shape
        x = math.atan2(d[0], -d[1]) / (2 * math.pi) % 1.0 * width - 0.5
        y = math.acos(min(max(d[2], -1.0), 1.0)) / math.pi * height - 0.5
        i, j = math.floor(x), math.floor(y)
        rows = image[[j % height, (j + 1) % height]][:, [i % width, (i + 1) % width]]
        value = np.array([1 - y + j, y - j]) @ rows @ np.array([1 - x + i, x - i])
        spectrum = self.environment.spectra[0]
        return float(value * np.interp(wavelength, optics.WAVELENGTHS, spectrum))


@dataclass(frozen=True, eq=False)
class Stone:
    """A convex stone in air: its planes, and what it is made of."""

    cut: Cut
    table: OpticalTable

    def index(self, wavelength: float) -> float:
        """Refractive index."""
        return float(np.interp(wavelength, optics.WAVELENGTHS, self.table.n))

    def transmitted(self, length: float, wavelength: float) -> float:
        """What `length` mm of the stone let through."""
        per_mm = np.interp(wavelength, optics.WAVELENGTHS, self.table.absorption)
        return math.exp(-float(per_mm) * length)

    def entry(self, o: FloatArray, d: FloatArray) -> tuple[float, FloatArray] | None:
        """Where a ray from outside enters: mm along it and the facet's outward normal, or None."""
        towards = self.cut.normals @ d
        t = (self.cut.offsets - self.cut.normals @ o) / towards
        enters = np.where(towards < 0, t, -np.inf)
        nearest = int(enters.argmax())
        if not 0 < enters[nearest] < t[towards > 0].min():
            return None
        return float(enters[nearest]), self.cut.normals[nearest]

    def exit(self, o: FloatArray, d: FloatArray) -> tuple[float, FloatArray]:
        """How far a ray from inside goes, mm, and the outward normal of the facet it meets."""
        towards = self.cut.normals @ d
        with np.errstate(divide="ignore", invalid="ignore"):
            t = (self.cut.offsets - self.cut.normals @ o) / towards
        leaves = np.where(towards > 0, t, np.inf)
        nearest = int(leaves.argmin())
        return float(leaves[nearest]), self.cut.normals[nearest]


def reflected(d: FloatArray, n: FloatArray) -> FloatArray:
    """Direction d [3] after a mirror with the unit normal n."""
    return np.asarray(d - 2 * (d @ n) * n)


def refracted(d: FloatArray, n: FloatArray, ratio: float) -> FloatArray:
    """Direction d [3] after Snell's law; n faces the light, ratio = n_far / n_near."""
    along = (d - (d @ n) * n) / ratio
    return np.asarray(along - math.sqrt(1 - along @ along) * n)


def reference(stone: Stone, sky: Sky, ray: Ray, rng: Stream, roulette: bool = True) -> float:
    """Radiance that the reference estimator finds along `ray`; one wavelength stands for four."""
    λ, o, d = ray.wavelength, ray.o, ray.d
    index = stone.index(λ)
    throughput = 4.0
    met = stone.entry(o, d)
    if met is None:
        return throughput * sky.radiance(d, λ)
    t, n = met
    ratio, facing, inside = index, n, False
    depth = 0
    while True:
        o = o + t * d
        if inside:
            throughput *= stone.transmitted(t, λ)
        choice = rng.draw()
        rng.draw(), rng.draw()  # a point in the square, for surfaces that scatter
        if choice < optics.fresnel_dielectric(-d @ facing, ratio)[0]:
            d = reflected(d, facing)
        else:
            d = refracted(d, facing, ratio)
            inside = not inside
        depth += 1
        if roulette:
            chance = min(max(throughput / 4, 0.05), SURVIVAL) if depth >= PATH_DEPTH else 1.0
            throughput /= chance
            if rng.draw() >= chance:
                return 0.0
        if not inside:
            return throughput * sky.radiance(d, λ)
        t, n = stone.exit(o, d)
        ratio, facing = 1 / index, -n


def chain(stone: Stone, sky: Sky, ray: Ray) -> float:
    """Radiance that a chain of internal reflections collects at one wavelength, to its end.

    What leaves at any facet sees the sky, for a loose convex stone hides nothing from itself. No
    number is drawn: whatever the kernel draws must have this mean.
    """
    λ, o, d = ray.wavelength, ray.o, ray.d
    met = stone.entry(o, d)
    if met is None:
        return sky.radiance(d, λ)
    t, n = met
    index = stone.index(λ)
    mirrored = float(optics.fresnel_dielectric(-d @ n, index)[0])
    radiance = mirrored * sky.radiance(reflected(d, n), λ)
    inside = 1.0 - mirrored
    o, d = o + t * d, refracted(d, n, index)
    for _ in range(MOST_HITS):
        t, n = stone.exit(o, d)
        o = o + t * d
        inside *= stone.transmitted(t, λ)
        mirrored = float(optics.fresnel_dielectric(d @ n, 1 / index)[0])
        if mirrored < 1.0:
            out = refracted(d, -n, 1 / index)
            radiance += inside * (1 - mirrored) * sky.radiance(out, λ)
        inside *= mirrored
        if inside < LEAST:
            break
        d = reflected(d, n)
    return radiance

"""Photons: light followed from the studio through the piece to the ground.

Facets reflect or refract by chance, by Fresnel's reflectance; metal and coated surfaces scatter by
their lobes. Light starts and ends in air, so flux needs no factor for the index.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engine.trace.backend import dr, mi
from engine.trace.compile import Compiled
from engine.trace.doubled import unknown
from engine.trace.flight import HERO, LANES, Flight, Vertex
from engine.trace.hit import nearest
from engine.trace.walk import SURVIVAL, Limits

#: Vertices after which roulette may end a photon.
PATH_DEPTH = 8
#: Box around the piece that photons are aimed at: wider by this share of its size.
MARGIN = 1e-3


@dataclass(frozen=True)
class Landed:
    """Where photons meet the ground: points p and directions of flight d of the four wavelengths,
    and their flux, zero for what missed the piece or never came down.
    """

    p: list[Any]
    d: list[Any]
    flux: Any


class Photons:
    """Photons from the studio, followed through the piece to the ground.

    A plain class: Dr.Jit would take a dataclass for loop state and try to write to it.
    """

    def __init__(self, scene: Compiled, limits: Limits) -> None:
        self.scene = scene
        self.limits = limits
        box = scene.world.bbox()
        low, high = np.array(box.min, dtype=np.float64), np.array(box.max, dtype=np.float64)
        margin = MARGIN * float((high - low).max())
        self.low = _opaque(low - margin)
        self.size = _opaque(high - low + 2 * margin)

    def shoot(self, λ: Any, rng: Any) -> Landed:
        """One photon per lane of `rng`, from the sky to the ground."""
        o, towards, weight = self._aim(rng)
        landed: Landed = self.walk(o, -towards, λ, rng, weight > 0)
        return replace(landed, flux=landed.flux * weight * self.scene.sky.eval(towards, λ))

    def _aim(self, rng: Any) -> tuple[Any, Any, Any]:
        """Points before the piece, directions to the sky, and one over the density of both.

        The three faces of the box around the piece that the light sees cover its silhouette once:
        points of equal density on the silhouette are points of equal density on the faces.
        """
        towards, pdf = self.scene.sky.sample(mi.Point2f(rng.next_float32(), rng.next_float32()))
        size = self.size
        faces = mi.Vector3f(size.y * size.z, size.x * size.z, size.x * size.y)
        area = dr.abs(towards) * faces
        x = rng.next_float32() * dr.sum(area)
        on_x = x < area.x
        on_y = ~on_x & (x < area.x + area.y)
        point = mi.Vector3f(rng.next_float32(), rng.next_float32(), rng.next_float32())
        lit = dr.select(towards > 0, mi.Vector3f(1), mi.Vector3f(0))
        point.x = dr.select(on_x, lit.x, point.x)
        point.y = dr.select(on_y, lit.y, point.y)
        point.z = dr.select(on_x | on_y, point.z, lit.z)
        up = (towards.z > 0) & (pdf > 0)
        weight = dr.select(up, dr.sum(area) / dr.fmax(pdf, 1e-20), 0)
        return mi.Point3f(self.low + size * point), towards, weight

    @dr.syntax
    def walk(self, o: Any, d: Any, λ: Any, rng: Any, active: Any) -> Landed:
        """Follow photons of unit flux to their first point on the ground behind the piece."""
        flight = Flight.start(o, d, unknown(self.scene))
        active = mi.Bool(active)
        while active:
            limits = self.limits
            met = nearest(self.scene, mi.Ray3f(flight.o[HERO], flight.d[HERO]), active)
            vertex = Vertex(self.scene, flight, met, λ)
            vertex.gather()
            vertex.split(rng)
            vertex.scatter(rng)
            vertex.tilt()
            vertex.advance()
            mean = dr.sum(flight.β) / dr.sum(flight.P)
            active &= met.piece & (mean > 0)
            if limits.roulette:
                due = active & (flight.depth >= PATH_DEPTH)
                survive = dr.select(due, dr.clip(mean, 0.05, SURVIVAL), 1)
                flight.β /= survive
                active &= rng.next_float32() < survive
            active &= flight.depth < limits.max_depth
        return self.land(flight)

    def land(self, flight: Flight) -> Landed:
        """The wavelengths' own ways to the ground; who is held up there has fallen off."""
        P, β, points = flight.P, flight.β, []
        for i in LANES:
            o, d = flight.o[i], flight.d[i]
            t = dr.select(d.z < 0, -o.z / d.z, 0)
            if i != HERO:
                apart = flight.landed & ~flight.alike & (P[i] > 0)
                ray = mi.Ray3f(o, d, t, 0.0, mi.Spectrum(0))
                held = apart & ((d.z >= 0) | self.scene.world.ray_test(ray, False, apart))
                P[i] = dr.select(held, 0, P[i])
                β[i] = dr.select(held, 0, β[i])
            points.append(o + d * t)
        return Landed(points, flight.d, dr.select(flight.landed, 4 * β / dr.sum(P), 0))


def _opaque(v: Any) -> Any:
    return mi.Vector3f(*(dr.opaque(mi.Float, float(c)) for c in v))

"""Photons: light followed from the studio through the piece to the ground.

Facets reflect or refract by chance, by Fresnel's reflectance; metal and coated surfaces scatter by
their lobes, which are symmetric. Rays between air and air bend back as far as they bent, so flux
needs no factor for the index. A photon carries four wavelengths until it is refracted, then one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.trace import fresnel, microfacet
from engine.trace.backend import dr, mi
from engine.trace.compile import COATED, GEM, Compiled
from engine.trace.hit import nearest
from engine.trace.walk import SURVIVAL, Limits, offset

#: Vertices after which roulette may end a photon.
PATH_DEPTH = 8
#: Box around the piece that photons are aimed at: wider by this share of its size.
MARGIN = 1e-3


@dataclass(frozen=True)
class Landed:
    """Where photons meet the ground: point p, direction of flight d, flux at the four wavelengths.

    The flux is zero for photons that missed the piece or never came down.
    """

    p: Any
    d: Any
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
        sky = self.scene.sky
        towards, pdf = sky.sample(mi.Point2f(rng.next_float32(), rng.next_float32()))
        # The three faces of the box that the light sees cover its silhouette once: points of equal
        # density on the silhouette are points of equal density on the faces.
        area = dr.abs(towards) * mi.Vector3f(
            self.size.y * self.size.z, self.size.x * self.size.z, self.size.x * self.size.y
        )
        x = rng.next_float32() * dr.sum(area)
        on_x, on_y = x < area.x, x < area.x + area.y
        point = mi.Point3f(rng.next_float32(), rng.next_float32(), rng.next_float32())
        lit = dr.select(towards > 0, mi.Vector3f(1), mi.Vector3f(0))
        point.x = dr.select(on_x, lit.x, point.x)
        point.y = dr.select(on_y & ~on_x, lit.y, point.y)
        point.z = dr.select(on_y, point.z, lit.z)
        o = mi.Point3f(self.low + self.size * mi.Vector3f(point))
        active = (towards.z > 0) & (pdf > 0)
        landed = self.walk(o, -towards, λ, rng, active)
        power = sky.eval(towards, λ) * (dr.sum(area) / dr.fmax(pdf, 1e-20))
        return Landed(landed.p, landed.d, landed.flux * power)

    @dr.syntax
    def walk(self, o: Any, d: Any, λ: Any, rng: Any, active: Any) -> Landed:
        """Follow photons of unit flux to their first point on the ground behind the piece."""
        β = mi.Spectrum(1)
        single = mi.Bool(False)  # only lane 0 is left: the photon has been refracted
        medium = mi.Int32(-1)  # material row of the stone that the photon is in
        depth = mi.UInt32(0)  # vertices so far
        flux = mi.Spectrum(0)
        o = mi.Point3f(o)
        d = mi.Vector3f(d)
        active = mi.Bool(active)
        while active:
            scene, limits = self.scene, self.limits
            met = nearest(scene, mi.Ray3f(o, d), active)
            si, piece, material = met.si, met.piece, met.material
            flux = dr.select(met.ground & (depth > 0), β, flux)
            o = dr.select(met.ground, o + d * met.t_ground, o)

            inside = (medium >= 0) & piece
            a = scene.optics.absorption(mi.UInt32(dr.maximum(medium, 0)), λ[0], inside)
            β *= dr.select(inside, dr.exp(-a * si.t), 1)

            n, k, _, ρ = scene.optics.eval(material, λ, piece)
            front = dr.dot(d, si.n) < 0
            ng = dr.select(front, si.n, -si.n)
            ns = dr.select(front, si.sh_frame.n, -si.sh_frame.n)
            ns = dr.select(dr.dot(d, ns) < 0, ns, ng)
            stone = piece & (met.kind == GEM)

            # ---- A facet reflects or refracts ---------------------------------------------------
            cos_i = dr.abs(dr.dot(d, ns))
            η = dr.select(front, n, 1 / n)
            R, cos_t = fresnel.dielectric(cos_i, η)
            reflect = rng.next_float32() < R[0]
            reflected = d + 2 * cos_i * mi.Vector3f(ns)
            refracted = d / η[0] + (cos_i / η[0] - cos_t[0]) * mi.Vector3f(ns)
            alone = dr.select(single, β, mi.Spectrum(4 * β[0], 0, 0, 0))
            next_d = dr.select(reflect, reflected, refracted)
            next_β = dr.select(reflect, β * R / dr.fmax(R[0], 1e-20), alone)

            # ---- Metal, or a coat over a diffuse base -------------------------------------------
            rough = dr.gather(mi.Float, scene.optics.roughness, material, piece)
            frame = mi.Frame3f(ns)
            wo, weight = _scatter(frame.to_local(-d), rough, n, k, ρ, met.kind == COATED, rng)
            out = frame.to_world(wo)
            # The inside of a closed solid is dark, as it is for the estimators.
            ok = (wo.z > 0) & (dr.dot(out, ng) > 0)
            ok &= front | ~dr.gather(mi.Bool, scene.closed, met.part, piece)
            next_d = dr.select(stone, next_d, out)
            next_β = dr.select(stone, next_β, dr.select(ok, β * weight, 0))

            # Interpolated normals are not symmetric: Veach 1997, eq. 5.19.
            tilt = dr.abs(dr.dot(next_d, ng) / dr.fmax(dr.abs(dr.dot(next_d, ns)), 1e-6))
            next_β *= tilt * cos_i / dr.fmax(dr.abs(dr.dot(d, ng)), 1e-6)

            # ---- Go on --------------------------------------------------------------------------
            through = stone & ~reflect
            single |= through
            medium = dr.select(through, dr.select(front, mi.Int32(material), -1), medium)
            o = dr.select(piece, offset(mi.Point3f(si.p), mi.Normal3f(ng), next_d), o)
            d = dr.select(piece, mi.Vector3f(next_d), d)
            β = dr.select(piece, next_β, 0)
            depth += 1
            active &= dr.max(β) > 0
            if limits.roulette:
                survive = dr.select(depth >= PATH_DEPTH, dr.clip(dr.mean(β), 0.05, SURVIVAL), 1)
                β /= survive
                active &= rng.next_float32() < survive
            active &= depth < limits.max_depth
        return Landed(o, d, flux)


def _scatter(wi: Any, rough: Any, n: Any, k: Any, ρ: Any, coated: Any, rng: Any) -> tuple[Any, Any]:
    """A direction off a metal or coated surface in the local frame, and its weight (4 lanes).

    Both lobes are symmetric, so light and camera see the same weights.
    """
    choice = rng.next_float32()
    u = mi.Point2f(rng.next_float32(), rng.next_float32())
    m = microfacet.visible_normal(wi, rough, u)
    wo = mi.reflect(wi, m)
    cos_m = dr.dot(wi, m)
    R = dr.select(coated, fresnel.dielectric(cos_m, n)[0], fresnel.conductor(cos_m, n, k))
    one = 1 + microfacet.lambda_(wi, rough)
    specular = R * (one / (one + microfacet.lambda_(wo, rough)))
    diffuse = mi.warp.square_to_cosine_hemisphere(u)
    through = (1 - fresnel.dielectric(wi.z, n)[0]) * (1 - fresnel.dielectric(diffuse.z, n)[0])
    lobe = dr.select(coated, dr.clip(fresnel.dielectric(wi.z, n[0])[0], 0.25, 0.75), 1)
    to_base = choice >= lobe
    weight = dr.select(to_base, through * ρ / dr.fmax(1 - lobe, 0.25), specular / lobe)
    return dr.select(to_base, diffuse, wo), weight


def _opaque(v: Any) -> Any:
    return mi.Vector3f(*(dr.opaque(mi.Float, float(c)) for c in v))

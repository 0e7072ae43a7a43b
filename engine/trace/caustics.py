"""Caustics: the light that directly seen ground receives straight from the piece.

A camera path finds a small lamp through a stone by chance only. So this light is traced the other
way: photons leave the studio, go through stones and off metal, and where one lands on the ground
it is connected to the camera. The layer holds every path sky - piece (one vertex or more) - ground
- camera and no other; an estimator whose `Limits.ground_caustics` is False leaves out just these.
On a mirror the layer lights the base below the coat; the coat's mirror image is not in it.

Sums are kept in fixed point, because integers add up to the same bits in any order.

What it deliberately lacks: caustics on other diffuse surfaces, and those seen in a mirror or
through a stone. Camera paths find both by chance, as they always did.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.trace import fresnel, microfacet
from engine.trace.backend import dr, mi
from engine.trace.compile import COATED, GEM, Compiled
from engine.trace.ground import COAT_INDEX
from engine.trace.hit import nearest
from engine.trace.lens import Optic
from engine.trace.sequence import generator
from engine.trace.walk import SURVIVAL, Limits, offset
from engine.types import Camera, ImageArray

#: Photons per kernel launch: bounds memory.
LAUNCH = 1 << 20
#: Makes the photons' random numbers others than those of the pixels of the same seed.
SALT = 0xCA057
#: Vertices after which roulette may end a photon.
PATH_DEPTH = 8
#: Fixed point, in units of a frame's one over photons per pixel, in which a photon that lands adds
#: some 20: sums of XYZ stay below 2^34, those of squares below 2^40.
VALUE_STEP = 2.0**-30
SQUARE_STEP = 2.0**-24
#: Largest XYZ of one photon in the same units; no lamp of a studio comes near it.
LARGEST = 2.0**16
#: Box around the piece that photons are aimed at: wider by this share of its size.
MARGIN = 1e-3


@dataclass(frozen=True)
class Layer:
    """XYZ that the caustics add to each pixel, and its estimated variance; [H, W, 3] each."""

    xyz: ImageArray
    variance: ImageArray


@dataclass(frozen=True)
class Landed:
    """Where photons meet the ground: point p, direction of flight d, flux at the four wavelengths.

    The flux is zero for photons that missed the piece or never came down.
    """

    p: Any
    d: Any
    flux: Any


def trace_layer(
    scene: Compiled, camera: Camera, optic: Optic, photons: int, seed: int, limits: Limits
) -> Layer:
    """The caustics that `camera` sees, from this many photons; one seed gives the same bits.

    scene : turned to the view. optic : of `camera`.
    """
    width, height = camera.size
    # A power of two, so that nothing is rounded twice.
    unit = 2.0 ** round(math.log2(width * height / max(photons, 1)))
    tracer = Photons(scene, limits)
    values, squares = (dr.zeros(mi.UInt64, 3 * width * height) for _ in range(2))
    for first in range(0, photons if scene.ground.present else 0, LAUNCH):
        index = dr.arange(mi.UInt32, min(LAUNCH, photons - first)) + dr.opaque(mi.UInt32, first)
        rng = generator(index, mi.UInt32(0), dr.opaque(mi.UInt32, seed ^ SALT))
        λ, inverse_pdf = scene.wavelengths.sample(rng.next_float32())
        landed = tracer.shoot(λ, rng)
        lens = mi.Point2f(rng.next_float32(), rng.next_float32())
        pixel, importance = connect(scene, optic, landed, lens)
        share = dr.opaque(mi.Float, 1 / (photons * unit))
        xyz = scene.wavelengths.to_xyz(landed.flux * importance, λ, inverse_pdf * share)
        for axis in range(3):
            x, at = dr.clip(xyz[axis], 0, LARGEST), 3 * pixel + axis
            dr.scatter_add(values, mi.UInt64(x / VALUE_STEP + 0.5), at, x > 0)
            dr.scatter_add(squares, mi.UInt64(dr.square(x) / SQUARE_STEP + 0.5), at, x > 0)
        dr.eval(values, squares)
    # The photons are independent, and each adds next to nothing to a pixel in the mean: so the
    # variance of a sum is the sum of squares.
    return Layer(
        xyz=_image(values, VALUE_STEP * unit, width),
        variance=_image(squares, SQUARE_STEP * unit**2, width),
    )


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


def connect(scene: Compiled, optic: Optic, landed: Landed, lens: Any) -> tuple[Any, Any]:
    """Pixel that sees each photon's point on the ground, and its radiance there per unit flux.

    A pixel of tangents dx dy averages over the pupil and over its solid angle dx dy cos³φ, φ from
    the optical axis: flux at p, at distance r, adds f cos θ / (r² cos³φ dx dy), f the BRDF.
    `lens` [2] picks the point on the pupil.
    """
    pupil = optic.ray(0.0, 0.0, lens).o  # it depends on nothing else
    seen = pupil - landed.p
    r = dr.norm(seen)
    w = seen / r
    ahead = -dr.dot(seen, optic.forward)
    tangents = -seen / ahead + (pupil - optic.origin) / optic.focus
    right2, down2 = dr.squared_norm(optic.right), dr.squared_norm(optic.down)
    x = 0.5 * (dr.dot(tangents, optic.right) / right2 + 1) * optic.width
    y = 0.5 * (dr.dot(tangents, optic.down) / down2 + 1) * optic.height
    active = (dr.max(landed.flux) > 0) & (ahead > 0) & (w.z > 0)
    active &= (x >= 0) & (x < optic.width) & (y >= 0) & (y < optic.height)
    start = offset(landed.p, mi.Normal3f(0, 0, 1), w)
    ray = mi.Ray3f(start, w, r, 0.0, mi.Spectrum(0))
    active &= ~scene.world.ray_test(ray, False, active)
    brdf = scene.ground.albedo / dr.pi
    if scene.ground.coated:
        for cos in (landed.d.z, w.z):
            brdf *= 1 - fresnel.dielectric(cos, mi.Float(COAT_INDEX))[0]
    pixel = 4 * dr.sqrt(right2 * down2) / (optic.width * optic.height)
    weight = brdf * w.z / (dr.square(r) * (ahead / r) ** 3 * pixel)
    at = mi.UInt32(y) * mi.UInt32(optic.width) + mi.UInt32(x)
    return dr.select(active, at, 0), dr.select(active, weight, 0)


def _image(sums: Any, step: float, width: int) -> ImageArray:
    """Fixed-point sums as an image, [H, W, 3]."""
    return (np.array(sums, dtype=np.float64) * step).astype(np.float32).reshape(-1, width, 3)


def _opaque(v: Any) -> Any:
    return mi.Vector3f(*(dr.opaque(mi.Float, float(c)) for c in v))

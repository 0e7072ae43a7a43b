"""The reference estimator: one wavelength per path, every choice drawn, nothing clever.

A path follows one branch at each facet, chosen by Fresnel's reflectance, and ends by Russian
roulette only. It is slow and meant to be obviously right; the chain estimator must agree with it
in the mean. Metal and diffuse surfaces scatter by their lobes and meet the sky by chance: there is
no next-event estimation, no control variate and no reservoir to get wrong.
"""

from __future__ import annotations

from typing import Any

from engine.trace import fresnel
from engine.trace.backend import dr, mi
from engine.trace.compile import GEM
from engine.trace.doubled import (
    facet_of,
    fallen,
    incidence,
    number,
    onward,
    settled,
    turned,
    unknown,
)
from engine.trace.ground import COAT_INDEX
from engine.trace.hit import bent, nearest, oriented
from engine.trace.surface import Surface
from engine.trace.walk import SURVIVAL, Estimator, Walk, offset

#: Vertices after which roulette may end a path.
PATH_DEPTH = 12


class Reference(Estimator):
    """The reference estimator on one scene."""

    @dr.syntax
    def walk(
        self,
        ray: Any,
        λ: Any,
        _lobe_u: Any,
        _sky_u: Any,
        rng: Any,
        active: Any,
    ) -> Walk:
        """One sample of the radiance along `ray`; only lane 0 of λ carries it."""
        L = mi.Float(0)  # radiance found so far
        β = mi.Float(4)  # throughput; lane 0 stands for all four
        depth = mi.UInt32(0)
        medium = mi.Int32(-1)  # material row of the stone that the path is in
        within = mi.UInt32(0)  # which part that is
        normal = mi.Vector3f(0)  # of the facet through which it has just left a stone
        wave = unknown(self.scene)  # which of a crystal's two it is in
        straight = mi.Bool(False)  # straight from ground that the camera sees to the piece
        trapped = mi.Float(0)
        o = mi.Point3f(ray.o)
        d = mi.Vector3f(ray.d)
        active = mi.Bool(active)
        while active:
            scene, limits = self.scene, self.limits
            met = nearest(scene, mi.Ray3f(o, d), active)
            si, piece, ground, missed = met.si, met.piece, met.ground, met.missed
            part, material, kind = met.part, met.material, met.kind
            counts = missed
            if not limits.ground_caustics:  # one vertex is the ground itself
                counts = missed & ~(straight & (depth > 1))
            L += dr.select(counts, β * scene.sky.eval(d, λ)[0], 0)

            inside = (medium >= 0) & (piece | ground)
            own = (medium < 0) | (part == within)
            wave = fallen(scene, met, d, wave, own, λ[0], number(wave, rng))
            row = mi.UInt32(dr.maximum(medium, 0))
            t = dr.select(ground, met.t_ground, si.t)
            β *= dr.select(
                inside, scene.left(within, row, λ[0], wave, mi.Ray3f(o, d), t, inside), 1
            )

            n4, k4, _, ρ4 = scene.optics.eval(material, λ, piece)
            n, k, ρ = n4[0], k4[0], ρ4[0]
            front, ng, ns, regular = oriented(si, d)
            straight &= regular | ~piece
            cos_i = dr.abs(dr.dot(d, ns))
            facing = mi.Vector3f(ns)
            u = rng.next_float32()
            sample = mi.Point2f(rng.next_float32(), rng.next_float32())
            stone = piece & (kind == GEM)

            # ---- A facet reflects or refracts ---------------------------------------------------
            η = dr.select(front, n, 1 / n)
            facet = facet_of(scene, met, d, ns, front, wave, λ[0])
            R, cos_t = fresnel.dielectric(*incidence(facet, cos_i, η))
            reflect = u < R
            next_d = dr.select(
                reflect, d + 2 * cos_i * facing, d / η + (cos_i / η - cos_t) * facing
            )
            next_d, next_wave = onward(facet, reflect, cos_t, next_d, turned(facet, rng))
            next_β = dr.select(stone, β, mi.Float(0))
            next_medium = dr.select(
                stone & ~reflect, dr.select(front, mi.Int32(material), mi.Int32(-1)), medium
            )

            # ---- Stones that touch or overlap: the one entered first comes first ----------------
            passed = stone & (medium >= 0) & (part != within)
            inwards = bent(d, normal, n, mi.Bool(True))
            fused = stone & ~front & (medium < 0) & (dr.dot(d, normal) > 0)
            out_again = stone & ~reflect & ~front & ~passed & ~fused
            next_d = dr.select(passed, d, dr.select(fused, inwards, next_d))
            next_d, wave = settled(facet, d, normal, passed, fused, wave, next_d, next_wave)
            next_medium = dr.select(passed, medium, next_medium)
            next_medium = dr.select(fused, mi.Int32(material), next_medium)
            within = dr.select(stone & ~passed & (front | fused), part, within)
            normal = dr.select(out_again, -mi.Vector3f(ng), 0)

            # ---- Metal, or a coat over a diffuse base -------------------------------------------
            surface = piece & ~stone
            spectra = (mi.Color1f(λ[0]), mi.Color1f(n), mi.Color1f(k), mi.Color1f(ρ))
            on = Surface(scene, met, d, front, ns, spectra, surface)
            wo, weight = on.bounce(sample, u)
            diffuse = mi.warp.square_to_cosine_hemisphere(sample)
            out = on.frame.to_world(wo)
            ok = dr.dot(out, ng) > 0
            next_d = dr.select(surface, out, next_d)
            next_β = dr.select(surface, dr.select(ok, β * weight[0], 0), next_β)

            # ---- Ground -------------------------------------------------------------------------
            coat = mi.Float(0)
            exit_ = mi.Float(1)
            if scene.ground.coated:
                coat = fresnel.dielectric(d.z, mi.Float(COAT_INDEX))[0]
                exit_ = 1 - fresnel.dielectric(diffuse.z, mi.Float(COAT_INDEX))[0]
            mirror = u < coat
            next_d = dr.select(
                ground, dr.select(mirror, mi.Vector3f(d.x, d.y, -d.z), diffuse), next_d
            )
            tint = scene.ground.tint(mi.Color1f(λ[0]))[0]
            left = scene.ground.left(o + d * met.t_ground) * tint
            next_β = dr.select(
                ground, dr.select(mirror, β, β * scene.ground.albedo * exit_ * left), next_β
            )
            straight = dr.select(ground, (depth == 0) & ~mirror, straight)

            # ---- Go on --------------------------------------------------------------------------
            p = dr.select(ground, o + d * met.t_ground, mi.Point3f(si.p))
            side = dr.select(ground, mi.Normal3f(0, 0, 1), mi.Normal3f(ng))
            side = mi.Normal3f(dr.select(passed, d, mi.Vector3f(side)))
            o = dr.select(fused, o, offset(p, side, next_d))
            d = mi.Vector3f(next_d)
            β = dr.select(piece | ground, next_β, 0)
            medium = mi.Int32(next_medium)
            depth += 1
            active &= β > 0
            if limits.roulette:
                survive = dr.select(depth >= PATH_DEPTH, dr.clip(β / 4, 0.05, SURVIVAL), 1)
                β /= survive
                active &= rng.next_float32() < survive
            cut = active & (depth >= limits.max_depth)
            trapped += dr.select(cut, β / 4, 0)
            active &= ~cut
        return Walk(mi.Spectrum(L, 0, 0, 0), trapped)

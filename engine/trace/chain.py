"""The chain estimator: every vertex connects once to the sky and goes on once.

A facet splits light in two. Following both branches doubles the work at every hit, following one
at random makes the noise that dispersion is drowned in. This walk does neither: at each hit of a
stone the branch that leaves the stone is *connected* to the studio at its full Fresnel weight, and
the other branch, which stays inside, is followed. What a brilliant shows is then one chain of
internal reflections that collects the expected light of all its exits (`rendering`: "expected exit
at every internal hit").

An exit that does not reach the sky (it meets a prong, a neighbour, the ground) becomes a candidate.
One candidate is kept per chain, with a probability in proportion to its throughput (weighted
reservoir sampling, Chao 1982), and is followed when the chain has ended; so the estimate is
unbiased for mounted stones too, without branching.

Metal and coated surfaces use next-event estimation towards the sky and multiple importance
sampling (power heuristic, Veach and Guibas 1995). On the diffuse ground the unshadowed radiance is
known; only the light that the piece takes away or adds is estimated (a control variate).

What it deliberately lacks: polarisation, birefringence, media with volume scattering, and the
light-traced caustics that a diffuse ground receives through stones (found here by chance only).
"""

from __future__ import annotations

from typing import Any

from engine.trace import fresnel, microfacet
from engine.trace.backend import dr, mi
from engine.trace.compile import COATED, GEM, Compiled
from engine.trace.hit import nearest, oriented
from engine.trace.interior import GROUND_SHARE, Interior
from engine.trace.reservoir import Reservoir
from engine.trace.walk import SURVIVAL, Estimator, Limits, Walk, offset

#: Internal hits of a curved stone that are followed before roulette may end a walk.
CHAIN_HITS = 12
#: Vertices after which roulette may end a path outside of stones.
PATH_DEPTH = 4


class Chain(Estimator):
    """The chain estimator on one scene."""

    leaves_out_ground = True

    def __init__(self, scene: Compiled, limits: Limits) -> None:
        super().__init__(scene, limits)
        self.interior = Interior(scene, limits)

    @dr.syntax
    def walk(self, ray: Any, λ: Any, lobe_u: Any, sky_u: Any, rng: Any, active: Any) -> Walk:
        """One sample of the radiance along `ray` at the wavelengths λ, less `leaves_out_ground`.

        lobe_u, sky_u : low-discrepancy points for the first bounce and the first connection; `rng`
        serves all that follows.
        """
        spectra = self.scene.sky.at(λ)
        floor = self.scene.ground.eval(λ)
        L = mi.Spectrum(0)  # radiance found so far
        β = mi.Spectrum(1)  # throughput of the walk
        hero = mi.Spectrum(1, 0, 0, 0)  # marks the wavelength that decides directions in stones
        single = mi.Bool(False)  # only the hero is left: the walk has been refracted
        medium = mi.Int32(-1)  # material row of the stone that the walk is in
        hits = mi.UInt32(0)  # internal hits in the present curved stone
        depth = mi.UInt32(0)  # vertices so far
        pdf = mi.Float(-1)  # density of the last direction; negative: no other technique finds it
        based = mi.Bool(True)  # the ground's known radiance along this ray has been added
        trapped = mi.Float(0)
        kept = Reservoir.empty(dr.width(ray.o))
        o = mi.Point3f(ray.o)
        d = mi.Vector3f(ray.d)
        active = mi.Bool(active)
        while active:
            scene, limits = self.scene, self.limits
            met = nearest(scene, mi.Ray3f(o, d), active)
            si, piece, ground, missed = met.si, met.piece, met.ground, met.missed
            part, material, kind = met.part, met.material, met.kind

            # ---- What was hit -------------------------------------------------------------------
            stone = piece & (kind == GEM)
            surface = piece & ~stone
            n, k, a, ρ = scene.optics.eval(material, λ, piece)
            front, ng, ns = oriented(si, d)
            cos_i = dr.abs(dr.dot(d, ns))

            # ---- Absorption on the way ----------------------------------------------------------
            inside = piece & (medium >= 0)
            lost = scene.optics.absorption(
                mi.UInt32(dr.maximum(medium, 0)), dr.sum(λ * hero), inside
            )
            β *= dr.select(inside, dr.exp(-lost * si.t), 1)

            # ---- Stone: connect the branch outside, go on with the branch inside ----------------
            flat = dr.gather(mi.Bool, scene.facets.flat, part, stone)
            entering = flat & front
            η = dr.select(front, n, 1 / n)
            R, cos_t = fresnel.dielectric(cos_i, η)
            η_h = dr.sum(η * hero)
            reflected = d + 2 * cos_i * mi.Vector3f(ns)
            refracted = d / η_h + (cos_i / η_h - dr.sum(cos_t * hero)) * mi.Vector3f(ns)
            alone = dr.select(single, β, 4 * β * hero)
            next_d = dr.select(front, refracted, reflected)
            next_β = dr.select(front, alone * (1 - R), β * R)
            link_d = dr.select(front, reflected, refracted)
            link = dr.select(front, β * R, β * (1 - R))
            next_pdf = mi.Float(-1)

            # ---- Metal, pearl, enamel: sample the lobe, connect to the sky ----------------------
            rough = dr.gather(mi.Float, scene.optics.roughness, material, surface)
            coated = kind == COATED
            frame = mi.Frame3f(ns)
            wi = frame.to_local(-d)
            first = depth == 0
            u = mi.Point2f(rng.next_float32(), rng.next_float32())
            u = dr.select(first, lobe_u, u)
            m = microfacet.visible_normal(wi, rough, u)
            choice = rng.next_float32()
            lobe = dr.select(coated, dr.clip(fresnel.dielectric(wi.z, n[0])[0], 0.25, 0.75), 1)
            wo = mi.reflect(wi, m)
            diffuse = mi.warp.square_to_cosine_hemisphere(u)
            wo = dr.select(choice < lobe, wo, diffuse)
            d_bsdf = frame.to_world(wo)
            f_bsdf, p_bsdf = _scatter(wi, wo, rough, n, k, ρ, coated, lobe)
            ok = surface & (wo.z > 0) & (dr.dot(d_bsdf, ng) > 0) & (p_bsdf > 0)
            # The inside of a closed solid is dark: light only gets there where solids overlap.
            ok &= front | ~dr.gather(mi.Bool, scene.closed, part, surface)
            next_d = dr.select(surface, d_bsdf, next_d)
            next_β = dr.select(surface, dr.select(ok, β * f_bsdf / p_bsdf, 0), next_β)
            next_pdf = dr.select(surface, p_bsdf, next_pdf)

            u = mi.Point2f(rng.next_float32(), rng.next_float32())
            d_sky, p_sky = scene.sky.sample(dr.select(first, sky_u, u))
            w_sky = frame.to_local(d_sky)
            f_sky, p_back = _scatter(wi, w_sky, rough, n, k, ρ, coated, lobe)
            seen = (w_sky.z > 0) & (dr.dot(d_sky, ng) > 0) & (p_sky > 0)
            share = _power(p_sky, p_back) / dr.fmax(p_sky, 1e-20)
            link_d = dr.select(surface, d_sky, link_d)
            link = dr.select(surface, dr.select(seen, β * f_sky * share, 0), link)

            # ---- Ground: known radiance, less what is blocked, plus what the piece sends --------
            up = mi.Normal3f(0, 0, 1)
            coat = 1 - scene.ground.through(d.z)
            chance = mi.Float(0)  # to connect the coat's mirror image, not the base
            if scene.ground.coated:
                chance = dr.clip(coat / (coat + scene.ground.albedo), 0.25, 0.75)
            mirror = ground & (choice < chance)
            base = ground & ~mirror
            L += dr.select(ground & ~based, β * (1 - coat) * floor, 0)
            albedo = scene.ground.albedo * (1 - coat) / (1 - chance)
            out = scene.ground.through(d_sky.z)
            blocked = -(albedo / dr.pi) * out * d_sky.z / dr.fmax(p_sky, 1e-20)
            link_d = dr.select(base, d_sky, dr.select(mirror, mi.reflect(-d, up), link_d))
            link = dr.select(base, dr.select(d_sky.z > 0, β * blocked, 0), link)
            link = dr.select(mirror, β * coat / dr.fmax(chance, 0.25), link)
            next_d = dr.select(ground, diffuse, next_d)
            spread = β * albedo * scene.ground.through(diffuse.z)
            next_β = dr.select(ground, dr.select(mirror, 0, spread), next_β)
            next_pdf = dr.select(ground, 0, next_pdf)

            # ---- Look up the sky: a walk that left, or the connection ---------------------------
            hit = piece | ground
            p = dr.select(hit, mi.Point3f(si.p), o)
            p = dr.select(ground, o + d * met.t_ground, p)
            side = dr.select(ground, up, mi.Normal3f(ng))
            linked = hit & (dr.max(dr.abs(link)) > 0)
            link_o = offset(p, side, link_d)
            occluded = scene.world.ray_test(mi.Ray3f(link_o, link_d), False, linked)
            down = (link_d.z < 0) & scene.ground.present
            open_ = dr.select(base, occluded, ~occluded & ~down)
            # A walk that a diffuse lobe sent (pdf 0) leaves the sky to its origin's connection.
            left = dr.select(pdf < 0, 1, dr.select(pdf > 0, _power(pdf, scene.sky.density(d)), 0))
            weight = dr.select(missed, β * left, dr.select(linked & open_, link, 0))
            layers = scene.sky.layers(dr.select(missed, d, link_d))
            L += weight * mi.Spectrum([dr.dot(layers, s) for s in spectra])

            # ---- An exit or mirror image that does not see the sky: a candidate -----------------
            bare = stone & linked & down & ~occluded
            L += dr.select(bare, link * scene.ground.through(link_d.z) * floor, 0)
            offered = (stone | mirror) & linked & (occluded | down)
            share = dr.mean(link) * dr.select(bare & (not scene.ground.coated), GROUND_SHARE, 1)
            share = dr.select(offered, share, 0)
            alike = single | (stone & ~front)
            kept.offer(
                link_o, link_d, link, hero, alike, bare, mi.Int32(-1), share, rng.next_float32()
            )

            # ---- A flat-faceted stone is followed to the end of its chain -----------------------
            normal = mi.Vector3f(ns)
            inwards = [d / n[i] + (cos_i / n[i] - cos_t[i]) * normal for i in range(4)]
            starts = [offset(p, ng, inwards[i]) for i in range(4)]
            entered = dr.select(single, β * hero, β) * (1 - R)
            found, cut_off = self.interior.follow(
                starts,
                inwards,
                entered,
                n,
                a,
                hero,
                part,
                mi.Int32(material),
                spectra,
                floor,
                kept,
                rng,
                entering,
            )
            L += found
            trapped += cut_off

            # ---- Go on --------------------------------------------------------------------------
            depth += 1
            hits = dr.select(stone & ~front, hits + 1, dr.select(stone, 0, hits))
            medium = dr.select(stone & front, mi.Int32(material), medium)
            single |= stone & front
            β = dr.select(hit, dr.select(entering, 0, next_β), 0)
            pdf = next_pdf
            based = mi.Bool(False)
            o = offset(p, side, next_d)
            d = mi.Vector3f(next_d)
            alive = dr.mean(β) > 0
            if limits.roulette:
                due = dr.select(medium >= 0, hits >= CHAIN_HITS, depth >= PATH_DEPTH)
                survive = dr.select(due, dr.clip(dr.mean(β), 0.05, SURVIVAL), 1)
                β /= survive
                alive &= rng.next_float32() < survive

            # ---- The chain has ended: follow the candidate --------------------------------------
            follow = active & ~alive & (kept.total > 0)
            o = dr.select(follow, kept.o, o)
            d = dr.select(follow, kept.d, d)
            β = dr.select(follow, kept.chosen(), β)
            hero = dr.select(follow, kept.hero, hero)
            single = dr.select(follow, kept.single, single)
            based = dr.select(follow, kept.based, based)
            medium = dr.select(follow, kept.medium, medium)
            hits = dr.select(follow, 0, hits)
            pdf = dr.select(follow, -1, pdf)
            if limits.roulette:
                survive = dr.select(follow, dr.clip(4 * kept.total, 0.05, 1), 1)
                β /= survive
                follow &= rng.next_float32() < survive
            kept.total = dr.select(alive, kept.total, 0)
            active &= alive | follow
            cut = active & (depth >= limits.max_depth)
            trapped += dr.select(cut, dr.mean(β) + kept.total, 0)
            active &= ~cut
        return Walk(L, trapped)


def _power(a: Any, b: Any) -> Any:
    """Power heuristic with exponent 2 for the technique of density a against that of density b."""
    a2 = dr.square(a)
    return a2 / dr.fmax(a2 + dr.square(b), 1e-30)


def _scatter(
    wi: Any, wo: Any, rough: Any, n: Any, k: Any, ρ: Any, coated: Any, lobe: Any
) -> tuple[Any, Any]:
    """Cosine-weighted BRDF (4 lanes) and density of the sampled direction, local frame.

    A metal is one GGX lobe; a coated surface is a dielectric GGX lobe over a diffuse base that
    light enters and leaves through the coat.
    """
    m = dr.normalize(wi + wo)
    cos_m = dr.fmax(dr.dot(wi, m), 0)
    R = dr.select(coated, fresnel.dielectric(cos_m, n)[0], fresnel.conductor(cos_m, n, k))
    through = (1 - fresnel.dielectric(wi.z, n)[0]) * (1 - fresnel.dielectric(wo.z, n)[0])
    base = dr.select(coated, through * ρ * (dr.fmax(wo.z, 0) / dr.pi), 0)
    value = R * microfacet.reflection(wi, wo, m, rough) + base
    density = lobe * microfacet.density(wi, m, rough) + (1 - lobe) * dr.fmax(wo.z, 0) / dr.pi
    above = wo.z > 0
    return dr.select(above, value, 0), dr.select(above, density, 0)

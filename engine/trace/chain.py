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
from engine.trace.compile import COATED, GEM
from engine.trace.ground import COAT_INDEX
from engine.trace.hit import nearest
from engine.trace.walk import SURVIVAL, Estimator, Walk, offset

#: Internal hits that are followed before roulette may end a chain.
CHAIN_HITS = 12
#: Vertices after which roulette may end a path outside of stones.
PATH_DEPTH = 4
#: Share of a candidate's weight that an unblocked view of the ground keeps: its known radiance has
#: been added already, only the shadow and the light from the piece are left to find.
GROUND_SHARE = 0.5


class Chain(Estimator):
    """The chain estimator on one scene."""

    leaves_out_ground = True

    @dr.syntax
    def walk(self, ray: Any, λ: Any, lobe_u: Any, sky_u: Any, rng: Any, active: Any) -> Walk:
        """One sample of the radiance along `ray` at the wavelengths λ, less `leaves_out_ground`.

        lobe_u, sky_u : low-discrepancy points for the first bounce and the first connection; `rng`
        serves all that follows.
        """
        L = mi.Spectrum(0)  # radiance found so far
        β = mi.Spectrum(1)  # throughput of the walk
        single = mi.Bool(False)  # only lane 0 is left: the walk has been refracted
        medium = mi.Int32(-1)  # material row of the stone that the walk is in
        hits = mi.UInt32(0)  # internal hits in the present stone
        depth = mi.UInt32(0)  # vertices so far
        pdf = mi.Float(-1)  # density of the last direction; negative: no other technique finds it
        based = mi.Bool(True)  # the ground's known radiance along this ray has been added
        trapped = mi.Float(0)

        kept_o = mi.Point3f(ray.o)  # reservoir: the candidate that is followed next
        kept_d = mi.Vector3f(ray.d)
        kept_β = mi.Spectrum(0)
        kept_single = mi.Bool(False)
        kept_based = mi.Bool(False)
        kept_weight = mi.Float(0)
        total = mi.Float(0)  # summed weight of the candidates

        o = mi.Point3f(ray.o)
        d = mi.Vector3f(ray.d)
        active = mi.Bool(active)
        while active:
            scene, limits = self.scene, self.limits
            met = nearest(scene, mi.Ray3f(o, d), active)
            si, piece, ground, missed = met.si, met.piece, met.ground, met.missed
            part, material, kind = met.part, met.material, met.kind

            # ---- Absorption on the way ----------------------------------------------------------
            inside = medium >= 0
            a = scene.optics.absorption(mi.UInt32(dr.maximum(medium, 0)), λ[0], inside & piece)
            β *= dr.select(inside & piece, dr.exp(-a * si.t), 1)

            # ---- What was hit -------------------------------------------------------------------
            stone = piece & (kind == GEM)
            surface = piece & ~stone
            n, k, _, ρ = scene.optics.eval(material, λ, piece)
            front = dr.dot(d, si.n) < 0
            ng = dr.select(front, si.n, -si.n)
            ns = dr.select(front, si.sh_frame.n, -si.sh_frame.n)
            # Interpolated normals may turn away from the viewer at a silhouette.
            ns = dr.select(dr.dot(d, ns) < 0, ns, ng)
            cos_i = dr.abs(dr.dot(d, ns))

            # ---- Stone: connect the branch outside, go on with the branch inside ----------------
            η = dr.select(front, n, 1 / n)
            R, cos_t = fresnel.dielectric(cos_i, η)
            reflected = d + 2 * cos_i * mi.Vector3f(ns)
            refracted = d / η[0] + (cos_i / η[0] - cos_t[0]) * mi.Vector3f(ns)
            alone = dr.select(single, β, mi.Spectrum(4 * β[0], 0, 0, 0))
            next_d = dr.select(front, refracted, reflected)
            next_β = dr.select(front, alone * (1 - R[0]), β * R[0])
            link_d = dr.select(front, reflected, refracted)
            link = dr.select(front, β * R, β * (1 - R[0]))
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
            coat = mi.Float(0)
            out = mi.Float(1)  # transmittance of the coat towards the sky direction
            in_ = mi.Float(1)  # and towards the diffuse direction
            chance = mi.Float(0)  # to connect the coat's mirror image, not the base
            if scene.ground.coated:
                coat = fresnel.dielectric(d.z, mi.Float(COAT_INDEX))[0]
                chance = dr.clip(coat / (coat + scene.ground.albedo), 0.25, 0.75)
                out = 1 - fresnel.dielectric(d_sky.z, mi.Float(COAT_INDEX))[0]
                in_ = 1 - fresnel.dielectric(diffuse.z, mi.Float(COAT_INDEX))[0]
            mirror = ground & (choice < chance)
            base = ground & ~mirror
            L += dr.select(ground & ~based, β * (1 - coat) * scene.ground.eval(λ), 0)
            albedo = scene.ground.albedo * (1 - coat) / (1 - chance)
            blocked = -(albedo / dr.pi) * out * d_sky.z / dr.fmax(p_sky, 1e-20)
            link_d = dr.select(base, d_sky, dr.select(mirror, mi.reflect(-d, up), link_d))
            link = dr.select(base, dr.select(d_sky.z > 0, β * blocked, 0), link)
            link = dr.select(mirror, β * coat / dr.fmax(chance, 0.25), link)
            next_d = dr.select(ground, diffuse, next_d)
            next_β = dr.select(ground, dr.select(mirror, 0, β * albedo * in_), next_β)
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
            L += weight * scene.sky.eval(dr.select(missed, d, link_d), λ)

            # ---- An exit or mirror image that does not see the sky: a candidate -----------------
            bare = stone & linked & down & ~occluded
            towards = mi.Float(1)
            if scene.ground.coated:
                towards = 1 - fresnel.dielectric(link_d.z, mi.Float(COAT_INDEX))[0]
            L += dr.select(bare, link * towards * scene.ground.eval(λ), 0)
            offered = (stone | mirror) & linked & (occluded | down)
            share = dr.mean(link) * dr.select(bare & (not scene.ground.coated), GROUND_SHARE, 1)
            share = dr.select(offered, share, 0)
            total += share
            take = offered & (rng.next_float32() * total < share)
            kept_o = dr.select(take, link_o, kept_o)
            kept_d = dr.select(take, link_d, kept_d)
            kept_β = dr.select(take, link, kept_β)
            kept_single = dr.select(take, single | (stone & ~front), kept_single)
            kept_based = dr.select(take, bare, kept_based)
            kept_weight = dr.select(take, share, kept_weight)

            # ---- Go on --------------------------------------------------------------------------
            depth += 1
            hits = dr.select(stone & ~front, hits + 1, dr.select(stone, 0, hits))
            medium = dr.select(stone & front, mi.Int32(material), medium)
            single |= stone & front
            β = dr.select(hit, next_β, 0)
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
            follow = active & ~alive & (total > 0)
            o = dr.select(follow, kept_o, o)
            d = dr.select(follow, kept_d, d)
            β = dr.select(follow, kept_β * (total / dr.fmax(kept_weight, 1e-30)), β)
            single = dr.select(follow, kept_single, single)
            based = dr.select(follow, kept_based, based)
            medium = dr.select(follow, -1, medium)
            hits = dr.select(follow, 0, hits)
            pdf = dr.select(follow, -1, pdf)
            if limits.roulette:
                survive = dr.select(follow, dr.clip(4 * total, 0.05, 1), 1)
                β /= survive
                follow &= rng.next_float32() < survive
            total = dr.select(alive, total, 0)
            active &= alive | follow
            cut = active & (depth >= limits.max_depth)
            trapped += dr.select(cut, dr.mean(β) + total, 0)
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

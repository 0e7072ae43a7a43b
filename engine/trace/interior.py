"""The inside of a stone: chains of facets, followed for up to four wavelengths at once.

At every facet the light that leaves is connected to the studio at its full Fresnel weight, and the
light that stays is followed: one chain per wavelength, without branching. Most of a brilliant's
spectrum takes one path, the same facets in the same order at slightly other angles. So the mesh is
asked along the ray of one wavelength, the hero; whether another one meets the same facet is a few
dot products with the facet's edges, and only where it does not, the mesh is asked again.

A chain that meets something else than a facet of its stone (metal that cuts in, the ground) and
an exit that does not see the sky are candidates for the walk to go on with.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.trace import fresnel
from engine.trace.backend import dr, mi
from engine.trace.compile import GEM, Compiled
from engine.trace.reservoir import Reservoir
from engine.trace.walk import SURVIVAL, Limits, offset

#: Internal hits that are followed before roulette may end a chain.
CHAIN_HITS = 12
#: Share of a candidate's weight that an unblocked view of the ground keeps: its known radiance has
#: been added already, only the shadow and the light from the piece are left to find.
GROUND_SHARE = 0.5

LANES = range(4)


@dataclass(frozen=True)
class _Met:
    """What a ray inside a stone meets.

    own : a facet of the stone, from inside. passed : the surface of another stone that reaches
    in: the one entered first comes first. stopped : anything else, or nothing.
    """

    facet: Any
    own: Any
    passed: Any
    stopped: Any
    t: Any


class Interior:
    """Chains inside the flat-faceted stones of one scene."""

    def __init__(self, scene: Compiled, limits: Limits) -> None:
        self.scene = scene
        self.limits = limits

    @dr.syntax
    def follow(
        self,
        o: list[Any],
        w: list[Any],
        β: Any,
        n: Any,
        a: Any,
        hero: Any,
        part: Any,
        medium: Any,
        spectra: list[Any],
        floor: Any,
        kept: Reservoir,
        rng: Any,
        entering: Any,
    ) -> tuple[Any, Any]:
        """Radiance that leaves the stone, and the energy that was cut off; `kept` takes the rest."""
        L = mi.Spectrum(0)
        β = mi.Spectrum(β)
        o = [mi.Point3f(x) for x in o]
        w = [mi.Vector3f(x) for x in w]
        trapped = mi.Float(0)
        hits = mi.UInt32(0)
        inside = mi.Bool(entering)
        while inside:
            limits, facets = self.limits, self.scene.facets
            # ---- The facet that the hero meets, and who meets it too ----------------------------
            lead = self._meet(_pick(o, hero), _pick(w, hero), part, inside & (dr.dot(β, hero) > 0))
            plane = dr.gather(mi.Vector4f, facets.plane, lead.facet, lead.own)
            q = [_meeting(plane, o[i], w[i]) for i in LANES]
            edge = dr.gather(mi.UInt32, facets.first, lead.facet, lead.own)
            last = dr.gather(mi.UInt32, facets.first, lead.facet + 1, lead.own)
            beyond = mi.Spectrum(-1)
            while edge < last:
                m = dr.gather(mi.Vector4f, self.scene.facets.edge, edge)
                reach = mi.Spectrum([m.x * p.x + m.y * p.y + m.z * p.z - m.w for p in q])
                beyond = dr.fmax(beyond, reach)
                edge += 1

            # ---- Every wavelength takes its own step --------------------------------------------
            leaving = mi.Spectrum(0)
            ended = mi.Spectrum(0)
            e = [mi.Vector3f(0) for _ in LANES]
            e_o = [mi.Point3f(0) for _ in LANES]
            for i in LANES:
                live = inside & (β[i] > 0)
                ahead = plane.x * w[i].x + plane.y * w[i].y + plane.z * w[i].z > 0
                agrees = live & lead.own & (beyond[i] <= 0) & ahead
                agrees |= live & (hero[i] > 0)
                met = self._meet(o[i], w[i], part, live & ~agrees)
                facet = dr.select(agrees, lead.facet, met.facet)
                own = dr.select(agrees, lead.own, met.own)
                passed = dr.select(agrees, lead.passed, met.passed)
                t = dr.select(agrees, lead.t, met.t)
                f = dr.gather(mi.Vector4f, facets.plane, facet, own)
                N = mi.Vector3f(f.x, f.y, f.z)
                cos_i = dr.select(own, dr.dot(N, w[i]), 1)
                t = dr.select(own, (f.w - dr.dot(N, o[i])) / cos_i, t)
                R, cos_t = fresnel.dielectric(cos_i, dr.rcp(n[i]))
                here = mi.Point3f(o[i] + t * w[i])
                ended[i] = dr.select(live & ~own & ~passed, β[i], 0)
                e[i] = dr.select(own, n[i] * w[i] + (cos_t - n[i] * cos_i) * N, w[i])
                e_o[i] = dr.select(own, offset(here, N, e[i]), o[i])
                at_facet = β[i] * dr.exp(-a[i] * t)
                leaving[i] = dr.select(own, at_facet * (1 - R), 0)
                β[i] = dr.select(own, at_facet * R, dr.select(passed, β[i], 0))
                w[i] = dr.select(own, w[i] - 2 * cos_i * N, w[i])
                o[i] = dr.select(own, offset(here, N, w[i]), o[i])
                o[i] = dr.select(passed, offset(here, w[i], w[i]), o[i])

            # ---- What leaves sees the sky, or becomes a candidate -------------------------------
            weight = mi.Spectrum(0)
            bare = mi.Spectrum(0)
            for i in LANES:
                light, share, ground = self._connect(e_o[i], e[i], leaving[i], spectra[i], floor[i])
                L[i] += light
                weight[i] = share
                bare[i] = ground
            self._offer(kept, e_o, e, leaving, weight, bare, mi.Int32(-1), rng)
            self._offer(kept, e_o, e, ended, ended, mi.Spectrum(0), medium, rng)

            # ---- Go on --------------------------------------------------------------------------
            hits += 1
            mean = 0.25 * dr.sum(β)
            inside &= mean > 0
            if limits.roulette:
                chance = dr.select(hits >= CHAIN_HITS, dr.clip(mean, 0.05, SURVIVAL), 1)
                β /= chance
                inside &= rng.next_float32() < chance
            cut = inside & (hits + 1 >= limits.max_depth)
            trapped += dr.select(cut, mean, 0)
            inside &= ~cut
        return L, trapped

    def _meet(self, o: Any, w: Any, part: Any, active: Any) -> _Met:
        """What the ray inside the stone `part` meets."""
        scene = self.scene
        found = scene.world.ray_intersect_preliminary(mi.Ray3f(o, w), False, active)
        valid = active & found.is_valid()
        if scene.ground.present:  # for stones that reach below it
            valid &= o.z + found.t * w.z > 0
        there = dr.gather(mi.UInt32, scene.face_part, found.prim_index, valid)
        kind = dr.gather(mi.UInt32, scene.part_kind, there, valid)
        facet = dr.gather(mi.UInt32, scene.facets.of_face, found.prim_index, valid)
        plane = dr.gather(mi.Vector4f, scene.facets.plane, facet, valid)
        outwards = plane.x * w.x + plane.y * w.y + plane.z * w.z > 0
        own = valid & (there == part) & outwards
        passed = valid & (there != part) & (kind == GEM)
        return _Met(facet, own, passed, active & ~own & ~passed, dr.select(valid, found.t, 0))

    def _connect(self, o: Any, d: Any, β: Any, s: Any, floor: Any) -> tuple[Any, Any, Any]:
        """Light that β of one wavelength finds along d, its weight as a candidate, and whether
        that is for the ground's shadow only (1 or 0)."""
        scene = self.scene
        linked = β > 0
        blocked = scene.world.ray_test(mi.Ray3f(o, d), False, linked)
        light = dr.dot(scene.sky.layers(d), s)
        if not scene.ground.present:
            return dr.select(linked & ~blocked, β * light, 0), dr.select(blocked, β, 0), mi.Float(0)
        down = d.z < 0
        light = dr.select(down, floor * scene.ground.through(d.z), light)
        bare = linked & ~blocked & down
        share = dr.select(bare & (not scene.ground.coated), GROUND_SHARE, 1)
        return (
            dr.select(linked & ~blocked, β * light, 0),
            dr.select(linked & (blocked | down), β * share, 0),
            dr.select(bare, mi.Float(1), 0),
        )

    def _offer(
        self,
        kept: Reservoir,
        o: list[Any],
        d: list[Any],
        β: Any,
        weight: Any,
        bare: Any,
        medium: Any,
        rng: Any,
    ) -> None:
        """Offer one of the wavelengths, drawn in proportion to `weight`, as a candidate."""
        total = dr.sum(weight)
        k = _draw(weight, rng.next_float32() * total)
        chosen = k * (dr.dot(β, k) * total / dr.fmax(dr.dot(weight, k), 1e-30))
        kept.offer(
            o=_pick(o, k),
            d=_pick(d, k),
            β=chosen,
            hero=k,
            single=mi.Bool(True),
            based=dr.dot(bare, k) > 0,
            medium=medium,
            weight=0.25 * total,
            u=rng.next_float32(),
        )


def _meeting(plane: Any, o: Any, w: Any) -> Any:
    """Where the ray meets the plane."""
    N = mi.Vector3f(plane.x, plane.y, plane.z)
    return mi.Point3f(o + w * ((plane.w - dr.dot(N, o)) / dr.dot(N, w)))


def _pick(v: list[Any], mark: Any) -> Any:
    """The vector of the wavelength that `mark` marks."""
    out = v[0] * mark[0]
    for i in (1, 2, 3):
        out += v[i] * mark[i]
    return out


def _draw(weights: Any, at: Any) -> Any:
    """Marks the wavelength in whose share of the running sum of `weights` the number falls."""
    out = mi.Spectrum(0)
    before = mi.Float(0)
    free = mi.Bool(True)
    for i in LANES:
        after = before + weights[i]
        here = free & (at < after)
        out[i] = dr.select(here, mi.Float(1), 0)
        free &= ~here
        before = after
    return out

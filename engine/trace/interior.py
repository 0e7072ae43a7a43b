"""The inside of a stone: chains of facets, followed for four wavelengths at once.

At every facet the light that leaves is connected to the studio at its full Fresnel weight, and the
light that stays is followed: one chain per wavelength, without branching. The first facets tell
most of what a stone shows, so all four wavelengths take them; then one of the four goes on for all.

In a convex stone the next facet is the nearest of its planes; one look at a plane serves all
wavelengths. Other stones ask the mesh.

A chain that meets something else than a facet of its stone (metal that cuts in, the ground), an
exit that does not see the sky, and what is left of a chain at the end are candidates for the walk
to go on with.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.trace import fresnel
from engine.trace.backend import dr, mi
from engine.trace.compile import GEM, Compiled
from engine.trace.path import Path
from engine.trace.reservoir import Reservoir
from engine.trace.walk import offset

#: Internal hits that are followed at once. What is still inside then, some 6 % of what entered a
#: brilliant, is a candidate like any exit: most of the time another one is worth more.
CHAIN_HITS = 12
#: Internal hits that all wavelengths take; then one of them, drawn in proportion to what it still
#: carries, goes on for all.
SPECTRAL_HITS = 6
#: Spread of the index below which wavelengths do not part, so that there is no need to draw one.
LEAST_DISPERSION = 1e-5

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

    def __init__(self, scene: Compiled) -> None:
        self.scene = scene

    @dr.syntax
    def follow(
        self,
        o: list[Any],
        w: list[Any],
        β: Any,
        n: Any,
        a: Any,
        path: Path,
        part: Any,
        material: Any,
        dark: Any,
        entering: Any,
    ) -> Any:
        """Radiance that leaves the stone.

        o, w : origin and direction inside, one of each per wavelength. β : throughput; 0 is not
        followed. n, a : index and absorption per mm. path : the walk; its reservoir takes what is
        to be followed later. part, material : of the stone. dark : walks that leave the sky's
        light to the layer of caustics.
        """
        kept, rng = path.kept, path.rng
        spectra, straight = path.spectra, path.straight
        medium = mi.Int32(material)
        L = mi.Spectrum(0)
        β = mi.Spectrum(β)
        o = [mi.Point3f(x) for x in o]
        w = [mi.Vector3f(x) for x in w]
        hits = mi.UInt32(0)
        inside = mi.Bool(entering)
        while inside:
            met = self._nearest_planes(o, w, part, inside)
            leaving = mi.Spectrum(0)
            ended = mi.Spectrum(0)
            e = [mi.Vector3f(0) for _ in LANES]
            e_o = [mi.Point3f(0) for _ in LANES]
            through = [mi.Vector3f(0) for _ in LANES]
            for i in LANES:
                live = inside & (β[i] > 0)
                m = self._checked(met[i], o[i], w[i], part, live)
                f = dr.gather(mi.Vector4f, self.scene.facets.plane, m.facet, m.own)
                N = mi.Vector3f(f.x, f.y, f.z)
                cos_i = dr.select(m.own, dr.dot(N, w[i]), 1)
                t = dr.select(m.own, (f.w - dr.dot(N, o[i])) / cos_i, m.t)
                R, cos_t = fresnel.dielectric(cos_i, dr.rcp(n[i]))
                here = mi.Point3f(o[i] + t * w[i])
                ended[i] = dr.select(m.stopped, β[i], 0)
                e[i] = dr.select(m.own, n[i] * w[i] + (cos_t - n[i] * cos_i) * N, w[i])
                through[i] = dr.select(m.own, N, 0)
                e_o[i] = dr.select(m.own, offset(here, N, e[i]), o[i])
                at_facet = β[i] * dr.exp(-a[i] * t)
                leaving[i] = dr.select(m.own, at_facet * (1 - R), 0)
                β[i] = dr.select(m.own, at_facet * R, dr.select(m.passed, β[i], 0))
                w[i] = dr.select(m.own, w[i] - 2 * cos_i * N, w[i])
                o[i] = dr.select(m.own, offset(here, N, w[i]), o[i])
                o[i] = dr.select(m.passed, offset(here, w[i], w[i]), o[i])

            # ---- What leaves sees the sky, or becomes a candidate -------------------------------
            weight = mi.Spectrum(0)
            for i in LANES:
                light, share = self._connect(e_o[i], e[i], leaving[i], spectra[i], dark)
                L[i] += light
                weight[i] = share
            self._offer(kept, e_o, e, leaving, weight, straight, mi.Int32(-1), through, rng)
            self._offer(kept, e_o, e, ended, ended, straight, medium, through, rng)

            # ---- Go on, or leave the rest of the chain as one more candidate --------------------
            hits += 1
            k = _draw(β, rng.next_float32() * dr.sum(β))
            alone = inside & (hits == SPECTRAL_HITS) & (dr.max(n) - dr.min(n) > LEAST_DISPERSION)
            β = mi.Spectrum(dr.select(alone, k * dr.sum(β), β))
            last_hit = inside & (hits >= CHAIN_HITS)
            tail = mi.Spectrum(dr.select(last_hit, β, 0))
            self._offer(kept, o, w, tail, tail, straight, medium, through, rng)
            inside &= ~last_hit & (dr.sum(β) > 0)
        return L

    @dr.syntax
    def _nearest_planes(
        self, o: list[Any], w: list[Any], part: Any, inside: Any
    ) -> list[tuple[Any, Any]]:
        """Facet of a convex stone that each ray runs into, and its distance."""
        convex = inside & dr.gather(mi.Bool, self.scene.facets.convex, part, inside)
        k = dr.gather(mi.UInt32, self.scene.facets.first, part, convex)
        end = dr.gather(mi.UInt32, self.scene.facets.first, part + 1, convex)
        t = mi.Spectrum(dr.inf)
        facet = [mi.UInt32(0) for _ in LANES]
        while k < end:
            f = dr.gather(mi.Vector4f, self.scene.facets.plane, k)
            for i in LANES:
                cos_i = f.x * w[i].x + f.y * w[i].y + f.z * w[i].z
                gap = f.w - (f.x * o[i].x + f.y * o[i].y + f.z * o[i].z)
                nearer = (cos_i > 0) & (gap < t[i] * cos_i)
                t[i] = dr.select(nearer, gap / cos_i, t[i])
                facet[i] = dr.select(nearer, k, facet[i])
            k += 1
        return [(facet[i], dr.select(convex, t[i], -1)) for i in LANES]

    def _checked(self, plane: tuple[Any, Any], o: Any, w: Any, part: Any, live: Any) -> _Met:
        """What a ray meets: `plane` where that is known, else what the mesh says."""
        scene = self.scene
        facet, t = plane
        known = live & (t >= 0)
        met = self._meet(o, w, part, live & ~known)
        own = mi.Bool(known)
        if scene.ground.present:  # for stones that reach below it
            own &= o.z + t * w.z > 0
        facet = dr.select(known, facet, met.facet)
        stopped = dr.select(known, ~own, met.stopped)
        return _Met(facet, own | met.own, met.passed, live & stopped, dr.select(known, t, met.t))

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

    def _connect(self, o: Any, d: Any, β: Any, s: Any, dark: Any) -> tuple[Any, Any]:
        """Light of the sky that β of one wavelength finds along d, and its weight as a candidate:
        what meets the piece or the ground is followed, not looked up."""
        scene = self.scene
        linked = β > 0
        met = scene.world.ray_test(mi.Ray3f(o, d), False, linked)
        if scene.ground.present:
            met |= d.z < 0
        light = dr.select(dark, 0, dr.dot(scene.sky.layers(d), s))
        return dr.select(linked & ~met, β * light, 0), dr.select(linked & met, β, 0)

    def _offer(
        self,
        kept: Reservoir,
        o: list[Any],
        d: list[Any],
        β: Any,
        weight: Any,
        straight: Any,
        medium: Any,
        normal: list[Any],
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
            straight=straight,
            medium=medium,
            normal=_pick(normal, k),
            weight=0.25 * total,
            u=rng.next_float32(),
        )


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

"""One vertex of a walk: what was hit, the branch that goes on, the one that is connected."""

from __future__ import annotations

from typing import Any

from engine.trace import fresnel
from engine.trace.backend import dr, mi
from engine.trace.compile import GEM, Compiled
from engine.trace.crystal import Stone
from engine.trace.hit import Hit, oriented
from engine.trace.path import Path
from engine.trace.surface import Surface
from engine.trace.walk import offset

#: Radiance, in units of the white, that a metal's connection to the sky must bring to be traced
#: every time.
WORTH = 0.1


class Vertex:
    """A vertex of each walk of `path`; its methods are called in their order below.

    d, β, pdf    : direction, throughput and density of the branch that goes on.
    link_d, link : direction and throughput of the connection to the sky.
    p, side      : the point, and the normal on the side that the walk came from.
    """

    def __init__(self, scene: Compiled, path: Path, met: Hit) -> None:
        self.scene, self.path, self.met = scene, path, met
        self.part, self.material, self.kind = met.part, mi.UInt32(met.material), met.kind
        self.ground, self.piece = met.ground, met.piece
        self.stone = met.piece & (met.kind == GEM)
        self.surface = met.piece & ~self.stone
        self.front, self.ng, self.ns, regular = oriented(met.si, path.d)
        path.straight &= regular | ~met.piece
        self.n, self.k, self.a, self.ρ = scene.optics.eval(self.material, path.λ, met.piece)
        self._absorb()
        self.p = dr.select(met.piece, mi.Point3f(met.si.p), path.o)
        self.p = dr.select(met.ground, path.o + path.d * met.t_ground, self.p)
        self.side = dr.select(met.ground, mi.Normal3f(0, 0, 1), mi.Normal3f(self.ng))
        kind = type(path.β)
        self.d, self.β, self.pdf = mi.Vector3f(path.d), kind(0), mi.Float(-1)
        self.link_d, self.link = mi.Vector3f(path.d), kind(0)
        self.base = self.mirror = mi.Bool(False)

    def _absorb(self) -> None:
        """Weaken the walk by the stone that it has crossed; bundles are never in one."""
        path = self.path
        self.arrived = type(path.β)(path.β)
        if path.bundle:
            return
        inside = (self.piece | self.ground) & (path.medium >= 0)
        row = mi.UInt32(dr.maximum(path.medium, 0))
        t = dr.select(self.ground, self.met.t_ground, self.met.si.t)
        part, *wave = path.within or [None]
        left = self.scene.left(part, row, path.λ[0], wave, mi.Ray3f(path.o, path.d), t, inside)
        path.β *= dr.select(inside, left, 1)

    def split(self) -> None:
        """Stone: connect the branch outside. In a curved one go on with the branch inside."""
        path, ns = self.path, mi.Vector3f(self.ns)
        self._part_waves()
        self.cos_i = dr.abs(dr.dot(path.d, ns))
        self.η = dr.select(self.front, self.n, 1 / self.n)
        self.R, self.cos_t = fresnel.dielectric(self.cos_i, self.η)
        # `interior` connects the facets of a flat-faceted stone itself, from inside.
        flat = dr.gather(mi.Bool, self.scene.facets.flat, self.part, self.stone)
        curved = self.stone & ~flat
        reflected = mi.Vector3f(path.d + 2 * self.cos_i * ns)
        outside = self.stone & self.front
        self.link_d = dr.select(outside, reflected, self.link_d)
        self.link = dr.select(outside, path.β * self.R, self.link)
        if path.bundle:
            self._part(curved, reflected)
            return
        refracted = self.refracted(0)
        within = dr.select(self.front, path.β * (1 - self.R), path.β * self.R)
        self.d = dr.select(curved, dr.select(self.front, refracted, reflected), self.d)
        self.β = dr.select(curved, within, self.β)
        leaving = curved & ~self.front
        self.link_d = dr.select(leaving, refracted, self.link_d)
        self.link = dr.select(leaving, path.β * (1 - self.R), self.link)

    def _part_waves(self) -> None:
        """The stone at each wavelength, the wave that enters it or is in it, and its ray.

        Of the two waves that enter, or into which light without one falls, one is drawn for all
        wavelengths. The index of the one that enters is that of the facet.
        """
        path, scene = self.path, self.scene
        self.crystal: list[Stone] = []
        self.waves: list[list[Any]] = []
        self.rays: list[Any] = []
        if scene.crystals is None:
            return
        self.crystal = scene.crystals.stones(self.part, self.material, path.λ, self.stone)
        if scene.doubling is None:
            return
        _, K, plus = path.within
        known = ~self.front & (path.medium >= 0) & (dr.squared_norm(K) > 0)
        drawn = path.rng.next_float32() < 0.5
        plus = dr.select(known, plus, drawn)
        fused = ~self.front & (path.medium < 0) & (dr.dot(path.d, path.normal) > 0)
        N = dr.select(self.front, -mi.Vector3f(self.ns), path.normal)
        for i, stone in enumerate(self.crystal):
            waves = stone.waves
            straight = dr.select(known, K, path.d * waves.index(path.d, plus))
            bends = self.front | fused
            wave = mi.Vector3f(dr.select(bends, waves.enter(path.d, N, plus), straight))
            self.waves.append([wave, plus])
            self.rays.append(mi.Vector3f(dr.select(bends, waves.ray(wave, plus), path.d)))
            self.n[i] = dr.select(stone.double & self.front, dr.norm(wave), self.n[i])

    def refracted(self, lane: int) -> Any:
        """Direction of a wavelength past the facet."""
        η, d, ns = self.η[lane], self.path.d, mi.Vector3f(self.ns)
        return mi.Vector3f(d / η + (self.cos_i / η - self.cos_t[lane]) * ns)

    def _part(self, curved: Any, reflected: Any) -> None:
        """Curved stone: its wavelengths part. From inside, where a bundle gets through a gap only,
        the mirrored light is one more candidate."""
        path, front = self.path, self.front
        d = [self.refracted(i) for i in range(path.lanes)]
        within, outside = mi.Int32(self.material), mi.Int32(-1)
        through = dr.select(curved, path.β * (1 - self.R), 0)
        medium = dr.select(front, within, outside)
        self._offer([offset(self.p, self.ng, x) for x in d], d, through, medium)
        back = dr.select(curved & ~front, path.β * self.R, 0)
        self._offer([offset(self.p, self.ng, reflected)], [reflected], back, within)

    def _thin(self, layers: Any) -> None:
        """Metal: few connections matter, most lie far out on the lobe; spare the others a ray."""
        worth = dr.sum(self.link) * ((layers.x + layers.y + layers.z) / (self.path.lanes * WORTH))
        survive = dr.select(self.surface, dr.clip(worth, 0, 1), 1)
        kept = self.path.rng.next_float32() < survive
        self.link = dr.select(kept, self.link / dr.fmax(survive, 1e-6), 0)

    def _offer(self, o: list[Any], d: list[Any], β: Any, medium: Any, whole: bool = False) -> None:
        """Offer a candidate that starts here."""
        path = self.path
        path.kept.offer(
            o=o,
            d=d,
            β=β,
            normal=[mi.Vector3f(0)],
            straight=path.straight,
            medium=medium,
            whole=mi.Bool(whole or not path.bundle),
            within=[self.scene.inside(self.part)],
            u=path.rng.next_float32(),
        )

    def draw(self, lobe_u: Any, sky_u: Any, surface: bool, ground: bool) -> None:
        """Random numbers and a direction to the sky; the first vertex brings its own numbers.

        surface, ground : whether any vertex is of this kind.
        """
        rng = self.path.rng
        if lobe_u is None:
            lobe_u = mi.Point2f(rng.next_float32(), rng.next_float32())
            sky_u = mi.Point2f(rng.next_float32(), rng.next_float32())
        self.u, self.choice = lobe_u, rng.next_float32()
        sky = self.scene.sky
        self.d_sky, self.p_sky = sky.sample(sky_u) if surface else sky.sample_falling(sky_u)
        if surface and ground:
            d, p = sky.sample_falling(sky_u)
            self.d_sky = mi.Vector3f(dr.select(self.ground, d, self.d_sky))
            self.p_sky = dr.select(self.ground, p, self.p_sky)
        self.diffuse = mi.warp.square_to_cosine_hemisphere(self.u)

    def scatter(self) -> None:
        """Metal, pearl, enamel: sample the lobe, connect to the sky."""
        path, spectra = self.path, (self.path.λ, self.n, self.k, self.ρ)
        on = Surface(self.scene, self.met, path.d, self.front, self.ns, spectra, self.surface)
        wo = on.sample(self.u, self.choice, self.diffuse)
        d = on.frame.to_world(wo)
        f, pdf = on.eval(wo)
        ok = (wo.z > 0) & (dr.dot(d, self.ng) > 0) & (pdf > 0) & on.lit
        self.d = dr.select(self.surface, d, self.d)
        self.β = dr.select(self.surface, dr.select(ok, path.β * f / pdf, 0), self.β)
        self.pdf = dr.select(self.surface, pdf, self.pdf)

        to_sky = on.frame.to_local(self.d_sky)
        f, pdf = on.eval(to_sky)
        seen = (to_sky.z > 0) & (dr.dot(self.d_sky, self.ng) > 0) & (self.p_sky > 0)
        share = power(self.p_sky, pdf) / dr.fmax(self.p_sky, 1e-20)
        self.link_d = dr.select(self.surface, self.d_sky, self.link_d)
        link = dr.select(seen, path.β * f * share, 0)
        self.link = dr.select(self.surface, link, self.link)

    def shade(self) -> None:
        """Ground: known radiance, less what is blocked, plus what the piece sends."""
        path, plane = self.path, self.scene.ground
        coat = 1 - plane.through(path.d.z)
        chance = mi.Float(0)  # to connect the coat's mirror image, not the base
        if plane.coated:
            chance = dr.clip(coat / (coat + plane.albedo), 0.25, 0.75)
        self.mirror = self.ground & (self.choice < chance)
        self.base = self.ground & ~self.mirror
        known = self.ground & ~path.based
        left = plane.left(self.p)
        path.L += dr.select(known, path.β * (1 - coat) * path.floor * left, 0)
        albedo = plane.albedo * (1 - coat) / (1 - chance) * left
        tinted = path.β * plane.tint(path.λ)
        out = plane.through(self.d_sky.z)
        blocked = -(albedo / dr.pi) * out * self.d_sky.z / dr.fmax(self.p_sky, 1e-20)
        blocked = dr.select(self.d_sky.z > 0, tinted * blocked, 0)
        image = path.β * coat / dr.fmax(chance, 0.25)
        up = mi.Normal3f(0, 0, 1)
        self.link_d = dr.select(self.base, self.d_sky, self.link_d)
        self.link_d = dr.select(self.mirror, mi.reflect(-path.d, up), self.link_d)
        self.link = dr.select(self.base, blocked, dr.select(self.mirror, image, self.link))
        spread = tinted * albedo * plane.through(self.diffuse.z)
        self.d = dr.select(self.ground, self.diffuse, self.d)
        self.β = dr.select(self.ground, dr.select(self.mirror, 0, spread), self.β)
        self.pdf = dr.select(self.ground, 0, self.pdf)

    def connect(self, dark: Any) -> None:
        """Look the sky up, along a walk that left or along the connection; offer a candidate.

        dark : walks that leave the sky's light to the layer of caustics.
        """
        path, scene, missed = self.path, self.scene, self.met.missed
        layers = scene.sky.layers(dr.select(missed, path.d, self.link_d))
        self._thin(layers)
        linked = (self.piece | self.ground) & (dr.max(dr.abs(self.link)) > 0)
        o = offset(self.p, self.side, self.link_d)
        occluded = scene.world.ray_test(mi.Ray3f(o, self.link_d), False, linked)
        down = (self.link_d.z < 0) & scene.ground.present
        free = dr.select(self.base, occluded, ~occluded & ~down)
        # A walk that a diffuse lobe sent (pdf 0) leaves the sky to its origin's connection.
        density = power(path.pdf, scene.sky.density(path.d))
        left = dr.select(path.pdf < 0, 1, dr.select(path.pdf > 0, density, 0))
        weight = dr.select(missed, path.β * left, dr.select(linked & free, self.link, 0))
        weight = dr.select(dark & (missed | self.piece), 0, weight)
        path.L += weight * type(weight)([dr.dot(layers, s) for s in path.spectra])
        path.straight = dr.select(self.ground, self.base & (path.depth == 0), path.straight)

        offered = (self.stone | self.mirror) & linked & (occluded | down)
        β = dr.select(offered, self.link, 0)
        self._offer([o], [self.link_d], β, mi.Int32(-1), whole=True)


def power(a: Any, b: Any) -> Any:
    """Power heuristic with exponent 2 for the technique of density a against that of density b."""
    a2 = dr.square(a)
    return a2 / dr.fmax(a2 + dr.square(b), 1e-30)

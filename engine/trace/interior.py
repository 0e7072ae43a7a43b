"""The inside of a flat-faceted stone: chains of facets, one per wavelength.

At every facet the light that leaves is connected to the studio at its full Fresnel weight, and the
light that stays is followed: one chain per wavelength, without branching. Where a ray leaves a
convex stone is computed (`polytope`); other stones ask the mesh.

A chain that meets something else than a facet of its stone (metal that cuts in, the ground), exits
that do not see the sky, and what is left of a chain at the end are candidates for the walk to go on
with. What happens to all wavelengths at one hit is offered as one candidate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.trace import fresnel
from engine.trace.backend import dr, mi
from engine.trace.compile import GEM, Compiled
from engine.trace.crystal import Stone
from engine.trace.path import Path
from engine.trace.polytope import NONE, Locator
from engine.trace.reservoir import Reservoir
from engine.trace.walk import clearance, offset

#: Internal hits that are followed at once. What is still inside then is a candidate like any exit:
#: most of the time another one is worth more.
CHAIN_HITS = 16
#: Mean throughput below which roulette may end a chain.
ENOUGH = 0.1


@dataclass
class _Chain:
    """Light inside a stone, one ray per wavelength.

    o, w  : origin and direction of each ray. n : index along it. a : absorption per mm.
    β, L  : throughput and radiance found. inside: whether the walk is still followed.
    waves : where stones show things double, the wave that each ray is: K and `plus`.
    """

    o: list[Any]
    w: list[Any]
    n: Any
    a: Any
    β: Any
    L: Any
    inside: Any
    waves: list[list[Any]]


class _Stone:
    """Which stone, and what all facets of it share.

    A plain class: Dr.Jit takes dataclasses for loop state, and nothing of this changes.
    """

    def __init__(
        self,
        scene: Compiled,
        path: Path,
        part: Any,
        material: Any,
        dark: Any,
        crystal: list[Stone],
        active: Any,
    ) -> None:
        self.crystal = crystal
        self.part, self.material, self.dark = part, mi.Int32(material), dark
        self.spectra, self.straight = path.spectra, path.straight
        self.whole = mi.Bool(not path.bundle)
        self.convex = active & dr.gather(mi.Bool, scene.facets.convex, part, active)
        self.locator = Locator(scene.polytopes, scene.facets.first, part, self.convex)

    def within(self, waves: list[list[Any]]) -> list[list[Any]]:
        """State of light in the stone, per wavelength or for all; see `Path.within`."""
        if waves:
            return [[self.part, *wave] for wave in waves]
        return [[self.part] if self.crystal else []]


@dataclass(frozen=True)
class Met:
    """What a ray inside a stone meets.

    own : a facet of the stone, from inside. passed : the surface of another stone that reaches
    in: the one entered first comes first. stopped : anything else, or nothing.
    """

    facet: Any
    own: Any
    passed: Any
    stopped: Any
    t: Any


@dataclass(frozen=True)
class Step:
    """A ray inside a stone, up to what it meets.

    t    : the way there. R : reflectance of the facet.
    exit_o, exit, normal : the ray of what leaves, and the normal of the facet that it passes, zero
    where it meets none: then it is the ray as it was.
    o, w : the ray that stays.
    """

    t: Any
    R: Any
    exit_o: Any
    exit: Any
    normal: Any
    o: Any
    w: Any

    @staticmethod
    def past(m: Met, N: Any, o: Any, here: Any, t: Any, R: Any, leaves: Any, stays: Any) -> Step:
        """Past what is met at `here`, t mm from o: a facet of outward normal N that sends light out
        along `leaves` and back along `stays`, or what the ray goes through."""
        inside = dr.select(m.own, offset(here, N, stays), o)
        return Step(
            t=t,
            R=R,
            exit_o=mi.Point3f(dr.select(m.own, offset(here, N, leaves), o)),
            exit=leaves,
            normal=mi.Vector3f(dr.select(m.own, N, 0)),
            o=mi.Point3f(dr.select(m.passed, offset(here, stays, stays), inside)),
            w=stays,
        )


class Interior:
    """Chains inside the flat-faceted stones of one scene."""

    def __init__(self, scene: Compiled, roulette: bool) -> None:
        self.scene, self.roulette = scene, roulette

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
        crystal: list[Stone],
        waves: list[list[Any]],
    ) -> Any:
        """Radiance that leaves the stone, per wavelength.

        o, w : origin and direction inside, one of each per wavelength. β : throughput; 0 is not
        followed. n, a : index and absorption per mm. path : the walk; its reservoir takes what is
        to be followed later. part, material : of the stone. dark : walks that leave the sky's
        light to the layer of caustics. crystal, waves : in scenes with crystals, the stone at each
        wavelength, and where some show things double, the wave that each ray is.
        """
        kind = type(β)
        stone = _Stone(self.scene, path, part, material, dark, crystal, entering)
        kept, rng = path.kept, path.rng
        chain = _Chain(o, w, n, a, kind(β), kind(0), mi.Bool(entering), waves)
        self._facets(chain, kept, rng, stone)
        rest = kind(dr.select(chain.inside, chain.β, 0))
        within = stone.within(chain.waves)
        _offer(kept, rng, stone, chain.o, chain.w, rest, stone.material, [mi.Vector3f(0)], within)
        return chain.L

    @dr.syntax
    def _facets(self, chain: _Chain, kept: Reservoir, rng: Any, stone: _Stone) -> None:
        """Follow a chain from facet to facet."""
        hits = mi.UInt32(0)
        going = mi.Bool(chain.inside)
        while going:
            self._facet(chain, kept, rng, stone, going)
            left = dr.sum(chain.β) / dr.size_v(chain.β)
            chain.inside &= left > 0
            if self.roulette:
                survive = dr.select(going, dr.clip(left / ENOUGH, 0.1, 1), 1)
                chain.β /= survive
                chain.inside &= rng.next_float32() < survive
            hits += 1
            going &= chain.inside & (hits < CHAIN_HITS)

    def _facet(self, chain: _Chain, kept: Reservoir, rng: Any, stone: _Stone, going: Any) -> None:
        """The next facet: what leaves there finds the sky or becomes a candidate."""
        lanes = range(dr.size_v(chain.β))
        met = self._exits(chain, stone, going)
        ended, blocked = type(chain.β)(0), type(chain.β)(0)
        exits, origins, through = [], [], []
        turn = rng.next_float32() if chain.waves else None
        for i in lanes:
            o, w, n = chain.o[i], chain.w[i], chain.n[i]
            live = going & (chain.β[i] > 0)
            m = self.met(met[i], o, w, stone.part, live)
            if chain.waves:
                s, turned = self.doubled(m, o, w, stone.crystal[i], chain.waves[i], turn)
            else:
                s, turned = self.step(m, o, w, n), []
            at_facet = chain.β[i] * _left(chain, stone, i, s.t)
            leaving = dr.select(m.own, at_facet * (1 - s.R), 0)
            light, hidden = self._look(s.exit_o, s.exit, stone.spectra[i], leaving > 0)
            chain.L[i] += dr.select(stone.dark, 0, leaving * light)
            blocked[i] = dr.select(hidden, leaving, 0)
            ended[i] = dr.select(m.stopped, chain.β[i], 0)
            β = dr.select(m.own, at_facet * s.R, dr.select(m.passed, at_facet, 0))
            chain.β[i] = dr.select(live, β, chain.β[i])
            chain.o[i], chain.w[i] = s.o, s.w
            if chain.waves:
                chain.waves[i] = turned
            exits.append(s.exit)
            origins.append(s.exit_o)
            through.append(s.normal)
        within = stone.within(chain.waves)
        _offer(kept, rng, stone, origins, exits, blocked, mi.Int32(-1), through, within)
        _offer(kept, rng, stone, origins, exits, ended, stone.material, through, within)

    def enter(self, d: Any, p: Any, ng: Any, ns: Any, n: Any) -> tuple[Any, Any, Any]:
        """Reflectance of a facet of index n that light along d meets at p from outside, and origin
        and direction of what goes in. ng, ns : geometric and shading normal, towards the light."""
        cos_i = dr.abs(dr.dot(d, ns))
        R, cos_t = fresnel.dielectric(cos_i, n)
        w = mi.Vector3f(d / n + (cos_i / n - cos_t) * mi.Vector3f(ns))
        return R, mi.Point3f(offset(p, ng, w)), w

    def crystal(self, part: Any, material: Any, λ: Any, active: Any) -> Stone | None:
        """The stone `part` at the first of the wavelengths λ, where absorption per mm is not all
        that dims light in it."""
        if self.scene.colours is None:
            return None
        return self.scene.colours.stones(part, material, λ, active)[0]

    def step(self, m: Met, o: Any, w: Any, n: Any) -> Step:
        """From o along w to what is met, in a stone of index n."""
        f = dr.gather(mi.Vector4f, self.scene.facets.plane, m.facet, m.own)
        N = mi.Vector3f(f.x, f.y, f.z)
        cos_i = dr.select(m.own, dr.dot(N, w), 1)
        t = dr.select(m.own, (f.w - dr.dot(N, o)) / cos_i, m.t)
        R, cos_t = fresnel.dielectric(cos_i, dr.rcp(n))
        here = mi.Point3f(o + t * w)
        e = mi.Vector3f(dr.select(m.own, n * w + (cos_t - n * cos_i) * N, w))
        ahead = mi.Vector3f(dr.select(m.own, w - 2 * cos_i * N, w))
        return Step.past(m, N, o, here, t, R, e, ahead)

    def doubled(
        self, m: Met, o: Any, w: Any, stone: Stone, wave: list[Any], u: Any
    ) -> tuple[Step, list[Any]]:
        """As `step`, of a wave whose energy goes along w, and the wave that stays: one of the two
        that a facet mirrors, drawn by the number u."""
        K, plus = wave
        f = dr.gather(mi.Vector4f, self.scene.facets.plane, m.facet, m.own)
        N = mi.Vector3f(f.x, f.y, f.z)
        n, p = dr.norm(K), dr.dot(N, K)
        t = dr.select(m.own, (f.w - dr.dot(N, o)) / dr.select(m.own, dr.dot(N, w), 1), m.t)
        R, cos_t = fresnel.dielectric(dr.select(m.own, p / n, 1), dr.rcp(n))
        here = mi.Point3f(o + t * w)
        e = mi.Vector3f(dr.select(m.own, K + (cos_t - p) * N, w))
        one, other, share = stone.waves.mirror(K, plus, N)
        to_one = u < share
        K = mi.Vector3f(dr.select(m.own, dr.select(to_one, one, other), K))
        plus = dr.select(m.own, to_one, plus)
        ahead = mi.Vector3f(dr.select(m.own, stone.waves.ray(K, plus), w))
        return Step.past(m, N, o, here, t, R, e, ahead), [K, plus]

    def _exits(self, chain: _Chain, stone: _Stone, going: Any) -> list[tuple[Any, Any]]:
        """Facet of a convex stone that each ray runs into, and its distance; negative elsewhere."""
        convex = going & stone.convex
        found: list[tuple[Any, Any]] = []
        hint = mi.UInt32(NONE)
        for i in range(len(chain.o)):
            live = convex & (chain.β[i] > 0)
            found.append(stone.locator.exit(chain.o[i], chain.w[i], hint, live))
            hint = found[-1][0]  # most of the time all wavelengths go through the same facet
        return found

    def met(self, plane: tuple[Any, Any], o: Any, w: Any, part: Any, live: Any) -> Met:
        """What a ray inside the stone `part` meets.

        plane : the facet that it runs into and the distance, where that is known (not negative);
        else the mesh is asked.
        """
        scene = self.scene
        facet, t = plane
        known = live & (t >= 0)
        met = self._meet(o, w, part, live & ~known)
        own = mi.Bool(known)
        if scene.ground.present:  # for stones that reach below it
            own &= _above(o + t * w)
        facet = dr.select(known, facet, met.facet)
        stopped = dr.select(known, ~own, met.stopped)
        return Met(facet, own | met.own, met.passed, live & stopped, dr.select(known, t, met.t))

    def _meet(self, o: Any, w: Any, part: Any, active: Any) -> Met:
        """What the ray inside the stone `part` meets."""
        scene = self.scene
        found = scene.world.ray_intersect_preliminary(mi.Ray3f(o, w), False, active)
        valid = active & found.is_valid()
        if scene.ground.present:  # for stones that reach below it
            valid &= _above(o + found.t * w)
        there = dr.gather(mi.UInt32, scene.face_part, found.prim_index, valid)
        kind = dr.gather(mi.UInt32, scene.part_kind, there, valid)
        facet = dr.gather(mi.UInt32, scene.facets.of_face, found.prim_index, valid)
        plane = dr.gather(mi.Vector4f, scene.facets.plane, facet, valid)
        outwards = plane.x * w.x + plane.y * w.y + plane.z * w.z > 0
        own = valid & (there == part) & outwards
        passed = valid & (there != part) & (kind == GEM)
        return Met(facet, own, passed, active & ~own & ~passed, dr.select(valid, found.t, 0))

    def _look(self, o: Any, d: Any, s: Any, active: Any) -> tuple[Any, Any]:
        """Light of the sky along d at one wavelength, and whether the piece or the ground hides
        it: what they show is followed, not looked up."""
        scene = self.scene
        hidden = scene.world.ray_test(mi.Ray3f(o, d), False, active)
        if scene.ground.present:
            hidden |= d.z < 0
        return dr.select(hidden, 0, dr.dot(scene.sky.layers(d), s)), active & hidden


def left(crystal: Stone | None, a: Any, o: Any, w: Any, t: Any) -> Any:
    """What is left of light that is in no single wave after t mm from o along w.

    crystal : as `Interior.crystal` has it. a : absorption per mm, where nothing else matters.
    """
    return dr.exp(-a * t) if crystal is None else crystal.left(o, w, t, [])


def _above(p: Any) -> Any:
    """Whether p does not lie below the ground.

    `nearest` must agree: a walk that is stopped here by a ground that is not met there would begin
    this chain again for ever.
    """
    return p.z > -clearance(p)


def _left(chain: _Chain, stone: _Stone, lane: int, t: Any) -> Any:
    """What is left of a wavelength after t mm along its ray."""
    if not stone.crystal:
        return dr.exp(-chain.a[lane] * t)
    wave = chain.waves[lane] if chain.waves else None
    return stone.crystal[lane].left(chain.o[lane], chain.w[lane], t, wave)


def _offer(
    kept: Reservoir,
    rng: Any,
    stone: _Stone,
    o: list[Any],
    d: list[Any],
    β: Any,
    medium: Any,
    normal: list[Any],
    within: list[list[Any]],
) -> None:
    """Offer what happens to all wavelengths at one hit as a candidate."""
    kept.offer(
        o=o,
        d=d,
        β=β,
        normal=normal,
        straight=stone.straight,
        medium=medium,
        whole=stone.whole,
        within=within,
        u=rng.next_float32(),
    )

"""The inside of a flat-faceted stone: chains of facets, one per wavelength.

At every facet the light that leaves is connected to the studio at its full Fresnel weight, and the
light that stays is followed: one chain per wavelength, without branching. The first facets tell
most of what a stone shows, so all four wavelengths of a bundle take them; then one of the four goes
on for all.

In a convex stone the next facet is the nearest of its planes; one look at a plane serves all
wavelengths. Other stones ask the mesh.

A chain that meets something else than a facet of its stone (metal that cuts in, the ground), exits
that do not see the sky, and what is left of a chain at the end are candidates for the walk to go on
with. What happens to all wavelengths at one facet is one candidate, so that what it shows is not
tinted by the choice of one of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.trace import fresnel
from engine.trace.backend import dr, mi
from engine.trace.compile import GEM, Compiled
from engine.trace.path import Path
from engine.trace.polytope import Locator
from engine.trace.reservoir import Reservoir
from engine.trace.walk import offset

#: Internal hits that are followed at once. What is still inside then, some 6 % of what entered a
#: brilliant, is a candidate like any exit: most of the time another one is worth more.
CHAIN_HITS = 14
#: Internal hits that all wavelengths take; then one of them, drawn in proportion to what it still
#: carries, goes on for all.
SPECTRAL_HITS = 10
#: Spread of the index below which wavelengths do not part, so that there is no need to draw one.
SINGLE_HITS = 12
LEAST_DISPERSION = 1e-5


@dataclass
class _Chain:
    """Light inside a stone, along as many rays as there are in o.

    o, w  : origin and direction of each ray. n : index along it.
    β, L  : throughput and radiance found, per wavelength. a : absorption per mm.
    inside: whether the walk is still followed.
    """

    o: list[Any]
    w: list[Any]
    n: list[Any]
    β: Any
    a: Any
    L: Any
    inside: Any

    def along(self, ray: int) -> range:
        """The wavelengths that go along a ray: its own, or all if there is but one ray."""
        return range(dr.size_v(self.β)) if len(self.o) == 1 else range(ray, ray + 1)


class _Stone:
    """Which stone, and what all facets of it share.

    A plain class: Dr.Jit takes dataclasses for loop state, and nothing of this changes.
    """

    def __init__(
        self, scene: Compiled, path: Path, part: Any, material: Any, dark: Any, active: Any
    ) -> None:
        self.part, self.material, self.dark = part, mi.Int32(material), dark
        self.spectra, self.straight = path.spectra, path.straight
        self.whole = mi.Bool(not path.bundle)
        self.convex = active & dr.gather(mi.Bool, scene.facets.convex, part, active)
        self.locator = Locator(scene.polytopes, scene.facets.first, part, self.convex)


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
        """Radiance that leaves the stone, per wavelength.

        o, w : origin and direction inside, one of each per wavelength. β : throughput; 0 is not
        followed. n, a : index and absorption per mm. path : the walk; its reservoir takes what is
        to be followed later. part, material : of the stone. dark : walks that leave the sky's
        light to the layer of caustics.
        """
        kind = type(β)
        stone = _Stone(self.scene, path, part, material, dark, entering)
        kept, rng = path.kept, path.rng
        lanes = range(dr.size_v(β))
        index = [n[i] for i in lanes]
        chain = _Chain(o, w, index, kind(β), kind(a), kind(0), mi.Bool(entering))
        if not path.bundle:
            self._facets(chain, kept, rng, stone, SINGLE_HITS)
        else:
            self._facets(chain, kept, rng, stone, SPECTRAL_HITS)
            chain = self._drawn(chain, rng)
            self._facets(chain, kept, rng, stone, CHAIN_HITS - SPECTRAL_HITS)
        rest = kind(dr.select(chain.inside, chain.β, 0))
        _offer(kept, rng, stone, chain.o, chain.w, rest, stone.material, [mi.Vector3f(0)])
        return chain.L

    def _drawn(self, chain: _Chain, rng: Any) -> _Chain:
        """One wavelength goes on for all, unless nothing parts them."""
        total = dr.sum(chain.β)
        k = _draw(chain.β, rng.next_float32() * total)
        parting = dr.max(mi.Spectrum(chain.n)) - dr.min(mi.Spectrum(chain.n)) > LEAST_DISPERSION
        return _Chain(
            o=[mi.Point3f(_pick(chain.o, k))],
            w=[mi.Vector3f(_pick(chain.w, k))],
            n=[mi.Float(_pick(chain.n, k))],
            β=mi.Spectrum(dr.select(parting, k * total, chain.β)),
            a=chain.a,
            L=chain.L,
            inside=chain.inside,
        )

    @dr.syntax
    def _facets(self, chain: _Chain, kept: Reservoir, rng: Any, stone: _Stone, most: int) -> None:
        """Follow a chain for at most so many internal hits."""
        hits = mi.UInt32(0)
        going = mi.Bool(chain.inside)
        while going:
            self._facet(chain, kept, rng, stone, going)
            chain.inside &= dr.sum(chain.β) > 0
            hits += 1
            going &= chain.inside & (hits < most)

    def _facet(self, chain: _Chain, kept: Reservoir, rng: Any, stone: _Stone, going: Any) -> None:
        """The next facet: what leaves there finds the sky or becomes a candidate."""
        rays = range(len(chain.o))
        kind = type(chain.β)
        met = self._exits(chain, stone, going)
        ended, blocked = kind(0), kind(0)
        exits, origins, through = [], [], []
        for r in rays:
            o, w, n, along = chain.o[r], chain.w[r], chain.n[r], chain.along(r)
            live = going & (_most(chain.β, along) > 0)
            m = self._checked(met[r], o, w, stone.part, live)
            f = dr.gather(mi.Vector4f, self.scene.facets.plane, m.facet, m.own)
            N = mi.Vector3f(f.x, f.y, f.z)
            cos_i = dr.select(m.own, dr.dot(N, w), 1)
            t = dr.select(m.own, (f.w - dr.dot(N, o)) / cos_i, m.t)
            R, cos_t = fresnel.dielectric(cos_i, dr.rcp(n))
            here = mi.Point3f(o + t * w)
            e = mi.Vector3f(dr.select(m.own, n * w + (cos_t - n * cos_i) * N, w))
            e_o = mi.Point3f(dr.select(m.own, offset(here, N, e), o))
            exits.append(e)
            origins.append(e_o)
            through.append(mi.Vector3f(dr.select(m.own, N, 0)))
            layers, hidden = self._look(e_o, e, m.own & (R < 1))
            for i in along:
                ended[i] = dr.select(m.stopped, chain.β[i], 0)
                at_facet = chain.β[i] * dr.exp(-chain.a[i] * t)
                leaving = dr.select(m.own, at_facet * (1 - R), 0)
                light = dr.select(stone.dark | hidden, 0, dr.dot(layers, stone.spectra[i]))
                chain.L[i] += leaving * light
                blocked[i] = dr.select(hidden, leaving, 0)
                β = dr.select(m.own, at_facet * R, dr.select(m.passed, chain.β[i], 0))
                chain.β[i] = dr.select(live, β, chain.β[i])
            w = mi.Vector3f(dr.select(m.own, w - 2 * cos_i * N, w))
            o = dr.select(m.own, offset(here, N, w), o)
            chain.w[r] = w
            chain.o[r] = mi.Point3f(dr.select(m.passed, offset(here, w, w), o))
        _offer(kept, rng, stone, origins, exits, blocked, mi.Int32(-1), through)
        _offer(kept, rng, stone, origins, exits, ended, stone.material, through)

    def _exits(self, chain: _Chain, stone: _Stone, going: Any) -> list[tuple[Any, Any]]:
        """Facet of a convex stone that each ray runs into, and its distance; negative elsewhere."""
        convex = going & stone.convex
        found: list[tuple[Any, Any]] = []
        hint = mi.UInt32(0xFFFFFFFF)
        for o, w in zip(chain.o, chain.w, strict=True):
            facet, t = stone.locator.exit(o, w, hint, convex)
            found.append((facet, dr.select(convex, t, -1)))
            hint = facet  # most of the time all wavelengths go through the same facet
        return found

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

    def _look(self, o: Any, d: Any, active: Any) -> tuple[Any, Any]:
        """The sky's layers along d, and whether the piece or the ground hides them: what they show
        is followed, not looked up."""
        scene = self.scene
        hidden = scene.world.ray_test(mi.Ray3f(o, d), False, active)
        if scene.ground.present:
            hidden |= d.z < 0
        return scene.sky.layers(d), active & hidden


def _most(β: Any, lanes: range) -> Any:
    """The largest of some lanes."""
    most = β[lanes[0]]
    for i in lanes[1:]:
        most = dr.fmax(most, β[i])
    return most


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
    for i in range(4):
        after = before + weights[i]
        here = free & (at < after)
        out[i] = dr.select(here, mi.Float(1), 0)
        free &= ~here
        before = after
    return out


def _offer(
    kept: Reservoir,
    rng: Any,
    stone: _Stone,
    o: list[Any],
    d: list[Any],
    β: Any,
    medium: Any,
    normal: list[Any],
) -> None:
    """Offer what happens at one facet as a candidate."""
    kept.offer(
        o=o,
        d=d,
        β=β,
        normal=normal,
        straight=stone.straight,
        medium=medium,
        whole=stone.whole,
        u=rng.next_float32(),
    )

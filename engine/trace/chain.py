"""The chain estimator: every vertex connects once to the sky and goes on once.

A facet splits light in two. Following both branches doubles the work at every hit, following one
at random makes the noise that dispersion is drowned in. This walk does neither: at each hit of a
stone the branch that leaves the stone is *connected* to the studio at its full Fresnel weight, and
the other branch, which stays inside, is followed. What a brilliant shows is then one chain of
internal reflections per wavelength that collects the expected light of all its exits
(`interior`).

An exit that does not reach the sky (it meets a prong, a neighbour, the ground) becomes a candidate.
One candidate is kept per chain and wavelength, with a probability in proportion to its throughput
(`reservoir`), and is followed when the chain has ended; so the estimate is unbiased for mounted
stones too, without branching. Four wavelengths leave the camera along one ray; facets send them
apart, and each goes on alone (`path`).

Metal and coated surfaces use next-event estimation towards the sky and multiple importance
sampling (power heuristic, Veach and Guibas 1995). On the diffuse ground the unshadowed radiance is
known; only the light that the piece takes away or adds is estimated (a control variate).

The first vertex is computed apart for stones, for other surfaces and for the ground, and walks that
go on are packed together: vector lanes that wait for one another would waste most of their time.

Stones that show things double are traced wave by wave (`waves`): of the two waves into which light
falls one is drawn, for all wavelengths by the same number.

What it deliberately lacks: polarisation, media with volume scattering.
"""

from __future__ import annotations

from typing import Any

from engine.trace.backend import dr, mi
from engine.trace.compile import GEM, Compiled
from engine.trace.hit import Hit, Strike, bent, nearest
from engine.trace.interior import Interior
from engine.trace.path import Path
from engine.trace.vertex import Vertex
from engine.trace.walk import SURVIVAL, Estimator, Ledger, Limits, Walk, offset

#: Internal hits of a curved stone that are followed before roulette may end a walk.
CURVED_HITS = 12
#: Vertices after which roulette may end a path outside of stones.
PATH_DEPTH = 4
#: Number of walks below which it is not worth it to compute their next vertex kind by kind: one
#: loop takes them to their ends.
FEW = 1 << 15

#: What a vertex may lie on.
STONE, SURFACE, GROUND = "stone", "surface", "ground"
ANYTHING = frozenset({STONE, SURFACE, GROUND})


class Chain(Estimator):
    """The chain estimator on one scene."""

    leaves_out_ground = True

    def __init__(self, scene: Compiled, limits: Limits) -> None:
        super().__init__(scene, limits)
        self.interior = Interior(scene, limits.roulette)

    def walk(
        self,
        ray: Any,
        λ: Any,
        lobe_u: Any,
        sky_u: Any,
        rng: Any,
        active: Any,
    ) -> Walk:
        """One sample of the radiance along `ray` at the wavelengths λ, less `leaves_out_ground`.

        lobe_u, sky_u : low-discrepancy points for the first bounce and the first connection; `rng`
        serves all that follows.
        """
        found = Ledger.of(dr.width(ray.o))
        every = dr.arange(mi.UInt32, dr.width(ray.o))
        start = self.begin(ray, λ, lobe_u, sky_u, rng, active, ANYTHING, every, found)
        self.finish(start, found)
        return found.walk()

    def begin(
        self,
        ray: Any,
        λ: Any,
        lobe_u: Any,
        sky_u: Any,
        rng: Any,
        active: Any,
        kinds: frozenset[str],
        sample: Any,
        found: Ledger,
        struck: Strike | None = None,
    ) -> list[Path]:
        """Compute the first vertex of walks for which it lies on one of `kinds`.

        sample : of `found` that each of them belongs to. struck : where they meet the piece, if
        known. Returns the walks that go on.
        """
        scene = self.scene
        within = scene.outside(dr.width(ray.o))
        path = Path.start(
            ray, λ, scene.sky.at(λ), scene.ground.eval(λ), rng, active, sample, within
        )
        return self._advance(path, kinds, found, struck, lobe_u, sky_u)

    def finish(self, paths: list[Path], found: Ledger) -> None:
        """Follow walks to their ends: the bundles first, then the single walks that they leave."""
        singles = [path for path in paths if not path.bundle]
        self._follow([path for path in paths if path.bundle], singles, found)
        self._follow(singles, [], found)

    def _follow(self, paths: list[Path], singles: list[Path], found: Ledger) -> None:
        """Follow walks of one sort to their ends. singles : takes those that bundles leave."""
        while paths:
            path = Path.joined(paths)
            if dr.width(path.slot) < FEW:
                self._loop(path)
                paths = self._left(path, found)
            else:
                paths = self._wave(path, found)
            if path.bundle:
                singles += [rest for rest in paths if not rest.bundle]
            paths = [rest for rest in paths if rest.bundle == path.bundle]

    def _wave(self, path: Path, found: Ledger) -> list[Path]:
        """Advance all walks by one vertex, each kind apart; those that go on."""
        met = nearest(self.scene, mi.Ray3f(path.o, path.d), path.active)
        stone = met.piece & (met.kind == GEM)
        kinds = {
            frozenset({STONE}): stone,
            frozenset({SURFACE}): met.piece & ~stone,
            frozenset({GROUND}): met.ground | met.missed,
        }
        dr.eval(*kinds.values(), met.strike)
        going: list[Path] = []
        for kind, mask in kinds.items():
            index = dr.compress(mask)
            if dr.width(index) > 0:
                going += self._advance(path.rows(index), kind, found, met.strike.rows(index))
        return going

    def _advance(
        self,
        path: Path,
        kinds: frozenset[str],
        found: Ledger,
        struck: Strike | None,
        lobe_u: Any = None,
        sky_u: Any = None,
    ) -> list[Path]:
        """Compute a vertex of every walk, book what it found; the walks that go on."""
        met = nearest(self.scene, mi.Ray3f(path.o, path.d), path.active, struck)
        self._vertex(path, met, kinds, lobe_u, sky_u)
        return self._left(path, found)

    def _left(self, path: Path, found: Ledger) -> list[Path]:
        """Book what walks have found; those that go on, and those that bundles leave."""
        path.evaluate()
        found.book(path.slot, path.L, path.trapped)
        path.L = dr.zeros(type(path.L), dr.width(path.slot))
        path.trapped = dr.zeros(mi.Float, dr.width(path.slot))
        index = dr.compress(path.active)
        left = [path.rows(index)] if dr.width(index) > 0 else []
        singles = path.singles() if path.bundle else None
        return left + ([] if singles is None else [singles])

    @dr.syntax
    def _loop(self, path: Path) -> None:
        """Follow every walk to its end."""
        while path.active:
            met = nearest(self.scene, mi.Ray3f(path.o, path.d), path.active)
            self._vertex(path, met, ANYTHING)

    def _vertex(
        self,
        path: Path,
        met: Hit,
        kinds: frozenset[str],
        lobe_u: Any = None,
        sky_u: Any = None,
    ) -> None:
        """Advance `path` past the surface `met`, which lies on one of `kinds`."""
        v = Vertex(self.scene, path, met)
        if STONE in kinds:
            v.split()
        if kinds - {STONE}:
            v.draw(lobe_u, sky_u, SURFACE in kinds, GROUND in kinds)
        if SURFACE in kinds:
            v.scatter()
        if GROUND in kinds:
            v.shade()
        dark = path.straight & (not self.limits.ground_caustics)
        v.connect(dark)
        if STONE in kinds:
            self._enter(path, v, dark)
        self._go_on(path, v)

    def _enter(self, path: Path, v: Vertex, dark: Any) -> None:
        """Follow what enters a flat-faceted stone, or is in it, along its facets.

        A walk that finds itself in a stone that it has not entered comes out of another one that
        touches or overlaps it: it is bent into this one at the facet through which it came.
        """
        inside = v.stone & dr.gather(mi.Bool, self.scene.facets.flat, v.part, v.stone)
        passing = path.medium < 0
        o, w = [], []
        for i in range(path.lanes):
            if v.rays:
                w.append(v.rays[i])
                o.append(dr.select(v.front, offset(v.p, v.ng, w[i]), path.o))
                continue
            refracted = v.refracted(i)
            w.append(dr.select(v.front, refracted, bent(path.d, path.normal, v.n[i], passing)))
            o.append(dr.select(v.front, offset(v.p, v.ng, refracted), path.o))
        β = dr.select(v.front, path.β * (1 - v.R), v.arrived)
        path.L += self.interior.follow(
            o, w, β, v.n, v.a, path, v.part, v.material, dark, inside, v.crystal, v.waves
        )

    def _go_on(self, path: Path, v: Vertex) -> None:
        """Take the branch that goes on, or the candidate where there is none."""
        limits, kept, rng = self.limits, path.kept, path.rng
        path.depth += 1
        inwards = v.stone & v.front
        path.hits = dr.select(v.stone, dr.select(v.front, 0, path.hits + 1), path.hits)
        path.medium = dr.select(inwards, mi.Int32(v.material), path.medium)
        if path.within:
            part = mi.UInt32(dr.select(inwards, v.part, path.within[0]))
            path.within = self.scene.inside(part)
        path.β = type(path.β)(v.β)
        path.pdf = mi.Float(v.pdf)
        path.based = mi.Bool(False)
        path.o = offset(v.p, v.side, v.d)
        path.d = mi.Vector3f(v.d)
        alive = path.active & (path.mean(path.β) > 0)
        if limits.roulette:
            due = dr.select(path.medium >= 0, path.hits >= CURVED_HITS, path.depth >= PATH_DEPTH)
            survive = dr.select(due, dr.clip(path.mean(path.β), 0.05, SURVIVAL), 1)
            path.β /= survive
            alive &= rng.next_float32() < survive
        chosen = type(path.β)(kept.total)
        follow = path.active & ~alive & (path.mean(chosen) > 0)
        if limits.roulette:
            survive = dr.clip(8 * path.mean(chosen), 0.25, 1)
            chosen /= survive
            follow &= rng.next_float32() < survive
        self._turn_to(path, follow, chosen)
        cut = (alive | follow) & (path.depth >= limits.max_depth)
        waiting = type(chosen)(dr.select(alive, kept.total, 0))
        lost = path.mean(path.β) + path.mean(waiting)
        path.trapped += dr.select(cut, lost, 0) * (path.lanes / 4)
        together = kept.together()
        path.parted = follow & ~cut & ~together
        path.active = (alive | (follow & together)) & ~cut
        kept.total = type(chosen)(dr.select(path.parted, chosen, waiting))

    def _turn_to(self, path: Path, follow: Any, β: Any) -> None:
        """Go on with the candidate that was kept, where `follow` says so, at throughput β."""
        kept = path.kept
        path.o = dr.select(follow, kept.o[0], path.o)
        path.d = dr.select(follow, kept.d[0], path.d)
        path.β = dr.select(follow, β, path.β)
        path.straight = dr.select(follow, kept.straight[0], path.straight)
        path.medium = dr.select(follow, kept.medium[0], path.medium)
        path.normal = dr.select(follow, kept.normal[0], mi.Vector3f(0))
        path.within = [
            dr.select(follow, *pair) for pair in zip(kept.within[0], path.within, strict=True)
        ]
        path.hits = dr.select(follow, 0, path.hits)
        path.pdf = dr.select(follow, -1, path.pdf)

"""Photons between two vertices and at one, four wavelengths at a time.

A refracted photon could go on with one of its wavelengths only. But most of the spectrum meets the
same facets in the same order: so one wavelength, the hero, decides at every facet whether to
reflect or refract, and the others come along, each on its own ray, as long as they meet the facet
that the hero meets. As the hero is one of four at random, a path that several of them could have
led weighs each by the sum of their chances (hero wavelengths, Wilkie et al. 2014; the balance
heuristic of Veach and Guibas 1995). Who falls off is found as often when it leads itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.trace import fresnel
from engine.trace.backend import dr, mi
from engine.trace.compile import GEM, Compiled
from engine.trace.doubled import DoubledFacet, facet_of, fallen, incidence, number, onward, turned
from engine.trace.hit import Hit, bends
from engine.trace.surface import Surface
from engine.trace.walk import offset

LANES = range(4)
HERO = 0


@dataclass
class Flight:
    """Where photons are, one entry per photon, with one ray per wavelength.

    o, d   : the rays. P : chance of the path so far to be led by each wavelength, relative to the
             hero's; 0 for those that have fallen off.
    β      : flux at each wavelength over the chance of the hero's path.
    alike  : not refracted yet: all wavelengths are on one ray.
    within : the stone (its part) that the photon is in, -1 outside. depth : vertices so far.
    landed : the photon has come down to the ground behind the piece.
    waves  : the state of each wavelength in stones that show things double; see `doubled`.
    """

    o: list[Any]
    d: list[Any]
    P: Any
    β: Any
    alike: Any
    within: Any
    depth: Any
    landed: Any
    waves: list[list[Any]]

    @staticmethod
    def start(o: Any, d: Any, wave: list[Any]) -> Flight:
        """Photons of unit flux from o along d. wave : `doubled.unknown` of the scene."""
        return Flight(
            o=[mi.Point3f(o) for _ in LANES],
            d=[mi.Vector3f(d) for _ in LANES],
            P=mi.Spectrum(1),
            β=mi.Spectrum(1),
            alike=mi.Bool(True),
            within=mi.Int32(-1),
            depth=mi.UInt32(0),
            landed=mi.Bool(False),
            waves=[list(wave) for _ in LANES],
        )


class Vertex:
    """A vertex of each photon of `flight`; its methods are called in their order below.

    p, d  : point and next direction of each wavelength. P, β : as in `Flight`.
    """

    def __init__(self, scene: Compiled, flight: Flight, met: Hit, λ: Any) -> None:
        self.scene, self.flight, self.met = scene, flight, met
        si, d = met.si, flight.d[HERO]
        self.piece, self.part = met.piece, met.part
        self.stone = met.piece & (met.kind == GEM)
        self.front = dr.dot(d, si.n) < 0
        self.ng = dr.select(self.front, si.n, -si.n)
        self.ns = dr.select(self.front, si.sh_frame.n, -si.sh_frame.n)
        self.n, self.k, self.a, self.ρ = scene.optics.eval(met.material, λ, met.piece)
        self.λ = λ

    def gather(self) -> None:
        """Who has come along, and where; weaken the light by the stone that it has crossed."""
        flight, scene, si = self.flight, self.scene, self.met.si
        self.flat = dr.gather(mi.Bool, scene.facets.flat, self.part, self.stone)
        own = self.flat & ~self.front & (flight.within == mi.Int32(self.part))
        facet = dr.gather(mi.UInt32, scene.facets.of_face, si.prim_index, own)
        together, t = mi.Spectrum(1), mi.Spectrum(si.t)
        for i in LANES[1:]:
            asked = own & ~flight.alike & (flight.P[i] > 0)
            ray = mi.Ray3f(flight.o[i], flight.d[i])
            there = scene.world.ray_intersect_preliminary(ray, False, asked)
            same = asked & there.is_valid()
            same &= dr.gather(mi.UInt32, scene.face_part, there.prim_index, same) == self.part
            same &= dr.gather(mi.UInt32, scene.facets.of_face, there.prim_index, same) == facet
            together[i] = dr.select(same | flight.alike, mi.Float(1), 0)
            t[i] = dr.select(same, there.t, 0)
        self.p = [
            dr.select(own & ~flight.alike, flight.o[i] + flight.d[i] * t[i], mi.Point3f(si.p))
            for i in LANES
        ]
        inside = self.piece & (flight.within >= 0)
        row = dr.gather(mi.UInt32, scene.part_material, mi.UInt32(flight.within), inside)
        crossed = self._left(row, own, inside, t)
        self.P = flight.P * together
        self.β = flight.β * together * dr.select(inside, crossed, 1)

    def _left(self, row: Any, own: Any, inside: Any, t: Any) -> Any:
        """What the stone has left of each wavelength."""
        scene, flight = self.scene, self.flight
        if scene.colours is None:
            lost = mi.Spectrum(scene.optics.absorption(row, self.λ[HERO], inside))
            return dr.exp(-dr.select(own, self.a, lost) * t)
        stones = scene.colours.stones(mi.UInt32(flight.within), row, self.λ, inside)
        left = [stones[i].left(flight.o[i], flight.d[i], t[i], flight.waves[i]) for i in LANES]
        return mi.Spectrum(left)

    def split(self, rng: Any) -> None:
        """A facet reflects or refracts, as the hero has it."""
        d, ns = self.flight.d, mi.Vector3f(self.ns)
        cos_i = mi.Spectrum([dr.abs(dr.dot(x, ns)) for x in d])
        η = dr.select(self.front, self.n, 1 / self.n)
        u = rng.next_float32()
        facets = self._facets(rng)
        for i in LANES:
            cos_i[i], η[i] = incidence(facets[i], cos_i[i], η[i])
        R, cos_t = fresnel.dielectric(cos_i, η)
        reflect = u < R[HERO]
        share = dr.select(reflect, R, 1 - R)
        share /= dr.fmax(share[HERO], 1e-20)
        self.P *= dr.select(self.stone, share, 1)
        self.β *= dr.select(self.stone, share, 1)
        self.refracted = self.stone & ~reflect
        to_one = turned(facets[HERO], rng)
        self._turn(facets, reflect, to_one)
        self.d, self.waves = [], []
        for i in LANES:
            mirrored = d[i] + 2 * cos_i[i] * ns
            bent = d[i] / η[i] + (cos_i[i] / η[i] - cos_t[i]) * ns
            out = dr.select(reflect, mirrored, bent)
            out, wave = onward(facets[i], reflect, cos_t[i], out, to_one)
            self.d.append(out)
            self.waves.append(wave)
        # In a curved stone the hero goes on alone.
        alone = mi.Spectrum(dr.select(self.refracted & ~self.flat, 0, 1))
        alone[HERO] = mi.Float(1)
        self.P *= alone
        self.β *= alone

    def _facets(self, rng: Any) -> list[DoubledFacet | None]:
        """The facet as the wave of each wavelength meets it; all fall into the same sort."""
        flight, scene, met = self.flight, self.scene, self.met
        u = number(flight.waves[HERO], rng)
        own = (flight.within < 0) | (flight.within == mi.Int32(self.part))
        found = []
        for i in LANES:
            wave = fallen(scene, met, flight.d[i], flight.waves[i], own, self.λ[i], u)
            found.append(facet_of(scene, met, flight.d[i], self.ns, self.front, wave, self.λ[i]))
        return found

    def _turn(self, facets: list[DoubledFacet | None], reflect: Any, to_one: Any) -> None:
        """Chances of the wave that the hero goes on as."""
        hero = facets[HERO]
        if hero is None:
            return
        share = mi.Spectrum([f.share for f in facets if f is not None])
        share = dr.select(to_one, share, 1 - share)
        share /= dr.fmax(share[HERO], 1e-20)
        stays = hero.double & reflect & ~self.front
        self.P *= dr.select(stays, share, 1)
        self.β *= dr.select(stays, share, 1)

    def scatter(self, rng: Any) -> None:
        """Metal, or a coat over a diffuse base: a direction off the lobe.

        The lobes are symmetric, so light and camera see the same weights. The choice between them
        is the same for all wavelengths.
        """
        surface = self.piece & ~self.stone
        choice = rng.next_float32()
        u = mi.Point2f(rng.next_float32(), rng.next_float32())
        spectra = (self.λ, self.n, self.k, self.ρ)
        on = Surface(
            self.scene, self.met, self.flight.d[HERO], self.front, self.ns, spectra, surface
        )
        wo, weight = on.bounce(u, choice)
        self.β *= dr.select(self.stone, 1, weight)
        self.d = [dr.select(self.stone, x, on.frame.to_world(wo)) for x in self.d]

    def tilt(self) -> None:
        """Shading normals, seen from the light.

        The estimators weigh light by its cosine to the shading normal, but flux is spread by the
        geometric one, on the way in as on the way out. What they have to bend, seen from the
        camera's side, is left to them.
        """
        came, goes = self.flight.d[HERO], self.d[HERO]
        side = dr.select(self.refracted, -1.0, 1.0)
        ok = (dr.dot(came, self.ns) < 0) & (side * dr.dot(goes, self.ng) > 0)
        ok &= ~bends(-goes, side * self.ng, side * self.ns)
        factor = dr.dot(came, self.ns) * dr.dot(goes, self.ng)
        factor /= dr.dot(came, self.ng) * dr.dot(goes, self.ns)
        self.β *= dr.select(ok, dr.abs(factor), 0)

    def advance(self) -> None:
        """Move the photons of `flight` that have met the piece past this vertex."""
        flight, piece = self.flight, self.piece
        flight.landed |= self.met.ground & (flight.depth > 0)
        for i in LANES:
            came = self.P[i] > 0  # who has fallen off goes with the hero, without weight
            d = mi.Vector3f(dr.select(came, self.d[i], self.d[HERO]))
            o = offset(dr.select(came, self.p[i], self.p[HERO]), mi.Normal3f(self.ng), d)
            flight.o[i] = dr.select(piece, o, flight.o[i])
            flight.d[i] = dr.select(piece, d, flight.d[i])
            if flight.waves[i]:
                flight.waves[i] = [
                    dr.select(piece, dr.select(came, own, hero), old)
                    for own, hero, old in zip(
                        self.waves[i], self.waves[HERO], flight.waves[i], strict=True
                    )
                ]
        flight.P = mi.Spectrum(dr.select(piece, self.P, flight.P))
        flight.β = mi.Spectrum(dr.select(piece, self.β, flight.β))
        flight.alike &= ~self.refracted
        entered = dr.select(self.front, mi.Int32(self.part), -1)
        flight.within = mi.Int32(dr.select(self.refracted, entered, flight.within))
        flight.depth += 1

"""A sketch of what camera rays show: nearly the picture, at a fraction of its cost, without dice.

Three wavelengths stand for the spectrum. What leaves a stone's facets looks the sky up; metal
mirrors once, as if it were smooth; the ground is unshadowed. What is in the way of that, and what
lies below a surface, is hidden: its share of what a sample shows is known, its radiance is not. For
that every part takes one colour, which its samples tell (`fit`).
So a sample's sketch follows from where it lies in its pixel alone, and several places cost as
much as one sample. It is right where that is all there is, and near enough elsewhere to take the
facets, their edges and their fire out of what is left:

    ⟨u⟩ = ⟨s - g(λ)⟩_n + ⟨ḡ⟩_4n

with s the samples, g(λ) their sketch as their own few wavelengths show it, and ḡ as the whole
spectrum does: a control variate whose mean is estimated at four times as many places (Rousselle,
Jarosz and Novák use whole images as such: "Image-space Control Variates for Rendering", ACM TOG 35
(6), 2016, DOI 10.1145/2980179.2982443). It has the mean of s whatever g is. Pixels that show
different things often differ in ⟨g⟩ alone, so s - g is what a refiner can average
(`engine.refine.rest`); what the sketch gets wrong stays in it. The colours that four wavelengths of
a sample make of even light are the same in s and g(λ), and are gone too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine import optics
from engine.trace import fresnel
from engine.trace.backend import constant, dr, mi, table
from engine.trace.compile import COATED, GEM, METAL, Compiled
from engine.trace.crystal import Stone
from engine.trace.hit import Hit, Strike, mirrored, nearest, oriented
from engine.trace.interior import Interior, left
from engine.trace.polytope import NONE, Locator
from engine.trace.spectrum import look_up
from engine.trace.walk import offset
from engine.types import FloatArray

if TYPE_CHECKING:
    from engine.trace.batch import Entries
    from engine.trace.lens import Optic

#: Wavelengths of a sketch, nm: spread over those that eyes see best (estimated).
NODES = (450.0, 530.0, 620.0)
#: Places that are sketched for each sample, and least ones where the piece's outline is near.
PLACES, OUTLINE = 4, 64
#: Throughput and internal hits at which a chain is not followed any more.
ENOUGH, MOST_HITS = 0.05, 12
#: GGX α from which on what a surface mirrors is too blurred to be told by a smooth one: lamps would
#: be sketched where there are none.
BLURRED = 0.1


@dataclass(frozen=True)
class Drawing:
    """Sketches of entries.

    found : XYZ of all entries where no piece is, as far as it is known. hit : of which entries the
    ray meets the piece's mesh. light, hidden : [hits] radiance at the nodes, and the share of it
    that hidden things have. piece : [hits] whether the piece is what is seen; between it and who
    looks at it there may be ground yet.
    """

    scene: Compiled
    entries: Entries
    found: Any
    hit: Any
    light: Any
    hidden: Any
    piece: Any

    def whole(self) -> tuple[Any, Any]:
        """XYZ as the whole spectrum shows the sketches: of what is known, and of what is hidden,
        as if that had radiance 1."""
        rows = [constant(row) for row in node_weights(self.scene.sky.mean)]
        both = (self.light, self.hidden)
        return self._placed(*(sum(of[k] * row for k, row in enumerate(rows)) for of in both))

    def drawn(self) -> tuple[Any, Any]:
        """XYZ as each entry's own wavelengths show its sketch, the mean of which is `whole`."""
        if dr.width(self.hit) == 0:
            return self._placed(self.light, self.hidden)
        wavelengths = self.scene.wavelengths
        λ, inverse_pdf = wavelengths.sample(self.entries.rows(self.hit).numbers().wavelength)
        rows = table(_between_nodes(self.scene.sky.mean).T)
        between = [look_up(mi.Vector3f, rows, λ[lane]) for lane in range(4)]
        found = []
        for nodes in (self.light, self.hidden):
            radiance = mi.Spectrum(*(dr.dot(row, nodes) for row in between))
            found.append(wavelengths.to_xyz(radiance, λ, inverse_pdf))
        return self._placed(*found)

    def _placed(self, light: Any, hidden: Any) -> tuple[Any, Any]:
        """Both for all entries: `found` and nothing hidden where the piece is not."""
        images = mi.Vector3f(self.found), dr.zeros(mi.Vector3f, dr.width(self.entries.pixel))
        if dr.width(self.hit) == 0:
            return images
        known = dr.gather(mi.Vector3f, self.found, self.hit)
        for image, here in zip(
            images,
            (dr.select(self.piece, light, known), dr.select(self.piece, hidden, 0)),
            strict=True,
        ):
            dr.scatter(image, mi.Vector3f(here), self.hit)
        return images


def sketch(scene: Compiled, optic: Optic, entries: Entries, struck: Strike) -> Drawing:
    """What every entry shows, nearly. struck : where their rays meet the piece."""
    ray = entries.ray(optic, entries.numbers())
    found = scene.ground.towards(ray) if scene.ground.visible else mi.Vector3f(0)
    found = mi.Vector3f(found + dr.zeros(mi.Float, dr.width(entries.pixel)))
    dr.eval(struck, found)
    hit = dr.compress(dr.isfinite(struck.t))
    count = dr.width(hit)
    if count == 0:
        nothing = mi.Vector3f(0)
        return Drawing(scene, entries, found, hit, nothing, nothing, mi.Bool(False))
    every = dr.arange(mi.UInt32, count * len(NODES))
    number = every // len(NODES)
    index = dr.gather(mi.UInt32, hit, number)
    few, node = entries.rows(index), every - number * len(NODES)
    light = _Light(scene, dr.gather(mi.Float, table(NODES), node))
    known, hidden, piece = _piece(light, few.ray(optic, few.numbers()), struck.rows(index))
    dr.eval(known, hidden, piece)  # else each use of them would follow the chains again
    first = dr.arange(mi.UInt32, count)
    return Drawing(
        scene,
        entries,
        found,
        hit,
        dr.gather(mi.Vector3f, known, first),
        dr.gather(mi.Vector3f, hidden, first),
        dr.gather(mi.Bool, piece, first * len(NODES)),
    )


def node_weights(light: FloatArray) -> FloatArray:
    """[nodes, 3] XYZ for radiance 1 at each node, which takes straight lines between its ratios to
    `light`, [471]: light that nothing has coloured has its colour exactly."""
    weights: FloatArray = _between_nodes(light) @ (optics.cmf() / optics.cmf()[:, 1].sum())
    return weights


def _between_nodes(light: FloatArray) -> FloatArray:
    """[nodes, 471] the spectrum of which radiance 1 at each node is told, as in `node_weights`."""
    hats = np.stack([np.interp(optics.WAVELENGTHS, NODES, row) for row in np.eye(len(NODES))])
    at_nodes = np.interp(NODES, optics.WAVELENGTHS, light)
    return np.asarray(hats * light / np.maximum(at_nodes, 1e-9)[:, None])


class _Light:
    """What comes from where at one wavelength per ray, to the first bounce: the radiance that is
    known, and the share that what is hidden has."""

    def __init__(self, scene: Compiled, λ: Any) -> None:
        self.scene, self.λ = scene, mi.Color1f(λ)
        self.sky = look_up(mi.Vector3f, scene.sky.spectra, λ)
        self.ground = look_up(mi.Float, scene.ground.radiance, λ)

    def afar(self, d: Any) -> Any:
        """The sky along d, or the ground below it, unshadowed."""
        light = dr.dot(self.scene.sky.layers(d), self.sky)
        return dr.select(d.z < 0, self.ground, light) if self.scene.ground.present else light

    def past(self, o: Any, d: Any, active: Any) -> tuple[Any, Any]:
        """Light from o along d."""
        hidden = self.scene.world.ray_test(mi.Ray3f(o, d), False, active)
        return dr.select(hidden, 0, self.afar(d)), dr.select(hidden, mi.Float(1), 0)

    def seen(self, o: Any, d: Any, active: Any) -> tuple[Any, Any]:
        """Light from o along d; of the piece what it mirrors of sky and ground."""
        met = nearest(self.scene, mi.Ray3f(o, d), active)
        _, _, ns, _ = oriented(met.si, d)
        n, k, _, ρ = self.scene.optics.eval(met.material, self.λ, met.piece)
        R, base = _surface(met.kind, dr.abs(dr.dot(d, ns)), n[0], k[0], ρ[0])
        sharp = self.sharp(met)
        mirror = dr.select(sharp, R * self.afar(mirrored(d, ns)), 0)
        below = dr.select(sharp, base, base + R)
        return dr.select(met.piece, mirror, self.afar(d)), dr.select(met.piece, below, 0)

    def sharp(self, met: Hit) -> Any:
        """Whether a surface mirrors things as a smooth one does."""
        return self.scene.roughness.mean(met.part, met.piece) < BLURRED


def _surface(kind: Any, cos: Any, n: Any, k: Any, ρ: Any) -> tuple[Any, Any]:
    """Reflectance of a surface, and of what lies below it."""
    R = fresnel.dielectric(cos, n)[0]
    base = dr.select(kind == COATED, (1 - R) * ρ, 1 - R)
    metal = kind == METAL
    return dr.select(metal, fresnel.conductor(cos, n, k), R), dr.select(metal, 0, base)


def _piece(light: _Light, ray: Any, struck: Strike) -> tuple[Any, Any, Any]:
    """What rays see of the piece, known and hidden, and where they meet it."""
    scene = light.scene
    met = nearest(scene, ray, mi.Bool(True), struck)
    front, ng, ns, _ = oriented(met.si, ray.d)
    n, k, a, ρ = (value[0] for value in scene.optics.eval(met.material, light.λ, met.piece))
    gem = met.piece & (met.kind == GEM)
    cut = gem & front & dr.gather(mi.Bool, scene.facets.flat, met.part, gem)
    R, base = _surface(met.kind, dr.abs(dr.dot(ray.d, ns)), n, k, ρ)
    p, reflected = mi.Point3f(met.si.p), mirrored(ray.d, ns)
    sharp = light.sharp(met)
    mirror = light.seen(offset(p, ng, reflected), reflected, met.piece & sharp)
    mirror = R * dr.select(sharp, mirror[0], 0), R * dr.select(sharp, mirror[1], 1)
    interior = Interior(scene, False)
    R, o, w = interior.enter(ray.d, p, ng, ns, n)
    crystal = interior.crystal(met.part, met.material, light.λ, cut)
    β = dr.select(cut, 1 - R, 0)
    known, hidden = _chain(interior, o, w, β, n, a, crystal, met.part, light, cut)
    hidden += mirror[1] + dr.select(cut, 0, base)
    return mirror[0] + known, hidden, met.piece


@dr.syntax
def _chain(
    interior: Interior,
    o: Any,
    w: Any,
    β: Any,
    n: Any,
    a: Any,
    crystal: Stone | None,
    part: Any,
    light: _Light,
    going: Any,
) -> tuple[Any, Any]:
    """What leaves a stone at the facets that light of throughput β meets in it: known, hidden."""
    convex = going & dr.gather(mi.Bool, interior.scene.facets.convex, part, going)
    locator = Locator(interior.scene.polytopes, interior.scene.facets.first, part, convex)
    hits = mi.UInt32(0)
    known, hidden = mi.Float(0), mi.Float(0)
    going = mi.Bool(going)
    while going:
        plane = locator.exit(o, w, mi.UInt32(NONE), going & convex)
        m = interior.met(plane, o, w, part, going)
        s = interior.step(m, o, w, n)
        β *= left(crystal, a, o, w, s.t)
        out = dr.select(m.own, β * (1 - s.R), 0)
        past = light.past(s.exit_o, s.exit, out > 0)
        known += out * past[0]
        hidden += out * past[1] + dr.select(m.stopped, β, 0)
        β = dr.select(m.own, β * s.R, dr.select(m.passed, β, 0))
        o, w = mi.Point3f(s.o), mi.Vector3f(s.w)
        hits += 1
        going &= (β > ENOUGH) & (hits < MOST_HITS)
    return known, hidden + β

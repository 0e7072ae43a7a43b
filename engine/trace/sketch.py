"""A sketch of what camera rays show: nearly the picture, at a fraction of its cost, without dice.

Three wavelengths stand for the spectrum. What leaves a stone's facets looks the sky up, and takes a
constant for what is in its way; metal mirrors once, as if it were smooth; the ground is unshadowed.
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
from engine.trace.backend import dr, mi, table
from engine.trace.budget import relative
from engine.trace.compile import COATED, GEM, METAL, Compiled
from engine.trace.crystal import Stone
from engine.trace.hit import Strike, mirrored, nearest, oriented
from engine.trace.interior import Interior, left
from engine.trace.polytope import NONE, Locator
from engine.trace.spectrum import look_up
from engine.trace.walk import offset
from engine.types import FloatArray, ImageArray, IntArray, Sketch

if TYPE_CHECKING:
    from engine.trace.batch import Entries
    from engine.trace.lens import Optic

#: Wavelengths of a sketch, nm: spread over those that eyes see best (estimated).
NODES = (450.0, 530.0, 620.0)
#: Places that are sketched for each sample, and least ones where the piece's outline is near.
PLACES, OUTLINE = 4, 64
#: Radiance of what is not followed (estimated).
DIM = 0.5
#: Throughput and internal hits at which a chain is not followed any more.
ENOUGH, MOST_HITS = 0.05, 12
#: How much more than what it explains a sketch may leave of a part, as relative variance: some more
#: is worth it, since what it leaves is smoother.
WORSE = 2.0


@dataclass(frozen=True)
class Drawing:
    """Sketches of entries.

    found : XYZ of all entries where no piece is, as far as it is known. hit : of which entries the
    ray meets the piece's mesh. light : [hits] radiance at the nodes. piece : [hits] whether the
    piece is what is seen; between it and who looks at it there may be ground yet.
    """

    scene: Compiled
    entries: Entries
    found: Any
    hit: Any
    light: Any
    piece: Any

    def whole(self) -> Any:
        """XYZ as the whole spectrum shows the sketches."""
        rows = node_weights(self.scene.sky.mean)
        return self._placed(sum(self.light[k] * mi.Vector3f(row) for k, row in enumerate(rows)))

    def drawn(self) -> Any:
        """XYZ as each entry's own wavelengths show its sketch, the mean of which is `whole`."""
        wavelengths = self.scene.wavelengths
        λ, inverse_pdf = wavelengths.sample(self.entries.rows(self.hit).numbers().wavelength)
        rows = table(_between_nodes(self.scene.sky.mean).T)
        radiance = mi.Spectrum(0)
        for lane in range(4):
            radiance[lane] = dr.dot(look_up(mi.Vector3f, rows, λ[lane]), self.light)
        return self._placed(wavelengths.to_xyz(radiance, λ, inverse_pdf))

    def _placed(self, xyz: Any) -> Any:
        """`found` with this where the piece is."""
        if dr.width(self.hit) == 0:
            return self.found
        known = dr.gather(mi.Vector3f, self.found, self.hit)
        image = mi.Vector3f(self.found)
        dr.scatter(image, mi.Vector3f(dr.select(self.piece, xyz, known)), self.hit)
        return image


def sketch(scene: Compiled, optic: Optic, entries: Entries, struck: Strike) -> Drawing:
    """What every entry shows, nearly. struck : where their rays meet the piece."""
    ray = entries.ray(optic, entries.numbers())
    found = scene.ground.towards(ray) if scene.ground.visible else mi.Vector3f(0)
    found = mi.Vector3f(found + dr.zeros(mi.Float, dr.width(entries.pixel)))
    dr.eval(struck, found)
    hit = dr.compress(dr.isfinite(struck.t))
    count = dr.width(hit)
    if count == 0:
        return Drawing(scene, entries, found, hit, mi.Vector3f(0), mi.Bool(False))
    every = dr.arange(mi.UInt32, count * len(NODES))
    number = every // len(NODES)
    index = dr.gather(mi.UInt32, hit, number)
    few, node = entries.rows(index), every - number * len(NODES)
    light = _Light(scene, dr.gather(mi.Float, table(NODES), node))
    seen, piece = _piece(light, few.ray(optic, few.numbers()), struck.rows(index))
    dr.eval(seen, piece)  # else each use of it would follow the chains again
    first = dr.arange(mi.UInt32, count)
    return Drawing(
        scene,
        entries,
        found,
        hit,
        dr.gather(mi.Vector3f, seen, first),
        dr.gather(mi.Bool, piece, first * len(NODES)),
    )


def helpful(sketch: Sketch, xyz: ImageArray, variance: ImageArray, part: IntArray) -> Sketch:
    """`sketch` without the parts that it does not help: what it leaves of them varies by more than
    `WORSE` of what they show.

    Small lamps in the dark, mirrored sharply where metal blurs them, are an example. xyz, variance,
    part : of the frame.
    """
    number = np.maximum(part, -2).ravel() + 2
    left, shown = (
        np.bincount(number, relative(spread, xyz[..., 1]).ravel().astype(np.float64))
        for spread in (sketch.variance, variance)
    )
    out = (left > WORSE * shown)[number].reshape(part.shape)[..., None]
    return Sketch(
        here=np.where(out, np.float32(0), sketch.here),
        around=np.where(out, np.float32(0), sketch.around),
        variance=np.where(out, variance, sketch.variance),
        doubt=np.where(out, np.float32(0), sketch.doubt),
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
    """What comes from where at one wavelength per ray, to the first bounce."""

    def __init__(self, scene: Compiled, λ: Any) -> None:
        self.scene, self.λ = scene, mi.Color1f(λ)
        self.sky = look_up(mi.Vector3f, scene.sky.spectra, λ)
        self.ground = look_up(mi.Float, scene.ground.radiance, λ)

    def afar(self, d: Any) -> Any:
        """The sky along d, or the ground below it, unshadowed."""
        light = dr.dot(self.scene.sky.layers(d), self.sky)
        return dr.select(d.z < 0, self.ground, light) if self.scene.ground.present else light

    def past(self, o: Any, d: Any, active: Any) -> Any:
        """Light from o along d, where the piece is in the way `DIM`."""
        hidden = self.scene.world.ray_test(mi.Ray3f(o, d), False, active)
        return dr.select(hidden, DIM, self.afar(d))

    def seen(self, o: Any, d: Any, active: Any) -> Any:
        """Light from o along d; of the piece what it mirrors of sky and ground."""
        met = nearest(self.scene, mi.Ray3f(o, d), active)
        _, _, ns, _ = oriented(met.si, d)
        n, k, _, ρ = self.scene.optics.eval(met.material, self.λ, met.piece)
        R, base = _surface(met.kind, dr.abs(dr.dot(d, ns)), n[0], k[0], ρ[0])
        shown = R * self.afar(mirrored(d, ns)) + base * DIM
        return dr.select(met.piece, shown, self.afar(d))


def _surface(kind: Any, cos: Any, n: Any, k: Any, ρ: Any) -> tuple[Any, Any]:
    """Reflectance of a surface, and of what lies below it."""
    R = fresnel.dielectric(cos, n)[0]
    base = dr.select(kind == COATED, (1 - R) * ρ, 1 - R)
    metal = kind == METAL
    return dr.select(metal, fresnel.conductor(cos, n, k), R), dr.select(metal, 0, base)


def _piece(light: _Light, ray: Any, struck: Strike) -> tuple[Any, Any]:
    """What rays see of the piece, and where they meet it."""
    scene = light.scene
    met = nearest(scene, ray, mi.Bool(True), struck)
    front, ng, ns, _ = oriented(met.si, ray.d)
    n, k, a, ρ = (value[0] for value in scene.optics.eval(met.material, light.λ, met.piece))
    gem = met.piece & (met.kind == GEM)
    cut = gem & front & dr.gather(mi.Bool, scene.facets.flat, met.part, gem)
    R, base = _surface(met.kind, dr.abs(dr.dot(ray.d, ns)), n, k, ρ)
    p, reflected = mi.Point3f(met.si.p), mirrored(ray.d, ns)
    found = R * light.seen(offset(p, ng, reflected), reflected, met.piece)
    found += dr.select(cut, 0, base * DIM)
    interior = Interior(scene, False)
    R, o, w = interior.enter(ray.d, p, ng, ns, n)
    crystal = interior.crystal(met.part, met.material, light.λ, cut)
    β = dr.select(cut, 1 - R, 0)
    found += _chain(interior, o, w, β, n, a, crystal, met.part, light, cut)
    return found, met.piece


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
) -> Any:
    """What leaves a stone at the facets that light of throughput β meets in it."""
    convex = going & dr.gather(mi.Bool, interior.scene.facets.convex, part, going)
    locator = Locator(interior.scene.polytopes, interior.scene.facets.first, part, convex)
    hits = mi.UInt32(0)
    found = mi.Float(0)
    going = mi.Bool(going)
    while going:
        plane = locator.exit(o, w, mi.UInt32(NONE), going & convex)
        m = interior.met(plane, o, w, part, going)
        s = interior.step(m, o, w, n)
        β *= left(crystal, a, o, w, s.t)
        out = dr.select(m.own, β * (1 - s.R), 0)
        found += out * light.past(s.exit_o, s.exit, out > 0)
        found += dr.select(m.stopped, β * DIM, 0)
        β = dr.select(m.own, β * s.R, dr.select(m.passed, β, 0))
        o, w = mi.Point3f(s.o), mi.Vector3f(s.w)
        hits += 1
        going &= (β > ENOUGH) & (hits < MOST_HITS)
    return found + β * DIM

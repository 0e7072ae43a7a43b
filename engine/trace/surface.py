"""How opaque surfaces scatter: metal, and a diffuse base under a clear coat.

A metal is a GGX lobe, and where any is rough another one (`multiple`). A coated surface (pearl,
enamel, onyx) is a dielectric GGX lobe over a diffuse base that light enters and leaves through the
coat (`Optics.coat`); between the two, nacre and lattice planes have a lobe of their own (`nacre`,
`within`). Every estimator asks here, in two ways that tests hold against each other: `sample` and
`eval` for those that weigh one technique against another, `bounce` for those that follow one lobe
with its weight.
"""

from __future__ import annotations

from typing import Any

from engine.trace import fresnel, microfacet
from engine.trace.backend import dr, mi
from engine.trace.compile import COATED, METAL, Compiled
from engine.trace.hit import Hit
from engine.trace.multiple import Multiple
from engine.trace.nacre import NacreLobe
from engine.trace.within import WithinLobe


class Surface:
    """The surface under a vertex of each walk; directions are local, the normal being z.

    wi     : where the walk came from. frame : to the local directions.
    n, k, ρ: index of the metal or of the coat, and reflectance of the base, per wavelength.
    lobes  : of what lies between coat and base, where the scene has any: with `here`, the `chance`
             to draw them, `sample` and `eval` as below, the `weight` of a direction of theirs, and
             how much gets `through` to the base.
    active : where the vertex lies on an opaque surface.
    lit    : whether light gets there: the inside of a closed solid is dark, and is only seen where
             solids overlap.

    A plain class: Dr.Jit would take a dataclass for loop state and try to write to it.
    """

    def __init__(
        self,
        scene: Compiled,
        met: Hit,
        d: Any,
        front: Any,
        ns: Any,
        spectra: tuple[Any, Any, Any, Any],
        active: Any,
    ) -> None:
        λ, self.n, self.k, self.ρ = spectra
        self.frame = scene.roughness.frame(met.si.p, ns, met.part, active)
        self.wi = self.frame.to_local(-d)
        self.rough = scene.roughness.at(met.part, active)
        self.metals = METAL in scene.optics.present
        self.coats = COATED in scene.optics.present
        self.coated = active & (met.kind == COATED) if self.coats else mi.Bool(False)
        self.lit = front | ~dr.gather(mi.Bool, scene.closed, met.part, active)
        # The chance of the lobe, against that of the base: the same for all wavelengths.
        self.chance = mi.Float(1)
        if self.coats:
            coat = fresnel.dielectric(self.wi.z, self.n[0])[0]
            self.chance = dr.select(self.coated, dr.clip(coat, 0.25, 0.75), 1)
            self.optics, self.material = scene.optics, met.material
            self.enters = 1 - self._kept(self.wi)
        self.lobes: list[Any] = []
        if scene.optics.nacres is not None:
            self.lobes.append(NacreLobe(scene.optics.nacres, met, self.wi, λ, active))
        if scene.optics.within is not None:
            lobe = WithinLobe(scene.optics.within, met, self.frame, self.wi, λ, active)
            self.lobes.append(lobe)
        for lobe in self.lobes:
            fewer = dr.clip(coat, 0.5 * lobe.chance, 0.4)
            self.chance = dr.select(lobe.here, fewer, self.chance)
        self.metal = active & (met.kind == METAL)
        self.multiple = None
        if scene.roughness.rough:
            on = (met.part, self.wi, self.n, self.k, self.metal)
            self.multiple = Multiple(scene.roughness, *on)
            self.chance = dr.select(self.metal, self.multiple.chance, self.chance)
        #: The chance of the base, and of the light that bounces more than once.
        self.rest = 1 - self.chance - sum(lobe.chance for lobe in self.lobes)

    def sample(self, u: Any, choice: Any, diffuse: Any) -> Any:
        """A direction off the lobe or the base; diffuse : one of the base's, already drawn."""
        wo = mi.reflect(self.wi, microfacet.visible_normal(self.wi, self.rough, u))
        wo, bound = dr.select(choice < self.chance, wo, diffuse), self.chance
        for lobe in self.lobes:
            drawn = (choice >= bound) & (choice < bound + lobe.chance)
            wo, bound = dr.select(drawn, lobe.sample(u), wo), bound + lobe.chance
        return wo

    def eval(self, wo: Any) -> tuple[Any, Any]:
        """Cosine-weighted BRDF per wavelength, and the density of `sample`."""
        wi, rough = self.wi, self.rough
        m = dr.normalize(wi + wo)
        R = self._reflectance(dr.fmax(dr.dot(wi, m), 0))
        value = R * microfacet.reflection(wi, wo, m, rough)
        density = self.chance * microfacet.density(wi, m, rough)
        cosine = dr.fmax(wo.z, 0) / dr.pi
        if self.coats:
            value += dr.select(self.coated, self._through(wo) * self.ρ * cosine, 0)
        if self.multiple is not None:
            value += dr.select(self.metal, self.multiple.eval(wo), 0)
        density += self.rest * cosine
        for lobe in self.lobes:
            f, pdf = lobe.eval(wo)
            value += dr.select(lobe.here, f, 0)
            density += lobe.chance * pdf
        above = wo.z > 0
        return dr.select(above, value, 0), dr.select(above, density, 0)

    def bounce(self, u: Any, choice: Any) -> tuple[Any, Any]:
        """A direction of the lobe or the base, and its weight per wavelength; 0 below the surface
        and where no light gets."""
        wi, rough = self.wi, self.rough
        m = microfacet.visible_normal(wi, rough, u)
        wo = mi.reflect(wi, m)
        one = 1 + microfacet.lambda_(wi, rough)
        shadowing = one / (one + microfacet.lambda_(wo, rough))
        weight = self._reflectance(dr.dot(wi, m)) * shadowing
        if self.coats or self.multiple is not None:
            diffuse = mi.warp.square_to_cosine_hemisphere(u)
            to_base = choice >= self.chance
            weight = dr.select(to_base, self._base(diffuse), weight / self.chance)
            wo, bound = dr.select(to_base, diffuse, wo), self.chance
            for lobe in self.lobes:
                drawn = (choice >= bound) & (choice < bound + lobe.chance)
                w = lobe.sample(u)
                weight = dr.select(drawn, lobe.weight(w) / dr.fmax(lobe.chance, 0.1), weight)
                wo, bound = dr.select(drawn, w, wo), bound + lobe.chance
        return wo, dr.select(self.lit & (wo.z > 0), weight, 0)

    def _base(self, wo: Any) -> Any:
        """Weight of a direction that was drawn by its cosine, and not off a lobe."""
        weight = type(self.n)(0)
        if self.coats:
            weight = self._through(wo) * self.ρ / dr.fmax(self.rest, 0.25)
        if self.multiple is not None:
            weight = dr.select(self.metal, self.multiple.weight(wo), weight)
        return weight

    def _reflectance(self, cos: Any) -> Any:
        """Of a facet of the metal or of the coat."""
        if not self.coats:
            return fresnel.conductor(cos, self.n, self.k)
        coat = fresnel.dielectric(cos, self.n)[0]
        if not self.metals:
            return coat
        return dr.select(self.coated, coat, fresnel.conductor(cos, self.n, self.k))

    def _kept(self, w: Any) -> Any:
        """What the coat keeps from the base of light along w."""
        return self.optics.coat(self.material, w.z, self.coated)

    def _through(self, wo: Any) -> Any:
        """Share of light that gets through the coat to the base, and out again along wo."""
        share = self.enters * (1 - self._kept(wo))
        for lobe in self.lobes:
            share = lobe.through(wo, share)
        return share

"""Light that lattice planes inside a stone send back: opal's grains, moonstone's lamellae.

Light is bent into the clear stone, mirrored by planes whose normals are spread about one direction
g (von Mises-Fisher), and bent out again. Which of it: opal's planes lie at a distance d, and
Bragg's law has them send back λ = 2 n d cos θ with θ the angle to their normal inside the stone;
moonstone's thin lamellae scatter the more the shorter the wavelength. Planes do not see each other:
what they send back is at most `share` of the light (of opal) or `share` times their spectrum (of
moonstone), and the base below gets the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.trace import fresnel
from engine.trace.backend import dr, mi, table
from engine.trace.grains import grain, lattice
from materials import Material
from materials.phenomena import Grains, Lamellae
from materials.schema import ConstantIndex

if TYPE_CHECKING:
    from engine.trace.hit import Hit

#: Wavelength at which `Lamellae.share` is meant, nm.
BLUE = 400.0


@dataclass(frozen=True)
class Within:
    """Numbers of the scene's opals and moonstones.

    row     : [M] of each material, -1 for others. first : [K * 4] n, share, κ of the spread, and
    whether it has grains. second : [K * 4] 2 d (nm), its spread, width (nm) and grain size (mm), or
    the exponent. axis : [P * 3] z of each part's own frame. grains, lamellae : whether there are.
    """

    row: Any
    first: Any
    second: Any
    axis: Any
    grains: bool
    lamellae: bool

    @staticmethod
    def create(library: Sequence[Material], axes: Sequence[Any]) -> Within | None:
        """None where no material is of this sort. axes : [P, 3]."""
        row, found = [], set()
        first: list[list[float]] = []
        second: list[list[float]] = []
        for material in library:
            inner = material.phenomenon
            if not isinstance(inner, (Grains, Lamellae)):
                row.append(-1)
                continue
            row.append(len(first))
            found.add(type(inner))
            assert isinstance(material.index, ConstantIndex)  # the schema has seen to it
            κ = float(np.radians(inner.spread_deg) ** -2)
            first.append([material.index.n, inner.share, κ, float(isinstance(inner, Grains))])
            second.append(
                [2 * inner.spacing_nm, inner.spacing_spread, inner.width_nm, inner.grain_mm]
                if isinstance(inner, Grains)
                else [inner.exponent, 0.0, 1.0, 1.0]
            )
        if not found:
            return None
        return Within(
            row=mi.Int32(row),
            first=table(first),
            second=table(second),
            axis=table(np.asarray(axes)),
            grains=Grains in found,
            lamellae=Lamellae in found,
        )


class WithinLobe:
    """The lobe of the planes, as `surface.Lobe` has it; directions are local.

    g : mean normal of the planes. spacing : 2 n d, nm. blue : spectrum of lamellae.
    A plain class: Dr.Jit would take a dataclass for loop state and try to write to it.
    """

    def __init__(self, within: Within, met: Hit, frame: Any, wi: Any, λ: Any, active: Any) -> None:
        self.within, self.wi, self.λ = within, wi, λ
        row = dr.gather(mi.Int32, within.row, met.material, active)
        self.here = active & (row >= 0)
        row = mi.UInt32(dr.maximum(row, 0))
        first = dr.gather(mi.Vector4f, within.first, row, self.here)
        self.second = dr.gather(mi.Vector4f, within.second, row, self.here)
        self.n = dr.select(self.here, first.x, 1.5)
        self.share, self.κ = first.y, dr.fmax(first.z, 1)
        self.ordered = first.w > 0
        self.chance = dr.select(self.here, mi.Float(0.35), 0)
        self.g, self.spacing = self._planes(met.part, met.si.p, frame)
        self.inner = self._bent(wi)
        self.enters = 1 - fresnel.dielectric(wi.z, self.n)[0]
        self.blue = type(λ)(0)
        if within.lamellae:
            self.blue = dr.fmin(dr.power(BLUE / λ, self.second.x), 1)

    def _planes(self, part: Any, p: Any, frame: Any) -> tuple[Any, Any]:
        """Mean normal of the planes at p, towards the outside, and 2 n d."""
        n, second = mi.Vector3f(frame.n), self.second
        g, spacing = mi.Vector3f(0, 0, 1), mi.Float(0)
        if self.within.lamellae:
            axis = dr.gather(mi.Vector3f, self.within.axis, part, self.here)
            axis = dr.select(self.here, axis, n)
            g = frame.to_local(axis * dr.select(dr.dot(axis, n) < 0, -1.0, 1.0))
        if self.within.grains:
            ordered = self.here & self.ordered
            bits = grain(p, part, dr.select(ordered, second.w, 1), ordered)
            normal, apart, spare = lattice(bits, n)
            g = dr.select(ordered, frame.to_local(normal), g)
            spacing = self.n * second.x * apart * (1 + second.y * (2 * spare - 1))
        return mi.Vector3f(g), spacing

    def sample(self, u: Any) -> Any:
        """A direction; below the surface where the light does not get out.

        The normals: W. Jakob, "Numerically stable sampling of the von Mises-Fisher distribution on
        S2", 2012.
        """
        cosine = 1 + dr.log(u.x + (1 - u.x) * dr.exp(-2 * self.κ)) / self.κ
        sine = dr.sqrt(dr.fmax(0, 1 - dr.square(cosine)))
        s, c = dr.sincos(dr.two_pi * u.y)
        h = mi.Frame3f(self.g).to_world(mi.Vector3f(sine * c, sine * s, cosine))
        towards = dr.dot(self.inner, h)
        d = 2 * towards * h - self.inner
        sin2 = dr.square(self.n) * (1 - dr.square(d.z))
        out = mi.Vector3f(self.n * d.x, self.n * d.y, dr.sqrt(dr.fmax(1 - sin2, 0)))
        free = (towards > 0) & (d.z > 0) & (sin2 < 1)
        return dr.select(free, out, mi.Vector3f(0, 0, -1))

    def eval(self, wo: Any) -> tuple[Any, Any]:
        """Cosine-weighted BRDF per wavelength, and the density of `sample`."""
        inner, towards, density = self._mirror(wo)
        # Solid angles outside are larger by n² cos θ' / cos θ.
        density *= wo.z / (dr.square(self.n) * inner.z)
        return self._sent(wo, towards) * inner.z * density, density

    def weight(self, wo: Any) -> Any:
        """What `sample`'s direction weighs."""
        inner, towards, _ = self._mirror(wo)
        return self._sent(wo, towards) * inner.z

    def through(self, wo: Any, coat: Any) -> Any:
        """What gets to the base and out again along wo, of what the coat lets through."""
        share = self.share * self.blue
        if self.within.grains:
            share = dr.select(self.ordered, self.share, share)
        return coat * (1 - dr.select(self.here, share, 0))

    def _mirror(self, wo: Any) -> tuple[Any, Any, Any]:
        """wo inside the stone, the cosine to the planes that mirror it, density inside."""
        inner = self._bent(wo)
        h = dr.normalize(self.inner + inner)
        towards = dr.fmax(dr.dot(self.inner, h), 1e-3)
        κ = self.κ
        density = κ * dr.exp(κ * (dr.dot(h, self.g) - 1)) / (dr.two_pi * (1 - dr.exp(-2 * κ)))
        return inner, towards, density / (4 * towards)

    def _sent(self, wo: Any, towards: Any) -> Any:
        """Share of the light, per wavelength, that planes at this angle send in and out."""
        leaves = 1 - fresnel.dielectric(wo.z, self.n)[0]
        share = dr.select(self.here, self.share * self.enters * leaves, 0)
        spectrum = self.blue
        if self.within.grains:
            off = (self.λ - self.spacing * towards) / self.second.z
            spectrum = dr.select(self.ordered, dr.exp(-0.5 * dr.square(off)), spectrum)
        return share * spectrum

    def _bent(self, w: Any) -> Any:
        """A direction in air as it goes on inside the stone, both away from the surface's base."""
        x, y = w.x / self.n, w.y / self.n
        return mi.Vector3f(x, y, dr.sqrt(dr.fmax(1 - dr.square(x) - dr.square(y), 1e-4)))

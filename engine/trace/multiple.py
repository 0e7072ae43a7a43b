"""Light that bounces more than once between the microfacets of rough metal.

The lobe of C. Kulla and A. Conty, "Revisiting Physically Based Shading at Imageworks" (SIGGRAPH
course, 2017): (1 - E(wi)) (1 - E(wo)) / (π (1 - Eavg)), which sends back just what one bounce loses
and is the same seen from the light. Each bounce takes its Fresnel share, in the mean over the
hemisphere: F² Eavg / (1 - F (1 - Eavg)), the sum over two bounces and more (S. Hill, "A Multi-
Faceted Exploration", 2018).
"""

from __future__ import annotations

from typing import Any

from engine.trace import fresnel
from engine.trace.backend import dr, mi
from engine.trace.roughness import Roughness

#: Cosines of the two points of Gauss's rule in cos² over the hemisphere.
GAUSS = (0.45970084, 0.88807383)


class Multiple:
    """That lobe under a vertex of each walk; directions are local.

    wi : where the walk came from. n, k : of the metal. chance : the share of light that one bounce
    sends back along wi: how often the other lobe should be followed.
    """

    def __init__(
        self, roughness: Roughness, part: Any, wi: Any, n: Any, k: Any, active: Any
    ) -> None:
        self.roughness, self.part, self.active = roughness, part, active
        self.lost = roughness.lost(wi, part, active)
        self.chance = 1 - self.lost
        F = sum(fresnel.conductor(mi.Float(cosine), n, k) for cosine in GAUSS) / len(GAUSS)
        away = roughness.lost_mean(part, active)
        self.tint = dr.square(F) * (1 - away) / ((1 - F * away) * dr.fmax(away, 1e-9))

    def eval(self, wo: Any) -> Any:
        """Cosine-weighted BRDF per wavelength; 0 below the surface."""
        return self.weight(wo) * (self.lost * dr.fmax(wo.z, 0) / dr.pi)

    def weight(self, wo: Any) -> Any:
        """Of a direction drawn by its cosine, this lobe having been chosen with 1 - `chance`."""
        return self.tint * self.roughness.lost(wo, self.part, self.active)

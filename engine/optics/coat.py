"""A clear coat over a diffuse base: how much of the light between the two comes out.

Light that the base sends up is mostly sent back by the coat, and meets the base again and again.
That scales what comes out but leaves its directions as they are, so the base's BRDF is
b (1 - E(i)) (1 - E(o)) / π with E the albedo of the coat's lobe, and b is what makes the sum right:
a base of reflectance 1 under a coat loses no light, whatever the coat's roughness.
"""

from __future__ import annotations

import numpy as np

from engine.optics.fresnel import fresnel_dielectric
from engine.optics.lobe import COSINES, even, lobe_matrix
from engine.types import FloatArray


def coat_albedo(n: float, roughness: float) -> FloatArray:
    """[C] what a coat of index n reflects at `COSINES`, and what its facets would pass on among
    themselves: all that does not get to the base. roughness : GGX α."""
    lobe = lobe_matrix(roughness, COSINES)
    kept = lobe @ fresnel_dielectric(COSINES, n)[0]
    return np.asarray(kept)


def coated_base(reflectance: FloatArray, albedo: FloatArray) -> FloatArray:
    """[N] the factor b. reflectance : [N] share of the light that gets through the coat that comes
    out again in the end. albedo : [C] of the coat."""
    return np.asarray(reflectance / (1.0 - even(albedo)))

"""How a file says that a part looks: the numbers of a glTF material, before they mean a substance.

Source: Khronos, glTF 2.0 Specification and its extensions KHR_materials_ior, _transmission,
_volume, _dispersion, _iridescence, _anisotropy, _clearcoat and _specular
(https://github.com/KhronosGroup/glTF, extensions/2.0/Khronos).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from engine.types import Vec3


@dataclass(frozen=True)
class Look:
    """What a material of a file states; None and 0 where it does not.

    base         : linear Rec. 709, of a metal its reflectance, of glass a tint of its surface.
    metallic     : 0 to 1. transmission : 0 to 1.
    ior          : index of refraction. abbe : Abbe number at the d line, infinite without
                   dispersion.
    attenuation  : linear Rec. 709, what white light becomes along `distance`, in file units.
    iridescence  : 0 to 1, of a thin film.
    untold       : in words, what else it states and nothing of ours takes up.
    """

    base: Vec3 | None = None
    metallic: float = 0.0
    transmission: float = 0.0
    ior: float | None = None
    abbe: float = math.inf
    attenuation: Vec3 = (1.0, 1.0, 1.0)
    distance: float = math.inf
    iridescence: float = 0.0
    untold: tuple[str, ...] = ()

    def scaled(self, factor: float) -> Look:
        """The look with its lengths times `factor`."""
        return replace(self, distance=self.distance * factor)

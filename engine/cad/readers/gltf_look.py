"""The look of a glTF material: what it states, and nothing where that makes no sense.

A material may be wrong without its triangles being so: what is no number, or out of its range, is
passed over as if it were not there.
"""

from __future__ import annotations

import math
from typing import Any

from engine.cad.looks import Look
from engine.types import Vec3

#: KHR_materials_dispersion holds 20 / Abbe number.
_DISPERSION = 20.0

#: Strengths that show (estimated).
_VISIBLE = 0.05

#: Extension, field, what it is in words: stated, but of no use to a material of ours.
_UNTOLD = (
    ("anisotropy", "anisotropyStrength", "anisotropy"),
    ("clearcoat", "clearcoatFactor", "clear coat"),
    ("sheen", "sheenRoughnessFactor", "sheen"),
)


def read_look(pbr: Any, extensions: Any) -> Look | None:
    """The look in `pbrMetallicRoughness` and `extensions`; None where they state nothing.

    A metal without a stated metallicFactor and colour is none: both have defaults that say so.
    """
    pbr = pbr if isinstance(pbr, dict) else {}
    said = _Extensions(extensions)
    textured = "baseColorTexture" in pbr
    base = None if textured else _colour(pbr.get("baseColorFactor"))
    metallic = _number(pbr.get("metallicFactor"), 0.0, 1.0)
    if base is None or "metallicRoughnessTexture" in pbr:
        metallic = None
    dispersion = said.number("dispersion", "dispersion", 0.0, 100.0) or 0.0
    distance = said.number("volume", "attenuationDistance", 1e-9, 1e9)
    untold = [word for name, field, word in _UNTOLD if (said.number(name, field) or 0.0) > _VISIBLE]
    tint = _colour(said.of("specular").get("specularColorFactor"))
    if tint is not None and max(tint) - min(tint) > _VISIBLE:
        untold.append("coloured specular")
    look = Look(
        base=base,
        metallic=metallic or 0.0,
        transmission=said.number("transmission", "transmissionFactor") or 0.0,
        ior=said.number("ior", "ior", 1.0001, 10.0),
        abbe=_DISPERSION / dispersion if dispersion > 0.0 else math.inf,
        attenuation=_colour(said.of("volume").get("attenuationColor")) or (1.0, 1.0, 1.0),
        distance=math.inf if distance is None else distance,
        iridescence=said.number("iridescence", "iridescenceFactor") or 0.0,
        untold=tuple(untold),
    )
    return None if look == Look() else look


class _Extensions:
    """The extensions KHR_materials_* of a material."""

    def __init__(self, extensions: Any) -> None:
        self.extensions = extensions if isinstance(extensions, dict) else {}

    def of(self, name: str) -> dict[str, Any]:
        found = self.extensions.get(f"KHR_materials_{name}")
        return found if isinstance(found, dict) else {}

    def number(self, name: str, field: str, low: float = 0.0, high: float = 1.0) -> float | None:
        return _number(self.of(name).get(field), low, high)


def _number(value: Any, low: float, high: float) -> float | None:
    """A finite number in [low, high], or None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if low <= value <= high else None


def _colour(value: Any) -> Vec3 | None:
    """The first three of a list of numbers from 0 to 1, or None."""
    if not isinstance(value, list) or len(value) not in (3, 4):
        return None
    r, g, b = (_number(part, 0.0, 1.0) for part in value[:3])
    return None if r is None or g is None or b is None else (r, g, b)

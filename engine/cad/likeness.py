"""Which material of the library a look is like: metals by their colour, gems by index and colour.

Nothing is made up: a look that is like nothing keeps its role, and a note says what it stated.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np

import materials
from engine.cad.looks import Look
from engine.optics import (
    D65_WHITE,
    REC709_TO_XYZ,
    OpticalTable,
    beer_lambert,
    f0_xyz,
    illuminant,
    rgb_basis,
    tabulate,
    xyz_of,
)
from engine.types import FloatArray, Role
from materials.index_at import summary

# All estimated. Colours that artists give metals are off by up to 12 in CIELAB, those of stones by
# far more: their depth depends on the size that was thought of. Indices are copied from tables.
_METAL_DISTANCE, _GEM_DISTANCE, _INDEX = 16.0, 60.0, 0.03
#: How much the index counts against colour: 0.01 as much as 5 in CIELAB.
_PER_INDEX = 500.0
#: mm of stone through which colours are compared.
_PATH_MM = 5.0
#: Depths of a file's colour that are tried, in these ways, and what a doubling counts in CIELAB.
_DEPTHS, _PER_DOUBLING = (0.3, 0.5, 0.7, 1.0, 1.4, 2.0), 20.0
_STATED = 0.5
_ABBE = 0.15


@dataclass(frozen=True)
class Likeness:
    """What a look was taken for. role, material : None where it says nothing of them.
    text : the end of a sentence about it, in words."""

    role: Role | None
    material: str | None
    text: str


@cache
def likeness(look: Look) -> Likeness:
    """What a look, its lengths in mm, was taken for."""
    if look.transmission > _STATED:
        return _stone(look)
    if look.metallic > _STATED:
        return _metal(look)
    if look.iridescence > _STATED:
        return _pearl(look)
    return Likeness(None, None, "")


def _metal(look: Look) -> Likeness:
    assert look.base is not None
    shown = f"metal of the colour {_rgb(look.base)}"
    wanted = _lab(REC709_TO_XYZ @ np.array(look.base))
    return _nearest("metal", wanted, _metals(), _METAL_DISTANCE, shown, look)


def _pearl(look: Look) -> Likeness:
    if look.base is None:
        return Likeness("pearl", None, f"is iridescent, as pearls are{_untold(look)}")
    shown = f"iridescent and of the colour {_rgb(look.base)}"
    wanted = _lab(REC709_TO_XYZ @ np.array(look.base))
    return _nearest("pearl", wanted, _organics(), _METAL_DISTANCE, shown, look)


def _nearest(
    role: Role,
    wanted: FloatArray,
    known: dict[str, FloatArray],
    most: float,
    shown: str,
    look: Look,
) -> Likeness:
    """The library's nearest by colour alone."""
    far = {name: float(np.linalg.norm(lab - wanted)) for name, lab in known.items()}
    name = min(far, key=lambda each: far[each])
    near = f"{name} is nearest, {far[name]:.0f} away in CIELAB"
    if far[name] > most:
        return Likeness(role, None, f"is {shown}, which none of the library has; {near}")
    return Likeness(role, name, f"is {shown} and was taken for {name}; {near}{_untold(look)}")


def _stone(look: Look) -> Likeness:
    """The gem of that index whose colour is nearest; colour alone does not tell one."""
    shown = [f"transmission {look.transmission:g}"]
    shown += [] if look.ior is None else [f"ior {look.ior:g}"]
    shown += [] if math.isinf(look.abbe) else [f"an Abbe number of {look.abbe:.0f}"]
    words = ", ".join(shown)
    if look.ior is None:
        return Likeness("stone", None, f"has {words}, but no ior to know the stone by")
    # How deep a colour is, files say as they please: other depths count against a stone, not much.
    seen = np.array([_seen_through(look, depth * _PATH_MM) for depth in _DEPTHS])
    strange = _PER_DOUBLING * np.abs(np.log2(_DEPTHS))
    far = {
        name: float((np.linalg.norm(seen - lab, axis=1) + strange).min())
        + _PER_INDEX * abs(n_d - look.ior)
        for name, (n_d, _, lab) in _gems().items()
        if abs(n_d - look.ior) <= _INDEX
    }
    name = min(far, key=lambda each: far[each], default=None)
    if name is None or far[name] > _GEM_DISTANCE:
        what = "index" if name is None else "index and colour"
        return Likeness("stone", None, f"has {words}, and no gem of the library has that {what}")
    n_d, abbe, _ = _gems()[name]
    text = f"has {words} and was taken for {name} (n_d {n_d:.3f})"
    if not math.isinf(look.abbe) and abs(look.abbe / abbe - 1.0) > _ABBE:
        text += f", whose own Abbe number, {abbe:.0f}, holds"
    return Likeness("stone", name, text + _untold(look))


def _seen_through(look: Look, path_mm: float) -> FloatArray:
    """CIELAB of daylight after that way through the look.

    The attenuation colour becomes a smooth absorption spectrum (Beer and Lambert).
    """
    spectrum = np.maximum(np.array(look.attenuation) @ rgb_basis(), 1e-4)
    absorption = -np.log(spectrum) / look.distance
    tint = np.array(look.base or (1.0, 1.0, 1.0)) @ rgb_basis()
    return _lab(xyz_of(tint * beer_lambert(absorption, path_mm) * illuminant("D65")))


@cache
def _metals() -> dict[str, FloatArray]:
    """CIELAB of the normal reflectance of each metal."""
    return {name: _lab(f0_xyz(_table(name))) for name in materials.names("metal")}


@cache
def _organics() -> dict[str, FloatArray]:
    """CIELAB of each pearl's base."""
    light = illuminant("D65")
    pearls = [name for name in materials.names("organic") if "pearl" in name]
    return {name: _lab(xyz_of(_table(name).reflectance * light)) for name in pearls}


@cache
def _gems() -> dict[str, tuple[float, float, FloatArray]]:
    """n_d, Abbe number, and CIELAB of daylight after `_PATH_MM` of each gem."""
    found: dict[str, tuple[float, float, FloatArray]] = {}
    for name in materials.names("gem"):
        told, table = summary(materials.load(name).index), _table(name)
        if told is not None:
            through = beer_lambert(table.absorption, _PATH_MM) * illuminant("D65")
            abbe = (told[0] - 1.0) / told[1] if told[1] > 0.0 else math.inf
            found[name] = (told[0], abbe, _lab(xyz_of(through)))
    return found


def _table(name: str) -> OpticalTable:
    return tabulate(materials.load(name))


def _lab(xyz: FloatArray) -> FloatArray:
    """CIELAB under D65 (CIE 15:2004, 8.2.1)."""
    t = np.asarray(xyz) / D65_WHITE
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t * (29 / 6) ** 2 / 3 + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def _rgb(colour: tuple[float, ...]) -> str:
    return " ".join(f"{part:.2f}" for part in colour)


def _untold(look: Look) -> str:
    return f"; left out: {', '.join(look.untold)}" if look.untold else ""

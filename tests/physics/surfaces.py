"""A point of a coated surface, lit and seen along given directions: lobes without a picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import yaml

import materials
from engine.types import FloatArray
from tests.engine.trace.pieces import ball, furnace, scene

WAVELENGTHS = (430.0, 500.0, 580.0, 650.0)
COUNT = 1 << 16


def changed(folder: Path, name: str, **groups: Any) -> str:
    """The path of a library material with some of its groups changed: those are merged, other
    values replaced."""
    material = materials.load(name)
    kind = Path(materials.__file__).parent / f"{material.kind}s" / f"{name}.yaml"
    content = yaml.safe_load(kind.read_text(encoding="utf-8"))
    for group, values in groups.items():
        content[group] = {**content[group], **values}
    path = folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return str(path)


def white(folder: Path, name: str, **groups: Any) -> str:
    """The same material on a base that absorbs nothing."""
    return changed(
        folder, name, reflectance={"wavelength_nm": [360, 830], "value": [1.0, 1.0]}, **groups
    )


def surface(
    material: str,
    cos_i: float,
    count: int = COUNT,
    at: tuple[float, float, float] = (0.3, 0.4, 2.0),
    wavelengths: Sequence[Any] = WAVELENGTHS,
) -> Any:
    """A `Surface` whose normal is z, seen from the x-z plane; local and world directions are alike
    but for a turn about z. wavelengths : of the four lanes, each a number or one per entry."""
    from engine.trace.backend import dr, mi
    from engine.trace.compile import COATED, compile_scene
    from engine.trace.surface import Surface

    compiled = compile_scene(scene(ball(), {"pearl": material}, studio=furnace()), ground=False)
    zeros, every = dr.zeros(mi.UInt32, count), dr.full(mi.Bool, True, count)
    point = SimpleNamespace(p=mi.Point3f(*at) + dr.zeros(mi.Float, count))
    met: Any = SimpleNamespace(material=zeros, part=zeros, kind=zeros + COATED, si=point)
    d = mi.Vector3f(-math.sqrt(1 - cos_i**2), 0.0, -cos_i) + dr.zeros(mi.Float, count)
    λ = mi.Spectrum(*(mi.Float(w) for w in wavelengths))
    n, k, _, ρ = compiled.optics.eval(zeros, λ, every)
    return Surface(compiled, met, d, every, mi.Vector3f(0, 0, 1), (λ, n, k, ρ), every)


def numbers(count: int = COUNT) -> tuple[Any, Any]:
    """Points in the square, evenly spread, and numbers."""
    from engine.trace.backend import mi

    rng = mi.PCG32(size=count)
    return mi.Point2f(rng.next_float32(), rng.next_float32()), rng.next_float32()


def mean(value: Any) -> FloatArray:
    """[4] means over the lanes of a spectrum, or [1] of a number."""
    return np.asarray(np.atleast_2d(np.array(value, dtype=np.float64)).mean(axis=1))

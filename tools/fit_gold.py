"""Fit what alloying adds to gold's permittivity: the numbers of `materials/elements/alloying.yaml`.

    python tools/fit_gold.py

Gold-copper and gold-silver get one Lorentz term each, so that the alloys of the colour fields 0N,
2N and 4N have the standard's chromaticities; 1N, 3N and 5N are not fitted and only reported. Six
numbers for six coefficients would follow every error of the standard, so a ridge holds the
coefficients near a start: no strength (within 0.5), a resonance between the edges of copper and
gold (2.35 +- 0.1 eV) and a width of 0.6 +- 0.1 eV.

Palladium and nickel share the shape of one virtual level; their strengths are what gives 18k white
gold of 15 % palladium the yellowness index 18 and 18k white gold of 12 % nickel the index 21.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from scipy.optimize import brentq, least_squares

from engine.optics import f0, illuminant, xyz_of
from engine.optics.alloy import alloy_permittivity
from materials.elements import Term
from materials.schema import Symbol

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import colour

STANDARD = Path(__file__).parent.parent / "materials" / "standards" / "gold-colours.yaml"

FITTED = ("0N", "2N", "4N")
START = np.array([0.0, 2.35, 0.6, 0.0, 2.35, 0.6])  # strength, energy, width, twice
RIDGE = np.array([0.5, 0.1, 0.1, 0.5, 0.1, 0.1])

LEVEL = {"energy_ev": 2.1, "width_ev": 1.8}
WHITES: dict[Symbol, tuple[dict[Symbol, float], float]] = {
    "Pd": ({"Au": 750, "Pd": 150, "Ag": 100}, 18.0),
    "Ni": ({"Au": 751.5, "Cu": 87.5, "Ni": 120, "Zn": 41}, 21.0),
}

Weights = Mapping[Symbol, float]


def standard() -> dict[str, Any]:
    """The file of the colour standards."""
    content: dict[str, Any] = yaml.safe_load(STANDARD.read_text(encoding="utf-8"))
    return content


def term(of: list[str], among: list[str], energy: float, width: float, strength: float) -> Term:
    """One oscillator between two groups of metals."""
    oscillator = {"energy_ev": energy, "width_ev": width, "strength": strength}
    return Term.model_validate(
        {"of": of, "among": among, "oscillators": [oscillator], "evidence": "fitted", "source": "-"}
    )


def golds(c: np.ndarray) -> list[Term]:
    """The terms of gold-copper and gold-silver; c : [6] as `START`."""
    return [
        term(["Au"], ["Cu"], c[1], c[2], c[0]),
        term(["Au"], ["Ag"], c[4], c[5], c[3]),
    ]


def reflectance(weights: Weights, terms: list[Term]) -> np.ndarray:
    """Normal reflectance of an alloy, [471]."""
    index = np.sqrt(alloy_permittivity(weights, terms))
    return f0(index.real, index.imag)


def lab(xyz: np.ndarray) -> np.ndarray:
    """CIELAB under D65."""
    return np.asarray(colour.XYZ_to_Lab(xyz, colour.XYZ_to_xy(xyz_of(illuminant("D65")))))


def colours(weights: Weights, terms: list[Term], x: float, y: float) -> tuple[Any, Any]:
    """CIELAB of an alloy, and of chromaticity x, y at the alloy's own luminance."""
    xyz = xyz_of(reflectance(weights, terms) * illuminant("D65"))
    wanted = np.array([x / y, 1.0, (1 - x - y) / y]) * xyz[1]
    return lab(xyz), lab(wanted)


def fit_golds() -> np.ndarray:
    """The six coefficients, as `START`."""
    known = standard()
    xy, weights = known["chromaticity"]["xy"], known["composition"]["per_mille"]

    def residuals(c: np.ndarray) -> np.ndarray:
        pairs = [colours(weights[field], golds(c), *xy[field]) for field in FITTED]
        differences = [(got - wanted)[1:] for got, wanted in pairs]
        return np.concatenate([*differences, (c - START) / RIDGE])

    return np.asarray(least_squares(residuals, START).x)


def yellowness(spectrum: np.ndarray) -> float:
    """ASTM D1925 yellowness index of a reflectance [471]: illuminant C, 2 degree observer."""
    shape = colour.SpectralShape(360, 830, 1)
    light = colour.SDS_ILLUMINANTS["C"].copy().align(shape).values
    x, y, z = xyz_of(spectrum * light)
    return float(100 * (1.28 * x - 1.06 * z) / y)


def fit_white(symbol: Symbol, others: list[Term]) -> float:
    """Strength of the virtual level of palladium or nickel."""
    weights, wanted = WHITES[symbol]

    def excess(strength: float) -> float:
        level = term([symbol], ["Au", "Ag", "Cu", "Zn"], *LEVEL.values(), strength)
        return yellowness(reflectance(weights, [*others, level])) - wanted

    return float(brentq(excess, 0.0, 100.0))


def report() -> Iterator[str]:
    """Coefficients, and how far each colour field is off."""
    c = fit_golds()
    for pair, (strength, energy, width) in zip(("Au-Cu", "Au-Ag"), c.reshape(2, 3), strict=True):
        yield f"{pair}: strength {strength:.3f} at {energy:.3f} eV, width {width:.3f} eV"
    terms = golds(np.round(c, 3))
    for symbol in WHITES:
        yield f"{symbol}: strength {fit_white(symbol, terms):.1f}"
    known = standard()
    for field, weights in known["composition"]["per_mille"].items():
        xyz = xyz_of(reflectance(weights, terms) * illuminant("D65"))
        told = f"{field}: L*a*b* {lab(xyz).round(1)}, "
        if field in known["chromaticity"]["xy"]:
            got, wanted = colours(weights, terms, *known["chromaticity"]["xy"][field])
            error = float(colour.delta_E(got, wanted, method="CIE 2000"))
            fitted = "fitted" if field in FITTED else "not fitted"
            yield f"{told}CIEDE2000 {error:.2f} ({fitted})"
        else:
            wanted_y = known["chromaticity"]["y"][field]
            yield f"{told}y {xyz[1] / xyz.sum():.4f} for {wanted_y} (not fitted)"


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in report())

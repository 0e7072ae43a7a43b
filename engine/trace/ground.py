"""The ground: an infinite plane z = 0, diffuse, with or without a clear coat.

Under a distant sky the light on an unshadowed plane is the same everywhere and known before the
first ray: L₀(λ). Only what the piece takes away or adds is estimated, so an empty backdrop has no
noise at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine import optics
from engine.scene import Environment, Ground
from engine.trace import fresnel
from engine.trace.backend import mi, table
from engine.trace.spectrum import look_up

#: Refractive index of the mirror's clear coat: PMMA near 589 nm (estimated, 1.49).
COAT_INDEX = 1.49


@dataclass(frozen=True)
class Plane:
    """The ground as the kernels see it.

    present  : whether there is a ground at all (tests of energy do without).
    albedo   : of the diffuse base. coated : whether a clear coat mirrors the piece.
    visible  : whether the camera sees it. radiance : [471] L₀(λ) of the unshadowed base, without
    the coat's transmittance towards the viewer.
    """

    present: bool
    albedo: float
    coated: bool
    visible: bool
    radiance: Any
    radiance_xyz: tuple[float, float, float]

    @staticmethod
    def create(ground: Ground, environment: Environment, present: bool = True) -> Plane:
        coated = ground.kind == "mirror"
        spectrum = ground.albedo / np.pi * _irradiance(environment, coated)
        x, y, z = (float(v) for v in optics.xyz_of(spectrum))
        return Plane(
            present=present,
            albedo=float(ground.albedo),
            coated=coated,
            visible=ground.kind != "none",
            radiance=table(spectrum),
            radiance_xyz=(x, y, z),
        )

    def towards(self, d: Any) -> Any:
        """XYZ of the unshadowed base for a viewer who looks along d: not sampled, so no noise."""
        return mi.Vector3f(*self.radiance_xyz) * self.through(d.z)

    def through(self, cos_θ: Any) -> Any:
        """Transmittance of the coat, 1 where there is none."""
        if not self.coated:
            return mi.Float(1)
        return 1 - fresnel.dielectric(cos_θ, mi.Float(COAT_INDEX))[0]

    def eval(self, λ: Any) -> Any:
        """L₀ at each of the four wavelengths."""
        return mi.Spectrum([look_up(mi.Float, self.radiance, λ[lane]) for lane in range(4)])


def _irradiance(environment: Environment, coated: bool) -> Any:
    """[471] irradiance of the upward-facing plane, below its coat if it has one."""
    height = environment.radiance.shape[0]
    θ = (np.arange(height) + 0.5) / height * np.pi
    # Exact integral of cos θ over each row of texels; rows below the horizon see nothing.
    edges = np.minimum(np.arange(height + 1) / height * np.pi, np.pi / 2)
    rows = np.pi * np.diff(np.sin(edges) ** 2)
    if coated:
        cos_θ = np.clip(np.cos(θ), 0.0, 1.0)
        rows = rows * (1 - optics.fresnel_dielectric(cos_θ, COAT_INDEX)[0])
    layers = rows @ environment.radiance.mean(axis=1, dtype=np.float64)
    return layers @ np.asarray(environment.spectra)

"""The ground: an infinite plane z = 0, diffuse, with or without a clear coat.

Under a distant sky the light on an unshadowed plane is the same everywhere and known before the
first ray: L₀(λ), times how much a graduated ground fades at a point. Only what the piece takes away
or adds is estimated, so an empty backdrop has no noise at all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engine import optics
from engine.scene import Environment, Ground
from engine.trace import fresnel
from engine.trace.backend import constant, dr, mi, table
from engine.trace.spectrum import look_up
from engine.types import FloatArray, Vec3

#: Refractive index of the mirror's clear coat: PMMA near 589 nm (estimated, 1.49).
COAT_INDEX = 1.49

#: Where the ground of a ray that never reaches it is taken to be, mm.
HORIZON = 1e6


@dataclass(frozen=True)
class Fade:
    """How a graduated ground fades; opaque device values, so one kernel serves any.

    middle : Point2f. back : unit Vector2f, the line of sight from above; None for circles.
    start, span : mm. fall : ln of what is left at the end.
    """

    middle: Any
    back: Any
    start: Any
    span: Any
    fall: Any

    @staticmethod
    def create(ground: Ground, bounds: FloatArray) -> Fade | None:
        if ground.fade == "none":
            return None
        low, high = bounds
        x, y, _ = (low + high) / 2
        unit = float((high - low).max())
        span = unit * (ground.fade_to - ground.fade_from)
        return Fade(
            middle=mi.Point2f(dr.opaque(mi.Float, float(x)), dr.opaque(mi.Float, float(y))),
            back=_back(0.0) if ground.fade == "back" else None,
            start=dr.opaque(mi.Float, unit * ground.fade_from),
            span=dr.opaque(mi.Float, span),
            fall=dr.opaque(mi.Float, float(np.log(ground.fade_level))),
        )

    def turned(self, azimuth: float) -> Fade:
        """The same, seen from another azimuth, radians."""
        return self if self.back is None else replace(self, back=_back(azimuth))

    def at(self, x: Any, y: Any) -> Any:
        """What is left of the ground's albedo; equal steps look equal, so it falls by ratios."""
        apart = mi.Point2f(x, y) - self.middle
        s = dr.norm(apart) if self.back is None else dr.dot(apart, self.back)
        t = dr.clip((s - self.start) / self.span, 0, 1)
        return dr.exp(self.fall * dr.square(t) * (3 - 2 * t))


def _back(azimuth: float) -> Any:
    """Where a camera at that azimuth looks to, from above."""
    x, y = -float(np.sin(azimuth)), float(np.cos(azimuth))
    return mi.Vector2f(dr.opaque(mi.Float, x), dr.opaque(mi.Float, y))


@dataclass(frozen=True)
class Plane:
    """The ground as the kernels see it.

    present  : whether there is a ground at all (tests of energy do without).
    albedo   : of the diffuse base, grey. coated : whether a clear coat mirrors the piece.
    visible  : whether the camera sees it. radiance : [471] L₀(λ) of the unshadowed base, unfaded,
    without the coat's transmittance towards the viewer.
    hue      : [471] factor on the albedo, None where it is 1. hue_xyz : of it, under a flat
    spectrum. fade : None where the ground is even. toned : as `Ground.toned`.
    """

    present: bool
    albedo: float
    coated: bool
    visible: bool
    radiance: Any
    radiance_xyz: Vec3
    hue: Any
    hue_xyz: Vec3
    fade: Fade | None
    toned: bool

    @staticmethod
    def create(
        ground: Ground,
        environment: Environment,
        bounds: FloatArray,
        present: bool = True,
    ) -> Plane:
        """bounds : [2, 3] corners of the piece's box, by which the fade is measured."""
        coated = ground.kind == "mirror"
        spectrum = ground.albedo / np.pi * _irradiance(environment, coated)
        hue = None
        if ground.colour is not None:
            hue = np.array(ground.colour) @ optics.rgb_basis()
            spectrum = spectrum * hue
        return Plane(
            present=present,
            albedo=float(ground.albedo),
            coated=coated,
            visible=ground.kind != "none",
            radiance=table(spectrum),
            radiance_xyz=_vec3(optics.xyz_of(spectrum)),
            hue=None if hue is None else table(hue),
            hue_xyz=(1.0, 1.0, 1.0) if hue is None else _vec3(optics.xyz_of(hue)),
            fade=Fade.create(ground, bounds),
            toned=ground.toned,
        )

    def turned(self, azimuth: float) -> Plane:
        """The same ground, seen from another azimuth, radians."""
        return self if self.fade is None else replace(self, fade=self.fade.turned(azimuth))

    def towards(self, ray: Any) -> Any:
        """XYZ of the unshadowed base for a viewer who looks along `ray`: not sampled, so no noise.

        Above the horizon it is that of the ground's far end.
        """
        seen = constant(self.radiance_xyz) * self.through(ray.d.z)
        if self.fade is None:
            return seen
        t = dr.select(ray.d.z < 0, dr.minimum(-ray.o.z / ray.d.z, HORIZON), HORIZON)
        return seen * self.left(ray.o + ray.d * t)

    def left(self, p: Any) -> Any:
        """What is left of the albedo at a point p of a graduated ground, else 1."""
        return mi.Float(1) if self.fade is None else self.fade.at(p.x, p.y)

    def tint(self, λ: Any) -> Any:
        """The ground's colour as a factor on its albedo at each of the wavelengths, else 1."""
        if self.hue is None:
            return type(λ)(1)
        return type(λ)([look_up(mi.Float, self.hue, λ[lane]) for lane in range(dr.size_v(λ))])

    def seen_albedo(self, p: Any, white: Vec3) -> Any:
        """XYZ of the albedo at p under the studio's white, as `Optics.albedo` has it."""
        return constant(self.hue_xyz) * constant(white) * self.albedo * self.left(p)

    def through(self, cos_θ: Any) -> Any:
        """Transmittance of the coat, 1 where there is none."""
        if not self.coated:
            return mi.Float(1)
        return 1 - fresnel.dielectric(cos_θ, mi.Float(COAT_INDEX))[0]

    def eval(self, λ: Any) -> Any:
        """L₀ at each of the four wavelengths."""
        return mi.Spectrum([look_up(mi.Float, self.radiance, λ[lane]) for lane in range(4)])


def _vec3(values: FloatArray) -> Vec3:
    x, y, z = (float(v) for v in values)
    return (x, y, z)


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

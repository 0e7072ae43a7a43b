"""What Mitsuba needs to see our studios: an emitter infinitely far away, of spectral radiance.

The radiance is `engine.trace.sky.Sky`'s, so that both renderers stand in the same light. How
directions are drawn is frozen here, in the manner of Mitsuba's own `envmap` (luminance times the
solid angle of a texel): the baseline must not change when the tracer learns to sample better.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from scipy.ndimage import maximum_filter

from benchmarks import dispersive_path
from engine.scene import Environment
from engine.trace.backend import dr, mi
from engine.trace.sky import Sky

SKY = "kit_sky"

#: Skies on their way into Mitsuba, whose properties hold no Python objects.
_skies: list[StudioLight] = []


class StudioLight:
    """A studio as light from far away. turn : azimuth by which it is turned, radians."""

    def __init__(self, environment: Environment, turn: float) -> None:
        self.sky = Sky.create(environment, upper_only=True).turned(turn)
        self.turn = dr.opaque(mi.Float, turn)
        self.directions = mi.Hierarchical2D0(mi.TensorXf(_importance(environment)))

    def sample(self, u: Any) -> tuple[Any, Any, Any]:
        """A direction, its place in the map, and its density per steradian."""
        uv, pdf = self.directions.sample(u)
        sin_θ, cos_θ = dr.sincos(uv.y * dr.pi)
        sin_φ, cos_φ = dr.sincos(uv.x * dr.two_pi + self.turn)
        d = mi.Vector3f(sin_θ * sin_φ, -sin_θ * cos_φ, cos_θ)
        return d, uv, pdf / (2 * dr.square(dr.pi) * dr.fmax(sin_θ, 1e-5))

    def density(self, d: Any) -> Any:
        """Density of `sample`, per steradian."""
        u = (dr.atan2(d.x, -d.y) - self.turn) * (1 / dr.two_pi)
        uv = mi.Point2f(u - dr.floor(u), dr.acos(dr.clip(d.z, -1, 1)) * (1 / dr.pi))
        sin_θ = dr.sqrt(dr.fmax(1 - dr.square(d.z), 1e-10))
        return self.directions.eval(uv) / (2 * dr.square(dr.pi) * sin_θ)


def _importance(environment: Environment) -> Any:
    """Unnormalised density over (azimuth, polar angle), [H, W]; nothing below the ground."""
    luminance = np.asarray(environment.radiance, dtype=np.float32).sum(axis=2)
    height = len(luminance)
    sin_θ = np.sin((np.arange(height) + 0.5) / height * np.pi)[:, None]
    # Mitsuba interpolates this between the edges of the map, the radiance between the centres of
    # its texels: the maximum over neighbours covers the half texel between the two.
    covering = maximum_filter(luminance, size=3, mode=("nearest", "wrap"))
    weight = (covering + 1e-3 * float(luminance.mean())) * sin_θ
    weight[height // 2 + 1 :] = 0
    return np.ascontiguousarray(weight, dtype=np.float32)


@functools.cache
def register() -> None:
    """Register the baseline's plugins and ours; call after a variant is active."""
    dispersive_path.register()  # type: ignore[no-untyped-call]

    class SkyEmitter(mi.Emitter):  # type: ignore[misc]
        """Mitsuba's view of a `StudioLight`."""

        def __init__(self, props: Any) -> None:
            mi.Emitter.__init__(self, props)
            self.m_flags = mi.EmitterFlags.Infinite | mi.EmitterFlags.SpatiallyVarying
            self.light = _skies[props["number"]]

        def eval(self, si: Any, active: Any = True) -> Any:
            return self.light.sky.eval(-si.wi, si.wavelengths) & active

        def sample_direction(self, it: Any, sample: Any, active: Any = True) -> tuple[Any, Any]:
            d, uv, pdf = self.light.sample(sample)
            far = mi.Float(FAR)
            ds = dr.zeros(mi.DirectionSample3f)
            ds.p, ds.n, ds.uv = it.p + d * far, -d, uv
            ds.time, ds.pdf, ds.delta = it.time, pdf, mi.Bool(False)
            ds.d, ds.dist = d, far
            ds.emitter = mi.EmitterPtr(self)
            found = active & (pdf > 0)
            radiance = self.light.sky.eval(d, it.wavelengths) / dr.fmax(pdf, 1e-20)
            return ds, dr.select(found, radiance, 0)

        def pdf_direction(self, it: Any, ds: Any, active: Any = True) -> Any:
            return dr.select(active, self.light.density(ds.d), 0)

        def bbox(self) -> Any:
            return mi.ScalarBoundingBox3f()

        def traverse(self, callback: Any) -> None:
            pass

        def to_string(self) -> str:
            return "SkyEmitter[]"

    mi.register_emitter(SKY, SkyEmitter)


#: mm; beyond everything that can hide the sky.
FAR = 1e6


def sky(environment: Environment, turn: float) -> dict[str, Any]:
    """The emitter's description for `mi.load_dict`."""
    register()
    _skies.append(StudioLight(environment, turn))
    return {"type": SKY, "number": len(_skies) - 1}

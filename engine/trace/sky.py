"""The studio as light from infinitely far away: look-up, density and sampling of directions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.ndimage import maximum_filter

from engine.scene import Environment
from engine.trace.backend import dr, mi, table
from engine.trace.spectrum import look_up
from engine.types import FloatArray

#: Spectral layers of the map; fewer are padded with darkness.
LAYERS = 3


@dataclass(frozen=True)
class Sky:
    """Radiance L(ω, λ) = Σ_j c_j(ω) s_j(λ) with up to three layers j.

    map        : texture of the c_j, row 0 at the zenith.
    spectra    : [471 * 3] flattened s_j on the 1-nm grid.
    directions : distribution over (u, v) = (azimuth / 2π, polar angle / π), by luminance.
    falling    : the same, by the light that the ground gets from there.
    mean       : [471] radiance, averaged over all directions.
    turn       : azimuth by which the map is turned, radians; opaque, so that a new view reuses the
                 compiled kernel.
    """

    map: Any
    spectra: Any
    directions: Any
    falling: Any
    mean: FloatArray
    turn: Any

    @staticmethod
    def create(environment: Environment, upper_only: bool) -> Sky:
        radiance = np.asarray(environment.radiance, dtype=np.float32)
        height, width, layers = radiance.shape
        padded = np.zeros((height, width, LAYERS), dtype=np.float32)
        padded[..., :layers] = radiance
        spectra = np.zeros((len(environment.spectra[0]), LAYERS), dtype=np.float32)
        spectra[:, :layers] = np.asarray(environment.spectra).T
        importance = _importance(radiance.sum(axis=2))
        if upper_only:  # a ground hides the rest
            importance[height // 2 + 1 :] = 0
        rows = np.sin((np.arange(height) + 0.5) / height * np.pi)
        strengths = np.average(radiance.mean(axis=1), axis=0, weights=rows)
        cos_θ = np.cos(np.arange(height) / (height - 1) * np.pi)
        falling = importance * np.maximum(cos_θ, 0)[:, None].astype(np.float32)
        return Sky(
            map=mi.Texture2f(mi.TensorXf(padded), filter_mode=dr.FilterMode.Linear),
            spectra=table(spectra),
            directions=mi.Hierarchical2D0(mi.TensorXf(importance)),
            falling=mi.Hierarchical2D0(mi.TensorXf(falling)),
            mean=strengths @ np.asarray(environment.spectra),
            turn=dr.opaque(mi.Float, 0.0),
        )

    def turned(self, azimuth: float) -> Sky:
        """The same sky, turned about z by `azimuth` radians."""
        return replace(self, turn=dr.opaque(mi.Float, azimuth))

    def eval(self, d: Any, λ: Any) -> Any:
        """Radiance arriving from direction d, at the four wavelengths λ."""
        layers = self.layers(d)
        return mi.Spectrum([dr.dot(layers, s) for s in self.at(λ)])

    def at(self, λ: Any) -> list[Any]:
        """The layers' spectra s_j at each of the four wavelengths."""
        return [look_up(mi.Vector3f, self.spectra, λ[lane]) for lane in range(4)]

    def layers(self, d: Any) -> Any:
        """The layers' strengths c_j in direction d."""
        return mi.Vector3f(self.map.eval(self._uv(d)))

    def sample(self, u: Any) -> tuple[Any, Any]:
        """A direction in proportion to luminance, and its density per steradian."""
        return self._sampled(self.directions, u)

    def sample_falling(self, u: Any) -> tuple[Any, Any]:
        """A direction in proportion to what it sends to the ground, and its density."""
        return self._sampled(self.falling, u)

    def _sampled(self, distribution: Any, u: Any) -> tuple[Any, Any]:
        uv, pdf = distribution.sample(u)
        sin_θ, cos_θ = dr.sincos(uv.y * dr.pi)
        sin_φ, cos_φ = dr.sincos(uv.x * dr.two_pi + self.turn)
        d = mi.Vector3f(sin_θ * sin_φ, -sin_θ * cos_φ, cos_θ)
        return d, pdf / (2 * dr.square(dr.pi) * dr.fmax(sin_θ, 1e-5))

    def density(self, d: Any) -> Any:
        """Density of `sample`, per steradian."""
        uv = self._uv(d)
        sin_θ = dr.sqrt(dr.fmax(1 - dr.square(d.z), 1e-10))
        return self.directions.eval(uv) / (2 * dr.square(dr.pi) * sin_θ)

    def _uv(self, d: Any) -> Any:
        u = (dr.atan2(d.x, -d.y) - self.turn) * (1 / dr.two_pi)
        return mi.Point2f(u - dr.floor(u), dr.acos(dr.clip(d.z, -1, 1)) * (1 / dr.pi))


def _importance(luminance: np.ndarray[Any, np.dtype[np.float32]]) -> Any:
    """Unnormalised density over (u, v), [H, W]: never zero where bilinear look-up is not."""
    height = luminance.shape[0]
    sin_θ = np.sin((np.arange(height) + 0.5) / height * np.pi)[:, None]
    # The distribution interpolates between samples at the edges of the map, the texture between
    # centres: dilation covers the half-texel between the two.
    dilated = maximum_filter(luminance, size=3, mode=("nearest", "wrap"))
    weight = (dilated + 1e-3 * float(luminance.mean())) * sin_θ
    return np.ascontiguousarray(weight, dtype=np.float32)

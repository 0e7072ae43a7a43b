"""Low-discrepancy numbers per pixel, and a random generator for everything that follows."""

from __future__ import annotations

from typing import Any

from engine.trace.backend import dr, mi


def _ratios(dimensions: int) -> list[float]:
    """Step per dimension of the R-sequence: powers of 1/g, g the positive root of g^(d+1) = g + 1.

    Source: M. Roberts, "The Unreasonable Effectiveness of Quasirandom Sequences", 2018 (estimated
    to be well distributed, not proven; the tests check the convergence of what we use it for).
    """
    g = 2.0
    for _ in range(64):
        g = (1 + g) ** (1 / (dimensions + 1))
    return [g ** -(j + 1) for j in range(dimensions)]


def _fixed_point(ratio: float) -> int:
    return int(ratio * 2**32) & 0xFFFFFFFF


_PIXEL_AND_WAVELENGTH = [_fixed_point(r) for r in _ratios(3)]
_LENS = [_fixed_point(r) for r in _ratios(2)]


def pixel_numbers(pixel: Any, sample: Any, seed: Any) -> tuple[Any, Any, Any]:
    """(position in the pixel [2], wavelength [1], lens [2]), each in [0, 1).

    pixel  : UInt32 index of the pixel. sample : UInt32 index of the sample. seed : UInt32.
    Every pixel has its own random shift (Cranley and Patterson 1976), so the mean is unbiased;
    fixed-point arithmetic keeps the sequence exact for any number of samples.
    """
    a, b = mi.sample_tea_32(pixel, seed)
    c, d = mi.sample_tea_32(pixel, seed ^ 0x9E3779B9)
    e, _ = mi.sample_tea_32(pixel, seed ^ 0x7F4A7C15)
    x, y, w = (
        _unit(shift + sample * step)
        for shift, step in zip((a, b, c), _PIXEL_AND_WAVELENGTH, strict=True)
    )
    lens = (_unit(shift + sample * step) for shift, step in zip((d, e), _LENS, strict=True))
    return mi.Point2f(x, y), w, mi.Point2f(*lens)


def generator(pixel: Any, sample: Any, seed: Any) -> Any:
    """A PCG32 stream of its own for each pixel and sample (O'Neill 2014)."""
    state, sequence = mi.sample_tea_32(pixel, seed ^ 0x51ED270B)
    state2, sequence2 = mi.sample_tea_32(sample, state)
    return mi.PCG32(
        size=dr.width(pixel), initstate=mi.UInt64(state2), initseq=mi.UInt64(sequence ^ sequence2)
    )


def _unit(bits: Any) -> Any:
    # 24 bits fill a float32 mantissa without ever rounding up to 1.
    return mi.Float(bits >> 8) * (1 / 2**24)

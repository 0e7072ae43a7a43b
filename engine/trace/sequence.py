"""Low-discrepancy numbers per pixel, and a random generator for everything that follows."""

from __future__ import annotations

from dataclasses import dataclass
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


_THREE = [_fixed_point(r) for r in _ratios(3)]
_TWO = [_fixed_point(r) for r in _ratios(2)]

#: Rounds of the tiny encryption that makes the shifts: with the usual four they are not uniform
#: over consecutive pixels, which tints every picture by some tenths of a per cent.
ROUNDS = 8


@dataclass(frozen=True)
class Numbers:
    """What a sample draws up to its first vertex, each in [0, 1).

    pixel : position in the pixel. wavelength : of lane 0. lens : on the pupil. lobe, sky : the
    direction of the first bounce, and that of the first connection to the sky.
    """

    pixel: Any
    wavelength: Any
    lens: Any
    lobe: Any
    sky: Any


def numbers(pixel: Any, sample: Any, seed: Any) -> Numbers:
    """Low-discrepancy numbers of one sample.

    pixel  : UInt32 index of the pixel. sample : UInt32 index of the sample. seed : UInt32.
    Every pixel has its own random shift (Cranley and Patterson 1976), so the mean is unbiased;
    fixed-point arithmetic keeps the sequence exact for any number of samples.
    """
    x, y, w, *pairs = (
        _unit(shift + sample * step)
        for shift, step in zip(_shifts(pixel, seed, 9), [*_THREE, *_TWO * 3], strict=True)
    )
    lens, lobe, sky = (mi.Point2f(pairs[i], pairs[i + 1]) for i in (0, 2, 4))
    return Numbers(mi.Point2f(x, y), w, lens, lobe, sky)


def _shifts(pixel: Any, seed: Any, count: int) -> list[Any]:
    """`count` independent random 32-bit shifts per pixel."""
    shifts: list[Any] = []
    for salt in range((count + 1) // 2):
        shifts += mi.sample_tea_32(pixel, seed ^ (0x9E3779B9 * (salt + 1) & 0xFFFFFFFF), ROUNDS)
    return shifts[:count]


def generator(pixel: Any, sample: Any, seed: Any) -> Any:
    """A PCG32 stream of its own for each pixel and sample (O'Neill 2014)."""
    state, sequence = mi.sample_tea_32(pixel, seed ^ 0x51ED270B, ROUNDS)
    state2, sequence2 = mi.sample_tea_32(sample, state, ROUNDS)
    # Seeded by hand: the constructor mixes in the lane's number, so a tile's place would matter.
    rng = mi.PCG32(size=dr.width(pixel))
    rng.inc = (mi.UInt64(sequence ^ sequence2) << 1) | 1
    rng.state = (mi.UInt64(state2) << 32) | mi.UInt64(state)
    rng.next_uint32()
    return rng


def _unit(bits: Any) -> Any:
    # 24 bits fill a float32 mantissa without ever rounding up to 1.
    return mi.Float(bits >> 8) * (1 / 2**24)

"""Low-discrepancy numbers per pixel, and a random generator for everything that follows.

A sample of a pixel draws points of the first two dimensions of Sobol's sequence, a (0, 2)-sequence
in base 2, scrambled after Owen by hashes (B. Burley, "Practical Hash-based Owen Scrambling", JCGT
9 (4), 2020). Every pixel scrambles on its own, and so does every pair of dimensions in a pixel,
which also shuffles the order of its points: pairs are even in themselves and unrelated to each
other. A scrambled point is uniform, so means are unbiased; any four, eight or sixteen samples in a
row from a multiple of their number are as even as they can be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.trace.backend import dr, mi

#: Rounds of the tiny encryption that makes the seeds: with the usual four they are not uniform
#: over consecutive pixels, which tints every picture by some tenths of a per cent.
ROUNDS = 8
#: Pairs of dimensions, and seeds that each of them takes.
PAIRS, SEEDS = 5, 3
#: Which bits of an index take on those `step` places higher, in Sobol's second dimension.
_PASCAL = ((1, 0x55555555), (2, 0x33333333), (4, 0x0F0F0F0F), (8, 0x00FF00FF), (16, 0x0000FFFF))


@dataclass(frozen=True)
class Numbers:
    """What a sample draws up to its first vertex, each in [0, 1).

    pixel : position in the pixel. wavelength : of lane 0; even in quarters, since lanes are
    quarters apart. lens : on the pupil. lobe, sky : the direction of the first bounce, and that of
    the first connection to the sky.
    """

    pixel: Any
    wavelength: Any
    lens: Any
    lobe: Any
    sky: Any


def numbers(pixel: Any, sample: Any, seed: Any) -> Numbers:
    """Low-discrepancy numbers of one sample.

    pixel : UInt32 index of the pixel. sample : UInt32 index of the sample. seed : UInt32.
    """
    seeds = _seeds(pixel, seed, PAIRS * SEEDS)
    place, (quarter, lane), *others = (
        _pair(sample, *seeds[SEEDS * i : SEEDS * (i + 1)]) for i in range(PAIRS)
    )
    # Which of the four lanes is the first matters to those only who look at one alone: together
    # with the quarter it is even too, by the pair's other dimension.
    wavelength = (quarter >> 2) | (lane & 0xC0000000)
    lens, lobe, sky = (_point(*pair) for pair in others)
    return Numbers(_point(*place), _unit(wavelength), lens, lobe, sky)


def _point(x: Any, y: Any) -> Any:
    return mi.Point2f(_unit(x), _unit(y))


def _pair(sample: Any, order: Any, first: Any, second: Any) -> tuple[Any, Any]:
    """One point of the sequence, 32 bits each: shuffled by the seed `order`, then scrambled."""
    index = dr.brev(_permuted(dr.brev(sample), order))
    other = mi.UInt32(index)
    for step, bits in _PASCAL:
        other ^= (other >> step) & bits
    return dr.brev(_permuted(index, first)), dr.brev(_permuted(other, second))


def _permuted(bits: Any, seed: Any) -> Any:
    """A permutation in which each bit depends on lower ones only: Owen's, of reversed numbers.

    Constants: N. Vegdahl, "Building a Better LK Hash", 2021, as Blender's Cycles gives them
    (`intern/cycles/kernel/sample/util.h`).
    """
    x = mi.UInt32(bits)
    x ^= x * 0x3D20ADEA
    x += seed
    x *= (seed >> 16) | 1
    x ^= x * 0x05526C56
    x ^= x * 0x53A22864
    return x


def _seeds(pixel: Any, seed: Any, count: int) -> list[Any]:
    """`count` independent random 32-bit numbers per pixel."""
    seeds: list[Any] = []
    for salt in range((count + 1) // 2):
        seeds += mi.sample_tea_32(pixel, seed ^ (0x9E3779B9 * (salt + 1) & 0xFFFFFFFF), ROUNDS)
    return seeds[:count]


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

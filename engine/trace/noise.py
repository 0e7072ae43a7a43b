"""Random patterns in space that need no memory: lattices of hashed numbers."""

from __future__ import annotations

from typing import Any

from engine.trace.backend import dr, mi


def hashed(x: Any, y: Any, z: Any) -> Any:
    """32 random bits of a cell of the lattice, by its Int32 coordinates.

    Primes of M. Teschner et al., "Optimized Spatial Hashing for Collision Detection of Deformable
    Objects" (2003); last steps of A. Appleby's MurmurHash3.
    """
    h = mi.UInt32(x) * 73856093 ^ mi.UInt32(y) * 19349663 ^ mi.UInt32(z) * 83492791
    h = (h ^ (h >> 16)) * 0x85EBCA6B
    h = (h ^ (h >> 13)) * 0xC2B2AE35
    return h ^ (h >> 16)


def share(h: Any, shift: int, bits: int) -> Any:
    """`bits` bits of h from `shift` on, as a number in [0, 1)."""
    return mi.Float((h >> shift) & (2**bits - 1)) * (1 / 2**bits)


def lines(u: Any, w: Any, layer: int) -> Any:
    """Smooth noise in a plane, -1 to 1, one cell per unit: how `layer` differs is its own."""
    i, j = mi.Int32(dr.floor(u)), mi.Int32(dr.floor(w))
    a, b = _eased(u - mi.Float(i)), _eased(w - mi.Float(j))
    corner = [[share(hashed(i + x, j + y, layer), 0, 24) for x in (0, 1)] for y in (0, 1)]
    low, high = (dr.lerp(*row, a) for row in corner)
    return 2 * dr.lerp(low, high, b) - 1


def grain(p: Any) -> Any:
    """Smooth noise in space, a vector of three numbers from -1 to 1, one cell per unit."""
    cell = [mi.Int32(dr.floor(p[axis])) for axis in range(3)]
    a, b, c = (_eased(p[axis] - mi.Float(cell[axis])) for axis in range(3))
    corner = {}
    for x, y, z in ((x, y, z) for x in (0, 1) for y in (0, 1) for z in (0, 1)):
        h = hashed(cell[0] + x, cell[1] + y, cell[2] + z)
        corner[x, y, z] = mi.Vector3f(share(h, 0, 10), share(h, 10, 10), share(h, 20, 10))
    edge = {(y, z): dr.lerp(corner[0, y, z], corner[1, y, z], a) for y in (0, 1) for z in (0, 1)}
    face = [dr.lerp(edge[0, z], edge[1, z], b) for z in (0, 1)]
    return 2 * dr.lerp(face[0], face[1], c) - 1


def _eased(t: Any) -> Any:
    return dr.square(t) * (3 - 2 * t)

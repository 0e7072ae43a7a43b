"""Fields that lie fixed in a piece: grains with borders, and a slow unevenness.

Both are functions of the point in the piece's frame and of the part, so every view shows the same.
"""

from __future__ import annotations

import math
from typing import Any

from engine.trace.backend import dr, mi

#: Wave vectors of the slow unevenness, radians per mm: waves of 2.5 to 6 mm in directions that have
#: nothing in common (estimated).
WAVES = ((1.9, 0.7, -0.9), (-0.6, 1.3, 1.5), (0.8, -1.1, 0.5), (-0.9, -0.3, -2.0))
#: No gradient of it is longer, per mm: the mean length of these vectors.
STEEPEST = sum(math.hypot(*k) for k in WAVES) / len(WAVES)

#: Unit normals of the planes of a cube of close-packed spheres, and their distance over the widest.
FAMILIES = (
    *(
        (tuple(x / 3.0**0.5 for x in v), 1.0)
        for v in ((1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1))
    ),
    *((v, 3.0**0.5 / 2.0) for v in ((1, 0, 0), (0, 1, 0), (0, 0, 1))),
)


def hashed(x: Any, y: Any, z: Any) -> tuple[Any, Any, Any]:
    """Three random integers for three integers.

    Source: M. Jarzynski and M. Olano, "Hash Functions for GPU Rendering", JCGT 9(3), 2020: pcg3d.
    """
    x, y, z = (mi.UInt32(v) * 1664525 + 1013904223 for v in (x, y, z))
    for last in (False, True):
        x += y * z
        y += z * x
        z += x * y
        if not last:
            x, y, z = (v ^ (v >> 16) for v in (x, y, z))
    return x, y, z


def unit(bits: Any) -> Any:
    """A number in [0, 1) from random bits."""
    return mi.Float(bits >> 8) * 2.0**-24


def uneven(p: Any, part: Any) -> tuple[Any, Any]:
    """A slow field around 0, within ±1, and its gradient per mm."""
    phases = [*hashed(part, part ^ 0x9E37, 7), hashed(part, 11, part ^ 0x79B9)[0]]
    value, gradient = mi.Float(0), mi.Vector3f(0)
    for k, bits in zip(WAVES, phases, strict=True):
        wave = mi.Vector3f(*k)
        sine, cosine = dr.sincos(dr.dot(wave, mi.Vector3f(p)) + dr.two_pi * unit(bits))
        value += sine / len(WAVES)
        gradient += wave * cosine / len(WAVES)
    return value, gradient


@dr.syntax
def grain(p: Any, part: Any, size: Any, active: Any) -> Any:
    """Which grain of size `size` (mm) the point p lies in: 32 random bits, the same in all of it.

    Grains are the Voronoi cells of one point in every cube of a lattice.
    """
    x = mi.Vector3f(p) / size
    corner = dr.floor(x)
    offset = x - corner
    corner = mi.Vector3i(corner)
    nearest = mi.Float(1e9)
    found = mi.UInt32(0)
    i = mi.UInt32(0)
    while active & (i < 27):
        dx = mi.Int32(i % 3) - 1
        dy = mi.Int32((i // 3) % 3) - 1
        dz = mi.Int32(i // 9) - 1
        x_bits = mi.UInt32(corner.x + dx)
        y_bits = mi.UInt32(corner.y + dy)
        z_bits = mi.UInt32(corner.z + dz) ^ (part * 2654435769)
        a, b, c = hashed(x_bits, y_bits, z_bits)
        seed = mi.Vector3f(unit(a), unit(b), unit(c)) + mi.Vector3f(dx, dy, dz)
        far = dr.squared_norm(seed - offset)
        closer = far < nearest
        nearest = dr.select(closer, far, nearest)
        found = dr.select(closer, a ^ b, found)
        i += 1
    return found


def lattice(bits: Any, n: Any) -> tuple[Any, Any, Any]:
    """The plane normal of a grain that lies nearest to n, on its side; how far apart its planes lie
    in units of the widest; and a number in [0, 1).

    Of close-packed spheres the planes {111}, across the diagonals of a cube, lie widest apart, then
    the planes {200}, across its edges. Each grain's cube is turned at random (a uniform quaternion
    from three numbers). Where n crosses from one family to the next, others send the light.
    """
    a, b, c = hashed(bits, bits ^ 0x68E31DA4, bits ^ 0xB5297A4D)
    spare = unit(hashed(bits, 3, 5)[0])
    u = unit(a)
    s1, c1 = dr.sincos(dr.two_pi * unit(b))
    s2, c2 = dr.sincos(dr.two_pi * unit(c))
    r1, r2 = dr.sqrt(1 - u), dr.sqrt(u)
    axis, real = mi.Vector3f(s1 * r1, c1 * r1, s2 * r2), c2 * r2
    best, normal, apart = mi.Float(-1), mi.Vector3f(0, 0, 1), mi.Float(1)
    for family, distance in FAMILIES:
        v = mi.Vector3f(*family)
        turned = v + 2 * dr.cross(axis, dr.cross(axis, v) + real * v)
        towards = dr.dot(turned, n)
        closer = dr.abs(towards) > best
        best = dr.select(closer, dr.abs(towards), best)
        normal = dr.select(closer, mi.Vector3f(turned * dr.sign(towards)), normal)
        apart = dr.select(closer, distance, apart)
    return normal, apart, spare

"""Caustics: the light that directly seen ground receives straight from the piece.

A camera path finds a small lamp through a stone by chance only. So this light is traced the other
way: photons leave the studio, go through stones and off metal, and where one lands on the ground
it is connected to the camera. The layer holds every path sky - piece (one vertex or more) - ground
- camera and no other; an estimator whose `Limits.ground_caustics` is False leaves out just these.
On a mirror the layer lights the base below the coat; the coat's mirror image is not in it.

Sums are kept in fixed point, because integers add up to the same bits in any order.

What it deliberately lacks: caustics on other diffuse surfaces, and those seen in a mirror or
through a stone. Camera paths find both by chance, as they always did.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engine.trace.backend import dr, mi
from engine.trace.compile import Compiled
from engine.trace.flight import LANES
from engine.trace.lens import Optic
from engine.trace.photons import Photons
from engine.trace.sequence import generator
from engine.trace.spectrum import look_up
from engine.trace.walk import Limits, offset
from engine.types import Camera, Caustics, Frame, ImageArray, Progress

#: Photons per pixel. Four cost about as much as one sample per pixel of the chain estimator.
BUDGETS = {"off": 0, "fast": 4, "full": 32}
#: Photons per kernel launch: bounds memory.
LAUNCH = 1 << 20
#: Makes the photons' random numbers others than those of the pixels of the same seed.
SALT = 0xCA057
#: Fixed point, in units of a frame's one over photons per pixel, in which a photon that lands adds
#: some 20: sums of XYZ stay below 2^34, those of squares below 2^40.
VALUE_STEP = 2.0**-30
SQUARE_STEP = 2.0**-24
#: Largest XYZ of one photon in the same units; no lamp of a studio comes near it.
LARGEST = 2.0**16


@dataclass(frozen=True)
class Layer:
    """XYZ that the caustics add to each pixel, and its estimated variance; [H, W, 3] each."""

    xyz: ImageArray
    variance: ImageArray


def light(
    frame: Frame,
    scene: Compiled,
    optic: Optic,
    budget: str,
    seed: int,
    limits: Limits,
    progress: Progress | None = None,
) -> Frame:
    """`frame`, whose estimator left the ground's caustics out, with the layer added.

    scene : turned to the view. optic : of the frame's camera. budget : a key of `BUDGETS`.
    """
    start = time.perf_counter()
    photons = BUDGETS[budget] * frame.camera.size[0] * frame.camera.size[1]
    layer = trace_layer(scene, frame.camera, optic, photons, seed, limits, progress)
    lit = frame.lit(
        Caustics(
            layer.xyz, layer.variance, ground=_ground(frame, scene, optic), shadow=frame.shadow
        )
    )
    report = {
        "budget": budget,
        "photons": photons,
        "seconds": round(time.perf_counter() - start, 3),
    }
    return replace(lit, provenance={**frame.provenance, "caustics": report})


def trace_layer(
    scene: Compiled,
    camera: Camera,
    optic: Optic,
    photons: int,
    seed: int,
    limits: Limits,
    progress: Progress | None = None,
) -> Layer:
    """The caustics that `camera` sees, from this many photons; one seed gives the same bits.

    scene : turned to the view. optic : of `camera`.
    """
    width, height = camera.size
    # A power of two, so that nothing is rounded twice.
    unit = 2.0 ** round(math.log2(width * height / max(photons, 1)))
    tracer = Photons(scene, limits)
    values, squares = (dr.zeros(mi.UInt64, 3 * width * height) for _ in range(2))
    launches = math.ceil(photons / LAUNCH) if scene.ground.present else 0
    for number in range(launches):
        index = dr.arange(mi.UInt64, min(LAUNCH, photons - number * LAUNCH))
        index += dr.opaque(mi.UInt64, number * LAUNCH)
        for pixel, xyz in _flashes(tracer, optic, index, seed):
            xyz = dr.clip(xyz * dr.opaque(mi.Float, 1 / (photons * unit)), 0, LARGEST)
            _add(values, xyz, pixel, VALUE_STEP)
            _add(squares, xyz * xyz, pixel, SQUARE_STEP)
        dr.eval(values, squares)
        if progress:
            progress("caustics", number + 1, launches)
    # The photons are independent, and each adds next to nothing to a pixel in the mean: so the
    # variance of a sum is the sum of squares.
    return Layer(
        xyz=_image(values, VALUE_STEP * unit, width),
        variance=_image(squares, SQUARE_STEP * unit**2, width),
    )


def _flashes(tracer: Photons, optic: Optic, index: Any, seed: int) -> list[tuple[Any, Any]]:
    """Pixels that see the four wavelengths of photons, and the XYZ that each adds there.

    index : UInt64, of the photons.
    """
    scene = tracer.scene
    low, high = mi.UInt32(index & 0xFFFFFFFF), mi.UInt32(index >> 32)
    rng = generator(low, high, dr.opaque(mi.UInt32, seed ^ SALT))
    λ, inverse_pdf = scene.wavelengths.sample(rng.next_float32())
    landed = tracer.shoot(λ, rng)
    lens = mi.Point2f(rng.next_float32(), rng.next_float32())
    found: list[tuple[Any, Any]] = []
    for lane in LANES:
        flux = landed.flux[lane]
        pixel, weight = connect(scene, optic, landed.p[lane], landed.d[lane], flux > 0, lens)
        xyz = look_up(mi.Vector3f, scene.wavelengths.cmf, λ[lane])
        tint = scene.ground.tint(mi.Color1f(λ[lane]))[0]
        xyz *= flux * weight * tint * inverse_pdf[lane] / len(LANES)
        # What falls on one pixel is one contribution: its square counts as one.
        for other, (at, total) in enumerate(found):
            found[other] = (at, total + dr.select(at == pixel, xyz, 0))
            xyz = dr.select(at == pixel, 0, xyz)
        found.append((pixel, xyz))
    return found


def connect(
    scene: Compiled, optic: Optic, p: Any, d: Any, active: Any, lens: Any
) -> tuple[Any, Any]:
    """Pixel that sees each point p on the ground, and its radiance there per unit flux along d,
    as if the ground had no colour.

    A pixel of tangents dx dy averages over the pupil and over its solid angle dx dy cos³φ, φ from
    the optical axis: flux at p, at distance r, adds f cos θ / (r² cos³φ dx dy), f the BRDF.
    `lens` [2] picks the point on the pupil.
    """
    pupil = optic.ray(0.0, 0.0, lens).o  # it depends on nothing else
    seen = pupil - p
    r = dr.norm(seen)
    w = seen / r
    ahead = -dr.dot(seen, optic.forward)
    tangents = -seen / ahead + (pupil - optic.origin) / optic.focus
    right2, down2 = dr.squared_norm(optic.right), dr.squared_norm(optic.down)
    x = 0.5 * (dr.dot(tangents, optic.right) / right2 + 1) * optic.width
    y = 0.5 * (dr.dot(tangents, optic.down) / down2 + 1) * optic.height
    active &= (ahead > 0) & (w.z > 0)
    active &= (x >= 0) & (x < optic.width) & (y >= 0) & (y < optic.height)
    start = offset(p, mi.Normal3f(0, 0, 1), w)
    ray = mi.Ray3f(start, w, r, 0.0, mi.Spectrum(0))
    active &= ~scene.world.ray_test(ray, False, active)
    through = scene.ground.through(d.z) * scene.ground.through(w.z)
    pixel = 4 * dr.sqrt(right2 * down2) / (optic.width * optic.height)
    weight = scene.ground.albedo / dr.pi * through * w.z / (dr.square(r) * (ahead / r) ** 3 * pixel)
    weight *= scene.ground.left(p)
    at = mi.UInt32(y) * mi.UInt32(optic.width) + mi.UInt32(x)
    return dr.select(active, at, 0), dr.select(active, weight, 0)


def _add(sums: Any, values: Any, pixel: Any, step: float) -> None:
    """Add one vector per photon to the fixed-point sums of its pixel, rounded to the nearest."""
    for axis in range(3):
        value = values[axis]
        dr.scatter_add(sums, mi.UInt64(value / step + 0.5), 3 * pixel + axis, value > 0)


def _ground(frame: Frame, scene: Compiled, optic: Optic) -> ImageArray:
    """[H, W] luminance of the bare ground, in the share of each pixel that the piece leaves."""
    width, height = frame.camera.size
    pixel = dr.arange(mi.UInt32, width * height)
    row = pixel // dr.opaque(mi.UInt32, width)
    x = mi.Float(pixel - row * dr.opaque(mi.UInt32, width)) + 0.5
    ray = optic.ray(x, mi.Float(row) + 0.5, mi.Point2f(0.5))
    seen = dr.select(ray.d.z < 0, scene.ground.towards(ray).y, 0)
    whole = np.array(seen, dtype=np.float32).reshape(height, width)
    return whole * (1 - frame.alpha)


def _image(sums: Any, step: float, width: int) -> ImageArray:
    """Fixed-point sums as an image, [H, W, 3]."""
    return (np.array(sums, dtype=np.float64) * step).astype(np.float32).reshape(-1, width, 3)

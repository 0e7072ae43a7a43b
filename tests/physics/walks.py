"""Single rays through the estimators, without camera and film: what a law of physics is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.types import FloatArray, Mesh, Piece

#: How far from the piece's origin rays begin, mm.
FAR = 60.0


@dataclass(frozen=True, eq=False)
class Aimed:
    """Rays towards a piece: origins and unit directions [N, 3], index of the part aimed at [N]."""

    o: FloatArray
    d: FloatArray
    part: Any


def aimed(piece: Piece, count: int, seed: int = 1) -> Aimed:
    """`count` rays per part from all around, each towards a random point of the part's surface.

    Every ray hits something: the point that it is aimed at, or what stands before it.
    """
    rng = np.random.default_rng(seed)
    targets = [
        _surface(piece.meshes[part.mesh], piece.vertices(part), count, rng) for part in piece.parts
    ]
    target = np.concatenate(targets)
    away = rng.normal(size=target.shape)
    away *= FAR / np.linalg.norm(away, axis=1, keepdims=True)
    origin = piece.bounds().mean(axis=0) + away
    d = target - origin
    d /= np.linalg.norm(d, axis=1, keepdims=True)
    return Aimed(origin, d, np.repeat(np.arange(len(targets)), count))


def _surface(mesh: Mesh, vertices: FloatArray, count: int, rng: np.random.Generator) -> FloatArray:
    """`count` points on a mesh, evenly by area, [count, 3]."""
    a, b, c = np.moveaxis(vertices[mesh.faces], 1, 0)
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    face = rng.choice(len(area), size=count, p=area / area.sum())
    u, v = rng.random((2, count, 1))
    u = np.sqrt(u)
    return np.asarray((1 - u) * a[face] + u * (1 - v) * b[face] + u * v * c[face])


def walk(estimator: Any, o: FloatArray, d: FloatArray, lanes: Any, rng: Any) -> Any:
    """One walk of an estimator along each ray; its radiance is [4, N].

    o, d : origins and unit directions [N, 3]. lanes : [4, N] wavelengths, nm. rng : N generators.
    """
    from engine.trace.backend import dr, mi

    first = mi.Point2f(rng.next_float32(), rng.next_float32())
    second = mi.Point2f(rng.next_float32(), rng.next_float32())
    ray = mi.Ray3f(mi.Point3f(o.T), mi.Vector3f(d.T))
    λ = mi.Spectrum(*(mi.Float(np.asarray(lane, np.float64)) for lane in lanes))
    return estimator.walk(ray, λ, first, second, rng, dr.full(mi.Bool, True, len(d)))


def walked(estimator: Any, rays: Aimed, wavelengths: Any, seed: int = 1) -> FloatArray:
    """Radiance [W, N] that an estimator finds along N rays at each of W wavelengths (nm).

    All lanes of a walk carry the same wavelength, so that their mean is what one of them means.
    """
    from engine.trace.backend import mi

    count, bands = len(rays.d), len(wavelengths)
    o, d = (np.tile(v, (bands, 1)) for v in (rays.o, rays.d))
    lane = np.repeat(np.asarray(wavelengths, np.float64), count)
    rng = mi.PCG32(size=count * bands, initstate=seed)
    found = np.array(walk(estimator, o, d, [lane] * 4, rng).radiance, dtype=np.float64)
    return np.asarray(found.mean(axis=0).reshape(bands, count))

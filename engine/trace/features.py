"""What a primary ray meets: the features that guide the refiner, and who is seen at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import materials
from engine import optics
from engine.scene import Scene
from engine.trace.backend import dr, mi
from engine.trace.compile import GEM, Compiled
from engine.trace.hit import Strike, nearest, strike

GROUND, NOTHING = -1, -2

#: Reflectance of a diffuse base, over that of its coat, from which on it hides what the coat
#: reflects at few samples (estimated: 15 for a white pearl, 1 for onyx).
SOFT = 5.0


@dataclass(frozen=True)
class FirstHit:
    """The first surface along a ray; zeros where the piece is not hit.

    strike : where that is on the mesh.
    part : Int32 index of the part, GROUND or NOTHING. normal faces the viewer.
    """

    strike: Strike
    part: Any
    piece: Any
    ground: Any
    depth: Any
    position: Any
    normal: Any
    albedo: Any
    roughness: Any
    stone: Any


def first_hit(scene: Compiled, ray: Any) -> FirstHit:
    """Intersect `ray` with the piece and the ground."""
    active = mi.Bool(True)
    met = nearest(scene, ray, active, strike(scene, ray, active, coherent=True))
    si, piece, ground, material = met.si, met.piece, met.ground, met.material
    n = si.sh_frame.n
    n = dr.select(dr.dot(n, ray.d) < 0, n, -n)
    return FirstHit(
        strike=met.strike,
        part=dr.select(piece, mi.Int32(met.part), dr.select(ground, GROUND, NOTHING)),
        piece=piece,
        ground=ground,
        depth=dr.select(piece, si.t, 0),
        position=dr.select(piece, si.p, 0),
        normal=dr.select(piece, n, 0),
        albedo=dr.gather(mi.Vector3f, scene.optics.albedo, material, piece),
        roughness=dr.select(piece, scene.roughness.mean(met.part, piece), 0),
        stone=dr.select(piece & (met.kind == GEM), mi.Float(1), 0),
    )


def soft_parts(scene: Scene) -> tuple[int, ...]:
    """Indices of the parts that send back mostly diffuse light: see `Frame.soft`."""
    parts = [scene.materials[part.name] for part in scene.piece.parts]
    soft = {name for name in set(parts) if _soft(name)}
    return tuple(i for i, name in enumerate(parts) if name in soft)


def _soft(name: str) -> bool:
    material = materials.load(name)
    if material.kind not in ("organic", "opaque"):
        return False
    tables = optics.tabulate(material)
    base, coat = (optics.xyz_of(spectrum)[1] for spectrum in (tables.reflectance, tables.f0))
    return bool(base > SOFT * coat)

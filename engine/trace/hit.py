"""The nearest surface along a ray: the piece, the ground, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.trace.backend import dr, mi
from engine.trace.compile import Compiled


@dataclass(frozen=True)
class Hit:
    """What a ray meets first.

    si       : interaction with the piece. t_ground : distance to the plane, infinite away from it.
    piece, ground, missed : masks; exactly one holds for an active ray.
    part, material, kind  : rows of the part, its material, and METAL, GEM or COATED (the piece).
    """

    si: Any
    t_ground: Any
    piece: Any
    ground: Any
    missed: Any
    part: Any
    material: Any
    kind: Any


def nearest(scene: Compiled, ray: Any, active: Any, coherent: bool = False) -> Hit:
    """Intersect `ray` with the piece and the ground. coherent : neighbouring rays are alike."""
    si = scene.world.ray_intersect(ray, mi.RayFlags.ShadingFrame, coherent, active)
    t_ground = dr.select(ray.d.z < 0, -ray.o.z / ray.d.z, dr.inf)
    ground = active & scene.ground.present & (t_ground > 0) & (t_ground < si.t)
    piece = active & si.is_valid() & ~ground
    part = dr.gather(mi.UInt32, scene.face_part, si.prim_index, piece)
    material = dr.gather(mi.UInt32, scene.part_material, part, piece)
    return Hit(
        si=si,
        t_ground=t_ground,
        piece=piece,
        ground=ground,
        missed=active & ~piece & ~ground,
        part=part,
        material=material,
        kind=dr.gather(mi.UInt32, scene.optics.kind, material, piece),
    )

"""The nearest surface along a ray: the piece, the ground, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.trace.backend import dr, mi
from engine.trace.compile import Compiled

#: Cosine to the geometric normal that a mirrored ray keeps at least.
CLEARANCE = 0.01


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


def oriented(si: Any, d: Any) -> tuple[Any, Any, Any]:
    """Whether d meets the outside, and the geometric and shading normal on the side it comes from.

    A shading normal that would mirror d below the triangle is bent until the mirrored ray clears
    it: otherwise polished metal is black where its triangles turn away.
    """
    front = dr.dot(d, si.n) < 0
    ng = dr.select(front, si.n, -si.n)
    ns = dr.select(front, si.sh_frame.n, -si.sh_frame.n)
    mirrored = d - 2 * dr.dot(d, ns) * ns
    low = dr.dot(mirrored, ng)
    bent = dr.normalize(dr.normalize(mirrored + (CLEARANCE - low) * ng) - d)
    return front, ng, mi.Normal3f(dr.select(low < CLEARANCE, bent, ns))

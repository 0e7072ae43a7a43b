"""The nearest surface along a ray: the piece, the ground, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.trace.backend import dr, mi
from engine.trace.compile import Compiled

#: Cosine to the geometric normal that a mirrored ray keeps at least.
CLEARANCE = 0.01


@dataclass(frozen=True)
class Strike:
    """Which triangle of the piece a ray meets first: distance, infinite where there is none, index,
    and barycentric coordinates."""

    t: Any
    triangle: Any
    uv: Any

    def rows(self, index: Any) -> Strike:
        """The entries at `index`."""
        return Strike(
            dr.gather(mi.Float, self.t, index),
            dr.gather(mi.UInt32, self.triangle, index),
            dr.gather(mi.Point2f, self.uv, index),
        )

    def interaction(self, scene: Compiled, ray: Any, active: Any) -> Any:
        """The surface at the point where `ray` meets it."""
        found = dr.zeros(mi.PreliminaryIntersection3f)
        found.valid = dr.isfinite(self.t)
        found.t = self.t
        found.prim_index = self.triangle
        found.prim_uv = self.uv
        found.shape = mi.ShapePtr(scene.mesh)
        return found.compute_surface_interaction(ray, mi.RayFlags.ShadingFrame, active)


@dataclass(frozen=True)
class Hit:
    """What a ray meets first.

    strike : where the piece is met, if the ground were not there.
    si       : interaction with the piece. t_ground : distance to the plane, infinite away from it.
    piece, ground, missed : masks; exactly one holds for an active ray.
    part, material, kind  : rows of the part, its material, and METAL, GEM or COATED (the piece).
    """

    strike: Strike
    si: Any
    t_ground: Any
    piece: Any
    ground: Any
    missed: Any
    part: Any
    material: Any
    kind: Any


def strike(scene: Compiled, ray: Any, active: Any, coherent: bool = False) -> Strike:
    """Intersect `ray` with the piece. coherent : neighbouring rays are alike."""
    found = scene.world.ray_intersect_preliminary(ray, coherent, active)
    return Strike(found.t, found.prim_index, mi.Point2f(found.prim_uv))


def nearest(scene: Compiled, ray: Any, active: Any, struck: Strike | None = None) -> Hit:
    """Intersect `ray` with piece and ground. struck : where it meets the piece, if known."""
    if struck is None:
        struck = strike(scene, ray, active)
    si = struck.interaction(scene, ray, active)
    t_ground = dr.select(ray.d.z < 0, -ray.o.z / ray.d.z, dr.inf)
    ground = active & scene.ground.present & (t_ground > 0) & (t_ground < si.t)
    piece = active & si.is_valid() & ~ground
    part = dr.gather(mi.UInt32, scene.face_part, si.prim_index, piece)
    material = dr.gather(mi.UInt32, scene.part_material, part, piece)
    if scene.edges is not None:
        radius = dr.gather(mi.Float, scene.edge_radius, part, piece)
        n = scene.edges.rounded(si.prim_index, si.p, si.sh_frame.n, radius, piece)
        si.sh_frame.n = dr.select(piece, n, si.sh_frame.n)
    if scene.relief is not None:
        si.sh_frame.n = scene.relief.bent(si.p, si.sh_frame.n, part, piece)
    if scene.optics.nacres is not None:
        n = mi.Vector3f(si.sh_frame.n)
        si.sh_frame.n = mi.Normal3f(scene.optics.nacres.waved(material, part, si.p, n, piece))
    return Hit(
        strike=struck,
        si=si,
        t_ground=t_ground,
        piece=piece,
        ground=ground,
        missed=active & ~piece & ~ground,
        part=part,
        material=material,
        kind=dr.gather(mi.UInt32, scene.optics.kind, material, piece),
    )


def oriented(si: Any, d: Any) -> tuple[Any, Any, Any, Any]:
    """Whether d meets the outside, the geometric and shading normal on the side that it comes from,
    and whether the shading normal is the mesh's own.

    A shading normal that would mirror d below the triangle is bent until the mirrored ray clears
    it: otherwise polished metal is black where its triangles turn away.
    """
    front = dr.dot(d, si.n) < 0
    ng = dr.select(front, si.n, -si.n)
    ns = dr.select(front, si.sh_frame.n, -si.sh_frame.n)
    back, low = _mirrored(d, ng, ns)
    bent = dr.normalize(dr.normalize(back + (CLEARANCE - low) * ng) - d)
    regular = low >= CLEARANCE
    return front, ng, mi.Normal3f(dr.select(regular, ns, bent)), regular


def mirrored(d: Any, n: Any) -> Any:
    """Direction d, mirrored by a surface of normal n."""
    return mi.Vector3f(d - 2 * dr.dot(d, n) * mi.Vector3f(n))


def bends(d: Any, ng: Any, ns: Any) -> Any:
    """Whether `oriented` bends the shading normal for a ray along d that comes from its side."""
    return _mirrored(d, ng, ns)[1] < CLEARANCE


def _mirrored(d: Any, ng: Any, ns: Any) -> tuple[Any, Any]:
    """d mirrored by the shading normal, and its cosine to the geometric one."""
    back = mirrored(d, ns)
    return back, dr.dot(back, ng)


def bent(d: Any, normal: Any, n: Any, active: Any) -> Any:
    """Direction d after it has gone from air into a stone of index n through a facet.

    normal : outward, of the facet of another stone through which d has left that one, or zero.
    Between two stones that touch or overlap we think a hair of air, and of the light it sends
    back to and fro we keep none apart: all of it goes on.
    """
    cos_i = dr.dot(d, normal)
    cos_t = dr.sqrt(dr.fmax(1 - (1 - dr.square(cos_i)) / dr.square(n), 0))
    inwards = dr.normalize(d / n + (cos_t - cos_i / n) * normal)
    return dr.select(active & (cos_i > 0), inwards, d)

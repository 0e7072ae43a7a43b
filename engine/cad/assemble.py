"""Bodies and where they are set, as the meshes and parts of a piece."""

from __future__ import annotations

from collections.abc import Sequence

from engine.cad.bodies import Body
from engine.cad.instances import Instance
from engine.cad.normals import crease_normals, is_smooth
from engine.types import FloatArray, Mesh, Part

#: Edges of smooth stones that are sharper stay sharp: the facets below a domed top (estimated).
SMOOTH_STONE_DEG = 25.0


def assemble(
    bodies: Sequence[Body],
    shared: Sequence[Instance],
    motion: FloatArray,
    factor: float,
    crease_deg: float,
) -> tuple[tuple[Mesh, ...], tuple[Part, ...]]:
    """Meshes about their own centres, and one part per body.

    bodies : at their final size, along the file's axes. shared : which of them are equal, at the
    size before `factor`. motion : [4, 4] from the file's axes to the standing piece.
    """
    meshes: list[Mesh] = []
    home: dict[int, tuple[int, FloatArray]] = {}
    parts = []
    for i, (body, instance) in enumerate(zip(bodies, shared, strict=True)):
        if instance.model == i:
            centre = 0.5 * (body.vertices.min(axis=0) + body.vertices.max(axis=0))
            home[i] = (len(meshes), centre)
            meshes.append(_mesh(body, centre, crease_deg))
        number, centre = home[instance.model]
        place = instance.motion.copy()
        place[:3, 3] = factor * place[:3, 3] + place[:3, :3] @ centre
        parts.append(_part(body, number, motion @ place))
    return tuple(meshes), tuple(parts)


def _mesh(body: Body, centre: FloatArray, crease_deg: float) -> Mesh:
    """The mesh about its own centre: flat for a stone of facets, else with crease normals."""
    local = body.vertices - centre
    if body.role == "stone":
        if not is_smooth(local, body.faces):
            return Mesh(local, body.faces, None, body.closed)
        crease_deg = SMOOTH_STONE_DEG
    vertices, faces, normals = crease_normals(local, body.faces, crease_deg)
    return Mesh(vertices, faces, normals, body.closed)


def _part(body: Body, mesh: int, transform: FloatArray) -> Part:
    return Part(
        name=body.name,
        mesh=mesh,
        transform=transform,
        role=body.role,
        hint=body.hint,
        material=body.material,
        layer=body.layer,
        finish=body.finish,
    )

"""`describe`: what `culet info` prints - parts, stones, weights, sizes, notes."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import numpy as np
from scipy.spatial import ConvexHull, QhullError

from engine.cad.cuts.recognise import Recognised, recognise
from engine.cad.facets import facets
from engine.cad.silhouette import plane_axes
from engine.cad.sizes import describe_size
from engine.cad.solid import signed_volume
from engine.types import FloatArray, Mesh, Note, Part, Piece, Role, Vec3

#: Library materials whose density counts where a part has none of its own.
DEFAULT_MATERIAL: dict[Role, str | None] = {
    "metal": "gold-18k-yellow",
    "stone": "diamond",
    "pearl": "pearl-white",
    "other": None,
}
GRAMS_PER_CARAT = 0.2  # the metric carat, by definition
GRAMS_PER_MM3 = 1e-3  # per g/cm3


@dataclass(frozen=True)
class PartInfo:
    """One part, or several equal ones.

    name, role, material, hint, layer : as in `Part`; the name is the first one's.
    count      : how many equal parts there are; all figures below are for one of them.
    triangles  : of the mesh. closed : whether the mesh is watertight.
    size_mm    : sides of its smallest box, longest first.
    volume_mm3 : of an open mesh a guess.
    grams      : by the material's density, else that of `assumed`; None where neither is known.
    carats     : of stones only.
    assumed    : the library material whose density stood in, or None.
    cut        : of stones only.
    """

    name: str
    role: Role
    material: str | None
    hint: str | None
    layer: str
    count: int
    triangles: int
    closed: bool
    size_mm: Vec3
    volume_mm3: float
    grams: float | None
    carats: float | None
    assumed: str | None
    cut: Recognised | None


@dataclass(frozen=True)
class PieceInfo:
    """All that can be said of a piece without rendering it.

    parts : equal ones together, in the order of the file. stones : those of them that are
    stones, largest first. size_mm : width, depth, height as it stands. ring_size : in words.
    grams : all metal together; carats : all stones.
    """

    name: str
    kind: str
    format: str
    unit: str
    size_mm: Vec3
    inside_mm: float | None
    ring_size: str | None
    part_count: int
    triangles: int
    grams: float
    carats: float
    parts: tuple[PartInfo, ...]
    stones: tuple[PartInfo, ...]
    notes: tuple[Note, ...]

    def to_json(self) -> dict[str, Any]:
        """JSON values under the names of the fields."""
        return asdict(self)


def describe(piece: Piece) -> PieceInfo:
    """Count, measure and weigh the parts of a piece.

    Raises `materials.MaterialError` where a part names a material that cannot be loaded.
    """
    groups = Counter(_key(part) for part in piece.parts)
    first = {_key(part): part for part in reversed(piece.parts)}
    order = dict.fromkeys(_key(part) for part in piece.parts)
    stones_of = {part.mesh for part in piece.parts if part.role == "stone"}
    cuts = {mesh: recognise(piece.meshes[mesh]) for mesh in stones_of}
    parts = tuple(_part(piece, first[key], groups[key], cuts.get(first[key].mesh)) for key in order)
    stones = [info for info in parts if info.role == "stone"]
    bounds = piece.bounds()
    inside = piece.inside_mm
    return PieceInfo(
        name=piece.name,
        kind=piece.kind,
        format="" if piece.source is None else piece.source.format,
        unit="mm" if piece.source is None else piece.source.unit,
        size_mm=_vec3(bounds[1] - bounds[0]),
        inside_mm=inside,
        ring_size=None if inside is None else describe_size(inside),
        part_count=len(piece.parts),
        triangles=sum(info.triangles * info.count for info in parts),
        grams=sum((info.grams or 0.0) * info.count for info in parts if info.role == "metal"),
        carats=sum((info.carats or 0.0) * info.count for info in stones),
        parts=parts,
        stones=tuple(sorted(stones, key=lambda info: -info.volume_mm3)),
        notes=piece.notes,
    )


def _key(part: Part) -> tuple[int, str, str | None, str | None, str]:
    """Parts that print as one: same mesh, role, material, hint and layer."""
    return part.mesh, part.role, part.material, part.hint, part.layer


def _part(piece: Piece, part: Part, count: int, cut: Recognised | None) -> PartInfo:
    mesh = piece.meshes[part.mesh]
    volume = float(abs(signed_volume(mesh.vertices, mesh.faces).sum()))
    assumed = DEFAULT_MATERIAL[part.role] if part.material is None else None
    known = part.material or assumed
    grams = None if known is None else volume * _density(known) * GRAMS_PER_MM3
    cut = cut if part.role == "stone" else None
    return PartInfo(
        name=part.name,
        role=part.role,
        material=part.material,
        hint=part.hint,
        layer=part.layer,
        count=count,
        triangles=len(mesh.faces),
        closed=mesh.closed,
        size_mm=_vec3(-np.sort(-_size(mesh, part.role, cut))),
        volume_mm3=volume,
        grams=grams,
        carats=None if cut is None or grams is None else grams / GRAMS_PER_CARAT,
        assumed=assumed,
        cut=cut,
    )


def _size(mesh: Mesh, role: Role, cut: Recognised | None) -> FloatArray:
    """[3] sides of the box, mm: of a stone that shows how it stands, those of its cut."""
    if cut is None or cut.width is None or cut.length is None or cut.depth is None:
        return _own_size(mesh, role)
    return np.array([cut.length, cut.width, cut.depth])


def _own_size(mesh: Mesh, role: Role) -> FloatArray:
    """[3] sides of the bounding box that a caliper finds, however the mesh is turned.

    A stone is measured across its table and along it, anything else across its thin side; in
    that plane the box is the rectangle of least area, which has a side along the hull.
    """
    local = mesh.vertices - mesh.vertices.mean(axis=0)
    axis: FloatArray = np.linalg.eigh(local.T @ local)[1][:, 0]
    if role == "stone":
        axis = facets(mesh.vertices, mesh.faces).normals[0]
    flat = local @ plane_axes(axis).T
    depth = float(np.ptp(local @ axis))
    try:
        rim = flat[ConvexHull(flat).vertices]
    except QhullError:
        return np.array([*np.ptp(flat, axis=0), depth])
    side = np.roll(rim, -1, axis=0) - rim
    along = side / np.linalg.norm(side, axis=1)[:, None]
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    boxes = np.stack([np.ptp(along @ rim.T, axis=1), np.ptp(across @ rim.T, axis=1)], axis=1)
    return np.array([*boxes[boxes.prod(axis=1).argmin()], depth])


def _vec3(values: FloatArray) -> Vec3:
    x, y, z = (float(value) for value in values)
    return x, y, z


@cache
def _density(material: str) -> float:
    """g/cm3 of a library material or YAML path."""
    import materials

    return float(materials.load(material).density)

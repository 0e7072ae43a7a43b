"""Parts as solids, to measure them."""

import manifold3d
import numpy as np

from engine.types import FloatArray, Part, Piece


def body(piece: Piece, part: Part) -> manifold3d.Manifold:
    """A part as a solid; its vertices welded where they are equal to the last bit."""
    vertices, where = np.unique(piece.vertices(part), axis=0, return_inverse=True)
    faces = where.reshape(-1)[piece.meshes[part.mesh].faces].astype(np.uint64)
    return manifold3d.Manifold(manifold3d.Mesh64(vertices, faces))


def box(solid: manifold3d.Manifold) -> FloatArray:
    """[2, 3] lowest and highest corner, mm."""
    return np.asarray(solid.bounding_box()).reshape(2, 3)


def stones(piece: Piece) -> list[manifold3d.Manifold]:
    """Every stone, in the order of the parts."""
    return [body(piece, part) for part in piece.parts if part.role == "stone"]


def shifted(piece: Piece, along: float) -> manifold3d.Manifold:
    """All stones as one solid, each moved by `along` mm towards where its table faces."""
    axes = [part.transform[:3, 2] for part in piece.parts if part.role == "stone"]
    moved = [s.translate(along * axis) for s, axis in zip(stones(piece), axes, strict=True)]
    return manifold3d.Manifold.compose(moved)


def walls(piece: Piece, count: int = 200) -> FloatArray:
    """[count] mm of metal under places all over the first part, straight in from its surface."""
    corners = piece.vertices(piece.parts[0])[piece.meshes[0].faces]
    a, u, v = corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    across = np.cross(u, v)
    area = np.linalg.norm(across, axis=1)
    rng = np.random.default_rng(5)
    faces = rng.choice(len(area), count, p=area / area.sum())
    found = []
    for face in faces:
        inward = -across[face] / area[face]
        start = corners[face].mean(axis=0)
        p = np.cross(inward, v)
        det = np.einsum("ij,ij->i", u, p)
        with np.errstate(divide="ignore", invalid="ignore"):
            s = np.einsum("ij,ij->i", start - a, p) / det
            q = np.cross(start - a, u)
            t = q @ inward / det
            far = np.einsum("ij,ij->i", v, q) / det
            through = (s >= 0.0) & (t >= 0.0) & (s + t <= 1.0) & (far > 1e-6)
        found.append(far[through & (np.abs(det) > 1e-12)].min())
    return np.array(found)

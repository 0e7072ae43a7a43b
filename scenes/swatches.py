"""Swatches: small still lifes that show one material, for charts.

Metal is a sphere and a block with chamfers, the crisp edges of CAD; a gem a brilliant or a
cabochon; an opaque stone a cabochon, a sphere and a block; pearls lie by themselves. Of one kind of
swatch there is one piece, so that its geometry is compiled once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from itertools import permutations, product
from typing import Literal

import manifold3d
import numpy as np

import materials
from engine.cad.cuts import make
from engine.scene import Ground, Lens, Scene, View, compose
from engine.types import FloatArray, Mesh, Part, Piece, Role
from materials import Material
from scenes.pieces.motion import shift, turn

Still = Literal["metal", "faceted", "domed", "opaque", "pearls"]

#: Stones that are cut with a dome: for what moves in them, or since light does not pass.
_DOMED = r"opal|moonstone|star|cat|turquoise|onyx|lapis|jade|labradorite"

#: Light and camera of every swatch. The exposure is the same for all, or silver and black rhodium
#: would be of one brightness.
STUDIO, VIEW, LENS = "tent", View(18.0, 30.0, fill=0.9, name="swatch"), Lens(focal_mm=120.0)
EXPOSURE = -0.5

#: Grey, as on a swatch card: white metal would run into white paper.
GROUND = Ground(albedo=0.6, colour=(1.0, 1.0, 1.0))

#: Degrees that a stone leans on its pavilion, so that its table faces the camera.
_LEAN = 38.0


@dataclass(frozen=True)
class Swatch:
    """One field of a chart.

    material : a library name or a YAML file. lines : the words below. finish : of a metal.
    """

    material: str
    lines: tuple[str, ...]
    finish: str = "polished"

    @staticmethod
    def of(material: str) -> Swatch:
        """The swatch of a material under its own label and name."""
        found = materials.load(material)
        return Swatch(material, (found.label, found.name))

    def scene(self, size: tuple[int, int]) -> Scene:
        """The still life, in this material, lit."""
        piece = still_life(still_of(materials.load(self.material)))
        made = compose(
            piece,
            studio=STUDIO,
            ground=GROUND,
            view=VIEW,
            lens=LENS,
            size=size,
            finish=self.finish,
        )
        return replace(made, materials={part.name: self.material for part in piece.parts})


def still_of(material: Material) -> Still:
    """The kind of still life that shows a material."""
    said = f"{material.name} {material.label}".casefold()
    if material.kind == "metal":
        return "metal"
    if "pearl" in said:
        return "pearls"
    if material.kind in ("organic", "opaque"):
        return "opaque"
    return "domed" if re.search(rf"\b({_DOMED})", said) else "faceted"


def ordered(names: list[str]) -> list[str]:
    """The names with swatches of one kind side by side, as their geometry is compiled once."""
    kinds = {name: still_of(materials.load(name)) for name in names}
    first = {kind: i for i, kind in reversed(list(enumerate(kinds.values())))}
    return sorted(names, key=lambda name: first[kinds[name]])


@cache
def still_life(still: Still) -> Piece:
    """The piece of a kind of swatch; z = 0 is the ground."""
    placed = _placed(still)
    role: Role = "metal" if still == "metal" else "pearl"
    role = "stone" if still in ("faceted", "domed") else role
    parts = tuple(Part(name, i, at, role) for i, (name, _, at) in enumerate(placed))
    return Piece(tuple(mesh for _, mesh, _ in placed), parts, "other", f"swatch-{still}")


def _placed(still: Still) -> list[tuple[str, Mesh, FloatArray]]:
    """Name, mesh and place of each part."""
    if still == "metal":
        return [
            ("sphere", _sphere(4.2), shift(-3.4, 0.6, 4.2)),
            ("block", _block(3.6, 2.6, 2.2), shift(4.6, -1.2, 2.2) @ _spin(-24.0)),
        ]
    if still == "faceted":
        return [("brilliant", make("round", width=9.0).mesh(), _leaning(9.0))]
    if still == "domed":
        return [("cabochon", make("cabochon", width=9.0).mesh(), _flat(9.0))]
    if still == "opaque":
        return [
            ("cabochon", make("cabochon", width=8.0).mesh(), _flat(8.0, -3.6)),
            ("sphere", _sphere(3.0), shift(2.2, 4.2, 3.0)),
            ("block", _block(2.6, 1.9, 1.7), shift(5.2, -1.6, 1.7) @ _spin(-24.0)),
        ]
    pearls = ((4.6, -3.0, 0.8), (3.4, 5.6, -1.6), (2.4, 2.2, 6.4))
    return [(f"pearl {i}", _sphere(r), shift(x, y, r)) for i, (r, x, y) in enumerate(pearls, 1)]


def _spin(degrees: float) -> FloatArray:
    return turn([0.0, 0.0, 1.0], np.radians(degrees))


def _flat(width: float, x: float = 0.0) -> FloatArray:
    """A cabochon on its flat back, its dome turned a little towards the camera."""
    mesh = make("cabochon", width=width).mesh()
    pose = _spin(20.0) @ turn([1.0, 0.0, 0.0], np.radians(8.0))
    return _resting(mesh, pose, x)


def _leaning(width: float) -> FloatArray:
    """A brilliant that lies on its pavilion."""
    pose = _spin(18.0) @ turn([1.0, 0.0, 0.0], np.radians(_LEAN))
    return _resting(make("round", width=width).mesh(), pose, 0.0)


def _resting(mesh: Mesh, pose: FloatArray, x: float) -> FloatArray:
    """The pose, lowered or raised until the mesh touches the ground, its middle at x, y = -1."""
    turned = mesh.vertices @ pose[:3, :3].T
    low, high = turned.min(axis=0), turned.max(axis=0)
    middle = 0.5 * (low + high)
    return shift(x - middle[0], -1.0 - middle[1], -low[2]) @ pose


def _sphere(radius: float) -> Mesh:
    """A ball with the normals of a true one."""
    ball = manifold3d.Manifold.sphere(radius, 160).to_mesh64()
    vertices = np.array(ball.vert_properties[:, :3], np.float64)
    normals = (vertices / np.linalg.norm(vertices, axis=1, keepdims=True)).astype(np.float32)
    return Mesh(vertices, np.array(ball.tri_verts, np.int32), normals, True)


def _block(x: float, y: float, z: float, chamfer: float = 0.35) -> Mesh:
    """A block of half the sides x, y, z, mm, with flat chamfers and sharp edges."""
    half = np.array([x, y, z])
    corners = {
        tuple(np.array(signs) * (half - chamfer * np.array(cut)))
        for signs in product((-1.0, 1.0), repeat=3)
        for cut in set(permutations((0.0, 1.0, 1.0)))
    }
    hull = manifold3d.Manifold.hull_points(np.array(sorted(corners))).to_mesh64()
    vertices = np.array(hull.vert_properties[:, :3], np.float64)
    return Mesh(vertices, np.array(hull.tri_verts, np.int32), None, True)  # every face flat

"""OBJ with its MTL: one object per part, grouped by layer, materials by name."""

from __future__ import annotations

import numpy as np

from engine.cad.statement import statement
from engine.cad.writers.common import COLOURS, material_name, one_line
from engine.types import FloatArray, IntArray, Piece, Role


def obj_text(piece: Piece, library: str) -> str:
    """The OBJ in millimetres, y up (what most programs mean by OBJ), with normals where smooth.

    library : name of the MTL file beside it.
    """
    blocks = [f"# culet: {statement(piece)}\n# millimetres, y up\nmtllib {one_line(library)}\n"]
    points = normals = 1
    for part in piece.parts:
        mesh = piece.meshes[part.mesh]
        name = one_line(part.name) or "part"
        blocks.append(f"o {name}\ng {one_line(part.layer) or name}\n")
        blocks.append(f"usemtl {material_name(part)}".rstrip() + "\n")
        blocks.append(_rows("v %.9g %.9g %.9g\n", _y_up(piece.vertices(part))))
        if mesh.normals is None:
            blocks.append(_rows("f %d %d %d\n", mesh.faces + points))
        else:
            turned = mesh.normals @ part.transform[:3, :3].T
            blocks.append(_rows("vn %.6g %.6g %.6g\n", _y_up(turned)))
            pairs = np.stack([mesh.faces + points, mesh.faces + normals], axis=2)
            blocks.append(_rows("f %d//%d %d//%d %d//%d\n", pairs.reshape(-1, 6)))
            normals += len(mesh.normals)
        points += len(mesh.vertices)
    return "".join(blocks)


def mtl_text(piece: Piece) -> str:
    """The materials by name, in colours guessed from the roles."""
    roles: dict[str, Role] = {}
    for part in piece.parts:
        roles.setdefault(material_name(part), part.role)
    roles.pop("", None)
    return "# culet: colours are guesses, the names count\n" + "".join(
        "newmtl {}\nKd {:g} {:g} {:g}\nKs 0.5 0.5 0.5\nNs 200\nd {:g}\n\n".format(
            name, *COLOURS[role], 0.4 if role == "stone" else 1.0
        )
        for name, role in roles.items()
    )


def _y_up(vectors: FloatArray) -> FloatArray:
    """(x, y, z) with z up as (x, z, -y) with y up."""
    return np.stack([vectors[:, 0], vectors[:, 2], -vectors[:, 1]], axis=1)


def _rows(row: str, values: FloatArray | IntArray) -> str:
    """`row` filled with each row of `values`."""
    return (row * len(values)) % tuple(values.ravel().tolist())

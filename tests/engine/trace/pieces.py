"""Small pieces and studios for tests of the tracer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import trimesh

from engine.cad.cuts import round_brilliant, to_mesh
from engine.scene import Ground, Scene, View
from engine.scene.studios import Studio, parse_studio
from engine.types import Mesh, Part, Piece, Role

LEVEL = View(azimuth_deg=20.0, elevation_deg=25.0, name="test")


def placed(mesh: Mesh, name: str, role: Role, shift: tuple[float, float, float]) -> Piece:
    """A piece of one part, moved by `shift`."""
    transform = np.eye(4)
    transform[:3, 3] = shift
    return Piece((mesh,), (Part(name, 0, transform, role),))


def joined(*pieces: Piece) -> Piece:
    """All parts of several pieces in one."""
    meshes: list[Mesh] = []
    parts: list[Part] = []
    for piece in pieces:
        parts += [replace(part, mesh=part.mesh + len(meshes)) for part in piece.parts]
        meshes += piece.meshes
    return Piece(tuple(meshes), tuple(parts))


def brilliant(diameter: float = 6.5) -> Piece:
    """A round brilliant whose culet touches the ground."""
    mesh = to_mesh(round_brilliant(diameter=diameter))
    return placed(mesh, "stone", "stone", (0.0, 0.0, -float(mesh.vertices[:, 2].min())))


def smooth(solid: Any) -> Mesh:
    """A trimesh solid with its vertex normals."""
    return Mesh(
        np.array(solid.vertices, dtype=np.float64),
        np.array(solid.faces, dtype=np.int32),
        np.array(solid.vertex_normals, dtype=np.float32),
    )


def band(radius: float = 8.0) -> Piece:
    """A plain round-wire ring, finger axis y, on the ground."""
    torus = trimesh.creation.torus(radius, 1.0, major_sections=96, minor_sections=32)
    torus.apply_transform(trimesh.transformations.rotation_matrix(np.pi / 2, [1, 0, 0]))
    return placed(smooth(torus), "band", "metal", (0.0, 0.0, radius + 1.0))


def ball(radius: float = 3.0) -> Piece:
    """A pearl."""
    sphere = trimesh.creation.icosphere(subdivisions=4, radius=radius)
    return placed(smooth(sphere), "pearl", "pearl", (0.0, 0.0, radius))


def box(size: float = 6.0, name: str = "box") -> Piece:
    """A cube of flat faces."""
    cube = trimesh.creation.box((size, size, size))
    mesh = Mesh(np.array(cube.vertices), np.array(cube.faces, dtype=np.int32))
    return placed(mesh, name, "stone", (0.0, 0.0, size / 2))


def studio(*lights: dict[str, Any], rig: str = "camera") -> Studio:
    """A studio of these lights, or a plain room with one softbox and one flag."""
    room: tuple[dict[str, Any], ...] = lights or (
        {"shape": "dome", "name": "room", "elevation_deg": 90.0, "radiance": 0.6, "far": 0.4},
        {
            "shape": "rectangle",
            "name": "box",
            "azimuth_deg": -60.0,
            "elevation_deg": 50.0,
            "width_deg": 50.0,
            "height_deg": 40.0,
            "radiance": 4.0,
            "key": True,
        },
        {
            "shape": "card",
            "name": "flag",
            "azimuth_deg": 80.0,
            "elevation_deg": 30.0,
            "width_deg": 60.0,
            "height_deg": 60.0,
        },
    )
    return parse_studio({"name": "test", "rig": rig, "light": list(room)}, Path("test.toml"))


def furnace() -> Studio:
    """The same light from everywhere."""
    return studio(
        {
            "shape": "dome",
            "name": "all",
            "elevation_deg": 90.0,
            "radiance": 1.0,
            "spectrum": "E",
            "key": True,
        }
    )


def scene(piece: Piece, materials: dict[str, str], **changes: Any) -> Scene:
    """A small scene; `changes` replace fields of it."""
    base = Scene(
        piece=piece,
        materials=materials,
        studio=studio(),
        ground=Ground("sweep", 0.9),
        view=LEVEL,
        size=(64, 64),
    )
    return replace(base, **changes)


def gem_file(folder: Path, name: str, n: float) -> str:
    """A material file of a clear gem with index n at every wavelength; its path."""
    made_up = "{evidence: estimated, source: made up for a test"
    path = folder / f"{name}.yaml"
    path.write_text(
        f"""name: {name}
label: A test gem
kind: gem
density: {made_up}, value: 1.0}}
roughness: {made_up}, value: 0.0}}
index: {made_up}, model: constant, n: {n}}}
""",
        encoding="utf-8",
    )
    return str(path)


def crystal_file(
    folder: Path,
    name: str,
    n: float,
    *,
    extraordinary: float | None = None,
    offset: float | None = None,
    biaxial: tuple[float, float] | None = None,
    absorption: tuple[float, float] | None = None,
    more: str = "",
) -> str:
    """A material file of a crystal; its path.

    n : ordinary index, or beta. One of: extraordinary index, its offset from n, or (alpha, gamma).
    absorption : per mm, of the ordinary and the extraordinary ray (biaxial: beta and gamma).
    more : lines to append.
    """
    path = Path(gem_file(folder, name, n))
    made_up = "evidence: estimated, source: made up for a test"
    own, other = absorption or (0.0, 0.0)
    if biaxial is not None:
        index = (
            f"  alpha: {{{made_up}, model: constant, n: {biaxial[0]}}}\n"
            f"  gamma: {{{made_up}, model: constant, n: {biaxial[1]}}}\n"
        )
    elif offset is not None:
        index = f"  extraordinary: {{{made_up}, model: offset, by: {offset}}}\n"
    else:
        index = f"  extraordinary: {{{made_up}, model: constant, n: {extraordinary}}}\n"
    side = "extraordinary" if biaxial is None else "gamma"
    text = path.read_text(encoding="utf-8")
    text += f"absorption: {{{made_up}, model: bands, constant: {own}}}\n"
    text += f"crystal:\n  system: {'uniaxial' if biaxial is None else 'biaxial'}\n{index}"
    if other != own:
        text += f"  absorption_{side}: {{{made_up}, model: bands, constant: {other}}}\n"
    path.write_text(text + more, encoding="utf-8")
    return str(path)


def zoning(pattern: str, second: float, spacing_mm: float, contrast: float = 1.0) -> str:
    """Lines of a material file: zones of `second` per mm."""
    made_up = "evidence: estimated, source: made up for a test"
    return (
        f"zoning: {{{made_up}, pattern: {pattern}, contrast: {contrast},\n"
        f"  spacing_mm: {spacing_mm}, second: {{{made_up}, model: bands, constant: {second}}}}}\n"
    )

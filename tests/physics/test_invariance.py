"""A picture depends on neither left and right, nor the unit or the origin of the file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import engine
from engine import trace
from engine.scene import Scene, View
from engine.types import FloatArray, Frame, LoadOptions, Mesh, Part, Piece
from tests.engine.trace.pieces import LEVEL, band, brilliant, joined, placed, scene, studio
from tests.physics.statistics import Picture, assert_frames_agree, assert_same, regions

PIXELS, SIDE, SPP = 16, 12, 3
SIZE = (PIXELS * SIDE, PIXELS * SIDE)

_BOX = {"shape": "rectangle", "width_deg": 24.0, "height_deg": 24.0, "radiance": 8.0}
LIGHTS: tuple[dict[str, Any], ...] = (
    {"shape": "dome", "name": "room", "elevation_deg": 60.0, "radiance": 0.5, "far": 0.2},
    {**_BOX, "name": "key", "azimuth_deg": -60.0, "elevation_deg": 45.0, "key": True},
    {**_BOX, "name": "back", "azimuth_deg": 140.0, "elevation_deg": 60.0},
)


def ring() -> Piece:
    """A band with a stone on top and another one beside it: not its own mirror image."""
    stone = placed(brilliant().meshes[0], "stone", "stone", (0.0, 0.0, 20.6))
    side = placed(brilliant(4.0).meshes[0], "side stone", "stone", (5.0, -1.0, 19.5))
    return replace(joined(band(), stone, side), kind="ring")


def pair() -> Piece:
    """A stone and a smaller one against a small band: flashes tell the lights apart."""
    side = placed(brilliant(4.0).meshes[0], "side stone", "stone", (5.3, -1.0, 2.0))
    return joined(placed(band(2.5).meshes[0], "band", "metal", (-2.0, 7.0, 3.5)), brilliant(), side)


def edited(source: Path, target: Path, change: Callable[[FloatArray], FloatArray]) -> Path:
    """A copy of an OBJ file with other vertices."""
    lines = source.read_text("utf-8").splitlines()
    for i, line in enumerate(lines):
        if line.startswith("v "):
            x, y, z = change(np.array(line.split()[1:4], dtype=np.float64)).tolist()
            lines[i] = f"v {x!r} {y!r} {z!r}"
    target.write_text("\n".join(lines) + "\n", "utf-8")
    return target


def shot(path: Path, seed: int, options: LoadOptions | None = None) -> Frame:
    """What a user does with a file: load, compose, trace."""
    piece = engine.load(path, options)
    assert piece.kind == "ring"
    what = engine.compose(
        piece, metal="gold-18k-yellow", stone="sapphire", studio=studio(), view=LEVEL, size=SIZE
    )
    return trace(what, spp=SPP, seed=seed, device="cpu")[0]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return engine.write(ring(), tmp_path_factory.mktemp("files") / "ring.obj")


@pytest.fixture(scope="module")
def picture(file: Path) -> Frame:
    return shot(file, seed=3)


def test_metres_give_the_picture_of_millimetres(file: Path, picture: Frame) -> None:
    metres = edited(file, file.with_name("metres.obj"), lambda v: 1e-3 * v)
    other = shot(metres, seed=3, options=LoadOptions(unit="m"))
    # The same seed: what remains is rounding, but for the few paths that meet an edge.
    off = np.abs(other.xyz - picture.xyz) / picture.xyz.mean()
    assert (off.max(axis=-1) < 1e-3).mean() > 0.98
    np.testing.assert_allclose(other.camera.position, picture.camera.position, atol=1e-6)


def test_a_piece_a_kilometre_off_gives_the_same_picture(file: Path, picture: Frame) -> None:
    # Decimals of a text file still resolve a nanometre out there, float32 only 0.06 mm.
    away = np.array([1.0e6, -2.0e5, 3.0e5])
    other = shot(edited(file, file.with_name("far.obj"), lambda v: v + away), seed=4)
    assert_frames_agree(other, picture, SIDE)


def test_a_mirrored_piece_gives_the_mirrored_picture() -> None:
    one, two = _scene(pair(), 1.0), _scene(_mirrored(pair()), -1.0)
    picture = trace(one, spp=SPP, seed=5, device="cpu")[0]
    other = trace(two, spp=SPP, seed=6, device="cpu")[0]
    flipped = Picture.binned(other.xyz, SIDE).flipped()
    assert_same(flipped, Picture.binned(picture.xyz, SIDE), regions(picture, SIDE))
    parts = picture.features.part == other.features.part[:, ::-1]
    assert parts.mean() > 0.999


def _scene(piece: Piece, hand: float) -> Scene:
    """The piece seen from one side, or with hand = -1 from the other, its lights likewise."""
    lights = [{**light, "azimuth_deg": hand * light.get("azimuth_deg", 0.0)} for light in LIGHTS]
    materials = {"band": "gold-18k-rose", "stone": "diamond", "side stone": "emerald"}
    view = View(hand * 25.0, 40.0, name="test")
    return scene(piece, materials, studio=studio(*lights), view=view, size=SIZE)


def _mirrored(piece: Piece) -> Piece:
    """The piece with left and right exchanged."""
    flip = np.array([-1.0, 1.0, 1.0])
    meshes: list[Mesh] = []
    parts: list[Part] = []
    for part in piece.parts:
        mesh = piece.meshes[part.mesh]
        normals = None if mesh.normals is None else mesh.normals * flip.astype(np.float32)
        placed_ = piece.vertices(part) * flip
        parts.append(replace(part, mesh=len(meshes), transform=np.eye(4)))
        meshes.append(replace(mesh, vertices=placed_, faces=mesh.faces[:, ::-1], normals=normals))
    return replace(piece, meshes=tuple(meshes), parts=tuple(parts))

"""The eight frozen scenes, 192 x 192: two loose stones, six mounted.

Frozen means: a figure from last month and one from today are of the same picture. What they are is
recorded in `scenes.json`, and a test compares it; `materials` keeps what the library has changed.
All stand on a diffuse sweep (the baseline knows no clear coat), no camera sees its horizon, and the
metal is a "mirror": the baseline knows neither the waves of a hand-polished surface nor any other
finish.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import engine
from engine.cad.cuts import Cut, emerald, polygons, round_brilliant, to_mesh
from engine.scene import Ground, Scene, View
from engine.types import FloatArray, LoadOptions, Part, Piece
from scenes.pieces import ThreeStone, build
from scenes.pieces.design import ranged

#: Materials as they were when the scenes were frozen.
MATERIALS = Path(__file__).with_name("materials")

SIZE = (192, 192)
LOOSE = ("loose-brilliant", "loose-emerald-cut")
MOUNTED = (
    "solitaire-white",
    "solitaire-dark",
    "bezel-sapphire",
    "pave-band",
    "three-stone",
    "ring-61",
)
NAMES = LOOSE + MOUNTED

#: Environment variable: a folder with CAD files from other hands.
CAD_DIR = "CULET_CAD_DIR"
RING_FILE = "ring-with-melee.3dm"
#: The numbers in that file are 5.9 times too large for millimetres.
RING_OPTIONS = LoadOptions(ring_size="54")
#: mm of air below what lies on the ground: a facet in the ground's own plane is lit by rounding.
AIR = 0.02

WHITE = Ground("sweep", 0.9)
DARK = Ground("sweep", 0.03)


@functools.cache
def scene(name: str) -> Scene:
    """A frozen scene by name. Raises KeyError for another name."""
    return SCENES[name]()


def source(name: str) -> str:
    """What the geometry of a scene comes from: "built", or the name of a file."""
    return RING_FILE if name == "ring-61" and ring_file() else "built"


def lying(cut: Cut, turn_deg: float = 0.0) -> Piece:
    """A loose stone as it lies on a table: on the largest facet of its pavilion, face to the front.

    turn_deg : about z from there.
    """
    mesh = to_mesh(cut)
    x, y, z = _resting_normal(cut)
    spin = _about_z(-np.pi / 2 - np.arctan2(y, x))  # the facet looks down and to the front
    slant = np.arctan2(np.hypot(x, y), -z)
    c, s = np.cos(slant), np.sin(slant)
    lie = np.array([[1.0, 0.0, 0.0], [0.0, c, -s], [0.0, s, c]])
    move = np.eye(4)
    move[:3, :3] = _about_z(np.radians(turn_deg)) @ lie @ spin
    placed = mesh.vertices @ move[:3, :3].T
    move[:2, 3] = -(placed.min(axis=0) + placed.max(axis=0))[:2] / 2
    move[2, 3] = AIR - placed[:, 2].min()
    return Piece((mesh,), (Part("stone", 0, move, "stone"),), "stone", cut.name)


def _about_z(angle: float) -> FloatArray:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])


def _resting_normal(cut: Cut) -> FloatArray:
    """Normal of the largest facet below the girdle, straight below or not."""
    vertices, loops = polygons(cut)
    sizes = [_area(vertices[loop]) if n < -1e-6 else 0.0
             for n, loop in zip(cut.normals[:, 2], loops, strict=True)]  # fmt: skip
    normal: FloatArray = cut.normals[int(np.argmax(sizes))]
    return normal


def _area(loop: FloatArray) -> float:
    fan = np.cross(loop[1:-1] - loop[0], loop[2:] - loop[0])
    return float(np.linalg.norm(fan.sum(axis=0)) / 2)


def _loose(cut: Cut, view: View) -> Scene:
    return engine.compose(
        lying(cut), stone="diamond", studio="tent", ground=WHITE, view=view, size=SIZE
    )


def frozen(name: str) -> str:
    """A material as it was when the scenes were frozen: a file of the kit's own, or the library's
    where that has not changed since."""
    kept = MATERIALS / f"{name}.yaml"
    return str(kept) if kept.exists() else name


def _mounted(piece: Piece, metal: str, view: View, **choices: Any) -> Scene:
    given = {"stone": "diamond", "studio": "tent", "ground": WHITE, "finish": "mirror", **choices}
    given["stone"] = frozen(given["stone"])
    return engine.compose(piece, metal=frozen(metal), view=view, size=SIZE, **given)


@dataclass(frozen=True, kw_only=True)
class _Touching(ThreeStone):
    """A three-stone ring whose stones touch: closer than a goldsmith would set them."""

    gap_mm: float = ranged(0.0, 0.0, 2.0, "between the stones at the closest")


def ring_file() -> Path | None:
    """The ring with 61 stones from another hand, where CULET_CAD_DIR names its folder."""
    given = os.environ.get(CAD_DIR)
    return Path(given) / RING_FILE if given else None


def ring_61(cad: Path | None = None) -> Scene:
    """The ring with 61 stones: of a CAD file, by default of `ring_file`, else the built one."""
    file = cad or ring_file()
    piece = engine.load(file, RING_OPTIONS) if file else build("melee-ring")
    return _mounted(piece, "gold-18k-yellow", View(30, 50, 0.9))


SCENES: dict[str, Callable[[], Scene]] = {
    "loose-brilliant": lambda: _loose(round_brilliant(diameter=6.5), View(8, 38, 0.86)),
    "loose-emerald-cut": lambda: _loose(emerald(width=5.0), View(-14, 40, 0.86)),
    "solitaire-white": lambda: _mounted(
        build("solitaire", prongs=6, stone_mm=7.5), "gold-18k-yellow", View(30, 42, 0.9)
    ),
    "solitaire-dark": lambda: _mounted(
        build("solitaire", stone_mm=7.5),
        "platinum-950",
        View(-25, 50, 0.9),
        studio="fire",
        ground=DARK,
    ),
    "bezel-sapphire": lambda: _mounted(
        build("bezel"), "gold-18k-white", View(20, 50, 0.9), stone="sapphire"
    ),
    "pave-band": lambda: _mounted(build("pave-band"), "platinum-950", View(22, 55, 0.9)),
    "three-stone": lambda: _mounted(_Touching().build(), "gold-18k-rose", View(14, 52, 0.9)),
    "ring-61": ring_61,
}

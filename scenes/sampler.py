"""Random scenes: a piece, what it is made of, a studio and a view, all from one seed.

The draws are simple on purpose: uniform within what shops sell. The sampler knows all the pieces of
`scenes.pieces`; it draws no depth of field and no panoramas.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import materials
from engine.errors import SceneError
from engine.scene import Scene, View, compose, studio_names
from engine.types import Piece
from scenes.pieces import PIECES, build
from scenes.pieces.shank import PROFILES
from scenes.pieces.stones import CUTS, ROUND_CUTS

GROUNDS = ("sweep", "mirror", "none")


def sample(seed: int, *, size: tuple[int, int] = (256, 256)) -> Scene:
    """The scene of a seed; the same seed gives the same scene.

    size : (width, height) in pixels. Raises SceneError for a negative seed.
    """
    if seed < 0:
        raise SceneError(f"the seed is {seed}; give a whole number from 0 up")
    rng = np.random.default_rng(seed)
    piece = draw_piece(rng)
    return compose(
        piece,
        metal=_one(rng, materials.names("metal")),
        stone=_one(rng, materials.names("gem")),
        studio=_one(rng, studio_names()),
        ground=_one(rng, GROUNDS),
        view=draw_view(rng),
        size=size,
        seed=seed,
    )


def draw_piece(rng: np.random.Generator) -> Piece:
    """A ring of usual dimensions."""
    name, parameters = draw_design(rng)
    return build(name, **parameters)


def draw_design(rng: np.random.Generator) -> tuple[str, dict[str, Any]]:
    """Name and parameters of a ring of usual dimensions."""
    name = _one(rng, tuple(PIECES))
    parameters: dict[str, Any] = {
        "size": float(rng.integers(47, 63)),
        "thickness_mm": float(rng.uniform(1.4, 2.0)),
    }
    if name == "pave-band":
        return name, parameters | _pave(rng)
    if name == "melee-ring":
        return name, parameters | _melee(rng)
    return name, parameters | _centre(rng, name)


def _centre(rng: np.random.Generator, name: str) -> dict[str, Any]:
    """A plain shank, with one stone or three, in prongs or a collar."""
    cut = _one(rng, CUTS)
    parameters: dict[str, Any] = {
        "profile": _one(rng, tuple(PROFILES)),
        "width_mm": float(rng.uniform(1.7, 3.0)),
        "taper": float(rng.uniform(0.75, 1.05)),
        "cut": cut,
        "stone_mm": float(rng.uniform(3.5, 7.5)) * (0.8 if name == "three-stone" else 1.0),
        "ratio": float(rng.uniform(1.25, 1.55)) if cut not in ("round", "princess") else None,
        "rise_mm": float(rng.uniform(0.3, 0.8)),
    }
    if name == "bezel":
        wall, lip = float(rng.uniform(0.7, 1.0)), float(rng.uniform(0.2, 0.35))
        return parameters | {"wall_mm": wall, "lip_mm": lip}
    if name == "three-stone":
        parameters["side"] = float(rng.uniform(0.6, 0.85))
    elif cut in ROUND_CUTS:
        parameters["prongs"] = int(rng.choice([4, 6]))
    return parameters | {"rails": int(rng.integers(0, 3))}


def _pave(rng: np.random.Generator) -> dict[str, Any]:
    """Rows of stones on a band."""
    return {
        "stone_mm": float(rng.uniform(1.1, 1.6)),
        "gap_mm": float(rng.uniform(0.07, 0.14)),
        "rows": int(rng.integers(1, 4)),
        "coverage": float(rng.choice([0.4, 0.5, 1.0])),
        "edge_mm": float(rng.uniform(0.35, 0.6)),
    }


def _melee(rng: np.random.Generator) -> dict[str, Any]:
    """A halo and set shoulders."""
    return {
        "centre_mm": float(rng.uniform(5.0, 6.9)),
        "halo": int(rng.choice([16, 20])),
        "drop_mm": float(rng.uniform(0.4, 0.8)),
        "shoulder": int(rng.integers(4, 11)),
        "shoulder_mm": float(rng.uniform(1.0, 1.2)),
        "gap_mm": float(rng.uniform(0.07, 0.14)),
    }


def draw_view(rng: np.random.Generator) -> View:
    """From any side, rather from a little above than from high up."""
    azimuth = float(rng.uniform(-180.0, 180.0))
    elevation = 75.0 * float(rng.beta(1.5, 2.5)) + 5.0
    return View(azimuth, elevation, fill=float(rng.uniform(0.7, 0.95)), name="sampled")


def _one(rng: np.random.Generator, choices: tuple[str, ...] | list[str]) -> str:
    return choices[int(rng.integers(len(choices)))]

"""Random scenes: a piece, what it is made of, a studio and a view, all from one seed.

The draws are simple on purpose: uniform within what shops sell. The sampler knows rings with one
or three stones; it draws no depth of field and no panoramas.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import materials
from engine.errors import SceneError
from engine.scene import Scene, View, compose, studio_names
from engine.types import Piece
from scenes.pieces import build
from scenes.pieces.shank import PROFILES
from scenes.pieces.stones import CUTS, ROUND_CUTS

#: Pieces that share the parameters drawn here.
RINGS = ("solitaire", "three-stone")

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
    name = _one(rng, RINGS)
    cut = _one(rng, CUTS)
    width = float(rng.uniform(3.5, 7.5)) * (1.0 if name == "solitaire" else 0.8)
    parameters: dict[str, Any] = {
        "size": float(rng.integers(47, 63)),
        "profile": _one(rng, tuple(PROFILES)),
        "width_mm": float(rng.uniform(1.7, 3.0)),
        "thickness_mm": float(rng.uniform(1.4, 2.0)),
        "taper": float(rng.uniform(0.75, 1.05)),
        "cut": cut,
        "stone_mm": width,
        "prongs": int(rng.choice([4, 6])) if cut in ROUND_CUTS and name == "solitaire" else 4,
        "rails": int(rng.integers(0, 3)),
        "rise_mm": float(rng.uniform(0.3, 0.8)),
    }
    if cut not in ("round", "princess"):
        parameters["ratio"] = float(rng.uniform(1.25, 1.55))
    if name == "three-stone":
        parameters["side"] = float(rng.uniform(0.6, 0.85))
    return build(name, **parameters)


def draw_view(rng: np.random.Generator) -> View:
    """From any side, rather from a little above than from high up."""
    azimuth = float(rng.uniform(-180.0, 180.0))
    elevation = 75.0 * float(rng.beta(1.5, 2.5)) + 5.0
    return View(azimuth, elevation, fill=float(rng.uniform(0.7, 0.95)), name="sampled")


def _one(rng: np.random.Generator, choices: tuple[str, ...] | list[str]) -> str:
    return choices[int(rng.integers(len(choices)))]

"""Random scenes: a piece, what it is made of, a studio and a view, all from one seed.

The draws are simple on purpose: uniform within what shops sell. The sampler knows all the pieces of
`scenes.pieces`; it draws no depth of field and no panoramas.
"""

from __future__ import annotations

import numpy as np

import materials
from engine.errors import SceneError
from engine.scene import Scene, View, compose, studio_names
from engine.types import Piece
from scenes.pieces import PIECES
from scenes.pieces.stones import CUTS

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
    """A piece of usual dimensions."""
    return PIECES[_one(rng, tuple(PIECES))].draw(rng, CUTS).build()


def draw_view(rng: np.random.Generator) -> View:
    """From any side, rather from a little above than from high up."""
    azimuth = float(rng.uniform(-180.0, 180.0))
    elevation = 75.0 * float(rng.beta(1.5, 2.5)) + 5.0
    return View(azimuth, elevation, fill=float(rng.uniform(0.7, 0.95)), name="sampled")


def _one(rng: np.random.Generator, choices: tuple[str, ...] | list[str]) -> str:
    return choices[int(rng.integers(len(choices)))]

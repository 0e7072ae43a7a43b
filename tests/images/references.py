"""Stored references of the statistical image tests: mean and per-sample variance.

    python -m tests.images.references        # traces them again; the diff belongs in a commit

Run it when a picture is meant to change, look at the PNGs that a failing test writes, and say in
the commit why.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

import engine
from engine.scene import Ground, Scene, compose
from scenes.pieces import build

FOLDER = Path(__file__).parent / "data"
SPP = 4096
SIZE = (48, 48)
BLOCK = 4


def _solitaire() -> Scene:
    return compose(build("solitaire"), metal="gold-18k-yellow", stone="diamond", size=SIZE)


def _three_stone() -> Scene:
    return compose(
        build("three-stone"),
        metal="platinum-950",
        stone="sapphire",
        studio="fire",
        view="front",
        size=SIZE,
    )


def _cut_out() -> Scene:
    return compose(
        build("solitaire", cut="emerald"),
        metal="gold-18k-rose",
        stone="emerald",
        ground=Ground("none", 0.9),
        view="top",
        size=SIZE,
    )


SCENES: dict[str, Callable[[], Scene]] = {
    "solitaire": _solitaire,
    "three-stone": _three_stone,
    "cut-out": _cut_out,
}


def blocks(image: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Means over BLOCK x BLOCK pixels, [H / BLOCK, W / BLOCK, 3]."""
    height, width, channels = image.shape
    tiled = image.reshape(height // BLOCK, BLOCK, width // BLOCK, BLOCK, channels)
    means: npt.NDArray[np.float64] = tiled.mean(axis=(1, 3), dtype=np.float64)
    return means


def measure(scene: Scene, spp: int, seed: int) -> tuple[npt.NDArray[np.float64], ...]:
    """Mean of each block, and the variance of one sample of that mean."""
    frame = engine.trace(scene, spp=spp, seed=seed, adaptive=False, device="cpu")[0]
    # The mean over a block of b pixels has 1 / b of their mean variance.
    return blocks(frame.xyz), blocks(frame.variance) * spp / BLOCK**2


def main() -> None:
    """Trace and store every reference."""
    FOLDER.mkdir(exist_ok=True)
    for name, make in SCENES.items():
        mean, variance = measure(make(), SPP, seed=1)
        np.savez_compressed(
            FOLDER / f"{name}.npz",
            mean=mean.astype(np.float32),
            variance=variance.astype(np.float32),
            spp=np.int32(SPP),
        )


if __name__ == "__main__":
    main()

"""What pictures are composed of: parametric pieces, studios, random scenes, examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.scene import Scene
    from scenes.recipe import Split


def sample(seed: int, split: Split = "training", *, size: tuple[int, int] = (256, 256)) -> Scene:
    """The random scene of a seed in one of three splits; see `scenes.sampler`."""
    # Imported on use: the engine reads its studios from this package and must not load it whole.
    from scenes import sampler

    return sampler.sample(seed, split, size=size)

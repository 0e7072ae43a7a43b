"""What pictures are composed of: parametric pieces, studios, random scenes, examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.scene import Scene


def sample(seed: int, *, size: tuple[int, int] = (256, 256)) -> Scene:
    """The random scene of a seed; see `scenes.sampler`."""
    # Imported on use: the engine reads its studios from this package and must not load it whole.
    from scenes import sampler

    return sampler.sample(seed, size=size)

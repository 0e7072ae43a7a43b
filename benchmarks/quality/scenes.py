"""What is compared: the kit's eight scenes, and twelve of designs, stones and rigs held out."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.kit import scenes as kit
from engine.scene import Scene
from scenes.sampler import draw

HELD_OUT = 12
SIZE = kit.SIZE


def scenes(kit_only: bool = False) -> dict[str, Scene]:
    """All scenes by name; the sampler's are called by their seeds."""
    found = {name: kit.scene(name) for name in kit.NAMES}
    return found if kit_only else {**found, **dict(held_out())}


def held_out(count: int = HELD_OUT) -> Iterator[tuple[str, Scene]]:
    """The first scenes of the held-out split that have gems in them."""
    seed = found = 0
    while found < count:
        recipe = draw(seed, "held-out")
        if recipe.cuts:
            found += 1
            yield f"held-out-{seed}", recipe.scene(SIZE)
        seed += 1

"""A brilliant in a halo, the shoulders set with two rows each, in rose gold.

python -m scenes.examples.melee_ring [melee_ring.png]
"""

import sys

import engine
from engine.scene import Scene
from scenes.pieces import MeleeRing


def scene() -> Scene:
    """The ring in a light tent."""
    ring = MeleeRing(centre_mm=6.5, size=53).build()
    return engine.compose(
        ring, metal="gold-18k-rose", stone="diamond", studio="tent", view="25/40", size=(768, 768)
    )


def main(out: str) -> None:
    """Render the scene to the file `out`."""
    (path,) = engine.save(engine.render(scene()), out)
    print(path)


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["melee_ring.png"]))

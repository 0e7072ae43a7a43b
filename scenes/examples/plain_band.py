"""A wedding ring with rims of milgrain, in rose gold.

python -m scenes.examples.plain_band [plain_band.png]
"""

import sys

import engine
from engine.scene import Scene
from scenes.pieces import PlainBand


def scene() -> Scene:
    """The ring in a light tent."""
    ring = PlainBand(width_mm=5.0, decoration="milgrain", size=58).build()
    return engine.compose(ring, metal="gold-18k-rose", studio="tent", view="35/25", size=(768, 768))


def main(out: str) -> None:
    """Render the scene to the file `out`."""
    (path,) = engine.save(engine.render(scene()), out)
    print(path)


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["plain_band.png"]))

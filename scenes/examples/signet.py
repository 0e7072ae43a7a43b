"""A signet ring with an oval table, in yellow gold.

python -m scenes.examples.signet [signet.png]
"""

import sys

import engine
from engine.scene import Scene
from scenes.pieces import Signet


def scene() -> Scene:
    """The ring in a light tent, its table towards the camera."""
    ring = Signet(table="oval", length_mm=13.0, size=60).build()
    return engine.compose(
        ring, metal="gold-18k-yellow", studio="tent", view="30/35", size=(768, 768)
    )


def main(out: str) -> None:
    """Render the scene to the file `out`."""
    (path,) = engine.save(engine.render(scene()), out)
    print(path)


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["signet.png"]))

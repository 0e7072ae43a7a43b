"""An oval ruby in a collar, in yellow gold.

python -m scenes.examples.bezel [bezel.png]
"""

import sys

import engine
from engine.scene import Scene
from scenes.pieces import Bezel


def scene() -> Scene:
    """The ring in a light tent."""
    ring = Bezel(cut="oval", stone_mm=6.0, size=54).build()
    return engine.compose(
        ring, metal="gold-18k-yellow", stone="ruby", studio="tent", view="25/35", size=(768, 768)
    )


def main(out: str) -> None:
    """Render the scene to the file `out`."""
    (path,) = engine.save(engine.render(scene()), out)
    print(path)


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["bezel.png"]))

"""A full eternity ring of brilliants in shared prongs, in platinum.

python -m scenes.examples.eternity [eternity.png]
"""

import sys

import engine
from engine.scene import Scene
from scenes.pieces import Eternity


def scene() -> Scene:
    """The ring in a light tent."""
    ring = Eternity(setting="prong", stone_mm=2.4, size=54).build()
    return engine.compose(
        ring, metal="platinum-950", stone="diamond", studio="tent", view="35/30", size=(768, 768)
    )


def main(out: str) -> None:
    """Render the scene to the file `out`."""
    (path,) = engine.save(engine.render(scene()), out)
    print(path)


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["eternity.png"]))

"""A band of three rows of brilliants, in platinum.

python -m scenes.examples.pave_band [pave_band.png]
"""

import sys

import engine
from engine.scene import Scene
from scenes.pieces import PaveBand


def scene() -> Scene:
    """The ring in a light tent."""
    ring = PaveBand(rows=3, coverage=0.5, size=54).build()
    return engine.compose(
        ring, metal="platinum-950", stone="diamond", studio="tent", view="30/40", size=(768, 768)
    )


def main(out: str) -> None:
    """Render the scene to the file `out`."""
    (path,) = engine.save(engine.render(scene()), out)
    print(path)


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["pave_band.png"]))

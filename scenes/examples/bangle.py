"""An oval bangle in yellow gold, set with a row of sapphires.

python -m scenes.examples.bangle [bangle.png]
"""

import sys

import engine
from engine.scene import Scene
from scenes.pieces import Bangle


def scene() -> Scene:
    """The bangle in a light tent, lying on its side."""
    bangle = Bangle(
        roundness=0.82, profile="flat", width_mm=3.4, coverage=0.35, stone_mm=2.2, rest="lying"
    ).build()
    return engine.compose(bangle, stone="sapphire", studio="tent", view="15/25", size=(768, 768))


def main(out: str) -> None:
    """Render the scene to the file `out`."""
    (path,) = engine.save(engine.render(scene()), out)
    print(path)


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["bangle.png"]))

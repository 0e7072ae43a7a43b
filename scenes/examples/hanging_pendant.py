"""A brilliant in a bezel, hanging on its chain from a stand.

python -m scenes.examples.hanging_pendant [hanging_pendant.png]
"""

import sys

import engine
from engine.scene import Scene, View
from scenes.pieces import Pendant


def scene() -> Scene:
    """The pendant in a light tent, seen from the front."""
    pendant = Pendant(stone_mm=6.5, chain_mm=70.0, setting="bezel", display="stand").build()
    return engine.compose(
        pendant,
        metal="gold-18k-yellow",
        stone="diamond",
        view=View(12.0, 12.0),
        studio="tent",
        size=(768, 768),
    )


def main(out: str) -> None:
    """Render the scene to the file `out`."""
    (path,) = engine.save(engine.render(scene()), out)
    print(path)


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["hanging_pendant.png"]))

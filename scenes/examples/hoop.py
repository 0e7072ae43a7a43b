"""A pair of huggies in rose gold, set inside and out.

python -m scenes.examples.hoop [hoop.png]
"""

import sys

import engine
from engine.scene import Scene
from scenes.pieces import Hoop


def scene() -> Scene:
    """The pair in a light tent, standing."""
    hoops = Hoop(
        outside_mm=15.0, profile="flat", setting="inside-out", width_mm=2.2, pair=True
    ).build()
    return engine.compose(
        hoops, metal="gold-18k-rose", stone="diamond", studio="tent", view="0/15", size=(768, 768)
    )


def main(out: str) -> None:
    """Render the scene to the file `out`."""
    (path,) = engine.save(engine.render(scene()), out)
    print(path)


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["hoop.png"]))

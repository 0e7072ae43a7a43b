"""A brilliant of a carat on a cable chain, laid down, the chain behind it.

python -m scenes.examples.pendant [pendant.png]
"""

import sys

import engine
from engine.scene import Scene, View
from scenes.pieces import Pendant


def scene() -> Scene:
    """The pendant in a light tent, seen from the front and above."""
    pendant = Pendant(cut="round", stone_mm=6.5, chain_mm=110.0).build()
    return engine.compose(
        pendant,
        metal="gold-18k-yellow",
        stone="diamond",
        view=View(20.0, 35.0),
        studio="tent",
        size=(768, 768),
    )


def main(out: str) -> None:
    """Render the scene to the file `out`."""
    (path,) = engine.save(engine.render(scene()), out)
    print(path)


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["pendant.png"]))

"""A brilliant of a carat in yellow gold, bright and clean as for a shop.

python -m scenes.examples.solitaire [solitaire.png]
"""

import sys

import engine
from engine.scene import Scene
from scenes.pieces import Solitaire


def scene() -> Scene:
    """The ring in a light tent, seen from the front right."""
    ring = Solitaire(cut="round", stone_mm=6.5, prongs=6, size=54).build()
    return engine.compose(
        ring, metal="gold-18k-yellow", stone="diamond", studio="tent", size=(768, 768)
    )


def main(out: str) -> None:
    """Render the scene to the file `out`."""
    (path,) = engine.save(engine.render(scene()), out)
    print(path)


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["solitaire.png"]))

"""A strand of white pearls, knotted, with a clasp of yellow gold.

python -m scenes.examples.pearl_strand [pearl_strand.png]
"""

import sys

import engine
from engine.scene import Scene, View
from scenes.pieces import PearlStrand


def scene() -> Scene:
    """A short strand in a light tent, seen from the front and above."""
    strand = PearlStrand(length_mm=200.0, pearl_mm=7.0, sway=3).build()
    return engine.compose(
        strand, metal="gold-18k-yellow", view=View(20.0, 35.0), studio="tent", size=(768, 768)
    )


def main(out: str) -> None:
    """Render the scene to the file `out`."""
    (path,) = engine.save(engine.render(scene()), out)
    print(path)


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["pearl_strand.png"]))

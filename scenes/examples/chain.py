"""A cable chain in yellow gold, laid down as a loop; the look of a catalogue page.

python -m scenes.examples.chain [chain.png]
"""

import sys

import engine
from engine.scene import Scene, View
from scenes.pieces import Chain


def scene() -> Scene:
    """A bracelet's length of chain, seen from the front and above."""
    chain = Chain(style="cable", length_mm=180.0, width_mm=3.0, sway=3).build()
    return engine.compose(
        chain, metal="gold-18k-yellow", view=View(20.0, 40.0), studio="tent", size=(768, 768)
    )


def main(out: str) -> None:
    """Render the scene to the file `out`."""
    (path,) = engine.save(engine.render(scene()), out)
    print(path)


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["chain.png"]))

"""A pair of drop earrings on French hooks, hung over the rod of a display stand.

python -m scenes.examples.drop_earring [drop_earring.png]
"""

import sys

import engine
from engine.scene import Scene, View
from scenes.pieces import DropEarring


def scene() -> Scene:
    """The pair in a light tent, seen from the front and a little aside."""
    drops = DropEarring(cut="oval", stone_mm=6.0, pair=True).build()
    return engine.compose(
        drops,
        metal="gold-18k-yellow",
        stone="diamond",
        view=View(24.0, 12.0),
        studio="tent",
        size=(768, 768),
    )


def main(out: str) -> None:
    """Render the scene to the file `out`."""
    (path,) = engine.save(engine.render(scene()), out)
    print(path)


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["drop_earring.png"]))

"""A pair of studs, half a carat each, lying on a table with their butterflies on.

python -m scenes.examples.stud [stud.png]
"""

import sys

import engine
from engine.scene import Scene
from scenes.pieces import Stud


def scene() -> Scene:
    """The pair in a light tent."""
    studs = Stud(cut="round", stone_mm=5.1, pair=True).build()
    return engine.compose(
        studs, metal="platinum-950", stone="diamond", studio="tent", view="20/15", size=(768, 768)
    )


def main(out: str) -> None:
    """Render the scene to the file `out`."""
    (path,) = engine.save(engine.render(scene()), out)
    print(path)


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["stud.png"]))

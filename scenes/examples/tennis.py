"""A tennis bracelet of six carats in white gold.

python -m scenes.examples.tennis [tennis.png]
"""

import sys

import engine
from engine.scene import Scene
from scenes.pieces import Tennis


def scene() -> Scene:
    """The bracelet in a light tent, closed, standing on its edge."""
    bracelet = Tennis(stone_mm=3.0).build()
    return engine.compose(
        bracelet, metal="gold-18k-white", stone="diamond", view="0/25", size=(768, 768)
    )


def main(out: str) -> None:
    """Render the scene to the file `out`."""
    (path,) = engine.save(engine.render(scene()), out)
    print(path)


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["tennis.png"]))

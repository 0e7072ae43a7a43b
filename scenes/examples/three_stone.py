"""A sapphire between two diamonds, in platinum.

    python -m scenes.examples.three_stone [three_stone.png]

One material may be given for all stones; here the centre stone is given its own.
"""

import sys
from dataclasses import replace

import engine
from engine.scene import Scene
from scenes.pieces import ThreeStone


def scene() -> Scene:
    """The ring in a light tent: a sapphire between two diamonds."""
    ring = ThreeStone(cut="emerald", stone_mm=4.8, side_cut="princess", size=53).build()
    dressed = engine.compose(
        ring, metal="platinum-950", stone="diamond", studio="tent", view="25/35", size=(768, 768)
    )
    return replace(dressed, materials={**dressed.materials, "centre stone": "sapphire"})


def main(out: str) -> None:
    """Render the scene to the file `out`."""
    (path,) = engine.save(engine.render(scene()), out)
    print(path)


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["three_stone.png"]))

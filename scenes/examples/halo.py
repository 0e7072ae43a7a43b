"""An oval sapphire in a halo of diamonds on a set shank, in white gold.

    python -m scenes.examples.halo [halo.png]

One material may be given for all stones; here the centre stone is given its own.
"""

import sys
from dataclasses import replace

import engine
from engine.scene import Scene
from scenes.pieces import Halo


def scene() -> Scene:
    """The ring in a light tent: a sapphire among diamonds."""
    ring = Halo(cut="oval", stone_mm=5.5, style="pave", size=53).build()
    dressed = engine.compose(
        ring, metal="gold-18k-white", stone="diamond", studio="tent", view="25/40", size=(768, 768)
    )
    return replace(dressed, materials={**dressed.materials, "centre stone": "sapphire"})


def main(out: str) -> None:
    """Render the scene to the file `out`."""
    (path,) = engine.save(engine.render(scene()), out)
    print(path)


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["halo.png"]))

"""Render the thumbnails of `docs/studios`: one ring in every studio, from the view it suggests.

    python tools/thumbnails.py [docs/studios] [tent fire ...]

A solitaire in 18k yellow gold with a diamond, 256 x 256 pixels. Studios that are not named stay.
"""

import shutil
import sys
import tempfile
from pathlib import Path

import engine
from engine.pipeline import Settings
from engine.scene import studio_names
from scenes.pieces import build

SIZE = (256, 256)
SETTINGS = Settings(spp=32)


def main(folder: Path, names: list[str]) -> None:
    """Write one picture per studio to `folder`, without the provenance beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    ring = build("solitaire", prongs=6)
    for name in names:
        scene = engine.compose(
            ring,
            metal="gold-18k-yellow",
            stone="diamond",
            studio=name,
            view="suggested",
            size=SIZE,
        )
        with tempfile.TemporaryDirectory(prefix="culet-") as draft:
            picture = Path(draft) / f"{name}.png"
            engine.save(engine.render(scene, settings=SETTINGS), picture, depth=8)
            shutil.copyfile(picture, folder / picture.name)
        sys.stdout.write(f"{folder / picture.name}\n")


if __name__ == "__main__":
    where, *chosen = sys.argv[1:] or ["docs/studios"]
    main(Path(where), chosen or studio_names())

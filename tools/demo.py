"""Write the ring of `make demo`, the repository's own solitaire, as a CAD file.

Called as `python tools/demo.py out/demo.3dm`.
"""

import sys
from pathlib import Path

import engine
from scenes.pieces import build


def main(path: Path) -> None:
    """Write a solitaire with a round brilliant to `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    engine.write(build("solitaire"), path)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""Render the comparison of `docs/refiner`: what was traced, OIDN, ours, and many samples.

    python tools/crops.py [docs/refiner] [--spp 8] [--reference-spp 512]

Crops of three of the kit's scenes, enlarged pixel by pixel, all with the same tone. Of OIDN the
variant of least FLIP is shown.
"""

import argparse
from pathlib import Path

import numpy as np

from benchmarks.kit.references import reference
from benchmarks.quality import samples
from benchmarks.quality.errors import Ruler
from benchmarks.quality.methods import methods
from benchmarks.quality.oidn import VARIANTS
from benchmarks.quality.scenes import scenes
from engine import images
from engine.refine.pictures import shown

#: Scene -> left, top, width and height of its crop.
CROPS = {
    "loose-brilliant": (40, 40, 96, 96),
    "solitaire-white": (48, 8, 96, 96),
    "three-stone": (48, 16, 96, 96),
}
ENLARGED = 3
#: Factor on the light, so that white ground and diamonds in it do not end at white.
EXPOSURE = 0.5


def main() -> None:
    """One row of four crops per scene."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=Path("docs/refiner"))
    parser.add_argument("--spp", type=int, default=8)
    parser.add_argument("--reference-spp", type=int, default=512)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    known, every = methods(), scenes(kit_only=True)
    rows = []
    for name, (left, top, width, height) in CROPS.items():
        truth = reference(every[name], given.reference_spp)
        ruler = Ruler(truth)
        frame = samples.chain(every[name], given.spp, 1)
        found = {n: method(frame) for n, method in known.items()}
        best = min(VARIANTS, key=lambda n: ruler.errors(found[n])["stone"]["flip"])
        row = [found["raw"], found[best], found["ours"], truth.xyz]
        cut = [shown(EXPOSURE * image[top : top + height, left : left + width]) for image in row]
        rows.append(np.concatenate([np.kron(c, np.ones((ENLARGED, ENLARGED, 1))) for c in cut], 1))
    images.write(given.folder / "crops.png", np.concatenate(rows).astype(np.uint8))


if __name__ == "__main__":
    main()

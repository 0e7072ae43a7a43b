"""Is the piece's outline the same in every view, and where it should be?

    python -m benchmarks.consistency.silhouette

A finished picture with a transparent ground is laid over a saturated green one, and whatever is
nearer to the piece than to the green counts as the piece; so is the outline of the geometry itself,
which 64 rays in each pixel find. Told is the intersection over union of the two, the lowest of each
orbit's views.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

import engine
from benchmarks.consistency.orbits import ORBITS, SCENES, SEED, SPP, views_of
from benchmarks.kit import scenes as kit
from benchmarks.record import RESULTS, write
from engine.finish import finish
from engine.refine import refine
from engine.scene import Ground, Scene, View, neighbours, resolve_camera
from engine.types import Picture

Mask = npt.NDArray[np.bool_]

#: Rays along each side of a pixel.
FINER = 8
GREEN = np.array([0.0, 1.0, 0.0])
#: Sizes of pictures.
SIZES = (192, 512)


def outlines(scene: Scene, views: Sequence[View]) -> Iterator[Mask]:
    """[H, W] pixels of which the piece covers at least half, by geometry alone; of each view."""
    from engine.trace.batch import Entries, central
    from engine.trace.compile import compile_scene
    from engine.trace.features import first_hit
    from engine.trace.lens import Optic
    from engine.trace.variant import activate

    activate("cpu")
    compiled = compile_scene(scene)
    for view in views:
        camera = resolve_camera(scene, view)
        columns, rows = camera.size
        width, height = FINER * columns, FINER * rows
        pixels = np.arange(width * height, dtype=np.uint32)
        entries = Entries.of_blocks(pixels, np.zeros_like(pixels), width, 1, SEED)
        ray = central(Optic.create(replace(camera, size=(width, height))), entries)
        piece = np.array(first_hit(compiled, ray).piece).reshape(rows, FINER, columns, FINER)
        yield np.asarray(piece.mean(axis=(1, 3)) >= 0.5)


def cut_out(picture: Picture) -> Mask:
    """[H, W] the piece, by the colour of the picture laid over green."""
    assert picture.alpha is not None
    alpha = picture.alpha[..., None].astype(np.float64)
    shown = picture.rgb * alpha + GREEN * (1 - alpha)
    whole = picture.rgb.astype(np.float64)
    to_green, to_piece = (((shown - other) ** 2).sum(axis=-1) for other in (GREEN, whole))
    return np.asarray(to_piece <= to_green)


def lowest(scene: Scene, views: tuple[View, ...]) -> float:
    """The lowest intersection over union of some views."""
    frames = engine.trace(scene, views, spp=SPP, seed=SEED, device="cpu", behind=True, sketch=True)
    pictures = finish(refine(frames, neighbours=neighbours(views), device="cpu"), shadow=False)
    cut = [cut_out(picture) for picture in pictures]
    return min(
        float((ours & theirs).sum() / (ours | theirs).sum())
        for ours, theirs in zip(cut, outlines(scene, views), strict=True)
    )


def main() -> None:
    """Measure, print, and write one results file for this machine."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--every", type=int, default=6, help="of the orbit's views take each Nth")
    parser.add_argument("--out", type=Path, default=RESULTS / "silhouette.json")
    given = parser.parse_args()
    results: dict[str, Any] = {}
    for name in SCENES:
        for side in SIZES:
            scene = replace(kit.scene(name), size=(side, side), ground=Ground("none"))
            views = views_of(scene, *ORBITS["10 degrees"])[:: given.every]
            found = lowest(scene, views)
            results.setdefault(name, {})[str(side)] = found
            print(f"{name}, {side} x {side}: {found:.4f}", flush=True)
    command = f"python -m benchmarks.consistency.silhouette --every {given.every}"
    write(given.out, (__doc__ or "").splitlines()[0], command, {"lowest": results})


if __name__ == "__main__":
    main()

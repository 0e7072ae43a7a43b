"""Is the piece's outline the same in every view, and where it should be?

    python -m benchmarks.consistency.silhouette

A finished picture with a transparent ground is laid over a saturated green one, and whatever is
nearer to the piece than to the green counts as the piece; so is the outline of the geometry itself,
which 64 rays in each pixel find. Told is the intersection over union of the two, the lowest of each
orbit's views.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

import engine
from benchmarks.consistency.__main__ import ORBITS, SCENES, SEED, SPP, views_of
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


def outline(scene: Scene, view: View) -> Mask:
    """[H, W] pixels of which the piece covers at least half, by geometry alone."""
    from engine.trace.backend import dr, mi
    from engine.trace.compile import compile_scene
    from engine.trace.features import first_hit
    from engine.trace.lens import Optic
    from engine.trace.variant import activate

    mi.set_variant(activate("cpu"))
    camera = resolve_camera(scene, view)
    width, height = (FINER * side for side in camera.size)
    index = dr.arange(mi.UInt32, width * height)
    x, y = (mi.Float(i) + 0.5 for i in (index % width, index // width))
    ray = Optic.create(replace(camera, size=(width, height))).ray(x, y, mi.Point2f(0.5))
    piece = first_hit(compile_scene(scene, True, None), ray).piece
    rows, columns = camera.size[1], camera.size[0]
    whole = np.array(piece).reshape(rows, FINER, columns, FINER)
    return np.asarray(whole.mean(axis=(1, 3)) >= 0.5)


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
    frames = engine.trace(scene, views, spp=SPP, seed=SEED, device="cpu", behind=True)
    pictures = finish(refine(frames, neighbours=neighbours(views), device="cpu"), shadow=False)
    found = []
    for picture, view in zip(pictures, views, strict=True):
        ours, theirs = cut_out(picture), outline(scene, view)
        found.append(float((ours & theirs).sum() / (ours | theirs).sum()))
    return min(found)


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

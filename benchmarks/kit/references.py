"""References: the chain estimator at many samples, in two independent halves.

    python -m benchmarks.kit.references [--spp 1024] [scene ...]

A reference is accumulated in chunks; each lies in the cache as soon as it is traced, so an
interrupted run goes on where it stopped, and a longer reference begins with the shorter one. The
name of a chunk's folder is the scene's fingerprint and `VERSION`: raise that when a picture is
meant to change although no scene did (the estimator was wrong). Its name holds its samples and its
seed: chunks of both halves take turns, and none shares a seed with another or with a measurement.

The chain estimator is unbiased when it gives all pixels the same samples, and is not taken at its
word: `check` compares its mean with that of the baseline.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

import engine
from benchmarks.kit import scenes
from benchmarks.kit.agreement import Agreement, Batches, agreement
from benchmarks.kit.baseline import Baseline, twin
from benchmarks.kit.cache import folder
from benchmarks.kit.fingerprint import fingerprint
from benchmarks.kit.metrics import MASKS, Error, Mask, Yardstick, masks, opaque
from engine.scene import Scene
from engine.types import ImageArray

#: Of the pictures that references show; see the module.
VERSION = 1
SPP = 1024
CHUNK = 32
#: Seeds of measurements are small; this keeps references away from them.
FIRST_SEED = 1_000_000
#: Pixels are averaged over blocks of this side before the comparison with the baseline: the mean of
#: many samples is nearer to normal, and a wrong pixel still stands out.
BLOCK = 4
#: The baseline's share in a check: batches, and samples per pixel in each.
BATCHES, BATCH_SPP = 8, 128
#: Where the baseline cuts paths in a check: far beyond the length that carries light.
CHECK_DEPTH = 512

Picture = Callable[[int, int], ImageArray]


@dataclass(frozen=True, eq=False)
class Reference:
    """What a scene looks like.

    xyz    : [H, W, 3] mean of both halves. halves : the two. chunks : [N, H, W, 3].
    within : the masks by name. spp : in all.
    """

    xyz: ImageArray
    halves: tuple[ImageArray, ImageArray]
    chunks: ImageArray
    within: dict[str, Mask]
    spp: int

    def floor(self) -> dict[str, Error]:
        """Noise floor: the errors that the reference itself still has, by its two halves.

        The halves' difference has four times the variance of their mean's error, so their relmse
        is divided by 4, and flip and chroma, which grow with the error itself, by 2.
        """
        first, second = self.halves
        apart = Yardstick(self.xyz)
        # Symmetric: the second half measured from the mean, twice as far as it is.
        far = self.xyz + (second - first)
        return {
            name: Error(error.flip / 2, error.relmse / 4, error.chroma / 2)
            for name, error in apart.errors(far, self.within).items()
        }


def reference(scene: Scene, spp: int = SPP) -> Reference:
    """The reference of `scene`; what is missing of it is traced and kept.

    spp : in all, rounded up to two chunks.
    """
    kept = place(scene)

    def picture(chunk_spp: int, seed: int) -> ImageArray:
        frames = engine.trace(scene, spp=chunk_spp, seed=seed, device="cpu", adaptive=False)
        return opaque(frames[0])

    pairs = max(1, -(-spp // (2 * CHUNK)))
    chunks = np.stack([_chunk(kept, picture, "chain", n, CHUNK) for n in range(2 * pairs)])
    halves = tuple(
        chunks[start::2].mean(axis=0, dtype=np.float64).astype(np.float32) for start in (0, 1)
    )
    return Reference(
        xyz=((halves[0] + halves[1]) / 2).astype(np.float32),
        halves=(halves[0], halves[1]),
        chunks=chunks,
        within=_masks(scene, kept),
        spp=2 * pairs * CHUNK,
    )


def check(scene: Scene, truth: Reference) -> Agreement:
    """Whether the baseline sees the same picture as `truth`, the reference of `scene`.

    Raises ValueError for a scene that the baseline cannot show; a coloured stone is none of these,
    but its picture differs: give its twin.
    """
    made: list[Baseline] = []

    def picture(spp: int, seed: int) -> ImageArray:
        if not made:
            made.append(Baseline(scene, CHECK_DEPTH))
        return made[0].render(spp, seed)

    batches = [_chunk(place(scene), picture, "baseline", n, BATCH_SPP) for n in range(BATCHES)]
    return agreement(blocks(np.stack(batches)), blocks(truth.chunks))


def blocks(pictures: Batches) -> Batches:
    """Means over BLOCK x BLOCK pixels: [N, H, W, 3] to [N, H / BLOCK, W / BLOCK, 3]."""
    n, height, width, channels = pictures.shape
    tiled = pictures.reshape(n, height // BLOCK, BLOCK, width // BLOCK, BLOCK, channels)
    means: Batches = tiled.mean(axis=(2, 4), dtype=np.float64)
    return means


def place(scene: Scene) -> Path:
    """The folder that keeps what is known of a scene's picture."""
    return folder(f"references/{fingerprint(scene)}-v{VERSION}")


def _chunk(kept: Path, picture: Picture, name: str, number: int, spp: int) -> ImageArray:
    """A chunk from the cache, or made and put there whole."""
    seed = FIRST_SEED + number
    path = kept / f"{name}-{spp}spp-seed{seed}.npy"
    if not path.exists():
        _store(path, picture(spp, seed))
    image: ImageArray = np.load(path)
    return image


def _masks(scene: Scene, kept: Path) -> dict[str, Mask]:
    path = kept / "masks.npy"
    if not path.exists():
        frame = engine.trace(scene, spp=16, seed=FIRST_SEED, device="cpu", adaptive=False)[0]
        found = masks(frame, scene)
        _store(path, np.stack([found[name] for name in MASKS]))
    return dict(zip(MASKS, np.load(path), strict=True))


def _store(path: Path, data: ImageArray | Mask) -> None:
    """Write under a temporary name and rename: nothing is ever half-written."""
    fresh = path.with_suffix(f".{os.getpid()}")
    with fresh.open("wb") as file:
        np.save(file, data)
    os.replace(fresh, path)


def report(name: str, scene: Scene, spp: int) -> dict[str, Any]:
    """Noise floor of a scene's reference and its agreement with the baseline, printed too."""
    since = time.perf_counter()
    truth = reference(scene, spp)
    found = check(scene, truth)
    floor = {mask: asdict(error) for mask, error in truth.floor().items()}
    shown = ", ".join(f"{m} {e['relmse']:.2g} / {e['flip']:.3f}" for m, e in floor.items())
    print(
        f"{name}: {truth.spp} spp, noise floor (relMSE / FLIP) {shown}; baseline agrees: "
        f"{'yes' if found.equal else 'NO'} (worst z {found.worst:.1f}, limit {found.limit:.1f}); "
        f"{time.perf_counter() - since:.0f} s",
        flush=True,
    )
    return {"spp": truth.spp, "floor": floor, "baseline_agrees": found.equal, **asdict(found)}


def main() -> None:
    """Trace, check and report the references of all scenes or of those named."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--spp", type=int, default=SPP)
    parser.add_argument("scenes", nargs="*", default=[], metavar="scene")
    given = parser.parse_args()
    for name in given.scenes or scenes.NAMES:
        what = scenes.scene(name)
        clear = twin(what)
        if clear is not what:
            floor = reference(what, given.spp).floor()
            print(f"{name}: coloured, noise floor {floor['all'].relmse:.2g}; its colourless twin:")
        report(name, clear, given.spp)


if __name__ == "__main__":
    main()

"""A batch of samples: blocks of samples of many pixels, traced together and summed per block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.trace.backend import dr, mi
from engine.trace.chain import GROUND, STONE, SURFACE, Chain
from engine.trace.compile import Compiled
from engine.trace.features import FirstHit, first_hit
from engine.trace.lens import Optic
from engine.trace.path import Path
from engine.trace.reference import Reference
from engine.trace.sequence import Numbers, generator, numbers
from engine.trace.sketch import sketch
from engine.trace.walk import Ledger

#: Values per block and how many numbers each has; see `film.Film`.
VALUES = {
    "xyz": 3,
    "xyz2": 3,
    "cover": 1,
    "lit": 1,
    "known": 1,
    "normal": 3,
    "albedo": 3,
    "roughness": 1,
    "stone": 1,
    "trapped": 1,
}
#: What there is with a sketch, of what is known and of what is hidden: sums as the samples' own
#: wavelengths show them and as the spectrum does; of the products of what the known leaves and the
#: hidden; over further places, and how much of them the piece covers.
SKETCHED = {
    "drawn": 3,
    "drawn hidden": 3,
    "sketch": 3,
    "sketch hidden": 3,
    "rest2": 3,
    "cross": 3,
    "hidden2": 3,
    "further": 3,
    "further hidden": 3,
    "covered": 1,
}


@dataclass(frozen=True)
class Entries:
    """Samples in the order of their blocks: pixel, number within the pixel, and the seed.

    x, y : UInt32 column and row. pixel : UInt32 index in the picture. sample : UInt32.
    """

    x: Any
    y: Any
    pixel: Any
    sample: Any
    seed: Any

    @staticmethod
    def of_blocks(pixel: Any, start: Any, width: int, block: int, seed: int) -> Entries:
        """`block` samples for each pixel index [B], numbered from `start` [B] on."""
        count = len(pixel) * block
        lane = dr.arange(mi.UInt32, count)
        row = lane // block
        index = dr.gather(mi.UInt32, mi.UInt32(pixel), row)
        sample = dr.gather(mi.UInt32, mi.UInt32(start), row) + lane % block
        across = dr.opaque(mi.UInt32, width)
        y = index // across
        return Entries(index - y * across, y, index, sample, dr.opaque(mi.UInt32, seed))

    def rows(self, at: Any) -> Entries:
        """The entries at these places."""
        x, y, pixel, sample = (
            dr.gather(mi.UInt32, v, at) for v in (self.x, self.y, self.pixel, self.sample)
        )
        return Entries(x, y, pixel, sample, self.seed)

    def numbers(self) -> Numbers:
        return numbers(self.pixel, self.sample, self.seed)

    def ray(self, optic: Optic, u: Numbers) -> Any:
        """The primary ray of each entry."""
        return optic.ray(mi.Float(self.x) + u.pixel.x, mi.Float(self.y) + u.pixel.y, u.lens)


def trace_blocks(
    estimator: Chain | Reference, optic: Optic, entries: Entries, block: int, sketched: bool
) -> dict[str, npt.NDArray[np.float32]]:
    """Sums over the samples of each block: name -> [B, k]; see `VALUES`, and `SKETCHED` if so."""
    scene = estimator.scene
    u = entries.numbers()
    ray = entries.ray(optic, u)
    hit = first_hit(scene, ray)
    xyz, trapped = _radiance(estimator, optic, entries, hit)
    known = scene.ground.towards(ray)
    # Above its horizon a sweep goes on with the ground's known radiance, so it has no edge; a
    # mirror shows the sky, which is what it reflects at grazing incidence.
    if not scene.ground.coated:
        empty = ~hit.piece & ~hit.ground
        xyz = dr.select(empty, known, xyz)
    if estimator.leaves_out_ground:
        xyz += dr.select(hit.ground, known, 0)
    lit = dr.select(hit.ground, xyz.y, 0)
    if not scene.ground.visible:
        xyz = dr.select(hit.piece, xyz, 0)
    values = {
        "xyz": xyz,
        "xyz2": xyz * xyz,
        "cover": dr.select(hit.piece, mi.Float(1), 0),
        "lit": lit,
        "known": dr.select(hit.ground, known.y, 0),
        "normal": hit.normal,
        "albedo": hit.albedo,
        "roughness": hit.roughness,
        "stone": hit.stone,
        "trapped": trapped,
    }
    if sketched:
        seen = sketch(scene, optic, entries, hit.strike)
        whole, (known, hidden) = seen.whole(), seen.drawn()
        rest = xyz - known
        values |= {"drawn": known, "drawn hidden": hidden}
        values |= {"sketch": whole[0], "sketch hidden": whole[1]}
        values |= {"rest2": rest * rest, "cross": rest * hidden, "hidden2": hidden * hidden}
    return _block_sums(values, block)


def sketch_blocks(
    scene: Compiled, optic: Optic, entries: Entries, block: int
) -> dict[str, npt.NDArray[np.float32]]:
    """Sums of the sketches of each block, [B, 3] each, and of where the piece is, [B, 1]."""
    hit = first_hit(scene, entries.ray(optic, entries.numbers()))
    dr.eval(hit.strike, hit.piece)
    known, hidden = sketch(scene, optic, entries, hit.strike).whole()
    covered = dr.select(hit.piece, mi.Float(1), 0)
    return _block_sums({"further": known, "further hidden": hidden, "covered": covered}, block)


def _radiance(
    estimator: Chain | Reference, optic: Optic, entries: Entries, hit: FirstHit
) -> tuple[Any, Any]:
    """XYZ of every entry, less `leaves_out_ground`, and the energy that was cut off."""
    scene = estimator.scene
    stone = hit.stone > 0
    floor = ~hit.piece if scene.ground.coated else hit.ground
    groups = {STONE: stone, SURFACE: hit.piece & ~stone, GROUND: floor}
    dr.eval(*groups.values(), hit)
    going: list[Path] = []
    found = Ledger.of(dr.width(entries.pixel))
    for kind, mask in groups.items():
        index = dr.compress(mask)
        if dr.width(index) == 0:
            continue
        few = entries.rows(index)
        u = few.numbers()
        λ, _ = scene.wavelengths.sample(u.wavelength)
        rng = generator(few.pixel, few.sample, few.seed)
        start = (few.ray(optic, u), λ, u.lobe, u.sky, rng, dr.full(mi.Bool, True, dr.width(index)))
        if isinstance(estimator, Chain):
            struck = hit.strike.rows(index)
            going += estimator.begin(*start, frozenset({kind}), index, found, struck)
        else:
            walk = estimator.walk(*start)
            found.book(4 * index, walk.radiance, walk.trapped)
    if isinstance(estimator, Chain):
        estimator.finish(going, found)
    λ, inverse_pdf = scene.wavelengths.sample(entries.numbers().wavelength)
    walk = found.walk()
    return scene.wavelengths.to_xyz(walk.radiance, λ, inverse_pdf), walk.trapped


def _block_sums(values: dict[str, Any], block: int) -> dict[str, npt.NDArray[np.float32]]:
    """Every value summed over blocks of consecutive entries, [B, k]."""
    summed: dict[str, Any] = {
        name: [dr.block_sum(v, block) for v in (value if dr.depth_v(value) > 1 else [value])]
        for name, value in values.items()
    }
    dr.eval(summed)
    return {
        name: np.stack([np.asarray(v, dtype=np.float32) for v in value], axis=1)
        for name, value in summed.items()
    }


def central(optic: Optic, entries: Entries) -> Any:
    """The ray through the centre of each entry's pixel and of the lens."""
    return optic.ray(mi.Float(entries.x) + 0.5, mi.Float(entries.y) + 0.5, mi.Point2f(0.5))


def kinds_of(scene: Compiled, ray: Any) -> FirstHit:
    """What rays meet first, computed."""
    hit = first_hit(scene, ray)
    dr.eval(hit.part, hit.depth, hit.position, hit.stone, hit.strike)
    return hit


def vector_image(vector: Any, shape: tuple[int, int]) -> npt.NDArray[np.float32]:
    """[H, W, 3] of a vector per pixel; as a whole it would need a kernel for each size."""
    parts = [np.asarray(vector[i], dtype=np.float32) for i in range(3)]
    return np.stack(parts, axis=-1).reshape(*shape, 3)
